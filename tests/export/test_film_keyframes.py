"""Key frames of films whose cuts, bars, credits and returning shots are known."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable
from fractions import Fraction
from functools import cache
from hashlib import sha256
from pathlib import Path

import av
import cv2
import numpy as np
import pytest
import torch
from film_making import make_film, only_sound, shade, spoil

from toonkit.cli import main
from toonkit.export import film_keyframes
from toonkit.export.film_keyframes import Keeping, make_keyframes
from toonkit.export.shot_parts import ShotParts
from toonkit.images import read_picture
from toonkit.images.films import Film
from toonkit.images.shots import find_shots
from toonkit.images.sources import open_source, source_ready
from toonkit.images.values import as_bytes
from toonkit.project.errors import ToonkitError
from toonkit.world import ToonWorld
from toonkit.world.camera import Camera

Frames = list[np.ndarray]  # (96, 112, 3) uint8
USUAL = {"crf": "23", "g": "24"}  # as films are coded, with the noise of that
MOVES = (  # how a camera moves, and for how many frames
    {"count": 12, "pan": (0.0, 2.0)},
    {"count": 9, "pan": (3.0, 3.0)},
    {"count": 12, "pan": (0.0, 0.0), "zoom": 1.04},
    {"count": 4, "pan": (0.0, 16.0)},  # a seventh of the picture a frame
    {"count": 12, "pan": (0.0, 0.0)},
    {"count": 5, "pan": (0.0, 0.0), "zoom": 1.1},
)


@cache
def stills() -> torch.Tensor:
    """Four drawn scenes, two photographs of people, whose layout is always the same, and two of animals."""
    drawn = ToonWorld("scenes", "val", 160, "wash", 4).toons(range(4))
    photos = [ToonWorld(family, "val", 160, count=2).photos(range(2)) for family in ("faces", "duo")]
    return torch.cat([drawn, *photos])


def shot(number: int, count: int, **moves: object) -> Frames:
    """Frames of a camera over one of the stills."""
    start = moves.pop("start", (0.0, 0.0))
    filmed = Camera(stills()[number], (96, 112), count, start=start, noise=0.03, seed=number, **moves)
    return [as_bytes(frame).permute(1, 2, 0).contiguous().numpy() for frame in filmed.frames()]


def panning(number: int, first: int, count: int = 8) -> Frames:
    """A shot that pans by 2 pixels a frame from column `first` on."""
    return shot(number, count, start=(20.0, float(first)), pan=(0.0, 2.0))


def rows_of(out: Path) -> list[dict[str, str]]:
    with (out / "keyframes.csv").open(newline="") as file:
        return list(csv.DictReader(file))


def left_out_of(out: Path) -> list[tuple[int, str]]:
    entries = [json.loads(line) for line in (out / "left_out.jsonl").read_text().splitlines()]
    return [(entry["shot"], entry["reason"]) for entry in entries]


def found_in(path: Path) -> list[tuple[int, int]]:
    with Film(path) as film:
        return [(found.start, found.end) for found in find_shots(film.frames())]


def bounds(lengths: Iterable[int]) -> list[tuple[int, int]]:
    ends = np.cumsum(list(lengths)).tolist()
    return list(zip([0, *ends[:-1]], ends, strict=True))


def written_on(lines: list[str], ground: int = 0, shift: int = 0) -> np.ndarray:
    """White writing on a card (96, 112, 3), moved up by `shift` pixels."""
    card = np.full((384, 448, 3), ground, np.uint8)
    for place, line in enumerate(lines):
        cv2.putText(card, line, (60, 60 + 44 * place - 4 * shift), cv2.FONT_HERSHEY_SIMPLEX, 1, (235,) * 3, 3)
    return cv2.resize(card, (112, 96), interpolation=cv2.INTER_AREA)


def test_every_cut_is_found_and_no_move_is_taken_for_one(tmp_path):
    order = [(still, MOVES[(still + turn) % len(MOVES)]) for turn in range(2) for still in range(8)]
    shots = [shot(still, **move) for still, move in order]
    path = make_film(tmp_path / "a.mp4", [frame for frames in shots for frame in frames], settings=USUAL)
    assert found_in(path) == bounds(len(frames) for frames in shots)


@pytest.mark.parametrize("flashing", [1, 2, 3])
def test_a_flash_ends_no_shot_and_four_frames_are_one(tmp_path, flashing):
    frames = panning(0, 0, 16)
    frames[6 : 6 + flashing] = [np.full_like(frame, 250) for frame in frames[6 : 6 + flashing]]
    assert found_in(make_film(tmp_path / "a.mp4", frames, settings=USUAL)) == [(0, 16)]
    frames[6:10] = panning(1, 0, 4)
    assert found_in(make_film(tmp_path / "b.mp4", frames, settings=USUAL)) == [(0, 6), (6, 10), (10, 16)]


def test_the_table_tells_the_truth(tmp_path, capsys):
    """Half a second of still, one frame of which is sharp; times, digests and sizes are those of the files."""
    soft = [cv2.GaussianBlur(frame, (0, 0), 2) for frame in shot(2, 12, pan=(0.0, 0.0))]
    soft[7] = shot(2, 12, pan=(0.0, 0.0))[7]
    path = make_film(tmp_path / "a.mp4", panning(0, 0) + soft + panning(5, 0), settings={"crf": "5"})
    assert main(["data", "keyframes", str(path), "-o", str(tmp_path / "out"), "--side", "48"]) == 0
    rows = rows_of(tmp_path / "out")
    assert "3 key frames of 3 shots, 3 scenes: 2 for training, 1 for testing" in capsys.readouterr().out
    assert [(int(row["first"]), int(row["last"])) for row in rows] == [(0, 7), (8, 19), (20, 27)]
    assert rows[1]["frame"] == "15" and float(rows[1]["time"]) == pytest.approx(15 / 25, abs=1e-3)
    assert sorted(row["split"] for row in rows) == ["test", "train", "train"]
    for row in rows:
        file = tmp_path / "out" / row["picture"]
        assert sha256(file.read_bytes()).hexdigest() == row["sha256"]
        assert read_picture(file).shape == (3, int(row["height"]), int(row["width"])) == (3, 48, 56)
    names = {path.name for path in (tmp_path / "out").iterdir()}
    assert names == {row["picture"] for row in rows} | {"keyframes.csv", "left_out.jsonl"}
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.mp4", "out"]


@pytest.mark.parametrize("bars", [(16, 16, 0, 0), (0, 0, 23, 23), (13, 19, 9, 7), (0, 0, 0, 0)])
def test_black_bars_are_cut_off_to_the_pixel_and_a_night_sky_is_not(tmp_path, bars):
    """In one shot the upper third of the picture itself is black."""
    top, bottom, left, right = bars
    shots = [panning(number, 0) for number in range(4)]
    for frame in shots[2]:
        frame[:32] = 0
    framed = [
        cv2.copyMakeBorder(frame, top, bottom, left, right, cv2.BORDER_CONSTANT) for frames in shots for frame in frames
    ]
    report = make_keyframes(make_film(tmp_path / "a.mp4", framed, settings=USUAL), tmp_path / "out")
    assert len(report.rows) == 4
    for row, frames in zip(report.rows, shots, strict=True):
        assert abs(row.height - 96) <= 1 and abs(row.width - 112) <= 1
        kept = as_bytes(read_picture(tmp_path / "out" / row.picture)).permute(1, 2, 0).numpy()
        truth = frames[row.frame - row.first]
        errors = [
            np.abs(kept[:90, :100].astype(int) - truth[down : down + 90, right : right + 100]).mean()
            for down in range(3)
            for right in range(3)
        ]
        assert min(errors[at] for at in (0, 1, 3, 4)) < 8


def test_credits_and_blank_frames_are_left_out(tmp_path):
    """A title, a scene, black, a scene that fades to black, and credits that roll."""
    title = [written_on(["TOONWORLD"])] * 10
    roll = [written_on([f"Painter {k}   Name" for k in range(12)], ground=20, shift=2 * step) for step in range(20)]
    fading = panning(1, 0, 10)
    fading = fading + [(fading[-1] * (1 - step / 10)).astype(np.uint8) for step in range(1, 11)]
    parts = [title, panning(0, 0), [np.zeros((96, 112, 3), np.uint8)] * 6, panning(4, 0), fading, roll]
    path = make_film(tmp_path / "a.mp4", [frame for part in parts for frame in part], settings=USUAL)
    report = make_keyframes(path, tmp_path / "out")
    starts = np.cumsum([0, *(len(part) for part in parts)])
    assert [int(np.searchsorted(starts, row.frame, "right")) - 1 for row in report.rows] == [1, 3, 4]
    assert {reason for _, reason in left_out_of(tmp_path / "out")} == {"credits", "blank"}
    assert report.rows[2].frame < starts[4] + 11  # before it fades


def test_cameras_that_a_film_cuts_between_are_on_one_side(tmp_path):
    """A conversation: two cameras, each going on where it was, between other scenes; for every seed of the split."""
    cameras = [0, 1, 2, 1, 2, 1, 2, 3, 4, 5, 6]
    visits = [sum(camera == before for before in cameras[:place]) for place, camera in enumerate(cameras)]
    shots = [panning(camera, 14 * visit) for camera, visit in zip(cameras, visits, strict=True)]
    path = make_film(tmp_path / "a.mp4", [frame for frames in shots for frame in frames], settings=USUAL)
    for seed in range(3):
        report = make_keyframes(path, tmp_path / f"out{seed}", Keeping(test_share=0.3, seed=seed))
        assert [row.scene for row in report.rows] == cameras
        sides = {row.scene: {other.split for other in report.rows if other.scene == row.scene} for row in report.rows}
        assert all(len(side) == 1 for side in sides.values())
        assert 1 <= sum(row.split == "test" for row in report.rows) <= 0.3 * len(cameras)


def test_what_comes_back_unchanged_is_a_copy(tmp_path):
    parts = [panning(0, 0), panning(3, 0), panning(0, 0)]
    path = make_film(tmp_path / "a.mp4", [frame for part in parts for frame in part], settings=USUAL)
    report = make_keyframes(path, tmp_path / "out")
    assert len(report.rows) == 2 and left_out_of(tmp_path / "out") == [(2, "copy")]
    assert report.left_out[0].of == report.rows[0].picture


def test_pixels_become_square(tmp_path):
    with av.open(str(tmp_path / "a.mp4"), "w") as output:
        stream = output.add_stream("libx264", rate=25)
        stream.width, stream.height, stream.pix_fmt = 112, 96, "yuv420p"
        stream.codec_context.sample_aspect_ratio = Fraction(4, 3)
        for pixels in panning(0, 0):
            output.mux(stream.encode(av.VideoFrame.from_ndarray(pixels, "rgb24")))
        output.mux(stream.encode(None))
    row = make_keyframes(tmp_path / "a.mp4", tmp_path / "out").rows[0]
    assert (row.width, row.height) == (149, 96)


def test_a_killed_call_goes_on_and_gives_the_same_files(tmp_path, monkeypatch):
    parts = [panning(number, 0) for number in (0, 1, 2, 4, 5)]
    path = make_film(tmp_path / "a.mp4", [frame for part in parts for frame in part], settings=USUAL)
    make_keyframes(path, tmp_path / "whole")
    keep = ShotParts.keep

    def killed_at_the_third(self, found):
        if len(self.shots) == 2:
            raise KeyboardInterrupt
        keep(self, found)

    def killed(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(ShotParts, "keep", killed_at_the_third)
    with pytest.raises(KeyboardInterrupt):
        make_keyframes(path, tmp_path / "out")
    monkeypatch.setattr(ShotParts, "keep", keep)
    monkeypatch.setattr(film_keyframes, "write_table", killed)
    said: list[str] = []
    with pytest.raises(KeyboardInterrupt):
        make_keyframes(path, tmp_path / "out", say=said.append)
    assert said[0] == "going on behind 2 shots found earlier"
    monkeypatch.undo()
    with pytest.raises(ToonkitError, match="is no empty folder"):
        make_keyframes(path, tmp_path / "whole")
    make_keyframes(path, tmp_path / "out")
    files = [{file.name: file.read_bytes() for file in (tmp_path / name).iterdir()} for name in ("whole", "out")]
    assert files[0] == files[1] and not list(tmp_path.glob("*.parts"))


def test_a_film_that_ends_early_or_changes_its_size_is_used_and_said(tmp_path, capsys):
    still = shot(0, 10, pan=(0.0, 0.0))
    source = make_film(tmp_path / "a.avi", still, coding="mjpeg", settings={"q": "2"})
    with av.open(str(source)) as film:
        seventh = [packet.pos for packet in film.demux(film.streams.video[0]) if packet.size][7]
    source.write_bytes(source.read_bytes()[: seventh - 8])
    assert main(["data", "keyframes", str(source), "-o", str(tmp_path / "early")]) == 1
    assert "the film ends early: 7 of 10 frames are in the file" in capsys.readouterr().out
    large = [cv2.resize(frame, (224, 192)) for frame in still]
    parts = [make_film(tmp_path / f"{name}.ts", frames) for name, frames in (("1", still), ("2", large))]
    (tmp_path / "b.ts").write_bytes(b"".join(part.read_bytes() for part in parts))
    report = make_keyframes(tmp_path / "b.ts", tmp_path / "sizes")
    assert "10 frames had another size and were brought to the first one's" in report.notes
    assert [(row.first, row.last, row.width, row.height) for row in report.rows] == [(0, 19, 112, 96)]


def test_bad_input_is_named(tmp_path, capsys):
    make_film(tmp_path / "a.mp4", panning(0, 0))
    make_film(tmp_path / "grey.mp4", [shade(9)] * 10)
    make_film(tmp_path / "none.avi", [shade(0)], coding="mjpeg", settings={"q": "2"})
    spoil(tmp_path / "none.avi", 0)
    (tmp_path / "text.mp4").write_text("no film at all\n" * 100)
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "note.txt").touch()
    only_sound(tmp_path / "sound.m4a")
    for name, options, words in (
        ("missing.mp4", [], "does not exist"),
        ("text.mp4", [], "is no film that can be read"),
        ("sound.m4a", [], "holds only sound"),
        ("none.avi", [], "holds no frame that can be decoded"),
        ("grey.mp4", [], "has no key frame among its shots: 1 blank"),
        ("a.mp4", ["--side", "4"], "at least 16 pixels"),
        ("a.mp4", ["--quality", "0"], "1 to 100"),
        ("a.mp4", ["--test-share", "1"], "between 0 and 1"),
        ("a.mp4", ["-o", str(tmp_path / "full")], "is no empty folder"),
    ):
        assert main(["data", "keyframes", str(tmp_path / name), "-o", str(tmp_path / "out"), *options]) == 2, name
        assert words in capsys.readouterr().err
    assert not list(tmp_path.glob("*.parts")) and not list(tmp_path.glob("out/*"))


@pytest.mark.skipif(not source_ready("bigbuckbunny"), reason="the open film bigbuckbunny is not here")
def test_the_open_film_is_one_shot(tmp_path):
    (path,) = open_source("bigbuckbunny").glob("*.mp4")
    report = make_keyframes(path, tmp_path / "out", Keeping(side=90))
    assert [(row.first, row.last, row.split) for row in report.rows] == [(0, 131, "train")]
    assert (report.rows[0].width, report.rows[0].height) == (160, 90) and not report.left_out


def test_what_is_not_ours_beside_the_shots_stays(tmp_path: Path) -> None:
    folder = tmp_path / "out.parts"
    with ShotParts(tmp_path / "out").held() as parts:
        parts.begin({"source": "one"})
        (folder / "mine.txt").write_text("mine")
        assert parts.known({"source": "one"}) and not parts.known({"source": "two"})
        parts.begin({"source": "two"})
    assert [path.name for path in folder.iterdir()] == ["mine.txt"]
    (folder / "mine.txt").unlink()
    with pytest.raises(ToonkitError), ShotParts(tmp_path / "out").held() as parts:
        raise ToonkitError("stopped before a shot was found")
    assert not folder.exists()

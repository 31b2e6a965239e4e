"""Panels cut and refused, key frames of clips whose cuts are known, caption tables."""

from __future__ import annotations

import json
import re
import struct
from collections.abc import Iterable
from pathlib import Path

import av
import cv2
import numpy as np
import pytest
import torch

from toonkit.images import fit_picture, read_picture, write_picture
from toonkit.images.captions import normalise_caption, read_captions, split_of, write_captions
from toonkit.images.films import Film
from toonkit.images.keyframes import frame_change, frame_histogram, key_frames, read_frames
from toonkit.images.panels import cut_panels, find_seams
from toonkit.images.samples import SAMPLES, sample_photo
from toonkit.project.errors import PictureError, ToonkitError
from toonkit.world import STYLES, ToonWorld
from toonkit.world.extras import four_panels


def photos(size: int) -> torch.Tensor:
    return torch.stack([fit_picture(sample_photo(name), size) for name in SAMPLES])


@pytest.mark.parametrize("gutter", [0, 1, 3, 8])
def test_panels_of_real_photographs(gutter):
    parts = photos(96)
    picture = four_panels(*parts[:, None], gutter=gutter)[0]
    seams = find_seams(picture)
    assert seams.rows == seams.columns == (96, 96 + gutter) and seams.found
    assert torch.equal(cut_panels(picture, seams), parts)


def test_one_photograph_is_not_four_panels():
    for photo in photos(192):
        seams = find_seams(photo)
        assert not seams.found
        with pytest.raises(ToonkitError, match="no four panels"):
            cut_panels(photo, seams)


def test_two_panels_are_not_four():
    parts = photos(96)
    assert not find_seams(torch.cat([fit_picture(parts[0], (192, 96)), fit_picture(parts[1], (192, 96))], 2)).found


def test_panels_of_toonworld():
    """A photograph and three cartoons of one scene, which share colours: found in most, never invented."""
    photo = ToonWorld("faces", "val", 64, count=40).photos(range(40))
    toons = [ToonWorld("faces", "val", 64, style, count=40).toons(range(40)) for style in STYLES[:3]]
    found = [find_seams(picture).found for picture in four_panels(photo, *toons, gutter=2)]
    assert sum(found) >= 36
    assert not any(find_seams(picture).found for picture in torch.cat([photo, *toons]))


@pytest.mark.parametrize(("quality", "blocks"), [(60, 5), (80, 0)])
def test_panels_of_one_scene_are_found_after_jpeg(tmp_path, quality, blocks):
    """Without a gutter and blurred by JPEG, many seams hardly jump: that the panels are drawn alike finds them.

    JPEG's own `blocks` look like seams in some photographs that are strongly compressed.
    """
    scenes = range(24)
    photo = ToonWorld("faces", "val", 64).photos(scenes)
    pasted = four_panels(photo, *(ToonWorld("faces", "val", 64, style).toons(scenes) for style in STYLES[:3]))
    right, false = 0, 0
    for picture, alone in zip(pasted, ToonWorld("faces", "val", 128).photos(scenes), strict=True):
        for kind, pixels in (("panels", picture), ("alone", alone)):
            array = ((pixels.permute(1, 2, 0).numpy()[..., ::-1] + 1) * 127.5).round().astype(np.uint8)
            cv2.imwrite(str(tmp_path / f"{kind}.jpg"), array, [cv2.IMWRITE_JPEG_QUALITY, quality])
        found, other = (find_seams(read_picture(tmp_path / f"{kind}.jpg")) for kind in ("panels", "alone"))
        right += found.found and max(abs(end - 64) for end in (*found.rows, *found.columns)) <= 1
        false += other.found
    assert right >= 22 and false <= blocks


def test_centre_cut_without_looking():
    picture = torch.arange(3 * 5 * 8.0).reshape(3, 5, 8)
    panels = cut_panels(picture)
    assert panels.shape == (4, 3, 2, 4)
    assert torch.equal(panels[0], picture[:, :2, :4]) and torch.equal(panels[3], picture[:, 3:, 4:])
    with pytest.raises(ToonkitError, match="too small"):
        find_seams(picture)


def clip(shots: list[torch.Tensor], lengths: list[int]) -> list[torch.Tensor]:
    """Frames of a camera that pans by 2 pixels a frame over each picture, with a hard cut between them."""
    return [
        shot[:, :96, 2 * at : 2 * at + 96] for shot, count in zip(shots, lengths, strict=True) for at in range(count)
    ]


def test_one_key_frame_a_shot_within_its_shot():
    lengths = [7, 5, 9, 6]
    frames = clip(list(photos(128)), lengths)
    keys = [index for index, _ in key_frames(frames)]
    starts = np.cumsum([0, *lengths])
    assert len(keys) == 4 and all(
        start <= key < end for start, key, end in zip(starts[:-1], keys, starts[1:], strict=True)
    )


def test_the_sharpest_frame_of_a_shot_is_taken():
    frames = clip([photos(128)[1]], [6])
    frames = [fit_picture(fit_picture(frame, 24), 96) if index != 3 else frame for index, frame in enumerate(frames)]
    assert [index for index, _ in key_frames(frames, threshold=0.9)] == [3]


def test_flashes_and_nothing():
    parts = photos(96)
    frames = [parts[0]] * 4 + [parts[1]] + [parts[0]] * 4
    assert len(list(key_frames(frames))) == 2
    assert list(key_frames([])) == []


def test_histogram_distance_has_its_ends():
    red, blue = (torch.tensor(colour).view(3, 1, 1).expand(3, 96, 96) for colour in ([1.0, -1, -1], [-1.0, -1, 1]))
    half = red.clone()
    half[:, :, 48:] = blue[:, :, 48:]
    assert frame_change(frame_histogram(red), frame_histogram(red)) == 0
    assert frame_change(frame_histogram(red), frame_histogram(blue)) == 1
    assert frame_change(frame_histogram(red), frame_histogram(half)) == pytest.approx(0.5)
    assert torch.allclose(frame_histogram(half).sum(1), torch.ones(9))


def test_video_file_and_folder_give_the_same_cuts(tmp_path):
    lengths = [6, 8, 5]
    frames = clip(list(photos(128))[:3], lengths)
    video = cv2.VideoWriter(str(tmp_path / "clip.avi"), cv2.VideoWriter_fourcc(*"MJPG"), 12, (96, 96))
    for index, frame in enumerate(frames):
        pixels = ((frame + 1) * 127.5).round().byte().permute(1, 2, 0).numpy()
        video.write(np.ascontiguousarray(pixels[..., ::-1]))
        (tmp_path / "frames").mkdir(exist_ok=True)
        write_picture(tmp_path / "frames" / f"{index:03d}.png", frame)
    video.release()
    read = list(read_frames(tmp_path / "clip.avi"))
    assert len(read) == 19 and (torch.stack(read) - torch.stack(frames)).abs().mean() < 0.06  # RGB, not BGR
    shots = [np.searchsorted(np.cumsum(lengths), index, "right") for index, _ in key_frames(read)]
    assert shots == [0, 1, 2]
    assert len(list(key_frames(read_frames(tmp_path / "frames")))) == 3


def film(path: Path, count: int = 48) -> list[tuple[int, int]]:
    """Write a film whose frame k has the grey level 5 k; return where each one lies in the file."""
    video = cv2.VideoWriter(str(path), cv2.VideoWriter_fourcc(*"MJPG"), 12, (64, 48))
    for index in range(count):
        video.write(np.full((48, 64, 3), 5 * index, dtype=np.uint8))
    video.release()
    data, places = path.read_bytes(), []
    at = data.index(b"movi") + 4
    while data[at : at + 4] == b"00dc":
        (size,) = struct.unpack_from("<I", data, at + 4)
        places.append((at + 8, size))
        at += 8 + size + size % 2
    return places


def levels(frames: Iterable[torch.Tensor]) -> list[int]:
    """Which frame of `film` each one is."""
    return [round((frame.mean().item() + 1) * 127.5 / 5) for frame in frames]


@pytest.mark.parametrize("bad", [[20], [0], [20, 21, 22, 40], [47]])
def test_a_film_goes_on_after_bad_frames(tmp_path, bad):
    path = tmp_path / "a.avi"
    places = film(path)
    data = bytearray(path.read_bytes())
    for index in bad:
        start, size = places[index]
        data[start : start + size] = bytes(size)
    path.write_bytes(data)
    with pytest.warns(UserWarning, match=rf"a\.avi: {48 - len(bad)} of 48 frames could be read"):
        read = levels(read_frames(path))
    assert read == [index for index in range(48) if index not in bad]


def test_a_film_cut_in_the_middle_says_so(tmp_path):
    path = tmp_path / "a.avi"
    places = film(path)
    path.write_bytes(path.read_bytes()[: places[23][0]])  # frame 23 has a header only
    with pytest.warns(UserWarning, match=r"23 of 48 frames could be read"):
        assert levels(read_frames(path)) == list(range(23))


def test_a_whole_film_warns_of_nothing(tmp_path, recwarn):
    film(tmp_path / "a.avi")
    assert levels(read_frames(tmp_path / "a.avi")) == list(range(48)) and not recwarn.list


def test_a_film_that_does_not_say_its_length(tmp_path):
    """As a stream that was recorded: bad frames are passed over, and the end is found."""
    path = tmp_path / "a.mkv"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("mjpeg", rate=12, width=64, height=48, pix_fmt="yuvj420p")
        for index in range(10):
            grey = np.full((48, 64, 3), 5 * index, dtype=np.uint8)
            container.mux(stream.encode(av.VideoFrame.from_ndarray(grey, "rgb24")))
        container.mux(stream.encode(None))
    with Film(path) as opened:
        assert opened.expected == 0
    data = bytearray(path.read_bytes())
    starts = [found.start() for found in re.finditer(b"\xff\xd8\xff", data)]
    assert len(starts) == 10
    data[starts[3] : starts[4] - 16] = bytes(starts[4] - 16 - starts[3])  # the next frame's header stays
    path.write_bytes(data)
    assert levels(read_frames(path)) == [0, 1, 2, 4, 5, 6, 7, 8, 9]


def test_no_video(tmp_path):
    (tmp_path / "a.mp4").write_text("not a film")
    with pytest.raises(PictureError, match="no film"):
        next(read_frames(tmp_path / "a.mp4"))
    with pytest.raises(PictureError, match="does not exist"):
        next(read_frames(tmp_path / "none.mp4"))


def test_captions_round_trip(tmp_path):
    captions = {"a b.png": "a cat", "\U0001f431.png": "un chat\u2028naïf"}
    write_captions(tmp_path / "captions.jsonl", captions)
    assert read_captions(tmp_path / "captions.jsonl") == captions
    assert json.loads((tmp_path / "captions.jsonl").read_text("utf-8").split("\n")[0]) == {
        "file": "a b.png",
        "caption": "a cat",
    }
    with pytest.raises(ToonkitError, match="exists already"):
        write_captions(tmp_path / "captions.jsonl", captions)
    with pytest.raises(ToonkitError, match=r"caption of x\.png is empty"):
        write_captions(tmp_path / "other.jsonl", {"x.png": " . "})


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('{"file": "a", "caption": "b"}\nnot json', "line 2 is not JSON"),
        ('{"file": "a"}', "line 1 must hold"),
        ('["a", "b"]', "line 1 must hold"),
        ('{"file": "a", "caption": "b"}\n\n{"file": "a", "caption": "c"}', "line 3: a has a caption"),
    ],
)
def test_bad_caption_tables(tmp_path, text, message):
    (tmp_path / "a.jsonl").write_text(text)
    with pytest.raises(ToonkitError, match=message):
        read_captions(tmp_path / "a.jsonl")


def test_missing_caption_table(tmp_path):
    with pytest.raises(ToonkitError, match="cannot be read"):
        read_captions(tmp_path / "none.jsonl")


def test_normalised_captions():
    assert normalise_caption("  A Cat\n on a\tsofa. ") == "a cat on a sofa"
    assert normalise_caption("ﬁve ½") == "five 1⁄2"


def test_split_is_stable_and_meets_its_share():
    names = [f"{index:05d}" for index in range(20_000)]
    splits = [split_of(name) for name in names]
    assert splits.count("test") / len(names) == pytest.approx(0.2, abs=0.01)  # 3.5 standard deviations
    assert (
        splits[:8] == ["train", "train", "train", "train", "train", "train", "train", "train"] or "test" in splits[:8]
    )
    assert splits == [split_of(name) for name in names]
    other = [split_of(name, seed=1) for name in names]
    both = sum(one == two == "test" for one, two in zip(splits, other, strict=True)) / len(names)
    assert both == pytest.approx(0.04, abs=0.006)  # seeds are independent
    with pytest.raises(ToonkitError, match="between 0 and 1"):
        split_of("a", 1.0)

"""Films into drawn films: every frame at its time, the sound kept, damage counted, bad input named."""

from __future__ import annotations

from fractions import Fraction

import av
import numpy as np
import pytest
import torch
from film_making import levels_of, make_film, only_sound, shade, shown, sound_of, spoil, times_of

from toonkit import cli
from toonkit.chapters import drawing_choice
from toonkit.export.film_pen import Manner
from toonkit.export.films import toonify_film
from toonkit.images import write_picture
from toonkit.project.errors import ToonkitError

COUNT = 14


@pytest.fixture(autouse=True)
def negative(monkeypatch):
    """A stand-in for the drawing, known in closed form: bright becomes dark."""
    known = drawing_choice.methods()
    monkeypatch.setattr(drawing_choice, "methods", lambda: known | {"classical": lambda: torch.neg})


@pytest.fixture
def film(tmp_path):
    return make_film(tmp_path / "a.mp4", [shade(number) for number in range(COUNT)], sound="aac")


def drawn_levels(numbers):
    return [255 - shade(number).mean() for number in numbers]


def test_every_frame_is_drawn_at_its_time_and_the_sound_is_the_same(tmp_path, film):
    report = toonify_film(film, tmp_path / "out.mp4")
    assert levels_of(tmp_path / "out.mp4") == pytest.approx(drawn_levels(range(COUNT)), abs=2)
    assert times_of(tmp_path / "out.mp4") == times_of(film)
    assert sound_of(tmp_path / "out.mp4") == sound_of(film)
    assert (report.frames, report.whole, report.notes) == (COUNT, True, [])
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.mp4", "out.mp4"]


def test_colours_are_kept(tmp_path):
    """Strong colours come back within two levels: encoder and reader agree on the colour matrix."""
    pixels = np.zeros((48, 64, 3), np.uint8)
    pixels[:, :32] = 200, 30, 60
    pixels[:, 32:] = 20, 180, 230
    toonify_film(make_film(tmp_path / "a.mp4", [pixels] * 3), tmp_path / "out.mp4")
    found = shown(tmp_path / "out.mp4")[0][1].astype(int)
    assert abs(255 - pixels[:, 4:28] - found[:, 4:28]).max() <= 3
    assert abs(255 - pixels[:, 36:60] - found[:, 36:60]).max() <= 3


@pytest.mark.parametrize("ending", [".mp4", ".mov", ".mkv", ".webm"])
def test_a_variable_rate_is_kept(tmp_path, ending):
    """Times that no frame rate has; Matroska and WebM keep them to the millisecond."""
    base = Fraction(1, 90_000)
    times = [0, 3001, 4777, 20_011, 20_500, 90_001, 90_900]
    source = make_film(tmp_path / "a.mp4", [shade(number) for number in range(7)], times, base)
    toonify_film(source, tmp_path / f"out{ending}")
    found = times_of(tmp_path / f"out{ending}")
    if ending in (".mp4", ".mov"):
        assert found == [time * base for time in times]
    assert [float(time) for time in found] == pytest.approx([float(time * base) for time in times], abs=6e-4)


def test_sound_is_coded_anew_where_the_container_does_not_hold_it(tmp_path, film):
    report = toonify_film(film, tmp_path / "out.webm")
    assert report.notes == ["sound coded anew as opus (aac before)"]
    with av.open(str(tmp_path / "out.webm")) as drawn:
        assert drawn.streams.audio[0].codec_context.codec.canonical_name == "opus"
        tone = np.concatenate([frame.to_ndarray() for frame in drawn.decode(drawn.streams.audio[0])], 1)
    assert tone.shape[1] == pytest.approx(COUNT / 25 * 48_000, abs=3_000)
    assert np.abs(tone).max() == pytest.approx(0.5, abs=0.1)


def test_a_stream_of_television_begins_at_zero(tmp_path):
    source = make_film(tmp_path / "a.ts", [shade(number) for number in range(COUNT)], sound="aac", begin=1.4)
    assert times_of(source)[0] > 1
    toonify_film(source, tmp_path / "out.mp4")
    found = times_of(tmp_path / "out.mp4")
    assert np.diff([float(time) for time in found]) == pytest.approx(0.04)
    early = min(found[0], sound_of(tmp_path / "out.mp4")[0][0])
    assert early == pytest.approx(0, abs=0.03)
    lag = times_of(source)[0] - sound_of(source)[0][0]
    assert found[0] - sound_of(tmp_path / "out.mp4")[0][0] == pytest.approx(float(lag), abs=1e-3)


@pytest.mark.parametrize("rotation", [0, 90, 180, -90])
def test_rotation_is_honoured(tmp_path, rotation):
    """A white corner stands where a turn of the stored picture, counter-clockwise, puts it."""
    pixels = np.zeros((32, 64, 3), np.uint8)
    pixels[:16, :16] = 255
    toonify_film(make_film(tmp_path / "a.mp4", [pixels] * 2, rotation=rotation), tmp_path / "out.mp4")
    expected = 255 - np.rot90(pixels, rotation // 90).astype(int)
    found = shown(tmp_path / "out.mp4")[0][1]
    assert found.shape == expected.shape and np.abs(found - expected).mean() < 4


def test_odd_sides_get_their_last_pixels_once_more(tmp_path):
    pixels = np.tile(np.linspace(20, 230, 63).astype(np.uint8)[None, :, None], (47, 1, 3))
    source = make_film(tmp_path / "a.mkv", [pixels] * 2, coding="ffv1", settings={})
    report = toonify_film(source, tmp_path / "out.mp4")
    found = shown(tmp_path / "out.mp4")[0][1].astype(int)
    assert found.shape == (48, 64, 3) and "63x47 became 64x48" in report.notes[0]
    assert np.abs(255 - pixels - found[:47, :63]).mean() < 4
    assert found[:, 63].mean() == pytest.approx(255 - pixels[0, 62, 0], abs=4)


def test_a_size_that_changes_midway_is_brought_to_the_first(tmp_path):
    parts = [
        make_film(tmp_path / "1.ts", [shade(number) for number in range(5)]),
        make_film(tmp_path / "2.ts", [shade(number, 96, 128) for number in range(5, 10)]),
    ]
    source = tmp_path / "a.ts"
    source.write_bytes(b"".join(part.read_bytes() for part in parts))
    report = toonify_film(source, tmp_path / "out.mp4")
    assert {pixels.shape for _, pixels in shown(tmp_path / "out.mp4")} == {(48, 64, 3)}
    assert levels_of(tmp_path / "out.mp4") == pytest.approx(drawn_levels(range(10)), abs=3)
    assert "5 frames had another size and were brought to the first one's, 64x48" in report.notes
    assert np.diff([float(time) for time in times_of(tmp_path / "out.mp4")]).min() > 0.03


def test_one_damaged_frame_is_left_out_and_counted(tmp_path):
    source = make_film(tmp_path / "a.avi", [shade(n) for n in range(COUNT)], coding="mjpeg", settings={"q": "2"})
    spoil(source, 6)
    report = toonify_film(source, tmp_path / "out.mp4")
    kept = [number for number in range(COUNT) if number != 6]
    assert times_of(tmp_path / "out.mp4") == [Fraction(number, 25) for number in kept]
    assert levels_of(tmp_path / "out.mp4") == pytest.approx(drawn_levels(kept), abs=3)
    assert not report.whole and "1 frames could not be decoded" in report.notes[0]


def test_a_hole_in_a_stream_of_television_is_said(tmp_path):
    """Whole packets are gone, with their frames: nothing fails to decode, yet the film is not whole."""
    source = make_film(tmp_path / "a.ts", [shade(number) for number in range(40)])
    content = bytearray(source.read_bytes())
    middle = len(content) // 2
    content[middle : middle + 600] = bytes(600)
    source.write_bytes(content)
    report = toonify_film(source, tmp_path / "out.mp4")
    assert 30 < report.frames < 40 and len(times_of(tmp_path / "out.mp4")) == report.frames
    assert not report.whole and "the file is torn in 1 places" in report.notes[0]


def test_a_film_that_ends_early_is_drawn_as_far_as_it_goes(tmp_path):
    source = make_film(tmp_path / "a.avi", [shade(n) for n in range(COUNT)], coding="mjpeg", settings={"q": "2"})
    with av.open(str(source)) as film:
        ninth = [packet.pos for packet in film.demux(film.streams.video[0]) if packet.size][9]
    source.write_bytes(source.read_bytes()[: ninth - 8])
    report = toonify_film(source, tmp_path / "out.mp4")
    assert levels_of(tmp_path / "out.mp4") == pytest.approx(drawn_levels(range(9)), abs=3)
    assert not report.whole and report.notes == [f"the film ends early: 9 of {COUNT} frames are in the file"]


def test_what_is_no_film_is_named(tmp_path, film):
    write_picture(tmp_path / "a.png", torch.zeros(3, 8, 8))
    (tmp_path / "empty.mp4").touch()
    (tmp_path / "text.mp4").write_text("no film at all\n" * 100)
    (tmp_path / "cut.mp4").write_bytes(film.read_bytes()[:2000])
    make_film(tmp_path / "none.avi", [shade(0)], coding="mjpeg", settings={"q": "2"})
    spoil(tmp_path / "none.avi", 0)
    words = {
        "none.mp4": "does not exist",
        ".": "is a folder",
        "empty.mp4": "is empty",
        "text.mp4": "is no film that can be read",
        "cut.mp4": "is no film that can be read",
        "a.png": "is no film but png_pipe",
        only_sound(tmp_path / "sound.m4a").name: "holds only sound",
        "none.avi": "holds no frame that can be decoded",
    }
    for name, expected in words.items():
        with pytest.raises(ToonkitError, match=expected):
            toonify_film(tmp_path / name, tmp_path / "new" / "out.mp4")
    assert not (tmp_path / "new").exists() or not list((tmp_path / "new").iterdir())


def test_outputs_that_cannot_be(tmp_path, film, capsys):
    before = film.read_bytes()
    for out, words in (("x.xyz", "name a file that ends in .mp4"), ("a.mp4", "is the film itself"), (".", "as a film")):
        assert cli.main(["toonify", str(film), "-o", str(tmp_path / out), "--overwrite"]) == 2
        assert words in capsys.readouterr().err
    (tmp_path / "old.mp4").write_bytes(b"old")
    with pytest.raises(ToonkitError, match="exists already"):
        toonify_film(film, tmp_path / "old.mp4")
    assert (tmp_path / "old.mp4").read_bytes() == b"old" and film.read_bytes() == before


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--method", "oil"], "unknown method 'oil'"),
        (["--size", "4"], "at least 16 pixels"),
        (["--temporal", "1"], "below 1"),
        (["--repair", "mask.png"], "--repair is for pictures"),
        (["--style", "oil"], "'oil'"),
    ],
)
def test_bad_options_are_named(tmp_path, film, capsys, options, words):
    assert cli.main(["toonify", str(film), "-o", str(tmp_path / "out.mp4"), *options]) == 2
    assert words in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["a.mp4"]


def test_the_command_draws_at_a_size_and_says_what_it_lost(tmp_path, film, capsys):
    assert cli.main(["toonify", str(film), "-o", str(tmp_path / "b.mkv"), "--size", "24", "--temporal", "0.5"]) == 0
    assert f"{COUNT} frames drawn" in capsys.readouterr().out
    assert shown(tmp_path / "b.mkv")[0][1].shape == (24, 32, 3)
    write_picture(tmp_path / "a.png", torch.zeros(3, 8, 8))
    assert cli.main(["toonify", str(tmp_path / "a.png"), "-o", str(tmp_path / "b.png"), "--size", "4"]) == 2
    assert "--size is for films" in capsys.readouterr().err


def test_a_real_method_draws_a_film(tmp_path, monkeypatch, film):
    monkeypatch.undo()
    assert toonify_film(film, tmp_path / "out.mp4", Manner(size=16)).frames == COUNT

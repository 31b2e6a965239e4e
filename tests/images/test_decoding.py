"""Files broken inside: each ends in one sentence; only pixels count, what else a file carries may be garbage."""

from __future__ import annotations

import os
import struct
import subprocess
import sys
import zlib
from pathlib import Path

import numpy as np
import pytest
import torch
from picture_files import TURNED, encoded, noise, sound_files
from PIL import Image, PngImagePlugin

from toonkit.cli import main
from toonkit.export.pictures import toonify
from toonkit.images import fit_picture, write_picture
from toonkit.images.picture import picture_facts, read_mask, read_picture
from toonkit.images.samples import SAMPLES, sample_photo
from toonkit.project.errors import PictureError

ROOT = Path(__file__).parents[2]
GARBAGE = b"Exif\0\0garbage!"


def png(bits: int, colour: int, rows: bytes, transparent: bytes) -> bytes:
    """A PNG two pixels wide and one high, written by hand: Pillow cannot write every depth."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", 2, 1, bits, colour, 0, 0, 0)
    pixels = chunk(b"tRNS", transparent) + chunk(b"IDAT", zlib.compress(b"\0" + rows))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + pixels + chunk(b"IEND", b"")


SOUND = sound_files()


@pytest.mark.parametrize("name", list(SOUND))
def test_whatever_bytes_are_wrong_only_picture_errors_come_out(tmp_path, name, capfd, recwarn):
    """Bytes of the head and the tail, where structure lies, are set at random; nothing may reach standard error."""
    generator, whole, path = np.random.default_rng(1), SOUND[name], tmp_path / "a.bin"
    places = [*range(min(130, len(whole))), *range(max(0, len(whole) - 200), len(whole))]
    refused = 0
    for _ in range(120):
        broken = bytearray(whole)
        for place in generator.choice(places, generator.integers(1, 6)):
            broken[place] = generator.choice([0, 1, 2, 128, 255, broken[place] ^ 4])
        path.write_bytes(broken)
        for read in (read_picture, read_mask, picture_facts):
            try:
                read(path)
            except PictureError as error:
                refused += str(path) in str(error)
    assert refused > 5
    assert capfd.readouterr().err == "" and not recwarn.list


def test_pages_whose_last_has_no_dimensions(tmp_path):
    """The second directory of a TIFF is empty: the counting of frames then meets a TypeError of Pillow's."""
    whole = bytearray(encoded(noise(), "TIFF"))
    entries = struct.unpack_from("<H", whole, 8)[0]
    struct.pack_into("<I", whole, 10 + 12 * entries, len(whole))  # where the next directory lies: at the end
    (tmp_path / "a.tif").write_bytes(whole + struct.pack("<HHHIII", 1, 0x0112, 3, 1, 1, 0))
    assert picture_facts(tmp_path / "a.tif").frames in (None, 2)
    assert read_picture(tmp_path / "a.tif").shape == (3, 20, 26)


def test_libtiff_says_nothing_and_what_others_say_still_comes_through(tmp_path):
    """In a process of its own, since libtiff writes past Python; its own last word must still be printed."""
    broken = bytearray(encoded(noise(), "TIFF", compression="tiff_deflate"))
    at = broken.index(b"\x78\x9c")  # where zlib's data start
    broken[at + 20 : at + 60] = b"\xff" * 40
    (tmp_path / "a.tif").write_bytes(broken)
    code = (
        "import sys\nfrom toonkit.images import read_picture\n"
        "try:\n    read_picture(sys.argv[1])\nexcept ValueError as error:\n    print(type(error).__name__)\n"
        "print('last word', file=sys.stderr)"
    )
    run = subprocess.run([sys.executable, "-c", code, tmp_path / "a.tif"], capture_output=True, text=True, cwd=ROOT)
    assert (run.stdout, run.stderr) == ("PictureError\n", "last word\n")


@pytest.mark.parametrize("kind", ["PNG", "WEBP", "JPEG"])
@pytest.mark.parametrize("exif", [GARBAGE, b"x", b"Exif\0\0MM\0*\0\0\0\x08\0\x01"])
def test_garbage_in_exif_leaves_the_picture_as_stored(tmp_path, kind, exif):
    ramp = Image.fromarray(np.arange(0, 240, dtype=np.uint8).reshape(12, 20))
    settings = {"lossless": True} if kind == "WEBP" else {"quality": 100} if kind == "JPEG" else {}
    (tmp_path / "plain").write_bytes(encoded(ramp, kind, **settings))
    (tmp_path / "broken").write_bytes(encoded(ramp, kind, exif=exif, dpi=(72, 72), xmp=b"\xff", **settings))
    plain, broken = read_picture(tmp_path / "plain"), read_picture(tmp_path / "broken")
    assert broken.shape == (3, 12, 20) and torch.equal(plain, broken)
    (tmp_path / "sound").write_bytes(encoded(ramp, kind, exif=TURNED, **settings))
    assert torch.equal(read_picture(tmp_path / "sound"), plain.rot90(-1, (1, 2)))  # orientation 6: clockwise


@pytest.mark.parametrize("profile", ["zz", "\nexif\n   8\nzzzz", "\nexif\n   4\n45786966"])
def test_garbage_in_a_raw_profile(tmp_path, profile):
    text = PngImagePlugin.PngInfo()
    text.add_text("Raw profile type exif", profile)
    noise().save(tmp_path / "a.png", pnginfo=text)
    expected = torch.from_numpy(np.array(noise())).permute(2, 0, 1) / 127.5 - 1
    assert torch.allclose(read_picture(tmp_path / "a.png"), expected, atol=1e-6)


def test_one_such_file_does_not_end_pairs(tmp_path):
    photos = torch.stack([fit_picture(sample_photo(name), 64) for name in SAMPLES])
    panels = torch.cat([torch.cat([*photos[:2]], 2), torch.cat([*photos[2:]], 2)], 1)
    (tmp_path / "in").mkdir()
    write_picture(tmp_path / "in" / "b.png", panels.flip(0))
    Image.open(tmp_path / "in" / "b.png").save(tmp_path / "in" / "a.jpg", quality=98, exif=GARBAGE, dpi=(72, 72))
    write_picture(tmp_path / "in" / "c.png", panels.roll(64, 2))
    assert main(["pairs", str(tmp_path / "in"), "-o", str(tmp_path / "out")]) == 0
    assert sorted(path.name for path in (tmp_path / "out" / "photo").iterdir()) == ["a.png", "c.png"]


def animation() -> bytes:
    """A GIF of three frames whose last two are cut away after their first bytes."""
    frames = [Image.new("RGB", (40, 40), colour) for colour in ("red", "blue", "lime")]
    whole = encoded(frames[0], "GIF", save_all=True, append_images=frames[1:])
    return whole[: whole.index(b"\x21\xf9", whole.index(b"\x2c")) + 5]


def test_a_damaged_later_frame_leaves_the_first(tmp_path, monkeypatch):
    monkeypatch.setattr(sys.modules["toonkit.chapters.drawing_choice"], "abstraction", lambda pictures: pictures)
    path = tmp_path / "a.gif"
    path.write_bytes(animation())
    assert picture_facts(path).frames is None
    said: list[str] = []
    report = toonify([path], tmp_path / "out.png", say=said.append)
    assert not report.failed and "a later one is damaged" in said[0]
    assert torch.equal(read_picture(tmp_path / "out.png")[:, 3, 3], torch.tensor([1.0, -1.0, -1.0]))


def test_the_transparent_value_of_16_bit_grey_becomes_white(tmp_path):
    grey = np.array([[0, 300, 65535]], dtype=np.uint16)
    Image.fromarray(grey).save(tmp_path / "a.png", transparency=0)
    assert torch.allclose(read_picture(tmp_path / "a.png")[1, 0], torch.tensor([1.0, 300 / 32767.5 - 1, 1.0]))
    Image.fromarray((grey // 257).astype(np.uint8)).save(tmp_path / "b.png", transparency=0)
    assert torch.allclose(read_picture(tmp_path / "b.png")[1, 0], torch.tensor([1.0, 1 / 127.5 - 1, 1.0]), atol=1e-6)


@pytest.mark.parametrize(
    ("bits", "colour", "rows", "transparent"),
    [
        (2, 0, bytes([0b01_00_0000]), struct.pack(">H", 1)),
        (4, 0, bytes([0x50]), struct.pack(">H", 5)),
        (16, 0, struct.pack(">HH", 21845, 0), struct.pack(">H", 21845)),
        (16, 2, struct.pack(">6H", 21845, 21845, 21845, 0, 0, 0), struct.pack(">3H", 21845, 21845, 21845)),
    ],
)
def test_a_transparent_value_counts_in_the_file_s_own_depth(tmp_path, bits, colour, rows, transparent):
    """The left pixel is a third of white and transparent, the right one black and opaque."""
    (tmp_path / "a.png").write_bytes(png(bits, colour, rows, transparent))
    assert torch.equal(read_picture(tmp_path / "a.png")[:, 0, :], torch.tensor([[1.0, -1.0]]).expand(3, 2))


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")
def test_a_named_pipe_is_no_picture(tmp_path):
    os.mkfifo(tmp_path / "a.png")
    with pytest.raises(PictureError, match="empty"):
        read_picture(tmp_path / "a.png")

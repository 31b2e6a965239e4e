"""Pictures read and written: every kind of file, every kind of damage, the disk full."""

from __future__ import annotations

import errno
import os
import struct
import zlib
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from toonkit.images import decoding
from toonkit.images import picture as module
from toonkit.images.picture import EXTENSIONS, picture_facts, read_mask, read_picture, write_picture
from toonkit.project.errors import PictureError


def save(path: Path, pixels: np.ndarray | Image.Image, **settings) -> Path:
    image = pixels if isinstance(pixels, Image.Image) else Image.fromarray(pixels)
    image.save(path, **settings)
    return path


def noise(height: int = 20, width: int = 30) -> np.ndarray:
    return np.random.default_rng(0).integers(0, 256, (height, width, 3), dtype=np.uint8)


def png_claiming(width: int, height: int) -> bytes:
    """A PNG of a few dozen bytes whose header claims any size: a decompression bomb."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    pixels = zlib.compress(b"\0" * 100)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


def test_values_are_scaled_to_minus_one_one(tmp_path):
    path = save(tmp_path / "a.png", np.array([[[0, 51, 255]]], dtype=np.uint8))
    assert torch.allclose(read_picture(path), torch.tensor([-1.0, -0.6, 1.0]).view(3, 1, 1), atol=1e-6)


@pytest.mark.parametrize("extension", [".png", ".bmp", ".tif", ".tiff"])
def test_lossless_formats_give_8_bit_values_back(tmp_path, extension):
    pixels = noise()
    write_picture(tmp_path / f"a{extension}", torch.from_numpy(pixels).permute(2, 0, 1).float() / 127.5 - 1)
    assert np.array_equal(np.asarray(Image.open(tmp_path / f"a{extension}")), pixels)
    again = (read_picture(tmp_path / f"a{extension}") + 1) * 127.5
    assert torch.equal(again.round().byte(), torch.from_numpy(pixels).permute(2, 0, 1))


@pytest.mark.parametrize("extension", [".jpg", ".jpeg", ".webp", ".gif"])
def test_lossy_formats_are_close_on_a_smooth_picture(tmp_path, extension):
    ramp = torch.linspace(-1, 1, 64).expand(3, 64, 64).contiguous()
    write_picture(tmp_path / f"a{extension}", ramp)
    assert (read_picture(tmp_path / f"a{extension}") - ramp).abs().max() < 0.06


def test_16_bit_grey_is_scaled_not_clipped(tmp_path):
    levels = np.array([[0, 257, 32768, 65535]], dtype=np.uint16)
    for name in ("a.png", "a.tif"):
        got = read_picture(save(tmp_path / name, levels))
        assert torch.allclose(got[0, 0], torch.tensor([-1.0, 257 / 32767.5 - 1, 32768 / 32767.5 - 1, 1.0]), atol=1e-5)
        assert torch.equal(got[0], got[2])


def test_16_bit_colour_keeps_the_high_byte(tmp_path):
    data = struct.pack(">HHH", 65535, 32896, 0)  # 32896 = 128 * 257

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = struct.pack(">IIBBBBB", 1, 1, 16, 2, 0, 0, 0)
    path = tmp_path / "a.png"
    path.write_bytes(
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(b"\0" + data))
        + chunk(b"IEND", b"")
    )
    assert torch.allclose(read_picture(path).flatten(), torch.tensor([1.0, 128 / 127.5 - 1, -1.0]), atol=1e-6)


def test_cmyk_palette_grey_and_bitmap(tmp_path):
    cmyk = save(tmp_path / "cmyk.jpg", Image.new("CMYK", (8, 8), (0, 255, 255, 0)), quality=100)  # pure red ink
    assert torch.allclose(read_picture(cmyk)[:, 4, 4], torch.tensor([1.0, -1.0, -1.0]), atol=0.05)
    palette = Image.new("P", (2, 1))
    palette.putpalette([0, 0, 255, 255, 255, 0])
    palette.putpixel((1, 0), 1)
    got = read_picture(save(tmp_path / "p.png", palette))
    assert torch.equal(got[:, 0].T, torch.tensor([[-1.0, -1.0, 1.0], [1.0, 1.0, -1.0]]))
    assert read_picture(save(tmp_path / "l.png", Image.new("L", (3, 2), 255))).shape == (3, 2, 3)
    assert read_picture(save(tmp_path / "1.png", Image.new("1", (3, 2), 1))).min() == 1


def test_alpha_is_laid_over_white(tmp_path):
    half_black = save(tmp_path / "rgba.png", Image.new("RGBA", (1, 1), (0, 0, 0, 51)))  # 20 % ink: 0.8 of white
    assert torch.allclose(read_picture(half_black), torch.full((3, 1, 1), 0.6), atol=0.005)
    clear = save(tmp_path / "la.png", Image.new("LA", (1, 1), (0, 0)))
    assert read_picture(clear).min() == 1
    keyed = save(tmp_path / "key.png", Image.new("RGB", (1, 1), (9, 8, 7)), transparency=(9, 8, 7))
    assert read_picture(keyed).min() == 1
    palette = Image.new("P", (1, 1))
    palette.putpalette([0, 0, 0])
    assert read_picture(save(tmp_path / "p.gif", palette, transparency=0)).min() == 1


def test_exif_rotation_is_applied(tmp_path):
    pixels = np.zeros((2, 3, 3), dtype=np.uint8)
    pixels[0, 0] = 255  # white at the top left, which orientation 6 (turn clockwise) brings to the top right
    exif = Image.Exif()
    exif[0x0112] = 6
    got = read_picture(save(tmp_path / "a.png", pixels, exif=exif))
    assert got.shape == (3, 3, 2)
    assert got[:, 0, 1].min() == 1 and got.sum() == 3 - 15


@pytest.mark.parametrize("name", ["a.gif", "a.webp"])
def test_animation_gives_its_first_frame(tmp_path, name):
    frames = [Image.new("RGB", (4, 4), colour) for colour in ("red", "blue", "lime")]
    path = save(tmp_path / name, frames[0], save_all=True, append_images=frames[1:])
    assert picture_facts(path).frames == 3
    assert torch.allclose(read_picture(path)[:, 0, 0], torch.tensor([1.0, -1.0, -1.0]), atol=0.03)


def test_one_pixel(tmp_path):
    write_picture(tmp_path / "a.png", torch.zeros(3, 1, 1))
    assert read_picture(tmp_path / "a.png").shape == (3, 1, 1)
    assert read_picture(tmp_path / "a.png", size=5).shape == (3, 5, 5)


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "BMP", "TIFF", "GIF"])
def test_truncated(tmp_path, kind):
    path = tmp_path / "a.jpg"
    save(path, noise(80, 80), format=kind)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    with pytest.raises(PictureError, match=r"a\.jpg"):
        read_picture(path)


def test_every_cut_is_an_error_or_a_picture(tmp_path):
    """Whatever byte a file ends at, the reader answers with a picture or a PictureError, nothing else."""
    whole, path = save(tmp_path / "b.jpg", noise(), exif=Image.Exif()).read_bytes(), tmp_path / "a.jpg"
    for end in range(1, len(whole), 7):
        path.write_bytes(whole[:end])
        with pytest.raises(PictureError):
            read_picture(path)


@pytest.mark.parametrize(
    ("content", "message"),
    [(b"", "empty"), (b"This is a letter.\n" * 9, "does not hold a picture"), (b"%!PS-Adobe-3.0 EPSF", "not hold")],
)
def test_not_a_picture(tmp_path, content, message):
    path = tmp_path / "a.jpg"
    path.write_bytes(content)
    with pytest.raises(PictureError, match=message):
        read_picture(path)


def test_missing_and_folder(tmp_path):
    with pytest.raises(PictureError, match="does not exist"):
        read_picture(tmp_path / "none.png")
    with pytest.raises(PictureError, match="is a folder"):
        read_picture(tmp_path)


@pytest.mark.parametrize(("width", "height"), [(12_000, 10_001), (60_000, 60_000)])
def test_decompression_bomb_is_named_by_its_size(tmp_path, width, height, recwarn):
    path = tmp_path / "bomb.png"
    path.write_bytes(png_claiming(width, height))
    with pytest.raises(PictureError, match=rf"bomb\.png.*({width}x{height}|{width * height})"):
        read_picture(path)
    assert not recwarn.list


def test_values_without_a_range_are_refused(tmp_path):
    with pytest.raises(PictureError, match="floating-point"):
        read_picture(save(tmp_path / "f.tif", np.zeros((2, 2), dtype=np.float32)))
    with pytest.raises(PictureError, match="-7 to 3"):
        read_picture(save(tmp_path / "i.tif", np.array([[-7, 3]], dtype=np.int32)))


def test_mask_keeps_its_labels(tmp_path):
    labels = np.array([[0, 1, 90], [255, 7, 7]], dtype=np.uint8)
    palette = Image.fromarray(labels).convert("P")
    palette.putpalette(bytes(range(255, -1, -1)) * 3)
    for path in (save(tmp_path / "l.png", labels), save(tmp_path / "p.png", palette)):
        assert torch.equal(read_mask(path), torch.from_numpy(labels).long())
    with pytest.raises(PictureError, match=r"RGB picture.*save it as grey or palette"):
        read_mask(save(tmp_path / "rgb.png", noise()))


def test_existing_output_is_kept(tmp_path):
    path = tmp_path / "a.png"
    write_picture(path, torch.zeros(3, 2, 2))
    before = path.read_bytes()
    with pytest.raises(PictureError, match="exists already"):
        write_picture(path, torch.ones(3, 2, 2))
    assert path.read_bytes() == before
    write_picture(path, torch.ones(3, 2, 2), overwrite=True)
    assert read_picture(path).min() == 1


def test_unknown_extension_lists_the_known(tmp_path):
    for name in ("a.heic", "a", "a.svg"):
        with pytest.raises(PictureError, match=r"\.png.*\.webp"):
            write_picture(tmp_path / name, torch.zeros(3, 2, 2))
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    "picture", [torch.zeros(1, 4, 4), torch.zeros(2, 3, 4, 4), torch.zeros(3, 0, 4), torch.full((3, 4, 4), 200.0)]
)
def test_wrong_tensors_are_refused(tmp_path, picture):
    with pytest.raises(PictureError):
        write_picture(tmp_path / "a.png", picture)
    assert not list(tmp_path.iterdir())


def test_nan_is_refused(tmp_path):
    picture = torch.zeros(3, 4, 4)
    picture[1, 2, 3] = float("nan")
    with pytest.raises(PictureError, match="nan"):
        write_picture(tmp_path / "a.png", picture)


def test_too_large_for_its_format(tmp_path):
    with pytest.raises(PictureError, match="WEBP cannot hold"):
        write_picture(tmp_path / "a.webp", torch.zeros(3, 1, 17_000))  # WebP ends at 16,383
    assert not list(tmp_path.iterdir())


def test_missing_folder(tmp_path):
    with pytest.raises(PictureError, match="does not exist"):
        write_picture(tmp_path / "no" / "a.png", torch.zeros(3, 2, 2))


@pytest.mark.parametrize("failing", ["fsync", "replace"])
def test_full_disk_leaves_nothing(tmp_path, monkeypatch, failing):
    def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    write_picture(tmp_path / "old.png", torch.zeros(3, 2, 2))
    before = (tmp_path / "old.png").read_bytes()
    monkeypatch.setattr(os, failing, full)
    for name in ("new.png", "old.png"):
        with pytest.raises(PictureError, match="disk is full"):
            write_picture(tmp_path / name, torch.ones(3, 2, 2), overwrite=True)
    assert [path.name for path in tmp_path.iterdir()] == ["old.png"]
    assert (tmp_path / "old.png").read_bytes() == before


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs the always-full device of Linux")
def test_really_full_device(tmp_path, monkeypatch):
    """The same through the system's own always-full device, opened in place of the temporary file."""
    original = Path.open

    def opened(self: Path, mode: str = "r", *rest):
        return original(Path("/dev/full"), "wb") if mode == "xb" else original(self, mode, *rest)

    monkeypatch.setattr(Path, "open", opened)
    with pytest.raises(PictureError, match="disk is full"):
        write_picture(tmp_path / "a.png", torch.zeros(3, 64, 64))
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("name", ["two words.png", "chat \U0001f431 naïve.png", "x" * 251 + ".png"])
def test_any_name(tmp_path, name):
    write_picture(tmp_path / name, torch.zeros(3, 2, 2))
    assert read_picture(tmp_path / name).shape == (3, 2, 2)


def test_every_extension_is_read_back(tmp_path):
    for extension in EXTENSIONS:
        write_picture(tmp_path / f"a{extension.upper()}", torch.zeros(3, 5, 7))
        assert read_picture(tmp_path / f"a{extension.upper()}").shape == (3, 5, 7)
    assert set(decoding.READABLE) == {kind for kind, _ in module.WRITERS.values()}

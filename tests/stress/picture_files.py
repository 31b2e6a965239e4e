"""Small sound files of every kind that a reader may meet, and what breaks them."""

from __future__ import annotations

import io
import random
import struct
from collections.abc import Callable

import numpy as np
from PIL import Image

TURNED = b"Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0"  # a sound EXIF: orientation 6
EXTREMES = (0, 1, 2, 127, 128, 255, 256, 32767, 32768, 65535, 65536, 2**24, 2**31 - 1, 2**31, 2**32 - 1)
HEAD = 160  # bytes, where most structure lies
SVG = b"""<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" viewBox="0 0 32 32">
<defs><linearGradient id="a"><stop offset="0" stop-color="#f00"/><stop offset="1"/></linearGradient>
<filter id="b"><feGaussianBlur stdDeviation="2"/></filter><clipPath id="c"><rect width="20" height="9"/></clipPath>
<g id="d"><circle cx="4" cy="4" r="3" fill="url(#a)"/></g></defs>
<use xlink:href="#d" transform="scale(2 3)"/><path d="M1 2L30 4C5 6 7 8 9 9Z" filter="url(#b)" clip-path="url(#c)"/>
<text x="3" y="20">x</text></svg>"""


def encoded(image: Image.Image, kind: str, **settings) -> bytes:
    """An image as the bytes of a file."""
    buffer = io.BytesIO()
    image.save(buffer, format=kind, **settings)
    return buffer.getvalue()


def noise(mode: str = "RGB") -> Image.Image:
    """Twenty rows of 26 pixels of noise."""
    return Image.fromarray(np.random.default_rng(0).integers(0, 256, (20, 26, 3), dtype=np.uint8)).convert(mode)


def sound_files() -> dict[str, bytes]:
    """Sound files of the formats that are read, by name."""
    deep = Image.fromarray(np.random.default_rng(1).integers(0, 2**16, (20, 26), dtype=np.uint16))
    turned = [noise().rotate(90), noise().rotate(180)]
    kinds = {
        "png": encoded(noise(), "PNG"),
        "palette": encoded(noise("P"), "PNG", transparency=3),
        "png_rgba": encoded(noise("RGBA"), "PNG"),
        "png_16": encoded(deep, "PNG"),
        "png_bits": encoded(noise("1"), "PNG"),
        "apng": encoded(noise(), "PNG", save_all=True, append_images=turned),
        "jpeg": encoded(noise(), "JPEG", exif=TURNED, dpi=(72, 72)),
        "jpeg_grey": encoded(noise("L"), "JPEG", progressive=True),
        "jpeg_cmyk": encoded(noise("CMYK"), "JPEG"),
        "webp": encoded(noise(), "WEBP", exif=TURNED),
        "webp_rgba": encoded(noise("RGBA"), "WEBP", lossless=True),
        "webp_moving": encoded(noise(), "WEBP", save_all=True, append_images=turned),
        "bmp": encoded(noise(), "BMP"),
        "bmp_palette": encoded(noise("P"), "BMP"),
        "gif": encoded(noise(), "GIF", save_all=True, append_images=turned[:1]),
        "gif_clear": encoded(noise("P"), "GIF", transparency=3),
        "tiff_16": encoded(deep, "TIFF"),
        "tiff_rgba": encoded(noise("RGBA"), "TIFF", compression="tiff_lzw"),
        "tiff_fax": encoded(noise("1"), "TIFF", compression="group4"),
        "tiff_float": encoded(noise("F"), "TIFF"),
        "pages": encoded(noise(), "TIFF", save_all=True, append_images=[noise()]),
    }
    for compression in ("raw", "tiff_lzw", "tiff_deflate", "packbits", "jpeg", "tiff_adobe_deflate"):
        kinds[f"tiff_{compression}"] = encoded(noise(), "TIFF", compression=compression)
    return kinds


def foreign_files() -> dict[str, bytes]:
    """Sound files of formats that are not read: each is to be refused."""
    kinds = {kind.lower(): encoded(noise(), kind) for kind in ("PPM", "ICO", "TGA", "JPEG2000", "PCX", "DDS", "EPS")}
    if "AVIF" in Image.SAVE:
        kinds["avif"] = encoded(noise(), "AVIF")
    return kinds | {"svg": SVG}


def mutated(whole: bytes, chance: random.Random, others: list[bytes]) -> bytes:
    """A file with one to four things done to it."""
    content = bytearray(whole)
    for _ in range(chance.randint(1, 4)):
        if content:
            content = bytearray(chance.choice(MUTATIONS)(content, chance, others))
    return bytes(content)


def _place(content: bytes, chance: random.Random) -> int:
    """A place in a file, as often as not in its head."""
    return chance.randrange(min(len(content), HEAD) if chance.random() < 0.5 else len(content))


def _flipped(content: bytearray, chance: random.Random, others: list[bytes]) -> bytes:
    for _ in range(chance.choice((1, 1, 2, 8, 64))):
        content[_place(content, chance)] ^= 1 << chance.randrange(8)
    return content


def _set(content: bytearray, chance: random.Random, others: list[bytes]) -> bytes:
    content[_place(content, chance)] = chance.choice((0, 1, 2, 127, 128, 254, 255))
    return content


def _cut(content: bytearray, chance: random.Random, others: list[bytes]) -> bytes:
    return content[: chance.randrange(len(content))]


def _removed(content: bytearray, chance: random.Random, others: list[bytes]) -> bytes:
    start = _place(content, chance)
    return content[:start] + content[start + chance.choice((1, 2, 4, 13, 64)) :]


def _inserted(content: bytearray, chance: random.Random, others: list[bytes]) -> bytes:
    start = _place(content, chance)
    fresh = chance.choice((b"\0", b"\xff", chance.randbytes(4))) * chance.choice((1, 2, 8, 1000))
    return content[:start] + fresh + content[start:]


def _doubled(content: bytearray, chance: random.Random, others: list[bytes]) -> bytes:
    start = _place(content, chance)
    block = content[start : start + chance.choice((4, 12, 64, 512))]
    return content[:start] + block * chance.choice((2, 3, 50)) + content[start + len(block) :]


def _extreme(content: bytearray, chance: random.Random, others: list[bytes]) -> bytes:
    """A field of two or four bytes set to a number at the end of some range."""
    order, kind = chance.choice("<>"), chance.choice("HI")
    field = struct.pack(order + kind, chance.choice(EXTREMES) % 2 ** (16 if kind == "H" else 32))
    start = _place(content, chance)
    return (content[:start] + field + content[start + len(field) :])[: len(content)]


def _spliced(content: bytearray, chance: random.Random, others: list[bytes]) -> bytes:
    other = chance.choice(others)
    return content[: _place(content, chance)] + other[_place(other, chance) :]


Mutation = Callable[[bytearray, random.Random, list[bytes]], bytes]
MUTATIONS: tuple[Mutation, ...] = (_flipped, _flipped, _set, _cut, _removed, _inserted, _doubled, _extreme, _spliced)

"""Picture files opened and decoded: whatever is wrong inside one ends in one sentence, never in a decoder's own words.

Only pixels decide whether a file is a picture. What else it carries (EXIF, XMP, further frames, a resolution) may be
broken: then it is ignored, as if it were absent.
"""

from __future__ import annotations

import logging
import os
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Lock

from PIL import ExifTags, Image, UnidentifiedImageError

from toonkit.project.atomic import explain
from toonkit.project.errors import PictureError

PIXEL_LIMIT = 120_000_000  # a 108-megapixel phone passes; 120 M pixels are 1.4 GB as a float32 tensor
READABLE = ("PNG", "JPEG", "WEBP", "BMP", "TIFF", "GIF")  # nothing that would start another program, as EPS does
TURNS = {  # EXIF's orientation -> what turns the picture upright
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
TRANSPARENT_SCALE = {"L;2": 85.0, "L;4": 17.0, "RGB;16B": 1 / 256}  # stored values -> the 8 bits that Pillow gives

_stderr_lock = Lock()
logging.getLogger("PIL").addHandler(logging.NullHandler())  # a decoder's complaints are our sentence's business


def open_image(path: str | Path) -> Image.Image:
    """Open a picture file without decoding its pixels; close it after use, as in `with open_image(path) as image`.

    Raises PictureError for a file that is missing, empty, a folder, not a picture, or of more than PIXEL_LIMIT pixels.
    """
    path = Path(path)
    if path.is_dir():
        raise PictureError(f"{path} is a folder, not a picture; list_pictures() lists what is inside")
    with in_one_sentence(path, "cannot be opened"):
        if path.stat().st_size == 0:
            raise PictureError(f"{path} is empty (0 bytes); fetch or copy it again")
        image = Image.open(path, formats=READABLE)
    if image.width * image.height > PIXEL_LIMIT:
        image.close()
        size = f"{image.width}x{image.height} = {image.width * image.height:,} pixels"
        raise PictureError(f"{path} is {size}, above the limit of {PIXEL_LIMIT:,}; shrink it first")
    return image


def decode(image: Image.Image, path: str | Path) -> Image.Image:
    """Decode the pixels of an opened picture, in its own mode, and turn it upright. Raises PictureError if damaged."""
    rawmode = _rawmode(image)
    with in_one_sentence(path, "is damaged or cut short"), _libtiff_silent(image):
        image.load()
    transparent = image.info.get("transparency")
    if rawmode in TRANSPARENT_SCALE and transparent is not None:
        image.info["transparency"] = _scaled(transparent, TRANSPARENT_SCALE[rawmode])
    turn = _turn(image)
    return image if turn is None else image.transpose(turn)


def count_frames(image: Image.Image) -> int | None:
    """Return how many frames an opened picture has, or None where a damaged one stops the counting."""
    try:
        with warnings.catch_warnings(), _libtiff_silent(image):
            warnings.simplefilter("ignore")
            return getattr(image, "n_frames", 1)
    except Exception:  # each decoder has its own
        return None


@contextmanager
def in_one_sentence(path: str | Path, what: str) -> Iterator[None]:
    """Turn whatever a decoder raises into a PictureError that names the file; what it only warns of is ignored."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    except PictureError:
        raise
    except FileNotFoundError as error:
        raise PictureError(f"{path} does not exist; check the name") from error
    except UnidentifiedImageError as error:
        readable = ", ".join(READABLE)
        raise PictureError(f"{path} does not hold a picture ({readable}), whatever its name says") from error
    except Image.DecompressionBombError as error:
        raise PictureError(f"{path} is too large to open safely: {error}") from error
    except Exception as error:  # decoders raise IndexError, TypeError, SyntaxError, struct.error, zlib.error ...
        reason = explain(error) if isinstance(error, OSError) else str(error) or type(error).__name__
        raise PictureError(f"{path} {what}: {reason}; fetch or copy it again") from error


@contextmanager
def _libtiff_silent(image: Image.Image) -> Iterator[None]:
    """Keep libtiff, a C library that writes to the process's standard error, from doing so; other formats never do."""
    if image.format != "TIFF":
        yield
        return
    with _stderr_lock:  # the standard error is one for all threads
        try:
            stderr = os.dup(2)
        except OSError:  # a process without one
            yield
            return
        nowhere = os.open(os.devnull, os.O_WRONLY)
        try:
            os.dup2(nowhere, 2)
            yield
        finally:
            os.dup2(stderr, 2)
            os.close(stderr)
            os.close(nowhere)


def _turn(image: Image.Image) -> Image.Transpose | None:
    """Return what turns a picture upright by its EXIF or XMP; None if that says nothing or is broken."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return TURNS.get(image.getexif().get(ExifTags.Base.Orientation))
    except Exception:  # metadata of any shape, parsed by several parsers
        return None


def _rawmode(image: Image.Image) -> str | None:
    """Return how a PNG stores its pixels; Pillow's mode no longer tells 4 bits or 16 from 8."""
    arguments = image.tile[0].args if image.format == "PNG" and image.tile else None
    return arguments if isinstance(arguments, str) else None


def _scaled(value: int | tuple[int, ...], scale: float) -> int | tuple[int, ...]:
    return tuple(int(part * scale) for part in value) if isinstance(value, tuple) else int(value * scale)

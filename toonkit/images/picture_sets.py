"""What folders of pictures with a table beside them have in common: one empty folder, JPEG files, one CSV of rows."""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Sequence
from dataclasses import astuple, fields
from pathlib import Path
from typing import Any

from PIL import Image
from torch import Tensor

from toonkit.images.picture import to_bytes
from toonkit.images.resize import fit_picture
from toonkit.project.atomic import make_folder, write_atomically
from toonkit.project.errors import PictureError, ToonkitError

SMALLEST = 16  # pixels: the least short side


def check_settings(side: int | None, quality: int) -> None:
    """Raise ToonkitError for a short side or a JPEG quality out of range."""
    if (side is not None and side < SMALLEST) or not 1 <= quality <= 100:
        raise ToonkitError(f"side {side}, quality {quality}: the side is at least 16 pixels, the quality 1 to 100")


def prepare_empty(out: Path) -> None:
    """Make a folder. Raises ToonkitError for one that holds anything, and for a file."""
    if out.is_file() or (out.is_dir() and any(out.iterdir())):
        raise ToonkitError(f"{out} is there already and is no empty folder; name another")
    make_folder(out)


def shrunk(picture: Tensor, side: int | None) -> Tensor:
    """A picture (3, H, W), its short side at most `side`; as it is for None."""
    if side is None:
        return picture
    factor = min(1.0, side / min(picture.shape[1:]))
    return fit_picture(picture, (round(picture.shape[1] * factor), round(picture.shape[2] * factor)), "stretch")


def write_jpeg(path: Path, picture: Tensor, quality: int, overwrite: bool = False) -> str:
    """Write (3, H, W) as JPEG, its folder made if absent, and return the file's SHA-256."""
    encoded = io.BytesIO()
    Image.fromarray(to_bytes(picture).permute(1, 2, 0).numpy()).save(encoded, "JPEG", quality=quality)
    make_folder(path.parent, PictureError)
    write_atomically(path, encoded.getvalue(), overwrite, PictureError)
    return hashlib.sha256(encoded.getvalue()).hexdigest()


def write_table(path: Path, kind: type, rows: Sequence[Any]) -> None:
    """Write rows, dataclasses of one `kind`, as CSV under the names of its fields."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([column.name for column in fields(kind)])
    writer.writerows(astuple(row) for row in rows)
    write_atomically(path, text.getvalue().encode("utf-8", "surrogateescape"))

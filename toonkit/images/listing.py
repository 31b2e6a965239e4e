"""Pictures side by side, and the pictures of a folder."""

from __future__ import annotations

import os
from pathlib import Path

import torch
from torch import Tensor
from torchvision.utils import make_grid

from toonkit.images.picture import EXTENSIONS
from toonkit.project.errors import PictureError

Reasons = list[tuple[Path, str]]


def list_pictures(folder: str | Path, recursive: bool = False) -> list[Path]:
    """Return the picture files of `folder` by extension, sorted by name; hidden files are left out.

    Raises PictureError if there is no such folder or no picture in it.
    """
    folder = Path(folder)
    if not folder.is_dir():
        raise PictureError(f"{folder} is not a folder; check the name")
    found = folder.rglob("*") if recursive else folder.iterdir()
    pictures = sorted(path for path in found if path.suffix.lower() in EXTENSIONS and _visible_file(path, folder))
    if not pictures:
        raise PictureError(f"no picture in {folder}; looked for {', '.join(EXTENSIONS)}")
    return pictures


def _visible_file(path: Path, folder: Path) -> bool:
    return path.is_file() and not any(part.startswith(".") for part in path.relative_to(folder).parts)


def walk_pictures(folder: str | Path, out: str | Path) -> tuple[list[Path], Reasons, Reasons]:
    """Walk below `folder`, in order, leaving out the folder `out`, hidden names and linked folders.

    Returns its pictures by extension, its other files (path, reason), and what failed (path, reason): a folder that
    cannot be read, or no picture at all.
    """
    folder, out = Path(folder), Path(out).resolve()
    pictures, skipped, failed = [], [], []
    for place, folders, names in os.walk(folder, onerror=lambda error: failed.append((folder, str(error)))):
        inner = Path(place)
        folders[:] = sorted(name for name in folders if name[0] != "." and (inner / name).resolve() != out)
        for path in sorted(inner / name for name in names if name[0] != "."):
            if path.suffix.lower() in EXTENSIONS:
                pictures.append(path)
            else:
                skipped.append((path, f"{path.suffix or 'no extension'} is not a picture's extension"))
    if not pictures:
        failed.append((folder, f"no picture in it; looked for {', '.join(EXTENSIONS)}"))
    return pictures, skipped, failed


def contact_sheet(pictures: Tensor, columns: int, gap: int = 2) -> Tensor:
    """Lay (N, 3, H, W) out in rows of `columns`, with `gap` white pixels around each.

    Returns (3, rows (H + gap) + gap, columns (W + gap) + gap). A last row that is not full ends in white. Raises
    PictureError for another shape, no picture, or fewer than one column.
    """
    if pictures.ndim != 4 or pictures.shape[1] != 3 or len(pictures) == 0:
        raise PictureError(f"a contact sheet takes pictures (N, 3, H, W) with N >= 1, not {tuple(pictures.shape)}")
    if columns < 1:
        raise PictureError(f"a contact sheet needs at least 1 column, not {columns}")
    missing = -len(pictures) % min(columns, len(pictures))
    blank = torch.ones_like(pictures[:1]).expand(missing, -1, -1, -1)
    framed = torch.nn.functional.pad(torch.cat([pictures, blank]), (gap, 0, gap, 0), value=1.0)
    sheet = make_grid(framed, nrow=columns, padding=0) if len(framed) > 1 else framed[0]
    return torch.nn.functional.pad(sheet, (0, gap, 0, gap), value=1.0)

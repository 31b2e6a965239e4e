"""Pictures side by side, and the pictures of a folder."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

import torch
from torch import Tensor
from torchvision.utils import make_grid

from toonkit.images.picture import EXTENSIONS
from toonkit.project.errors import PictureError

Reasons = list[tuple[Path, str]]


def is_hidden(name: str) -> bool:
    """Whether a file's or a folder's name says that it is not for people: `._0.jpg`, `.ipynb_checkpoints`, `__MACOSX`.

    AppleDouble files (`._0.jpg`) hold what other systems cannot store of `0.jpg`; they are not pictures.
    """
    return name.startswith(".") or name == "__MACOSX"


def is_picture_name(name: str) -> bool:
    """The one rule for what every listing takes for a picture: a known extension, in any case, on a name not hidden."""
    return Path(name).suffix.lower() in EXTENSIONS and not is_hidden(name)


def list_pictures(folder: str | Path, recursive: bool = False) -> list[Path]:
    """Return the picture files of `folder` (see `is_picture_name`), sorted by path.

    With `recursive` also those of the folders below; hidden folders and links to folders are not entered. Raises
    PictureError if there is no such folder or no picture in it.
    """
    folder = Path(folder)
    if not folder.is_dir():
        raise PictureError(f"{folder} is not a folder; check the name")
    candidates = folder.rglob("*") if recursive else folder.iterdir()
    pictures = sorted(path for path in candidates if _is_shown_picture(path, folder))
    if not pictures:
        raise PictureError(f"no picture in {folder}; looked for {', '.join(EXTENSIONS)}")
    return pictures


def _is_shown_picture(path: Path, folder: Path) -> bool:
    """Whether a path is a picture's file and no folder between `folder` and it is hidden."""
    below = path.relative_to(folder).parts
    return is_picture_name(path.name) and not any(is_hidden(part) for part in below) and path.is_file()


def walk_pictures(folder: str | Path, out: str | Path) -> tuple[list[Path], Reasons, Reasons]:
    """Walk below `folder`, in order, leaving out the folder `out`, hidden names and links to folders.

    Returns its pictures (see `is_picture_name`), its other files (path, reason), and what failed (path, reason): a
    folder that cannot be read, or no picture at all.
    """
    folder = Path(folder)
    out = Path(out).resolve()
    pictures = []
    skipped = []
    failed = []
    for place, folders, names in os.walk(folder, onerror=lambda error: failed.append((folder, str(error)))):
        inner = Path(place)
        folders[:] = sorted(name for name in folders if not is_hidden(name) and (inner / name).resolve() != out)
        for path in sorted(inner / name for name in names if not is_hidden(name)):
            if is_picture_name(path.name):
                pictures.append(path)
            else:
                skipped.append((path, f"{path.suffix or 'no extension'} is not a picture's extension"))
    if not pictures:
        failed.append((folder, f"no picture in it; looked for {', '.join(EXTENSIONS)}"))
    return pictures, skipped, failed


def evenly(paths: Sequence[Path], count: int) -> list[Path]:
    """`count` of the paths, evenly spread, the first of them first; all where there are fewer."""
    return [paths[number * len(paths) // count] for number in range(count)] if count < len(paths) else list(paths)


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

"""Fluent emoji as pairs: a shaded 3-D rendering (photograph-like) and the same drawing flat or as line art."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from torch import Tensor
from torch.utils.data import Dataset

from toonkit.images.picture import read_picture
from toonkit.images.resize import fit_picture
from toonkit.images.sources import open_source
from toonkit.images.values import as_pictures
from toonkit.project.errors import PictureError, check_name

RENDERINGS = {"flat": "Flat.svg", "line": "HighContrast.svg"}


class EmojiPairs(Dataset):
    """Real, exactly aligned pairs from the source `fluent-emoji`: 1,595 with "flat", 1,562 with "line", by name.

    Item: photo and toon, each (3, size, size) on white, and the emoji's name as caption. Opening checks the files and
    downloads nothing. Raises SourceError if they are not here, ToonkitError for an unknown rendering.
    """

    def __init__(self, size: int, rendering: str = "flat") -> None:
        check_name("emoji rendering", rendering, tuple(RENDERINGS))
        self.size = size
        self.drawings = sorted((open_source("fluent-emoji") / "assets").glob(f"*/Default/{RENDERINGS[rendering]}"))

    def __len__(self) -> int:
        return len(self.drawings)

    def __getitem__(self, index: int) -> dict[str, Tensor | str]:
        drawing = self.drawings[index]
        photo = read_picture(drawing.with_name("3D_256.webp"), self.size)
        return {"photo": photo, "toon": fit_picture(draw_svg(drawing), self.size), "caption": drawing.parts[-3]}


def draw_svg(path: str | Path, size: int = 256) -> Tensor:
    """Draw an SVG file on white as (3, size, size) in [-1, 1]. Raises PictureError for a file that is not SVG."""
    import resvg_py  # compiled, and nothing else needs it

    try:
        settings = {"width": size, "height": size, "background": "white", "skip_system_fonts": True}
        png = resvg_py.svg_to_bytes(svg_string=Path(path).read_text(encoding="utf-8"), **settings)
    except (OSError, ValueError) as error:
        raise PictureError(f"{path} cannot be drawn as SVG: {error}") from error
    pixels = np.array(Image.open(BytesIO(png)).convert("RGB"))
    return as_pictures(torch.from_numpy(pixels).permute(2, 0, 1))

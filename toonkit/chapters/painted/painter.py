"""A trained painter for pictures of any size, in bounded memory and without seams."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from toonkit.filters.checks import check_pictures
from toonkit.networks.drawing import draw

LARGEST = 1024  # pixels of the short side at which a picture is painted
LONGEST = 4096  # pixels of the long side


@dataclass(frozen=True)
class Painter:
    """Draws photographs (N, 3, H, W) in [-1, 1] with a generator, which is given what `given` makes of them.

    A larger picture is painted at LARGEST pixels of its short side and then enlarged: a brush stroke has a size, and
    at the full size of a camera's picture nobody would see that it is painted. Raises ToonkitError for what are no
    pictures.
    """

    generator: nn.Module
    given: Callable[[Tensor], Tensor]

    @torch.no_grad()
    def __call__(self, photos: Tensor) -> Tensor:
        height, width = check_pictures(photos).shape[-2:]
        factor = min(1.0, LARGEST / min(height, width), LONGEST / max(height, width))
        if factor < 1:
            size = [max(1, round(side * factor)) for side in (height, width)]
            photos = F.interpolate(photos, size, mode="bicubic", antialias=True).clamp(-1, 1)
        drawn = draw(self.generator, self.given(photos))
        if factor < 1:
            drawn = F.interpolate(drawn, (height, width), mode="bicubic").clamp(-1, 1)
        return drawn

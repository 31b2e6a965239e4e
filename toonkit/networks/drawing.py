"""Pictures of any size drawn by a generator, large ones in tiles where the generator looks no further than so far."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

import torch
from torch import Tensor

from toonkit.filters.borders import reflect_pad, tiled
from toonkit.filters.checks import check_pictures

TILE = 512  # pixels a side
SMALLEST = 8  # pixels a side: at a quarter of it, where residual blocks work, one pixel can still be reflected


class Generator(Protocol):
    """A network from pictures (N, 3, H, W) to pictures of the same shape.

    `multiple` divides the sides that it takes. `reach` is how many pixels to each side decide a pixel; None where the
    whole picture does, as with instance norm. One that takes more than a picture says so by `input_shapes`, see below.
    """

    multiple: int
    reach: int | None
    __call__: Callable[[Tensor], Tensor]


def input_shapes(generator: Generator, count: Any, height: Any, width: Any) -> dict[str, tuple[Any, ...]]:
    """The shape of each input by its name, in the order of `forward`: its own `input_shapes`, or that of one picture.

    Count, height and width may be numbers or words for them.
    """
    own = getattr(generator, "input_shapes", None)
    return own(count, height, width) if own else {"photo": (count, 3, height, width)}


@torch.no_grad()
def draw(generator: Generator, pictures: Tensor) -> Tensor:
    """Pictures (N, 3, H, W) in [-1, 1] of any size, drawn by a generator; (N, 6, H, W) where it takes two at once.

    Pictures are reflected at the right and bottom up to the generator's multiple, and cut back. Where its reach is
    known, large pictures are drawn in tiles, which bounds the memory; a generator that looks at a whole picture needs
    about 500 bytes a pixel. Raises ToonkitError for what are no pictures.
    """
    padded = check_pictures(pictures, (3, 6))
    height, width = pictures.shape[-2:]
    for axis, side in ((2, height), (3, width)):
        whole = max(SMALLEST, side + -side % generator.multiple)
        padded = reflect_pad(padded, whole - side, axis).narrow(axis, whole - side, whole)
    if generator.reach is None:
        return generator(padded)[..., :height, :width]
    halo = generator.reach + -generator.reach % generator.multiple
    return tiled(generator, padded, halo=halo, tile=TILE)[..., :height, :width]

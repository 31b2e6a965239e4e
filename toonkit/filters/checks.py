"""What every filter asks of its input, and the grey picture that most of them start from."""

from __future__ import annotations

import math

import torch
from kornia.color import rgb_to_grayscale
from torch import Tensor

from toonkit.project.errors import ToonkitError


def check_pictures(pictures: Tensor, channels: tuple[int, ...] = (3,), bounded: bool = True) -> Tensor:
    """Return `pictures` if they are (N, C, H, W), floating point, finite and (when `bounded`) in [-1, 1].

    Raises ToonkitError naming what is wrong: not a tensor, the shape, the type, NaN or infinity, the range.
    """
    if not isinstance(pictures, Tensor):
        raise ToonkitError(f"pictures must be a torch tensor, not {type(pictures).__name__}; see toonkit.images")
    shape = tuple(pictures.shape)
    if len(shape) != 4 or shape[1] not in channels or 0 in shape:
        wanted = " or ".join(f"(N, {count}, H, W)" for count in channels)
        raise ToonkitError(f"pictures must have the shape {wanted} with no empty side, not {shape}")
    if not pictures.is_floating_point():
        raise ToonkitError(
            f"pictures must be floating point in [-1, 1], not {pictures.dtype}; bytes become x / 127.5 - 1"
        )
    least, most = torch.aminmax(pictures.detach())
    low, high = float(least), float(most)
    if not (math.isfinite(low) and math.isfinite(high)):
        raise ToonkitError("pictures hold NaN or infinity; look at the step that made them")
    if bounded and (low < -1.001 or high > 1.001):
        raise ToonkitError(
            f"pictures must lie in [-1, 1], these span [{low:.3g}, {high:.3g}]; bytes become x / 127.5 - 1"
        )
    return pictures


def check_flow(flow: Tensor, like: Tensor) -> Tensor:
    """Return `flow` if it is a flow field (N, 2, H, W) for the pictures `like`, else raise ToonkitError."""
    wanted = (like.shape[0], 2, *like.shape[-2:])
    if not isinstance(flow, Tensor) or tuple(flow.shape) != wanted:
        given = tuple(flow.shape) if isinstance(flow, Tensor) else type(flow).__name__
        raise ToonkitError(f"the flow must have the shape {wanted} for these pictures, not {given}")
    if not torch.isfinite(flow).all():
        raise ToonkitError("the flow holds NaN or infinity; make it with edge_tangent_flow")
    return flow


def check_positive(**values: float) -> None:
    """Raise ToonkitError naming the first of `values` that is not a finite number above zero."""
    for name, value in values.items():
        if not 0 < value < float("inf"):
            raise ToonkitError(f"{name} must be above zero and finite, not {value!r}")


def grey_level(pictures: Tensor) -> Tensor:
    """Return the luma 0.299 R + 0.587 G + 0.114 B (BT.601) as (N, 1, H, W) in [0, 1]; grey pictures pass through."""
    from_zero = pictures / 2 + 0.5  # (N, C, H, W) in [0, 1]
    return from_zero if pictures.shape[1] == 1 else rgb_to_grayscale(from_zero)

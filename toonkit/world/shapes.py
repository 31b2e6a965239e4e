"""Signed distance shapes on a pixel grid, in scene units: the picture spans [-1, 1] in x (right) and y (down).

Every function here and in the two painters uses only exactly rounded arithmetic (+ - * / sqrt, comparisons, integers),
never exp, sin, a fused multiply-add or a reduction, so that a scene has the same bytes on every machine, batch and
thread count. A distance is negative inside. Shapes are batched: coordinates are (N, H, W), parameters broadcast as
(N, 1, 1) or floats. The distance functions follow Inigo Quilez, "2D distance functions".
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce

import torch
from torch import Tensor

Number = float | Tensor


def pixel_grid(size: int, device: torch.device | str = "cpu") -> tuple[Tensor, Tensor]:
    """Centres of the pixels of a square picture: x and y, each (1, size, size), in (-1, 1)."""
    line = (torch.arange(size, dtype=torch.float32, device=device) * 2 + 1) / size - 1
    return line.view(1, 1, size).expand(1, size, size), line.view(1, size, 1).expand(1, size, size)


def rotate(x: Tensor, y: Tensor, half_tangent: Number) -> tuple[Tensor, Tensor]:
    """Rotate coordinates by the angle a with tan(a / 2) = half_tangent; the rational form needs no sine."""
    square = half_tangent * half_tangent
    cosine, sine = (1 - square) / (1 + square), 2 * half_tangent / (1 + square)
    return x * cosine + y * sine, y * cosine - x * sine


def place(x: Tensor, y: Tensor, cx: Number, cy: Number, half_tangent: Number = 0.0) -> tuple[Tensor, Tensor]:
    """Coordinates in the frame of an object centred at (cx, cy) and turned by `half_tangent`."""
    x, y = x - cx, y - cy
    return (x, y) if isinstance(half_tangent, float) and half_tangent == 0.0 else rotate(x, y, half_tangent)


def ellipse(x: Tensor, y: Tensor, a: Number, b: Number) -> Tensor:
    """Distance to an ellipse with half axes a, b at the origin: r (r - 1) / |grad r^2 / 2|, exact for a circle."""
    p, q = x / a, y / b
    radius = (p * p + q * q + 1e-9).sqrt()
    slope = ((p / a) * (p / a) + (q / b) * (q / b) + 1e-9).sqrt()
    return radius * (radius - 1) / slope


def box(x: Tensor, y: Tensor, a: Number, b: Number, corner: Number = 0.0) -> Tensor:
    """Distance to a box with half sides a, b and rounded corners."""
    p, q = x.abs() - a + corner, y.abs() - b + corner
    outside = (p.clamp(min=0) * p.clamp(min=0) + q.clamp(min=0) * q.clamp(min=0)).sqrt()
    return outside + torch.maximum(p, q).clamp(max=0) - corner


def limb(x: Tensor, y: Tensor, start: Sequence[Number], end: Sequence[Number], r0: Number, r1: Number) -> Tensor:
    """Distance to a segment whose radius runs from r0 at `start` to r1 at `end`: arms, legs, necks, tails."""
    px, py = x - start[0], y - start[1]
    vx, vy = end[0] - start[0], end[1] - start[1]
    t = ((px * vx + py * vy) / (vx * vx + vy * vy + 1e-9)).clamp(0, 1)
    dx, dy = px - vx * t, py - vy * t
    return (dx * dx + dy * dy + 1e-9).sqrt() - (r0 + (r1 - r0) * t)


def curve(x: Tensor, y: Tensor, half: Number, bend: Number, thick: Number, taper: Number = 0.0) -> Tensor:
    """Distance to the stroke y = bend (1 - (x / half)^2), |x| < half: mouths, brows, lids. `taper` 1 ends in points."""
    t = x / half
    square = (t * t).clamp(max=1)
    slope = 2 * bend * t.clamp(-1, 1) / half
    across = (y - bend * (1 - square)).abs() / (1 + slope * slope).sqrt()
    return torch.maximum(across - thick * (1 - taper * square), x.abs() - half)


def polygon(x: Tensor, y: Tensor, corners: Sequence[Sequence[Number]], rounded: Number = 0.0) -> Tensor:
    """Distance bound of a convex polygon (corners clockwise as seen, y down), exact along its sides."""
    sides = []
    for (x0, y0), (x1, y1) in zip(corners, [*corners[1:], corners[0]], strict=True):
        ex, ey = x1 - x0, y1 - y0
        length = (ex * ex + ey * ey) ** 0.5 if not isinstance(ex * ey, Tensor) else (ex * ex + ey * ey).sqrt()
        sides.append(((x - x0) * ey - (y - y0) * ex) / length)
    return reduce(lambda a, b: smooth_max(a, b, rounded), sides)


def union(*distances: Tensor) -> Tensor:
    """What lies in any of the shapes."""
    return reduce(torch.minimum, distances)


def intersection(*distances: Tensor) -> Tensor:
    """What lies in all of the shapes; with a negative distance, what lies outside that shape."""
    return reduce(torch.maximum, distances)


def smooth_min(a: Tensor, b: Tensor, k: Number) -> Tensor:
    """Union of two shapes with a fillet of width k."""
    if isinstance(k, float) and k == 0.0:
        return torch.minimum(a, b)
    h = (0.5 + 0.5 * (b - a) / k).clamp(0, 1)
    return b + (a - b) * h - k * h * (1 - h)


def smooth_max(a: Tensor, b: Tensor, k: Number) -> Tensor:
    """Intersection of two shapes with a fillet of width k."""
    return -smooth_min(-a, -b, k)


def smoothstep(low: float, high: float, value: Tensor) -> Tensor:
    """Cubic step from 0 at `low` to 1 at `high`."""
    t = ((value - low) / (high - low)).clamp(0, 1)
    return t * t * (3 - 2 * t)


def fraction(value: Tensor) -> Tensor:
    """The part behind the decimal point, in [0, 1)."""
    return value - value.floor()


def stripes(phase: Tensor) -> Tensor:
    """Distance from the middle of the nearest period, 0 to 0.5, for patterns that repeat at every whole `phase`."""
    return (fraction(phase) - 0.5).abs()


def slope(distance: Tensor) -> tuple[Tensor, Tensor]:
    """Central differences of a field (N, H, W) over scene units, x and y; the border repeats."""
    scale = distance.shape[-1] / 4
    gx, gy = torch.empty_like(distance), torch.empty_like(distance)
    gx[..., 1:-1] = distance[..., 2:] - distance[..., :-2]
    gy[..., 1:-1, :] = distance[..., 2:, :] - distance[..., :-2, :]
    for here, there in ((0, 1), (-1, -2)):
        outward = 1 if here else -1
        gx[..., here] = outward * (distance[..., here] - distance[..., there])
        gy[..., here, :] = outward * (distance[..., here, :] - distance[..., there, :])
    return gx.mul_(scale), gy.mul_(scale)

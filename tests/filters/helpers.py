"""Direct computations in plain Python and float64, written from the papers, pixel by pixel, for the filters' tests."""

from __future__ import annotations

import math

import numpy as np
import torch


def random_pictures(*shape: int, seed: int = 0) -> torch.Tensor:
    """Pictures of blurred noise in [-1, 1]: edges in all directions, at all strengths."""
    noise = torch.rand(shape, generator=torch.Generator().manual_seed(seed))
    if min(shape[-2:]) > 4:
        noise = torch.nn.functional.avg_pool2d(noise, 3, 1, 1, count_include_pad=False)
    return noise * 2 - 1


def luma(picture: torch.Tensor) -> np.ndarray:
    """(3, H, W) or (1, H, W) in [-1, 1] -> (H, W) float64 in [0, 1]."""
    planes = picture.double().numpy() / 2 + 0.5
    return planes[0] if len(planes) == 1 else 0.299 * planes[0] + 0.587 * planes[1] + 0.114 * planes[2]


def average_tangents(tangent: np.ndarray, magnitude: np.ndarray, offsets: list[tuple[int, int]]) -> np.ndarray:
    """Kang et al. 2007, eq. 1-5, one pixel and one neighbour at a time; tangent (2, H, W), magnitude (H, W)."""
    height, width = magnitude.shape
    result = np.zeros_like(tangent)
    for y in range(height):
        for x in range(width):
            for dy, dx in offsets:
                v, u = y + dy, x + dx
                if not (0 <= v < height and 0 <= u < width):
                    continue
                dot = float(tangent[:, y, x] @ tangent[:, v, u])
                w_m = (1 + math.tanh(magnitude[v, u] - magnitude[y, x])) / 2
                result[:, y, x] += (1 if dot > 0 else -1) * tangent[:, v, u] * w_m * abs(dot)
    length = np.sqrt((result**2).sum(0))
    return result / np.where(length == 0, 1, length)


def gauss(x: float, sigma: float) -> float:
    return math.exp(-x * x / (2 * sigma * sigma)) / (math.sqrt(2 * math.pi) * sigma)


def reach_of(sigma: float) -> int:
    """The last whole step at which the Gaussian is still 1e-3 or more."""
    step = 0
    while gauss(step + 1, sigma) >= 1e-3:
        step += 1
    return step


def nearest(position: float) -> int:
    return math.floor(position + 0.5)


def samples_across(tangent: np.ndarray, y: int, x: int, reach: int) -> list[tuple[int, int, int]]:
    """(step, row, column) of the pixels on the straight line along the gradient, the pixel itself included."""
    height, width = tangent.shape[1:]
    found = []
    for step in range(-reach, reach + 1):
        row, column = y + tangent[0, y, x] * step, x - tangent[1, y, x] * step
        if 0 <= row <= height - 1 and 0 <= column <= width - 1:
            found.append((step, nearest(row), nearest(column)))
    return found


def samples_along(tangent: np.ndarray, y: int, x: int, reach: int) -> list[tuple[int, int, int]]:
    """(step, row, column) of the pixels on the curve that follows the flow both ways, the pixel itself once."""
    height, width = tangent.shape[1:]
    found = [(0, y, x)]
    for sign in (1, -1):
        row, column = float(y), float(x)
        for step in range(1, reach + 1):
            u, v = tangent[:, nearest(row), nearest(column)]
            row, column = row + sign * v, column + sign * u
            if not (0 <= row <= height - 1 and 0 <= column <= width - 1):
                break
            if not tangent[:, nearest(row), nearest(column)].any():
                break
            found.append((step, nearest(row), nearest(column)))
    return found

"""What pretrained networks want in the place of pictures in [-1, 1]."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

IMAGENET_MEAN = (0.485, 0.456, 0.406)
IMAGENET_DEVIATION = (0.229, 0.224, 0.225)
CAFFE_MEAN = (104.0, 117.0, 123.0)  # blue, green, red, on a scale of 0 to 255


def caffe_input(pictures: Tensor, mean: tuple[float, float, float] = CAFFE_MEAN) -> Tensor:
    """[-1, 1] RGB to 0-255 BGR minus a mean (blue, green, red)."""
    blue_first = (pictures.flip(1) + 1) * 127.5
    return blue_first - torch.tensor(mean, device=pictures.device).view(1, 3, 1, 1)


def imagenet_input(pictures: Tensor) -> Tensor:
    """[-1, 1] RGB to torchvision's mean 0 and deviation 1."""
    return normalised(pictures, IMAGENET_MEAN, IMAGENET_DEVIATION)


def normalised(pictures: Tensor, mean: Sequence[float], deviation: Sequence[float]) -> Tensor:
    """[-1, 1] RGB to mean 0 and deviation 1, given those of each colour in [0, 1]."""
    colours = [torch.tensor(values, device=pictures.device).view(1, 3, 1, 1) for values in (mean, deviation)]
    return ((pictures + 1) / 2 - colours[0]) / colours[1]


def tensorflow_input(pictures: Tensor) -> Tensor:
    """[-1, 1] RGB to (x - 128) / 128 of bytes x, which the Inception network of FID wants."""
    return ((pictures + 1) * 127.5 - 128) / 128


def as_it_is(pictures: Tensor) -> Tensor:
    """[-1, 1] RGB, which toonnet wants."""
    return pictures

"""What a translated picture must keep of its photograph."""

from __future__ import annotations

from torch import Tensor


def content_loss(translated: Tensor, source: Tensor) -> Tensor:
    """Mean absolute difference of two feature maps (N, C, h, w); a scalar (Image Toonification's content loss).

    The report has an L1 norm. The mean, as in the CartoonGAN authors' code, keeps omega independent of the picture's
    size.
    """
    return (translated - source).abs().mean()  # (N, C, h, w) -> a scalar

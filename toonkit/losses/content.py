"""What a translated picture must keep of its photograph."""

from __future__ import annotations

from torch import Tensor


def content_loss(translated: Tensor, source: Tensor) -> Tensor:
    """Mean absolute difference of two feature maps of one shape (Image Toonification's content loss; an L1 norm there,
    a mean here, as in the CartoonGAN authors' code, so that omega does not depend on the picture's size)."""
    return (translated - source).abs().mean()

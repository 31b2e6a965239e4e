"""Fluent emoji: SVG drawing against known shapes, and the real pairs where the mirror has them."""

from __future__ import annotations

import os

import pytest
import torch

from toonkit.images.emoji import EmojiPairs, draw_svg
from toonkit.project.errors import PictureError, ToonkitError


def test_svg_is_drawn_on_white(tmp_path):
    path = tmp_path / "half red.svg"
    shape = '<rect x="0" y="0" width="16" height="32" fill="#ff0000"/>'
    path.write_text(f'<svg xmlns="http://www.w3.org/2000/svg" width="32" height="32" viewBox="0 0 32 32">{shape}</svg>')
    drawn = draw_svg(path, 64)
    assert drawn.shape == (3, 64, 64)
    red = torch.tensor([1.0, -1.0, -1.0]).view(3, 1, 1)
    assert torch.equal(drawn[:, :, :32], red.expand(3, 64, 32)) and drawn[:, :, 32:].min() == 1


def test_not_svg(tmp_path):
    (tmp_path / "a.svg").write_text("a letter")
    for name in ("a.svg", "none.svg"):
        with pytest.raises(PictureError, match=name):
            draw_svg(tmp_path / name)


def test_unknown_rendering():
    with pytest.raises(ToonkitError, match="flat, line"):
        EmojiPairs(64, "oil")


@pytest.mark.skipif("TOONKIT_MIRROR" not in os.environ, reason="TOONKIT_MIRROR is not set")
def test_real_pairs_are_aligned():
    """Both renderings cover the same pixels: what is not white agrees far better than with another emoji's drawing."""
    pairs = EmojiPairs(64)
    assert len(pairs) == 1595 and len(EmojiPairs(64, "line")) == 1562
    items = [pairs[index] for index in range(0, 1595, 53)]
    inked = [[item[side].min(0).values < 0.9 for item in items] for side in ("photo", "toon")]

    def overlap(a: torch.Tensor, b: torch.Tensor) -> float:
        return (a & b).sum().item() / max(1, (a | b).sum().item())

    own = torch.tensor([overlap(a, b) for a, b in zip(*inked, strict=True)])
    other = torch.tensor([overlap(a, b) for a, b in zip(inked[0], inked[1][1:] + inked[1][:1], strict=True)])
    assert own.mean() > 0.8 > other.mean() + 0.15

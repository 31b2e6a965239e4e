"""Watermark, panels and block masks."""

from __future__ import annotations

import pytest
import torch

from toonkit.project.errors import ToonkitError
from toonkit.world import ToonWorld
from toonkit.world.extras import CORNERS, block_masks, four_panels, paste_watermark


@pytest.mark.parametrize("corner", CORNERS)
def test_the_watermark_stays_in_its_corner(corner):
    before = torch.zeros(2, 3, 64, 64)
    changed = (paste_watermark(before, corner) != before).any(1)[0]
    rows, columns = changed.nonzero().unbind(1)
    assert ((rows >= 32) == ("bottom" in corner)).all() and ((columns >= 32) == ("right" in corner)).all()
    assert 0.01 < changed.float().mean() < 0.06


def test_the_watermark_switch_marks_cartoons_only():
    plain, marked = ToonWorld("faces", size=64), ToonWorld("faces", size=64, watermark=True)
    a, b = plain.batch([0, 1]), marked.batch([0, 1])
    assert torch.equal(a["photo"], b["photo"]) and torch.equal(paste_watermark(a["toon"]), b["toon"])


def test_four_panels_can_be_cut_again():
    parts = [torch.rand(1, 3, 8, 8) for _ in range(4)]
    sheet = four_panels(*parts, gutter=3)
    assert sheet.shape == (1, 3, 19, 19)
    cut = [sheet[..., :8, :8], sheet[..., :8, 11:], sheet[..., 11:, :8], sheet[..., 11:, 11:]]
    assert all(torch.equal(a, b) for a, b in zip(parts, cut, strict=True))
    with pytest.raises(ToonkitError, match="one shape"):
        four_panels(parts[0], parts[1], parts[2], torch.rand(1, 3, 4, 8))


@pytest.mark.parametrize("area", [0.05, 0.2, 0.5])
def test_block_masks_hide_the_share_they_promise(area):
    masks = block_masks(20, 64, area, seed=3)
    assert masks.shape == (20, 1, 64, 64) and set(masks.unique().tolist()) == {0.0, 1.0}
    assert torch.allclose(masks.mean((1, 2, 3)), torch.tensor(area), atol=1 / 64**2)
    assert torch.equal(masks, block_masks(20, 64, area, seed=3)) and not torch.equal(
        masks, block_masks(20, 64, area, seed=4)
    )
    with pytest.raises(ToonkitError, match=r"area 1\.5"):
        block_masks(1, 64, 1.5)

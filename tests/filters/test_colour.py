from __future__ import annotations

import pytest
import torch
from helpers import random_pictures

from toonkit.filters import colour_shift, shift_weights
from toonkit.project.errors import ToonkitError


def draws(variant: str, count: int = 4000) -> torch.Tensor:
    generator = torch.Generator().manual_seed(0)
    return torch.stack([shift_weights(variant, generator) for _ in range(count)])


def test_the_reports_weights_have_its_mean_and_range() -> None:
    weights, luma = draws("report"), torch.tensor([0.299, 0.587, 0.114])
    low, high = 0.8 * luma - 0.2, 0.8 * luma + 0.2  # eq. 6 with beta = -1 and 1
    assert (weights >= low).all() and (weights <= high).all()
    torch.testing.assert_close(weights.amin(0), low, atol=2e-3, rtol=0)
    torch.testing.assert_close(weights.amax(0), high, atol=2e-3, rtol=0)
    torch.testing.assert_close(weights.mean(0), 0.8 * luma, atol=1e-2, rtol=0)


def test_the_authors_weights_sum_to_one_and_keep_their_ranges() -> None:
    weights = draws("white_box")
    torch.testing.assert_close(weights.sum(1), torch.ones(len(weights)))
    ratio = weights[:, 0] / weights[:, 1]  # free of the normalisation: between .199 / .687 and .399 / .487
    assert ratio.min() > 0.199 / 0.687 and ratio.max() < 0.399 / 0.487
    torch.testing.assert_close(weights.mean(0), torch.tensor([0.299, 0.587, 0.114]), atol=5e-3, rtol=0)


def test_it_is_the_weighted_sum_and_passes_gradients() -> None:
    pictures = random_pictures(2, 3, 5, 7).requires_grad_()
    shifted = colour_shift(pictures, torch.tensor([0.1, -0.2, 0.6]))
    red, green, blue = pictures.unbind(1)
    torch.testing.assert_close(shifted[:, 0], 0.1 * red - 0.2 * green + 0.6 * blue)
    shifted.sum().backward()
    assert pictures.grad is not None and torch.equal(pictures.grad[0, :, 0, 0], torch.tensor([0.1, -0.2, 0.6]))


def test_a_grey_texture_survives_and_a_pure_colour_contrast_is_not_fixed() -> None:
    generator = torch.Generator().manual_seed(1)
    grey = random_pictures(1, 1, 8, 8).expand(1, 3, 8, 8)
    shifted = colour_shift(grey, variant="white_box", generator=generator)
    torch.testing.assert_close(shifted, grey[:, :1])
    one, other = (colour_shift(random_pictures(1, 3, 8, 8), generator=generator) for _ in range(2))
    assert (one - other).abs().max() > 0.01


def test_one_draw_serves_the_whole_batch_and_a_seed_repeats_it() -> None:
    pictures = random_pictures(3, 3, 4, 4)
    together = colour_shift(pictures, generator=torch.Generator().manual_seed(3))
    alone = colour_shift(pictures[2:], generator=torch.Generator().manual_seed(3))
    assert torch.equal(together[2:], alone)


def test_bad_values_are_refused() -> None:
    with pytest.raises(ToonkitError, match="colour shift"):
        shift_weights("sepia")
    with pytest.raises(ToonkitError, match="three numbers"):
        colour_shift(torch.zeros(1, 3, 4, 4), torch.ones(2))
    with pytest.raises(ToonkitError, match="shape"):
        colour_shift(torch.zeros(1, 1, 4, 4))

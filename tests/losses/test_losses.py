"""The losses by hand: cycle, identity, the report's generator loss, labels, both kinds of adversarial loss."""

from __future__ import annotations

import math

import pytest
import torch

from toonkit.losses.adversarial import discriminator_loss, generator_loss, labels
from toonkit.losses.cycle import cycle_consistency, feature_difference, identity_loss, score_difference, supervised_loss
from toonkit.project.errors import ToonkitError

HALF, ONE = torch.full((2, 3, 4, 4), 0.5), torch.ones(2, 3, 4, 4)


def test_cycle_and_identity_by_hand():
    assert float(cycle_consistency(HALF, ONE)) == 0.5
    assert float(identity_loss(HALF, ONE)) == 0.25
    apart = float(feature_difference(torch.zeros(2, 8, 2, 2), torch.full((2, 8, 2, 2), 3.0)))
    assert apart == 3.0
    for gamma, expected in ((0.0, 0.5), (0.9, 2.75), (1.0, 3.0)):  # eq. 8
        assert gamma * apart + (1 - gamma) * float(cycle_consistency(HALF, ONE)) == pytest.approx(expected)


def test_the_generator_loss_goes_from_pixels_to_scores():
    pixels = float(supervised_loss(HALF, ONE))
    scores = float(score_difference(torch.full((2, 1, 3, 3), 0.1), torch.full((2, 1, 3, 3), 0.7)))
    assert (pixels, scores) == pytest.approx((0.25, 0.6))
    for weight, expected in ((1.0, 0.25), (0.5, 0.425), (0.0, 0.6)):  # eq. 7
        assert weight * pixels + (1 - weight) * scores == pytest.approx(expected)


def test_both_adversarial_losses_by_hand():
    real, fake = torch.full((2, 1, 3, 3), 2.0), torch.full((2, 1, 3, 3), -1.0)
    log = (math.log(1 + math.exp(-2)) + math.log(1 + math.exp(-1))) / 2
    assert float(discriminator_loss(real, fake)) == pytest.approx(log)
    assert float(discriminator_loss(real, fake, kind="least_squares")) == pytest.approx((1 + 1) / 2)
    assert float(generator_loss(fake)) == pytest.approx(math.log(1 + math.e))
    assert float(generator_loss(fake, "least_squares")) == 4
    with pytest.raises(ToonkitError, match="unknown adversarial loss 'hinge'; known: log, least_squares"):
        generator_loss(fake, "hinge")


def test_soft_labels_are_one_number_a_picture_in_their_range():
    torch.manual_seed(0)
    scores = torch.zeros(500, 1, 3, 3)
    for real, low, high in ((True, 0.9, 1.0), (False, 0.0, 0.1)):
        drawn = labels(scores, real, soft=True)
        assert drawn.shape == scores.shape and low <= float(drawn.min()) < float(drawn.max()) <= high
        assert torch.equal(drawn.amin((1, 2, 3)), drawn.amax((1, 2, 3))) and len(drawn[:, 0, 0, 0].unique()) > 400
        assert float(drawn.mean()) == pytest.approx((low + high) / 2, abs=0.006)
        assert torch.equal(labels(scores, real), torch.full_like(scores, float(real)))
    sure = torch.full((4, 1, 3, 3), 40.0)  # with hard labels right without loss, with soft ones too sure
    assert float(discriminator_loss(sure, -sure)) < 1e-6 < 1 < float(discriminator_loss(sure, -sure, soft=True))

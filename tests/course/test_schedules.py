"""Schedules of loss weights: the curves are the recipe's, and a weighted loss is what its step adds up."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
import torch

from toonkit.chapters.recovery.recipe import Recovery, recovery
from toonkit.course.schedules import schedule, weighted_losses

NAMES = ("supervised_photo", "scores_photo", "cycle_photo", "feature_cycle_photo")


@pytest.fixture(scope="module")
def recipe() -> Recovery:
    torch.manual_seed(0)
    return recovery("cyclegan_v4", filters=4, blocks=1, discriminator_filters=4)


@pytest.fixture(scope="module")
def losses(recipe: Recovery) -> list[dict[str, float]]:
    """Those of four steps."""
    batch = {side: torch.rand(2, 3, 32, 32) * 2 - 1 for side in ("photo", "toon")}
    return [{name: float(loss) for name, loss in recipe.step(batch, k / 4).items()} for k in range(4)]


def test_a_weighted_loss_is_the_weight_of_its_step_times_the_loss(recipe: Recovery, losses: list) -> None:
    """By hand for eq. 7: lambda is 1 - progress, and the scores wait for their weight."""
    supervised, scores = (weighted_losses(recipe.weights, name, losses) for name in NAMES[:2])
    assert supervised == pytest.approx([(1 - k / 4) * losses[k]["supervised_photo"] for k in range(4)])
    assert scores[0] == 0.0 and "scores_photo" not in losses[0]
    assert scores[1:] == pytest.approx([k / 4 * losses[k]["scores_photo"] for k in range(1, 4)])


def test_a_loss_that_the_run_did_not_compute_is_a_gap(recipe: Recovery, losses: list) -> None:
    """Where a schedule wants it all the same."""
    earlier = recovery("cyclegan_v4", filters=4, blocks=1, discriminator_filters=4)
    earlier.config = replace(earlier.config, first_lambda=0.5)
    found = weighted_losses(earlier.weights, "scores_photo", losses)
    assert math.isnan(found[0]) and not any(map(math.isnan, found[1:]))


def test_the_curves_are_the_recipes_and_the_numbers_are_of_the_line(recipe: Recovery, losses: list) -> None:
    left, right = schedule(recipe, NAMES, losses, 0.5).axes
    curves = {line.get_label().partition(":")[0]: line for line in left.lines}
    for share in (0.0, 0.3, 1.0):
        wanted = recipe.weights(share)
        for name in NAMES:
            line = curves[name]
            place = min(range(len(line.get_xdata())), key=lambda k, line=line: abs(line.get_xdata()[k] - share))
            assert line.get_ydata()[place] == pytest.approx(wanted[name], abs=1e-6)
    assert [line.get_label() for line in left.lines[:2]] == ["supervised_photo: 0.5", "scores_photo: 0.5"]
    product = 0.5 * losses[2]["supervised_photo"]
    assert right.lines[0].get_label() == f"supervised_photo: {product:.3g}"
    assert {line.get_linestyle() for line in left.lines[:4]} == {"-", "--", ":", "-."}  # not told by colour alone
    assert left.lines[-1].get_xdata() == [0.5, 0.5]

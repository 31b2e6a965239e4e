"""Loss weights that change while a network trains: the weights as curves, and beside them what they multiply."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from toonkit.training.recipe import Recipe

POINTS = 101  # of a curve
DASHES = ("-", "--", ":", "-.")  # curves differ by more than their colour
Losses = Sequence[Mapping[str, float]]  # of each step, unweighted; a term of weight 0 is absent


def schedule(recipe: Recipe, names: Sequence[str], losses: Losses, progress: float) -> Figure:
    """Two plots over the share of the training: the weights `names` of a recipe, and the weighted losses of a run.

    `losses` are a run's, a mapping for each of its steps. They are multiplied by the weights that the recipe has now,
    which need not be those that the run had; where a run did not compute a loss there is a gap. The line stands at
    `progress` (0 to 1), whose numbers are in the legends.
    """
    from matplotlib.figure import Figure

    figure = Figure(figsize=(9, 3), layout="constrained")
    left, right = figure.subplots(1, 2)
    shares = [k / (POINTS - 1) for k in range(POINTS)]
    weights = [recipe.weights(share) for share in shares]
    now = recipe.weights(progress)
    for name, dash in _styled(names):
        left.plot(shares, [w[name] for w in weights], dash, label=f"{name}: {now[name]:.3g}")
    left.set_ylabel("weight", fontsize=8)
    for name, dash in _styled(names):
        products = weighted_losses(recipe.weights, name, losses)
        told = products[min(round(progress * len(losses)), len(losses) - 1)]
        right.plot(_places(losses), products, dash, label=f"{name}: {told:.3g}")
    right.set_ylabel("weight x loss", fontsize=8)
    for axes in (left, right):
        _finish(axes, progress)
    return figure


def weighted_losses(weights: Callable[[float], Mapping[str, float]], name: str, losses: Losses) -> list[float]:
    """A loss at each step of a run, times its weight there; 0 where the weight is 0, NaN where it was not computed."""
    products = []
    for share, computed in zip(_places(losses), losses, strict=True):
        weight = weights(share)[name]
        products.append(weight * computed.get(name, math.nan) if weight else 0.0)
    return products


def _places(losses: Losses) -> list[float]:
    """The share of the training that is over before each step."""
    return [step / len(losses) for step in range(len(losses))]


def _styled(names: Sequence[str]) -> list[tuple[str, str]]:
    return [(name, DASHES[k % len(DASHES)]) for k, name in enumerate(names)]


def _finish(axes: Axes, progress: float) -> None:
    axes.axvline(progress, color="0.6", linewidth=1)
    axes.set_xlabel("share of the training", fontsize=8)
    axes.tick_params(labelsize=7)
    axes.legend(fontsize=7)

"""Votes for the best of several pictures: shares, strengths, a test against chance, and how far reviewers agree."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

import numpy as np
import torch
from scipy import stats

from toonkit.metrics.scores import Score, jackknife
from toonkit.project.errors import ToonkitError, check_name

STEPS = 200  # of Newton's method, at most
SETTLED = 1e-10  # it stops where no log-strength changes by more
PICTURES = 20  # at least so many for errors that allow for several votes on one picture


@dataclass(frozen=True)
class Vote:
    """One reviewer's choice of the best among the models `shown` for one picture, named in the order shown."""

    reviewer: str
    picture: str
    shown: tuple[str, ...]
    choice: str


@dataclass(frozen=True)
class Strengths:
    """Log-strengths (K,) of Luce's choice model, with sum 0, and their covariance (K, K)."""

    models: tuple[str, ...]
    values: np.ndarray
    covariance: np.ndarray
    votes: int

    def score(self, first: str, second: str = "", comparisons: int = 1) -> Score:
        """The log-strength of `first`, or by how much it exceeds that of `second`: the log of the odds between the two.

        The 95 % interval is one of `comparisons` that hold together (Bonferroni). Raises ToonkitError for other names.
        """
        for name in (first, second or first):
            check_name("model", name, self.models)
        weights = np.array([float(model == first) - float(model == second) for model in self.models])
        value = float(weights @ self.values)
        half = float(stats.norm.isf(0.025 / comparisons)) * sqrt(weights @ self.covariance @ weights)
        name = f"log-strength[{first} - {second}]" if second else f"log-strength[{first}]"
        return Score(name, value, self.votes, value - half, value + half)


@dataclass(frozen=True)
class ChanceTest:
    """Chi-square statistic, its degrees of freedom, and the probability of at least that much by chance alone."""

    statistic: float
    freedom: int
    p: float


def shares(votes: Sequence[Vote]) -> dict[str, Score]:
    """For each model its votes among the n times it was shown, with Wilson's 95 % interval (1927)."""
    shown = Counter(model for vote in votes for model in vote.shown)
    won = Counter(vote.choice for vote in votes)
    scores = {}
    for model, n in sorted(shown.items()):
        low, high = stats.binomtest(won[model], n).proportion_ci(0.95, method="wilson")
        scores[model] = Score(f"share[{model}]", won[model] / n, n, float(low), float(high))
    return scores


def against_chance(votes: Sequence[Vote]) -> ChanceTest:
    """Test that every model shown is equally likely to be chosen: Rao's score test (1948) of Luce's model.

    Where every vote shows the same models this is Pearson's chi-square test of equal counts. Raises for no votes.
    """
    models, shown, chosen = _arrays(votes)
    residuals, information = _luce(np.zeros(len(models)), shown, chosen)
    excess = residuals.sum(0)  # (K,)
    inverse = _inverse(information)  # (K, K)
    statistic = float(excess @ inverse @ excess)
    freedom = round(float(np.trace(inverse @ information)))  # the rank
    return ChanceTest(statistic, freedom, float(stats.chi2.sf(statistic, freedom)))


def strengths(votes: Sequence[Vote], by_picture: bool = False) -> Strengths:
    """Fit P(choice i among S) = exp(v_i) / sum_S exp(v_j) by maximum likelihood (Luce, 1959; Bradley-Terry for pairs).

    No prior is assumed, so that two models give v_1 - v_2 = log(w_1 / w_2) with standard error sqrt(1/w_1 + 1/w_2).
    Errors come from the observed information, as if votes were independent; `by_picture` only assumes that those on
    different pictures are (the sandwich of Liang and Zeger, 1986). Raises ToonkitError for no votes, where strengths
    are not finite (a model without a vote, models never compared), and for `by_picture` with few pictures.
    """
    models, shown, chosen = _arrays(votes)
    _check_finite(models, shown, chosen)
    values = np.zeros(len(models))  # (K,)
    step = np.ones(1)
    for _ in range(STEPS):
        residuals, information = _luce(values, shown, chosen)
        if np.abs(step).max() < SETTLED:
            covariance = _inverse(information)
            if by_picture:
                covariance = covariance @ _scatter(votes, residuals) @ covariance
            return Strengths(models, values, covariance, len(votes))
        step = _inverse(information) @ residuals.sum(0)
        values = values + step / max(1.0, np.abs(step).max())
    raise ToonkitError(f"the strengths did not settle in {STEPS} steps; gather more votes")


def agreement(votes: Sequence[Vote]) -> Score:
    """Fleiss' kappa over the pictures that every reviewer voted on: 0 by chance, 1 in full agreement.

    Raises ToonkitError for one reviewer, two votes of one on a picture, other models shown from vote to vote, all votes
    for one model, or fewer than 10 such pictures.
    """
    models, shown, chosen = _arrays(votes)
    reviewers = {vote.reviewer for vote in votes}
    choices = defaultdict(dict)  # picture -> reviewer -> (K,)
    for vote, row in zip(votes, chosen, strict=True):
        choices[vote.picture][vote.reviewer] = row
    if len(reviewers) < 2 or sum(map(len, choices.values())) < len(votes) or not shown.all():
        raise ToonkitError("agreement needs 2 reviewers or more, one vote a picture of each, and one set of models")
    counts = [sum(rows.values()) for rows in choices.values() if len(rows) == len(reviewers)]
    table = torch.as_tensor(np.array(counts).reshape(-1, len(models)))  # (pictures, K)
    kappa = jackknife("Fleiss' kappa", fleiss_kappa, (table,))
    if not np.isfinite([kappa.value, kappa.low, kappa.high]).all():
        raise ToonkitError("agreement has no meaning where (nearly) all votes go to one model")
    return kappa.within(-1.0, 1.0)


def fleiss_kappa(counts: torch.Tensor) -> float:
    """Kappa of counts (N pictures, K models), each row of the same sum n >= 2, in float64 (Fleiss, 1971)."""
    n = counts[0].sum()
    observed = (((counts**2).sum(1) - n) / (n * (n - 1))).mean()
    expected = ((counts.sum(0) / counts.sum()) ** 2).sum()
    return float((observed - expected) / (1 - expected))


def _arrays(votes: Sequence[Vote]) -> tuple[tuple[str, ...], np.ndarray, np.ndarray]:
    """The models, sorted, and who was shown and who was chosen, each (N votes, K models) of 0 and 1."""
    if not votes:
        raise ToonkitError("there is no vote yet; gather some with `toonkit vote`")
    models = tuple(sorted({model for vote in votes for model in vote.shown}))
    shown = np.array([[float(model in vote.shown) for model in models] for vote in votes])
    chosen = np.array([[float(model == vote.choice) for model in models] for vote in votes])
    return models, shown, chosen


def _luce(values: np.ndarray, shown: np.ndarray, chosen: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The gradient of the log-likelihood, a row a vote (N, K), and the observed information (K, K)."""
    weights = shown * np.exp(values)
    chance = weights / weights.sum(1, keepdims=True)
    return chosen - chance, np.diag(chance.sum(0)) - chance.T @ chance


def _inverse(information: np.ndarray) -> np.ndarray:
    """The pseudo-inverse: it leaves out the common shift that no vote can tell, so that log-strengths sum to 0."""
    return np.linalg.pinv(information, rcond=1e-10, hermitian=True)


def _scatter(votes: Sequence[Vote], residuals: np.ndarray) -> np.ndarray:
    """The covariance (K, K) of the gradient, pictures taken as independent, with the factor m / (m - 1)."""
    sums = defaultdict(float)
    for vote, row in zip(votes, residuals, strict=True):
        sums[vote.picture] = sums[vote.picture] + row
    pictures = len(sums)
    if pictures < PICTURES:
        raise ToonkitError(f"errors by picture need at least {PICTURES} pictures, not {pictures}")
    rows = np.array(list(sums.values()))  # (m, K)
    return rows.T @ rows * pictures / (pictures - 1)


def _check_finite(models: tuple[str, ...], shown: np.ndarray, chosen: np.ndarray) -> None:
    """Strengths are finite where every model, directly or through others, beat every other (Ford, 1957)."""
    beaten = (chosen.T @ shown > 0) | np.eye(len(models), dtype=bool)  # [i, j]: i was chosen where j was shown
    reached = np.linalg.matrix_power(beaten.astype(float), len(models)) > 0
    if not reached.all():
        beaten_by_the_least = reached[reached.sum(1).argmin()]  # (K,), that model itself included
        weak = ", ".join(np.array(models)[beaten_by_the_least])
        strong = ", ".join(np.array(models)[~beaten_by_the_least])
        raise ToonkitError(f"no finite strengths: {weak} was never chosen over {strong}; gather more votes")

"""The manual evaluation of Cartoon to Human Recovery, and which of its differences are larger than chance.

Three reviewers voted for the best model on each of 50 pictures. The report keeps the sums per reviewer, not the votes,
so how far the reviewers agreed on a picture is unknown, and the intervals here take the 150 votes as independent. They
are not: 3 reviewers saw the same 50 pictures, and had they always agreed there would be 50. The text speaks of three
images from five algorithms, the table of seven models; we take the table, all seven shown each time.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

from toonkit.chapters.claims import Computed, Verdict, same_order
from toonkit.chapters.recovery.reported_tables import MODELS, VOTES
from toonkit.metrics.scores import Score
from toonkit.metrics.votes import ChanceTest, Vote, against_chance, strengths

EVIDENCE = "toonkit/chapters/recovery/reported_votes.py"
BEST, WORST, BASE = "cyclegan_v3", "cyclegan_v5", "cyclegan"
PAIRS = tuple(combinations(VOTES, 2))
CLAIMS = {  # each holds where every first is stronger than its second
    "v3 is the best": [(BEST, other) for other in VOTES if other != BEST],
    "v5 is the worst": [(other, WORST) for other in VOTES if other != WORST],
    "v3 is better than the base": [(BEST, BASE)],
    "v5 is worse than the base": [(BASE, WORST)],
}


def recovery_votes(reviewers: Sequence[int] = (1, 2, 3)) -> list[Vote]:
    """The votes of these reviewers one by one; the picture is empty, since the report does not say which."""
    rows = [(f"reviewer {reviewer}", model, VOTES[model][reviewer - 1]) for reviewer in reviewers for model in VOTES]
    return [Vote(reviewer, "", tuple(VOTES), model) for reviewer, model, count in rows for _ in range(count)]


def pair_differences() -> dict[tuple[str, str], Score]:
    """For each of the 21 pairs the log of the odds of a vote, with 95 % intervals that hold together (Bonferroni)."""
    fitted = strengths(recovery_votes())
    return {pair: fitted.score(*pair, comparisons=len(PAIRS)) for pair in PAIRS}


def chance_tests() -> dict[str, ChanceTest]:
    """Whether all models may be equal: by all votes, and by each reviewer alone, whose 50 are of 50 pictures."""
    alone = {f"reviewer {reviewer}": against_chance(recovery_votes([reviewer])) for reviewer in (1, 2, 3)}
    return {"all reviewers": against_chance(recovery_votes()), **alone}


def verdicts() -> dict[str, Verdict]:
    """Each claim, decided by those intervals; the one given is that of its weakest difference."""
    fitted, found = strengths(recovery_votes()), {}
    for words, pairs in CLAIMS.items():
        scores = [fitted.score(*pair, comparisons=len(PAIRS)) for pair in pairs]
        weakest = min(scores, key=lambda score: score.low)
        word = "holds" if weakest.low > 0 else "reversed" if any(s.high < 0 for s in scores) else "undecided"
        shown = f"log of the odds {weakest.low:.2f} to {weakest.high:.2f}"
        found[words] = Verdict(word, weakest.low, weakest.high, shown)
    return found


def votes_beside_mmd() -> Verdict:
    """Whether the votes put the seven models in the order that the report's MMD does, most votes where it is lowest."""
    return same_order([sum(VOTES[model]) for model in MODELS], [-row["MMD"] for row in MODELS.values()])


VOTE_CLAIMS = (
    *(
        Computed(
            words=f"by the votes {words}",
            place="Manual Evaluation",
            rule="the log of the odds between the two above 0 in every pair that it names, of the report's 150 votes; "
            f"95 % intervals that hold together ({len(PAIRS)} pairs)",
            decided=lambda _, words=words: verdicts()[words],
            evidence=EVIDENCE,
        )
        for words in CLAIMS
    ),
    Computed(
        words="the votes are similar to what MMD says",
        place="Discussion & Conclusion",
        rule="Kendall's tau of the report's votes with its MMD over the seven models above 0, and not by chance",
        decided=lambda _: votes_beside_mmd(),
        evidence=EVIDENCE,
    ),
)

"""What came after the reports, and what made pairs add to it: our own questions, decided as the reports' claims are."""

from __future__ import annotations

from toonkit.chapters.claims import Claim


def _paired(words: str, metric: str, better: str) -> Claim:
    """With back-translation against without it, as many steps; the new term is itself an absolute error."""
    return Claim(
        words=words,
        place="ours",
        first="projected-short_back",
        metric=f"drawn/{metric}",
        better=better,
        second="projected-short",
    )


CLAIMS = (
    _paired(
        "pairs made by a network of the other way bring drawings nearer to the true cartoon", "true error", "lower"
    ),
    _paired("... and keep more of what another reader reads", "attributes kept [toonnet_residual]", "higher"),
    _paired("... and nearer to cartoons as SqueezeNet sees them, which taught neither", "KID[squeezenet]", "lower"),
)

"""What Image Toonification claims of residual adapters in a classifier; it gives no number, so the rules are ours."""

from __future__ import annotations

from toonkit.chapters.claims import SIMILAR, Claim

CLAIMS = (
    Claim(
        words="parallel adapters: the accuracy is not compromised",
        place="Multi-domain Learning with Residual Adapters",
        first="domains-parallel",
        metric="accuracy/mean",
        better=SIMILAR,
        second="domains-separate",
    ),
    Claim(
        words="series adapters: neither",
        place="Multi-domain Learning with Residual Adapters",
        first="domains-series",
        metric="accuracy/mean",
        better=SIMILAR,
        second="domains-separate",
    ),
    Claim(
        words="... while a new head alone would",
        place="ours",
        first="domains-head",
        metric="accuracy/mean",
        better="lower",
        second="domains-separate",
        times=0.9,
    ),
    Claim(
        words="few domain-specific parameters",
        place="Multi-domain Learning with Residual Adapters",
        first="domains-parallel",
        metric="parameters",
        better="lower",
        second="domains-separate",
        times=0.15,
    ),
)

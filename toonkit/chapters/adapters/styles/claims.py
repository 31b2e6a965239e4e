"""What Image Toonification claims of residual adapters in CartoonGAN's generator; the rules are ours."""

from __future__ import annotations

from toonkit.chapters.claims import Claim

EVERY_STYLE = "adapters draw every further style, too"
CLAIMS = (
    Claim(
        words="one more style in 15 %",
        place="our bar",
        first="styles-comic",
        metric="parameters",
        better="lower",
        second="styles-comic_separate",
        times=0.15,
    ),
    Claim(
        words="adapters draw comic, too",
        place="our bar",
        first="styles-comic",
        metric="drawn/KID[toonnet]",
        better="lower",
        second="styles-comic_separate",
        times=1.1,
        group=EVERY_STYLE,
    ),
    Claim(
        words="adapters draw wash, too",
        place="our bar",
        first="styles-wash",
        metric="drawn/KID[toonnet]",
        better="lower",
        second="styles-wash_separate",
        times=1.1,
        group=EVERY_STYLE,
    ),
    Claim(
        words="adapters draw pastel, too",
        place="our bar",
        first="styles-pastel",
        metric="drawn/KID[toonnet]",
        better="lower",
        second="styles-pastel_separate",
        times=1.1,
        group=EVERY_STYLE,
    ),
    Claim(
        words="adapters draw noir, too",
        place="our bar",
        first="styles-noir",
        metric="drawn/KID[toonnet]",
        better="lower",
        second="styles-noir_separate",
        times=1.1,
        group=EVERY_STYLE,
    ),
)

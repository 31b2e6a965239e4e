"""The domains' classifiers as a chapter."""

from __future__ import annotations

from toonkit.chapters.adapters.domains.claims import CLAIMS
from toonkit.chapters.adapters.domains.data import OWN, batches
from toonkit.chapters.adapters.domains.recipe import VARIANTS, Domains, DomainsConfig, build
from toonkit.chapters.adapters.domains.scores import scores
from toonkit.chapters.contract import Chapter, Variant

CHAPTER = Chapter(
    name="domains",
    report="image_toonification",
    subject="one classifier for seven visual domains, by residual adapters",
    variants={name: Variant(DomainsConfig(name), 1400, quick_steps=14, paper_steps=OWN, ema=0.0) for name in VARIANTS},
    config=DomainsConfig,
    build=build,
    recipe=Domains,
    data=batches,
    scores=scores,
    claims=CLAIMS,
)

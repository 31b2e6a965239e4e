"""The domains' classifiers as a chapter."""

from __future__ import annotations

from toonkit.chapters.adapters.domains.claims import CLAIMS
from toonkit.chapters.adapters.domains.data import OWN, batches
from toonkit.chapters.adapters.domains.recipe import VARIANTS, Domains, DomainsConfig, build
from toonkit.chapters.adapters.domains.scores import scores
from toonkit.chapters.contract import Chapter, Headline, Variant

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
    headlines=(
        Headline(
            words="Parallel adapters: accuracy over seven visual domains",
            record="domains-parallel",
            metric="accuracy/mean",
            beside="a network for each domain",
            other_metric="accuracy/mean",
            other_record="domains-separate",
        ),
        Headline(
            words="... numbers that one more domain needs",
            record="domains-parallel",
            metric="parameters",
            beside="a network for each domain",
            other_metric="parameters",
            other_record="domains-separate",
        ),
    ),
)

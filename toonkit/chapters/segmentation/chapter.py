"""Segmentation as a chapter: what `semantic` needs."""

from __future__ import annotations

from functools import partial

from toonkit.chapters.contract import Chapter, Variant, Verified
from toonkit.chapters.segmentation.data import OURS, batches
from toonkit.chapters.segmentation.recipe import OPEN, Segmentation, SegmentationConfig, build
from toonkit.chapters.segmentation.scores import block_scores, scores

RELEASED = "segmentation-toonworld"

CHAPTER = Chapter(
    name="segmentation",
    report="",
    subject="the network that tells foreground from background",
    variants={
        "toonworld": Variant(SegmentationConfig(), 1600, quick_steps=8, paper_steps=OURS, ema=0.995),
        "open": Variant(OPEN, 1500, quick_steps=5, paper_steps=OURS, ema=0.995),
    },
    config=SegmentationConfig,
    build=build,
    recipe=Segmentation,
    data=batches,
    scores=scores,
    verified={RELEASED: Verified((RELEASED,), partial(block_scores, RELEASED), {"pixels seen": 1e-3})},
)

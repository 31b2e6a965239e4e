"""Cartoons of damaged photographs as a chapter: it trains nothing, and draws with CartoonGAN's networks."""

from __future__ import annotations

from toonkit.chapters.contract import Chapter, Headline
from toonkit.chapters.inpainting.claims import CLAIMS
from toonkit.chapters.inpainting.recipe import InpaintingConfig

CHAPTER = Chapter(
    name="inpainting",
    report="image_toonification",
    subject="cartoons of damaged photographs",
    config=InpaintingConfig,
    needs=("cartoongan-faces", "cartoongan-faces-discriminator"),
    claims=CLAIMS,
    benches={"inpainting": "toonkit.chapters.inpainting.bench"},
    headlines=(
        Headline(
            words="Holes in a photograph: error inside them, by the closest latent",
            record="inpainting",
            metric="inside/closest_latent/mean",
            beside="repairing the photograph first",
            other_metric="inside/inpaint_first/mean",
        ),
    ),
)

"""Cartoons of damaged photographs as a chapter: it trains nothing, and draws with CartoonGAN's networks."""

from __future__ import annotations

from toonkit.chapters.contract import Chapter
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
)

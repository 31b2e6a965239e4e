"""BLIP learns to caption photographs and cartoons: cross-entropy of each next word."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field

import torch
from torch import Tensor, nn

from toonkit.chapters.captions.losses import next_word_loss
from toonkit.chapters.captions.names import NAMED
from toonkit.chapters.captions.networks import Captioner
from toonkit.chapters.captions.published import PublishedCaptioner, PublishedTokenizer
from toonkit.chapters.captions.words import Tokenizer, vocabulary
from toonkit.project.errors import check_name
from toonkit.training.recipe import Batch, Recipe, Term
from toonkit.world import ToonWorld

KINDS = ("small", "base")
RISE = 0.05  # share of the steps in which the rate rises
SCENES = 2000  # whose captions hold every word of duo


def world_words() -> tuple[str, ...]:
    """Every word that captions of cats and mice use, the characters' names among them."""
    captions = ToonWorld("duo", count=SCENES).describe(range(SCENES))["caption"]
    return vocabulary([*captions, *NAMED])


@dataclass(frozen=True)
class CaptionsConfig:
    """Every number of the recipe; BLIP's own where the report, which names none, fine-tunes it."""

    network: str = "small"  # "base": Salesforce/blip-image-captioning-base
    words: tuple[str, ...] = field(default_factory=world_words)  # of the small network's captions
    names: bool = False  # whether captions of cartoons call the grey cat Tom and the brown mouse Jerry
    sides: tuple[str, ...] = ("photo", "toon")  # fine-tuned "for both the source and target domain"
    width: int = 64  # 768
    layers: int = 3  # 12
    heads: int = 4  # 12
    length: int = 24  # tokens of a caption at most; 20
    rate: float = 1e-3  # 1e-5 for fine-tuning
    weight_decay: float = 0.05
    batch: int = 32  # 4
    size: int = 64  # pixels; 384

    def __post_init__(self) -> None:
        check_name("kind of BLIP", self.network, KINDS)


def build(config: CaptionsConfig) -> dict[str, nn.Module]:
    """The captioner. Raises SourceError where the published one is not here, ToonkitError for impossible sizes."""
    if config.network == "base":
        return {"captioner": PublishedCaptioner(config.length)}
    small = Captioner(config.words, config.size, config.width, config.layers, config.heads, config.length)
    return {"captioner": small}


def tokenizer_of(config: CaptionsConfig) -> Tokenizer | PublishedTokenizer:
    """What turns captions into the captioner's tokens. Raises SourceError where the published one is not here."""
    return PublishedTokenizer() if config.network == "base" else Tokenizer(config.words)


class Captions(Recipe):
    """The batch: picture (N, 3, H, W) and the tokens of its caption (N, L)."""

    name = "captions"
    released = ("captioner",)

    def __init__(self, config: CaptionsConfig | None = None) -> None:
        self.config = config or CaptionsConfig()
        self.networks = build(self.config)
        parameters = self.networks["captioner"].parameters()
        adam = torch.optim.AdamW(parameters, self.config.rate, weight_decay=self.config.weight_decay)
        self.optimisers = {"captioner": adam}
        self.pools = {}

    def terms(self, batch: Batch) -> Iterator[tuple[str, dict[str, Term]]]:
        captioner = self.networks["captioner"]
        tokens = batch["tokens"]

        def words() -> Tensor:
            return next_word_loss(captioner(batch["picture"], tokens), tokens, captioner.pad, captioner.smoothing)

        yield "captioner", {"words": words}

    def weights(self, progress: float) -> dict[str, float]:
        return {"words": 1.0}

    def rates(self, progress: float) -> dict[str, float]:
        """BLIP's schedule: a linear rise, then a cosine to 0."""
        fall = 0.5 * (1 + math.cos(math.pi * progress))
        return {"captioner": self.config.rate * (min(progress / RISE, fall) + 1e-3)}

"""What a cartoon's photograph is to be seen beside: baselines that tables 1 and 2 of the report lack.

Beside them the released model and the report's recipe, so that what captions say of all of them can be compared.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from functools import partial
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from toonkit.chapters.captions.networks import Captioner
from toonkit.chapters.captions.scores import captions_agree, captions_by
from toonkit.chapters.contract import Scores, entries_of
from toonkit.chapters.latents.data import OWN, autoencoder_of
from toonkit.chapters.latents.networks import FACTOR
from toonkit.chapters.latents.sampling import sample_classes
from toonkit.chapters.loading import load_network
from toonkit.chapters.tomjerry.bench import in_parts
from toonkit.chapters.tomjerry.recipe import TomJerryConfig
from toonkit.chapters.tomjerry.scores import held_out, photograph_scores
from toonkit.chapters.tomjerry.translating import (
    AS_REPORTED,
    CAPTIONER,
    GUIDANCE,
    base_denoiser,
    partly_noised,
    photographs,
    released_model,
    untrained_model,
)
from toonkit.networks.toonnet import READS_AT
from toonkit.project.profiles import Profile
from toonkit.project.threads import threads

STRENGTHS = (0.3, 0.5, 0.7, 0.9)  # of SDEdit
EDITED, DECODED = "partial noising", "the photograph, encoded and decoded"
ANEW = f"{DECODED} by the second decoder"
MODELS = {  # how each is loaded, and how strongly the class and the source are followed
    "the released model": (released_model, GUIDANCE),
    "the report's recipe": (partial(released_model, AS_REPORTED), GUIDANCE),
    "the report's recipe, unguided": (partial(released_model, AS_REPORTED), 1.0),  # eq. 7 teaches nothing without class
    # before the first step: what the change of networks alone costs; the frozen ones have 4 heads
    "4 heads, untrained": (partial(untrained_model, TomJerryConfig(heads=4)), GUIDANCE),
    "64 heads, untrained": (partial(untrained_model, TomJerryConfig()), GUIDANCE),
    "eq. 5 as printed, untrained": (partial(untrained_model, TomJerryConfig(query="source")), GUIDANCE),
}
BY_CLASS = ("FID[toonnet]", "MS-SSIM")  # the measures of table 2
BLURRED = "the cartoon, blurred"  # by BLUR x BLUR pixels: what a captioner reads off colours alone
BLUR = 9
CYCLEGAN = "recovery-duo"  # trained on the same scenes, unpaired
Draw = Callable[[Tensor, int], Tensor]  # rows (n,) and a seed to pictures (n, 3, H, W)


def rows() -> tuple[str, ...]:
    """What can be measured alone."""
    return (
        "class only",
        "the cartoon itself",
        BLURRED,
        DECODED,
        ANEW,
        "a CycleGAN",
        *(f"{EDITED} {one:g}" for one in STRENGTHS),
        *MODELS,
    )


def measure(quick: bool = False, only: Collection[str] = ()) -> dict[str, Any]:
    """Every baseline, or each in `only`, by the measures of tables 1 and 2, and by what captions say; on one thread.

    `captions agree` compares with what the captioner says of the cartoon (section 3.2's "highly similar").
    Raises WeightsError where a released network is not here.
    """
    profile = Profile("quick" if quick else "full")
    with threads(1):
        truth = held_out(profile.pick(quick=10, full=100, paper=OWN), READS_AT)
        drawn = {name: in_parts(torch.arange(len(truth["label"])), _drawing(name, truth)) for name in only or rows()}
        captioner = load_network(CAPTIONER, "captioner of captions")
        of_cartoons = captions_by(captioner, truth["toon"])
        return entries_of({name: _scores(pictures, truth, captioner, of_cartoons) for name, pictures in drawn.items()})


def _scores(pictures: Tensor, truth: dict[str, Tensor], captioner: Captioner, of_cartoons: list[str]) -> Scores:
    """Pictures (N, 3, H, W) of the cartoons of `truth` by the measures of all, and by those of table 2 for a class."""
    by_group = photograph_scores(pictures, truth)
    whole = by_group.pop("all")
    whole["captions agree"] = captions_agree(captions_by(captioner, pictures), of_cartoons)
    return whole | {f"{group}, {m}": found[m] for group, found in by_group.items() for m in BY_CLASS}


def _drawing(name: str, truth: dict[str, Tensor]) -> Draw:
    """What draws some rows of `held_out` with a seed, as one of `rows` says."""
    if name == "the cartoon itself":
        return lambda some, _: truth["toon"][some]
    if name == BLURRED:
        edge = BLUR // 2
        blurred = F.avg_pool2d(F.pad(truth["toon"], (edge,) * 4, mode="reflect"), BLUR, 1)  # (N, 3, H, W)
        return lambda some, _: blurred[some]
    if name == "a CycleGAN":
        cyclegan = load_network(CYCLEGAN, "to_photo of recovery")
        return lambda some, _: cyclegan(truth["toon"][some])
    labels = truth["label"]
    if name in MODELS:
        load, guidance = MODELS[name]
        model, decoder = load()
        return lambda some, seed: photographs(model, decoder, truth["toon"][some], labels[some], seed, guidance)
    autoencoder = autoencoder_of("ours", "sharp" if name == ANEW else "first")
    if name in (DECODED, ANEW):
        return lambda some, _: autoencoder.decode(autoencoder.encode(truth["photo"][some]))
    denoiser = base_denoiser()
    if name == "class only":
        side = READS_AT // FACTOR
        return lambda some, seed: autoencoder.decode(sample_classes(denoiser, labels[some], side, seed, GUIDANCE))
    strength = float(name.removeprefix(EDITED))
    return lambda some, seed: partly_noised(denoiser, autoencoder, truth["toon"][some], labels[some], strength, seed)

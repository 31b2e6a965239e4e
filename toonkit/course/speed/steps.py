"""One training step: ours, through the recipe and the loop, against plain PyTorch on the same networks and batch."""

from __future__ import annotations

import copy
from collections.abc import Callable
from functools import partial

import torch
from torch import Tensor

from toonkit.chapters.cartoongan.recipe import CartoonGAN, CartoonGANConfig
from toonkit.chapters.latents.recipe import ClassDiffusion, LatentsConfig
from toonkit.chapters.recovery.recipe import recovery
from toonkit.chapters.segmentation.classes import CLASSES
from toonkit.chapters.segmentation.recipe import Segmentation, SegmentationConfig
from toonkit.course.speed.contest import Contest, Work, noise
from toonkit.course.speed.plain_steps import (
    Networks,
    plain_cartoongan,
    plain_cyclegan,
    plain_diffusion,
    plain_segmentation,
)
from toonkit.networks.features import features
from toonkit.training.loop import prepare, step_once
from toonkit.training.recipe import Batch, Recipe
from toonkit.training.run_files import Plan

PLAN = Plan(10**9, quiet=True)  # so long that rates and weights stay those of the beginning
Plain = Callable[[Networks, Batch], Callable[[], list[Tensor]]]


def contests() -> list[Contest]:
    """CartoonGAN, CycleGAN, latent diffusion and segmentation, at the sizes of their `full` profile."""
    return [
        Contest(
            "CartoonGAN",
            "plain PyTorch",
            "batch 8, 64 x 64",
            partial(_pair, _cartoongan, plain_cartoongan, ("photo", "toon", "smooth"), 8),
            "torch",
            remark="The discriminator is held still by hand while the generator learns.",
        ),
        Contest(
            "CycleGAN",
            "plain PyTorch",
            "batch 4, 64 x 64",
            partial(_pair, lambda: recovery("cyclegan"), plain_cyclegan, ("photo", "toon"), 4),
            "torch",
            remark="Ours draws fakes and identities in one call.",
        ),
        Contest(
            "latent diffusion",
            "UNet2DConditionModel, DDPMScheduler",
            "batch 16, latents 4 x 16 x 16",
            partial(_pair, lambda: ClassDiffusion(LatentsConfig()), plain_diffusion, (), 16),
            "diffusers",
            remark="With diffusers' own choice of attention; ours takes the plain one.",
        ),
        Contest(
            "segmentation",
            "Unet, DiceLoss",
            "batch 16, 64 x 64",
            partial(_pair, lambda: Segmentation(SegmentationConfig()), plain_segmentation, ("picture",), 16),
            "segmentation_models_pytorch",
        ),
    ]


def _pair(make: Callable[[], Recipe], plain: Plain, pictures: tuple[str, ...], count: int) -> tuple[Work, Work]:
    """Both steps from the same weights on the same batch; each returns its losses as numbers."""
    torch.manual_seed(0)
    recipe = make()
    prepare(recipe, PLAN)
    batch = {name: noise(count, 3, 64, 64, seed=number) for number, name in enumerate(pictures)}
    batch |= _labels(count)
    theirs = plain(copy.deepcopy(recipe.networks), batch)
    numbers = {"ours": 0, "theirs": 0}

    def next_number(side: str) -> int:
        numbers[side] += 1
        return numbers[side]

    def ours() -> list[float]:
        return list(step_once(recipe, lambda _: batch, PLAN, next_number("ours")).values())

    def plain_step() -> list[float]:
        torch.manual_seed(next_number("theirs"))  # what step_once does for seed 0
        return [float(loss.detach()) for loss in theirs()]

    return ours, plain_step


def _labels(count: int) -> Batch:
    """What the steps want that are no pictures: classes, latents, and masks in which every class occurs."""
    mask = torch.arange(count * 64 * 64).view(count, 64, 64) % len(CLASSES["toonworld"]())
    return {"label": torch.arange(count) % 3, "latent": noise(count, 4, 16, 16, seed=9), "mask": mask}


def _cartoongan() -> CartoonGAN:
    return CartoonGAN(features("toonnet"), CartoonGANConfig(initialisation="none"))

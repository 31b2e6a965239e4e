"""Every run that `toonkit train` knows: its recipe, its data, how long each profile trains, and how it is scored."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache, partial
from typing import Any

from toonkit.metrics.scores import Score
from toonkit.networks.features import features, load_toonnet
from toonkit.recipes.cartoongan import CartoonGAN, CartoonGANConfig
from toonkit.recipes.domains import VARIANTS, Domains, DomainsConfig
from toonkit.recipes.recipe import Recipe, Source
from toonkit.recipes.recovery import MODELS, recovery
from toonkit.recipes.styles import BASE
from toonkit.recipes.toonnet import ToonNetConfig, ToonNetRecipe
from toonkit.training import adapted, datasets, recovered
from toonkit.training.evaluate import score_photographs, score_toonnet, score_translation
from toonkit.world import STYLES, ToonWorld

EPOCHS = 10  # snapshots of a run that is measured by epoch


@dataclass(frozen=True)
class Run:
    """How to build, feed and score one variant of a report."""

    recipe: Callable[[], Recipe]
    batches: Callable[[str, int], Source]  # profile, seed -> batches
    score: Callable[[Recipe, str], dict[str, Score]]  # trained recipe, profile -> scores
    steps: dict[str, int]  # profile -> updates
    ema: float
    epochs: Callable[[Recipe, str], dict[str, float]] | None = None  # measures of EPOCHS snapshots


@cache
def _held_out(family: str, count: int) -> ToonWorld:
    return ToonWorld(family, "test", 64, count=2 * count)


def _score_faces(recipe: CartoonGAN, profile: str) -> dict[str, Score]:
    count = 50 if profile == "quick" else 1000
    return score_translation(recipe.translate, load_toonnet(), _held_out("faces", count), count)


def _score_photographs(recipe: CartoonGAN, profile: str) -> dict[str, Score]:
    photos = datasets.held_out_photographs(20 if profile == "quick" else None)
    return score_photographs(recipe.translate, photos)


def _score_toonnet(recipe: ToonNetRecipe, profile: str) -> dict[str, Score]:
    return score_toonnet(recipe.networks["toonnet"], 10 if profile == "quick" else 200)


def _cartoongan(full_steps: int = 1500, **changes: Any) -> Run:
    """A variant of CartoonGAN on ToonWorld's faces; `changes` are to CartoonGANConfig."""
    config = replace(CartoonGANConfig(), **changes)
    steps = {"quick": 20, "full": full_steps, "paper": 250000}
    return Run(lambda: CartoonGAN(features(config.content), config), datasets.faces, _score_faces, steps, 0.99)


def _photographs() -> Run:
    """CartoonGAN on real photographs: features of a network that knows them, batch norm, which keeps their colours."""
    kept = {"content": "squeezenet", "layer": "fire3", "omega": 0.05, "colour": 20.0}
    rates = {"rate": 2e-4, "discriminator_rate": 2e-4, "initial_share": 0.6}
    entry = _cartoongan(4500, norm="batch", discriminator_norm="batch", **kept, **rates)
    return replace(entry, batches=datasets.photographs, score=_score_photographs)


def _toonnet(**changes: Any) -> Run:
    """toonnet; `changes` are to ToonNetConfig."""
    config = replace(ToonNetConfig(), **changes)
    steps = {"quick": 10, "full": 4500, "paper": 30000}
    return Run(lambda: ToonNetRecipe(config), datasets.toonnet_batches, _score_toonnet, steps, 0.995)


def _domains(variant: str) -> Run:
    """One classifier for seven visual domains."""
    steps = {"quick": 14, "full": 1400, "paper": 14000}
    config = DomainsConfig(variant)
    return Run(lambda: Domains(config), adapted.domain_batches, adapted.score_domains, steps, 0.0)


def _style(style: str, kind: str = "parallel", full_steps: int = 1500) -> Run:
    """One more hand for the released CartoonGAN, or its own CartoonGAN (`separate`)."""
    batches, steps = partial(datasets.faces, style=style), {"quick": 10, "full": full_steps, "paper": 250000}
    return Run(partial(adapted.style_recipe, style, kind), batches, adapted.score_style, steps, 0.99)


def _recovery(model: str, emoji: str = "none", **changes: Any) -> Run:
    """One of the seven models, cartoon to photograph; `changes` are to RecoveryConfig."""
    steps = {"quick": 10, "full": 1200, "paper": 250000}
    batches = partial(recovered.recovery_batches, emoji=emoji)
    recipe = partial(recovery, model, **changes)
    return Run(recipe, batches, recovered.score_recovery, steps, 0.99, recovered.score_epoch)


EMOJI = {"in_corner": "corner", "anywhere": "anywhere", "nowhere": "none"}
FAR = {"downs": 2, "blocks": 6, "identity_weight": 5.0}  # every pixel sees the corner, and eq. 3 weighs as in CycleGAN
ADDED, SHORT = [style for style in STYLES if style != BASE], (150, 500)  # hands to learn; steps that show how fast
RUNS: dict[str, dict[str, Run]] = {  # of each report, its own variant first
    "toonnet": {"plain": _toonnet(), "residual": _toonnet(residual=True)},
    "cartoongan": {
        "classical": _cartoongan(),  # the report's: instance norm, initialised on classical pairs, three-way loss
        "reconstruction": _cartoongan(initialisation="reconstruction"),
        "none": _cartoongan(initialisation="none"),
        "batch_norm": _cartoongan(norm="batch"),
        "two_way": _cartoongan(smooth_edges=False),
        "resnet": _cartoongan(content="toonnet_residual"),
        "squeezenet": _cartoongan(content="squeezenet", layer="fire3", omega=0.1),
        "omega_0": _cartoongan(omega=0.0),
        "omega_3": _cartoongan(omega=3.0),
        "omega_30": _cartoongan(omega=30.0),
        "faces": _cartoongan(8000),  # as "classical", trained longer and released
        "photographs": _photographs(),
    },
    "domains": {variant: _domains(variant) for variant in VARIANTS},
    "styles": {style: _style(style) for style in ADDED}
    | {f"{style}_separate": _style(style, "separate") for style in ADDED}
    | {f"comic_{kind}": _style("comic", kind) for kind in ("series", "norm")}
    | {f"comic_{steps}": _style("comic", "parallel", steps) for steps in SHORT}
    | {f"comic_separate_{steps}": _style("comic", "separate", steps) for steps in SHORT},
    "recovery": {model: _recovery(model) for model in MODELS}
    | {"cyclegan_lsgan": _recovery("cyclegan", adversarial="least_squares")}
    | {f"emoji_{place}": _recovery("cyclegan_v3", emoji, **FAR) for place, emoji in EMOJI.items()},
}

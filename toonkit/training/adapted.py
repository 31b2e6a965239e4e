"""What runs with residual adapters need: their data, their start from released weights, their scores."""

from __future__ import annotations

from functools import lru_cache

import torch
from torch import Tensor

from toonkit.images.values import as_pictures
from toonkit.metrics.scores import Score, exact, jackknife
from toonkit.networks.features import features, load_toonnet
from toonkit.networks.weights import load_weights, released
from toonkit.project.digests import digest_of
from toonkit.recipes.cartoongan import CartoonGAN
from toonkit.recipes.domains import DOMAINS, Domains, domain_examples
from toonkit.recipes.styles import StyleAdapters, StyleConfig
from toonkit.training.batches import Batches
from toonkit.training.evaluate import score_translation
from toonkit.world import ToonWorld

FACES = "cartoongan-faces"  # the released generator that styles are added to; its discriminator lies beside it
COLOURLESS = ("noir",)  # hands for which the photograph's colours are not to be kept


@lru_cache(maxsize=1)
def domain_batches(profile: str, seed: int) -> Batches:
    """Every domain's pictures with their labels."""
    return Batches(domain_examples("train", {"quick": 32, "full": 600, "paper": 6000}[profile], seed=seed), 32, seed)


@lru_cache(maxsize=1)
def _held_out_domains(count: int) -> list[dict[str, Tensor]]:
    return domain_examples("test", count)


@torch.no_grad()
def score_domains(recipe: Domains, profile: str) -> dict[str, Score]:
    """Accuracy on held-out scenes, the mean over the domains and each one's; what one more domain costs."""
    hits = []
    for domain, group in zip(DOMAINS, _held_out_domains(20 if profile == "quick" else 400), strict=True):
        network = recipe.network(domain).eval()
        seen = torch.cat([network(as_pictures(part)).argmax(1) for part in group[f"{domain} picture"].split(100)])
        hits.append((seen == group[f"{domain} label"]).float())
    columns = {"accuracy": torch.stack(hits, 1)}  # (N, domains)
    columns |= {f"accuracy {domain}": column for domain, column in zip(DOMAINS, hits, strict=True)}
    scores = {name: _accuracy(name, table) for name, table in columns.items()}
    return scores | {"parameters": exact("parameters", recipe.domain_parameters())}


def _accuracy(name: str, hits: Tensor) -> Score:
    return jackknife(name, lambda rows: float(rows.mean()), (hits,)).within(0, 1)


def style_recipe(style: str, kind: str) -> CartoonGAN:
    """One more hand for the released generator, learnt as that was; `separate` is a CartoonGAN of its own.

    Raises WeightsError where the base is not released.
    """
    changes = {"style": style, "kind": kind} | ({"colour": 0.0} if style in COLOURLESS else {})
    if kind == "separate":
        return CartoonGAN(features("toonnet"), StyleConfig(**changes, initialisation="classical"))
    path = released(FACES)
    generator, about = load_weights(path)
    base = {"generator": generator, "discriminator": load_weights(released(f"{FACES}-discriminator"))[0]}
    config = StyleConfig(**about["config"] | changes | {"initialisation": "none", "base": digest_of(path)})
    return StyleAdapters(features(config.content), base, config)


@lru_cache(maxsize=1)
def _held_out_faces(style: str, count: int) -> ToonWorld:
    return ToonWorld("faces", "test", 64, style, 2 * count)


def score_style(recipe: CartoonGAN, profile: str) -> dict[str, Score]:
    """Drawings of held-out scenes against the style's cartoons; how many numbers the generator learnt for it."""
    count = 50 if profile == "quick" else 1000
    scores = score_translation(recipe.translate, load_toonnet(), _held_out_faces(recipe.config.style, count), count)
    learnt = recipe.optimisers["generator"].param_groups[0]["params"]
    return scores | {"parameters": exact("parameters", sum(weights.numel() for weights in learnt))}

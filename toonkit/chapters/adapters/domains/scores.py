"""How well the domains' classifiers read held-out people, and what one more domain costs."""

from __future__ import annotations

from functools import lru_cache

import torch
from torch import Tensor

from toonkit.chapters.adapters.domains.data import OWN, domain_examples
from toonkit.chapters.adapters.domains.recipe import DOMAINS, Domains
from toonkit.chapters.contract import Scores
from toonkit.images.values import as_pictures
from toonkit.metrics.scores import Score, exact, jackknife
from toonkit.project.profiles import Profile


@torch.no_grad()
def scores(recipe: Domains, profile: Profile) -> Scores:
    """Accuracy on held-out scenes, the mean over the domains and each one's; numbers that one more domain needs."""
    hits = {}
    groups = _held_out(profile.pick(quick=20, full=400, paper=OWN), recipe.config.size)
    for domain, group in zip(DOMAINS, groups, strict=True):
        network = recipe.network(domain).eval()
        seen = [network(as_pictures(part)).argmax(1) for part in group[f"{domain} picture"].split(100)]
        hits[domain] = (torch.cat(seen) == group[f"{domain} label"]).float()
    columns = {"mean": torch.stack(list(hits.values()), 1)} | hits  # (N, domains), then (N,) each
    accuracy = {name: _accuracy(name, column) for name, column in columns.items()}
    return {"accuracy": accuracy, "parameters": exact("parameters", recipe.domain_parameters())}


@lru_cache(maxsize=1)
def _held_out(count: int, size: int) -> list[dict[str, Tensor]]:
    return domain_examples("test", count, size)


def _accuracy(name: str, hits: Tensor) -> Score:
    return jackknife(f"accuracy {name}", lambda rows: float(rows.mean()), (hits,)).within(0, 1)

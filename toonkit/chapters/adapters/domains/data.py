"""What the domains' classifiers learn from: hair styles of ToonWorld's people in every domain."""

from __future__ import annotations

from functools import lru_cache

from torch import Tensor

from toonkit.chapters.adapters.domains.recipe import DOMAINS, LINES, TASK, DomainsConfig
from toonkit.filters import line_drawing
from toonkit.images.values import as_bytes
from toonkit.project.profiles import Missing, Profile
from toonkit.training.batches import Batches
from toonkit.world import STYLES, ToonWorld

OWN = Missing("Image Toonification names no domains that it trained on; run profile full")


def batches(config: DomainsConfig, profile: Profile, seed: int) -> Batches:
    """Every domain's pictures with their labels."""
    per_domain = profile.pick(quick=32, full=600, paper=OWN)
    return Batches(_stored(per_domain, config.size, seed), config.batch, seed)


@lru_cache(maxsize=1)
def _stored(per_domain: int, size: int, seed: int) -> list[dict[str, Tensor]]:
    return domain_examples("train", per_domain, size, seed)


def domain_examples(split: str, per_domain: int, size: int = 64, seed: int = 0) -> list[dict[str, Tensor]]:
    """For each of DOMAINS its pictures (N, 3, size, size) as bytes and hair styles (N,); no scene twice."""
    groups = []
    for number, domain in enumerate(DOMAINS):
        scenes = range(number * per_domain, (number + 1) * per_domain)
        world = ToonWorld("faces", split, size, domain if domain in STYLES else STYLES[0], seed=seed)
        pictures = world.toons(scenes) if domain in STYLES else world.photos(scenes)
        if domain == LINES:
            pictures = line_drawing(pictures).expand(-1, 3, -1, -1)
        labels = world.describe(scenes)["attributes"][:, world.attribute_names.index(TASK)]
        groups.append({f"{domain} picture": as_bytes(pictures), f"{domain} label": labels})
    return groups

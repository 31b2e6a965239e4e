"""The two sides that a translation learns from, and what is derived from them, made once and kept as bytes."""

from __future__ import annotations

import torch
from torch import Tensor

from toonkit.chapters.kept import kept
from toonkit.filters import edge_smoothing
from toonkit.filters.flat import flat_cartoon
from toonkit.images.values import as_bytes, as_pictures
from toonkit.training.batches import chunks
from toonkit.world import ToonWorld

MANY = 500  # photographs: half a minute of one core


def painted(world: ToonWorld, side: str) -> Tensor:
    """All pictures of an unpaired side ("photo" or "toon") of a world, as bytes (N, 3, size, size)."""
    return torch.cat([as_bytes(world.unpaired(side).batch(part)) for part in chunks(len(world))])


def with_smooth_edges(toons: Tensor) -> dict[str, Tensor]:
    """A group of a batch: cartoons (N, 3, H, W) as bytes, and as `smooth` the same with their edges smoothed away."""
    smooth = [as_bytes(edge_smoothing(as_pictures(part))) for part in toons.split(64)]
    return {"toon": toons, "smooth": torch.cat(smooth)}


def flattened(photos: Tensor, strength: float) -> Tensor:
    """The flat abstraction of photographs (N, 3, H, W), as bytes both; of MANY it is kept in the cache."""

    def flat(some: Tensor) -> Tensor:
        return torch.cat([as_bytes(flat_cartoon(as_pictures(part), strength)) for part in some.split(16)])

    if len(photos) < MANY:
        return flat(photos)
    probe = flat(photos[:1])  # so that another filter has a file of its own
    follows_from = (photos.numpy().tobytes(), str(strength).encode(), probe.numpy().tobytes())
    facts = {"pictures": list(photos.shape), "strength": strength}
    return kept("flat", f"{len(photos)}-{strength:g}", follows_from, facts, lambda: flat(photos))

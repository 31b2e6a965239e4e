"""The two sides that a translation learns from, and what is derived from them, made once and kept as bytes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from toonkit.chapters.kept import kept
from toonkit.filters import edge_smoothing
from toonkit.filters.flat import flat_cartoon
from toonkit.images.values import as_bytes, as_pictures
from toonkit.training.batches import chunks
from toonkit.world import ToonWorld

MANY = 500  # pictures: half a minute of one core
Derivation = Callable[[range], Tensor]  # of the pictures with these numbers, as bytes (n, 3, H, W)


def painted(world: ToonWorld, side: str) -> Tensor:
    """All pictures of an unpaired side ("photo" or "toon") of a world, as bytes (N, 3, size, size)."""
    return torch.cat([as_bytes(world.unpaired(side).batch(part)) for part in chunks(len(world))])


def with_smooth_edges(toons: Tensor) -> dict[str, Tensor]:
    """A group of a batch: cartoons (N, 3, H, W) as bytes, and as `smooth` the same with their edges smoothed away."""
    smooth = [as_bytes(edge_smoothing(as_pictures(part))) for part in toons.split(64)]
    return {"toon": toons, "smooth": torch.cat(smooth)}


def derived(kind: str, pictures: Tensor, make: Derivation, about: str, facts: dict[str, Any]) -> Tensor:
    """What `make` derives from each of pictures (N, 3, H, W), as bytes both; of MANY it is kept in the cache.

    The file follows from the pictures, from `about` (what else `make` goes by) and from what `make` gives for the first
    picture, so that another derivation has a file of its own. `facts` are written into it.
    """
    count = len(pictures)
    if count < MANY:
        return make(range(count))
    follows_from = (pictures.numpy().tobytes(), about.encode(), make(range(1)).numpy().tobytes())
    written = {"pictures": list(pictures.shape)} | facts
    return kept(kind, f"{count}-{about}", follows_from, written, lambda: make(range(count)))


def flattened(photos: Tensor, strength: float) -> Tensor:
    """The flat abstraction of photographs (N, 3, H, W), as bytes both; of MANY it is kept in the cache."""

    def flat(numbers: range) -> Tensor:
        parts = photos[numbers.start : numbers.stop].split(16)
        return torch.cat([as_bytes(flat_cartoon(as_pictures(part), strength)) for part in parts])

    return derived("flat", photos, flat, f"{strength:g}", {"strength": strength})

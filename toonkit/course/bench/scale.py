"""Is the classical cartoon further from the true cartoon than the photograph is, or is only its pen too wide?"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from toonkit.filters import abstraction, shrunk_abstraction
from toonkit.metrics.scores import mean_score
from toonkit.world import FAMILIES, ToonWorld

SIDE = 64  # pixels
LARGE = 192  # at which the control is drawn, before it is shrunk to SIDE
SCENES = 100  # a family; the same for all three pictures of a scene, so that differences are paired
BATCH = 10


def measure(quick: bool = False) -> dict[str, Any]:
    """For each family: mean absolute differences (0 to 2) to the true cartoon, and those less the photograph's own."""
    count = 2 * BATCH if quick else SCENES
    metrics: dict[str, Any] = {}
    for family in FAMILIES:
        parts = [_distances(family, range(k, k + BATCH)) for k in range(0, count, BATCH)]
        found = {name: torch.cat([part[name] for part in parts]) for name in parts[0]}  # (scenes,) each
        scores = {name: mean_score(name, values).entry() for name, values in found.items()}
        less = {
            f"{name}, less photograph": mean_score(name, found[name] - found["photograph"]).entry()
            for name in (f"drawn at {SIDE}", f"drawn at {LARGE}")
        }
        metrics[family] = scores | less
    return metrics


def _distances(family: str, scenes: range) -> dict[str, Tensor]:
    """Distances (N,) to the true cartoons of held-out scenes."""
    small = ToonWorld(family, "test", SIDE).batch(scenes)
    large = ToonWorld(family, "test", LARGE).photos(scenes)  # the same scenes, painted larger
    shown = {
        "photograph": small["photo"],
        f"drawn at {SIDE}": abstraction(small["photo"]),
        f"drawn at {LARGE}": shrunk_abstraction(large, SIDE),
    }
    return {name: (pictures - small["toon"]).abs().mean((1, 2, 3)).double() for name, pictures in shown.items()}

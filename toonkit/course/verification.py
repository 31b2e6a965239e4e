"""A part of the released results, computed again from the released weights: what the record says must come out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from toonkit.chapters.common_scores import SIDE, TARGETS
from toonkit.chapters.contract import System
from toonkit.metrics.likeness import ms_ssim
from toonkit.metrics.truth import read, true_error
from toonkit.networks.features import load_toonnet
from toonkit.networks.weights import released
from toonkit.project.digests import digest_of
from toonkit.project.errors import ToonkitError
from toonkit.world import ToonWorld

BLOCK = 20  # held-out scenes
TOLERANCES = {"true error": 1e-4, "MS-SSIM": 1e-3, "attributes read": 0.011}  # absolute; of the last, 2 of 180 answers


@dataclass(frozen=True)
class Check:
    """One number of a record beside the one computed now."""

    system: str
    measure: str
    recorded: float
    computed: float

    @property
    def holds(self) -> bool:
        """Whether it is within its tolerance."""
        return abs(self.recorded - self.computed) <= TOLERANCES[self.measure]


@torch.no_grad()
def block_scores(system: System, number: int) -> dict[str, float]:
    """What the drawings of one block of held-out scenes score, by the names of `TOLERANCES`."""
    scenes = range(number * BLOCK, (number + 1) * BLOCK)
    world = ToonWorld(system.family, "test", SIDE, count=scenes.stop)
    batch = world.batch(list(scenes))
    drawn = system.draw()(batch[system.source]).clamp(-1, 1)
    truth = batch[TARGETS[system.source]]
    return {
        "true error": true_error(drawn, truth).value,
        "MS-SSIM": ms_ssim(drawn, truth).value,
        "attributes read": _attributes_read(drawn, world, batch["attributes"]),
    }


def _attributes_read(drawn: Tensor, world: ToonWorld, attributes: Tensor) -> float:
    """The share of all attributes of all scenes that toonnet reads right."""
    network = load_toonnet()
    truth = network.labels.attribute_numbers(world, attributes)  # (N, all), -1 where one does not apply
    right = read(network, drawn)["attributes"] == truth
    return float(right[truth >= 0].double().mean())


def recompute(
    record: Mapping[str, Any], known: Mapping[str, System], number: int, names: list[str] | None = None
) -> list[Check]:
    """Compute one block of each recorded system again (or of those named), and compare with the record.

    Raises ToonkitError where a released file is another than the record's, or a number leaves its tolerance.
    """
    checks = [check for name in names or record["blocks"] for check in _checks(name, record, known[name], number)]
    wrong = [check for check in checks if not check.holds]
    if wrong:
        lines = [f"{c.system}, {c.measure}: {c.recorded:.6g} recorded, {c.computed:.6g} computed" for c in wrong]
        raise ToonkitError(f"{len(wrong)} of {len(checks)} released results do not come out: {'; '.join(lines)}")
    return checks


def _checks(name: str, record: Mapping[str, Any], system: System, number: int) -> Iterator[Check]:
    recorded = record["blocks"][name]
    for weights in system.weights:
        if digest_of(released(weights)) != recorded["digests"][weights]:
            raise ToonkitError(f"{weights} is not the file that was measured; run `toonkit bench common` again")
    computed = block_scores(system, number)
    for measure, value in computed.items():
        yield Check(name, measure, recorded[str(number)][measure], value)

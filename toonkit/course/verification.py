"""A part of the released results, computed again from the released weights: what the records say must come out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from toonkit.chapters.common_scores import BLOCK, SIDE, Task, task_of
from toonkit.chapters.contract import System, Verified
from toonkit.chapters.index import all_chapters
from toonkit.chapters.systems import systems
from toonkit.images.sources import source_ready
from toonkit.metrics.likeness import ms_ssim
from toonkit.metrics.truth import read, true_error
from toonkit.networks.features import load_toonnet
from toonkit.networks.weights import released
from toonkit.project.digests import digest_of
from toonkit.project.errors import ToonkitError
from toonkit.project.records import published_record
from toonkit.world import ToonWorld

TOLERANCES = {"true error": 1e-4, "MS-SSIM": 1e-3, "attributes read": 0.011}  # absolute; of the last, 2 of 180 answers
NOT_BLOCKS = ("digests", "tolerances")  # what else a record holds of a network


@dataclass(frozen=True)
class Check:
    """One number of a record beside the one computed now."""

    network: str
    measure: str
    recorded: float
    computed: float
    tolerance: float

    @property
    def deviation(self) -> float:
        """How far they are apart."""
        return abs(self.recorded - self.computed)

    @property
    def holds(self) -> bool:
        """Whether that is within the tolerance."""
        return self.deviation <= self.tolerance


def verified_systems() -> dict[str, Verified]:
    """The systems of the common benchmark that draw with released weights."""
    return {
        name: Verified(system.weights, partial(block_scores, system), TOLERANCES)
        for name, system in systems().items()
        if system.weights
    }


def verified_networks() -> dict[str, Verified]:
    """The networks that chapters name beside their systems."""
    return {name: part for chapter in all_chapters() for name, part in chapter.verified.items()}


RECORDS = {"common": verified_systems, "verification": verified_networks}  # which hold blocks, and of what


@torch.no_grad()
def block_scores(system: System, number: int) -> dict[str, float]:
    """What the drawings of one block of held-out scenes score, by the names of `TOLERANCES`."""
    scenes = range(number * BLOCK, (number + 1) * BLOCK)
    world = ToonWorld(system.family, "test", SIDE, system.style, count=scenes.stop)
    batch = world.batch(list(scenes))
    return drawn_scores(system.draw()(batch[system.source]).clamp(-1, 1), batch, task_of(system))


def drawn_scores(drawn: Tensor, scenes: Mapping[str, Tensor], task: Task) -> dict[str, float]:
    """The same of what is drawn already, (N, 3, H, W), of as many scenes: their target side and attributes."""
    truth = scenes[task.target]
    return {
        "true error": true_error(drawn, truth).value,
        "MS-SSIM": ms_ssim(drawn, truth).value,
        "attributes read": _attributes_read(drawn, ToonWorld(task.family, "test", SIDE), scenes["attributes"]),
    }


def _attributes_read(drawn: Tensor, world: ToonWorld, attributes: Tensor) -> float:
    """The share of all attributes of all scenes that toonnet reads right."""
    network = load_toonnet()
    truth = network.labels.attribute_numbers(world, attributes)  # (N, all), -1 where one does not apply
    right = read(network, drawn)["attributes"] == truth
    return float(right[truth >= 0].double().mean())


def entry(part: Verified, blocks: Mapping[str, Mapping[str, float]]) -> dict[str, Any]:
    """What a record keeps of a network: the digests of its files, the tolerances, and its blocks by number."""
    digests = {name: digest_of(released(name)) for name in part.weights}
    return {"digests": digests, "tolerances": dict(part.tolerances), **blocks}


def verify(results: Path, seed: int) -> tuple[list[Check], list[str]]:
    """Compute one block of every recorded network again, which the seed chooses; and say what could not be.

    Raises ToonkitError where a record is absent or holds no block, and as `recompute`.
    """
    checks: list[Check] = []
    without: list[str] = []
    for record, parts in RECORDS.items():
        blocks = published_record(results / f"{record}.json")["metrics"].get("blocks")
        if not blocks:
            raise ToonkitError(f"the record {record} holds no blocks; run `toonkit bench {record}` again")
        known = parts()
        missing = {name: absent for name, part in known.items() if (absent := _absent_source(part))}
        checks += recompute(blocks, known, seed, [name for name in blocks if name not in missing])
        without += [f"{name}: `toonkit fetch {source}` brings its pictures" for name, source in missing.items()]
        new = [name for name, part in known.items() if name not in blocks | missing and _released(part)]
        without += [f"{name}: not in its record yet; `toonkit bench {record}` measures it" for name in new]
    return checks, without


def _released(part: Verified) -> bool:
    return all(released(name).is_file() for name in part.weights)


def _absent_source(part: Verified) -> str:
    """The first source that it reads and that is not on this machine; empty for none."""
    return next((source for source in part.sources if not source_ready(source)), "")


def recompute(
    blocks: Mapping[str, Any], known: Mapping[str, Verified], seed: int, names: list[str] | None = None
) -> list[Check]:
    """Compute one block of each recorded network again (or of those named), and compare with the record.

    Raises ToonkitError where a network is unknown, a released file is another than the record's, or a number leaves
    its tolerance.
    """
    chosen = list(blocks) if names is None else names
    checks = [check for name in chosen for check in _checks(name, blocks[name], known, seed)]
    wrong = [check for check in checks if not check.holds]
    if wrong:
        lines = [f"{c.network}, {c.measure}: {c.recorded:.6g} recorded, {c.computed:.6g} computed" for c in wrong]
        raise ToonkitError(f"{len(wrong)} of {len(checks)} released results do not come out: {'; '.join(lines)}")
    return checks


def _checks(name: str, recorded: Mapping[str, Any], known: Mapping[str, Verified], seed: int) -> Iterator[Check]:
    if name not in known:
        raise ToonkitError(f"{name} has recorded results, and nothing computes them; measure again")
    part = known[name]
    for weights in part.weights:
        if not released(weights).is_file() or digest_of(released(weights)) != recorded["digests"].get(weights):
            raise ToonkitError(f"{weights} is not the file that was measured; measure {name} again")
    numbers = [key for key in recorded if key not in NOT_BLOCKS]
    number = numbers[seed % len(numbers)]
    computed = part.scores(int(number))
    for measure, value in computed.items():
        yield Check(name, measure, recorded[number][measure], value, recorded["tolerances"][measure])

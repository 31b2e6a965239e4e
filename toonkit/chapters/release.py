"""Many runs of one variant as one record: mean and spread over seeds; and their networks as released weights."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

from torch import Tensor

from toonkit.chapters.run_places import RECORD, RUN_FOLDERS, run_folder
from toonkit.networks.weights import load_weights, save_weights
from toonkit.project.digests import digest_of
from toonkit.project.errors import ToonkitError
from toonkit.project.records import is_metric, measured, read_record, write_bytes, write_json
from toonkit.training.losses_log import curves

FULL = "full"
# facts that each seed has of its own
OWN = ("seed", "precision", "compile", "seconds", "resumed_at", "weights", "threads", "epochs", "losses")


def release(
    root: Path, chapter: str, variant: str, weights: str | None = None, size: int | None = None, half: bool = False
) -> list[Path]:
    """Write data/results/CHAPTER-VARIANT.json from every seed's `full` run in build/train; return what was written.

    Seeds that the record already has, and whose runs lie not in build/train, stay in it. With `weights`, the
    networks of the lowest seed here become data/weights/WEIGHTS.safetensors (the first released one) and
    WEIGHTS-NETWORK.safetensors (the others), in half precision where `half`, and a variant that had released files of
    that name has released them no more; without, the record keeps the digests of what it released before. Raises
    ToonkitError where no run is finished.
    """
    found = root.glob(f"{run_folder(chapter, variant, FULL, '*', size)}/{RECORD}")
    folders = {record["seed"]: path.parent for path in found if _is_run(record := read_record(path), chapter, variant)}
    if not folders:
        raise ToonkitError(
            f"no finished run of {chapter} {variant}; `toonkit train {chapter} {variant} --profile full` makes one"
        )
    ending = f"-{size}px" if size else ""
    path = root / "data" / "results" / f"{chapter}-{variant}{ending}.json"
    runs = _recorded_before(path, set(folders)) + [_with_curves(folders[seed]) for seed in sorted(folders)]
    kept = _keep(root, folders[min(folders)], list(_facts(runs[0])[0]["weights"]), weights, half) if weights else []
    released = read_record(path).get("digests", {}) if path.exists() and not weights else {}
    write_json(path, gather(runs) | {"digests": released | {file.name: digest_of(file) for file in kept}})
    _hand_over(path, {file.name for file in kept})
    return [path, *kept]


def gather(runs: list[dict[str, Any]]) -> dict[str, Any]:
    """The first record with every seed's facts and, for each metric, mean and spread; a record may hold several."""
    first = runs[0]
    if len(runs) == 1:
        return first
    facts = sorted((fact for run in runs for fact in _facts(run)), key=lambda fact: fact["seed"])
    config = {key: value for key, value in first["config"].items() if key not in (*OWN, "runs")}
    return first | {
        "seed": [fact["seed"] for fact in facts],
        "config": config | {"runs": facts},
        "wall_seconds": round(sum(run["wall_seconds"] for run in runs), 2),
        "metrics": means([run["metrics"] for run in runs]),
    }


def means(metrics: list[Any]) -> Any:
    """Nested metrics of several records as one: mean, number of runs and deviation in place of each value.

    A record of one run has an interval there, one of several the same three, which is all that joining them needs.
    """
    if is_metric(metrics[0]):
        return joined(metrics)
    return {name: means([entry[name] for entry in metrics]) for name in metrics[0]}


def joined(entries: list[dict[str, float]]) -> dict[str, float | int]:
    """One metric of several records, of one run or more each, as if every run's value were known (Chan and others)."""
    counts = [entry["n"] if "spread" in entry else 1 for entry in entries]
    if max(counts) == 1:
        return measured([entry["value"] for entry in entries])
    total = sum(counts)
    mean = sum(count * entry["value"] for count, entry in zip(counts, entries, strict=True)) / total
    squares = sum(
        (count - 1) * entry.get("spread", 0.0) ** 2 + count * (entry["value"] - mean) ** 2
        for count, entry in zip(counts, entries, strict=True)
    )
    return {"value": mean, "n": total, "spread": math.sqrt(squares / (total - 1))}


def _recorded_before(path: Path, here: set[int]) -> list[dict[str, Any]]:
    """The record that is there, if none of its seeds' runs is here; nothing where all are, or where there is no record.

    Raises ToonkitError where some of its seeds are here and others not: these cannot be told apart in it.
    """
    if not path.exists():
        return []
    record = read_record(path)
    known = {fact["seed"] for fact in _facts(record)}
    missing = sorted(known - here)
    if missing and known & here:
        raise ToonkitError(f"{path} holds seeds {missing}, whose runs are not in {RUN_FOLDERS}; put them there first")
    return [record] if missing else []


def _hand_over(path: Path, files: set[str]) -> None:
    """Take the digests of files that this record's network has replaced out of the record that had them before."""
    for other in sorted(set(path.parent.glob(f"{path.stem.partition('-')[0]}-*.json")) - {path}):
        record = read_record(other)
        if files & record["digests"].keys():
            write_json(other, record | {"digests": {k: v for k, v in record["digests"].items() if k not in files}})


def _facts(record: dict[str, Any]) -> list[dict[str, Any]]:
    """What each seed of a record has of its own."""
    config = record["config"]
    shared = {key: config[key] for key in OWN if key in config}
    return [shared | run for run in config["runs"]] if "runs" in config else [{"seed": record["seed"]} | shared]


def _is_run(record: dict[str, Any], chapter: str, variant: str) -> bool:
    return record["name"] == f"{chapter} {variant}" and record["profile"] == FULL


def _with_curves(folder: Path) -> dict[str, Any]:
    """A run's record, with its curves of losses where it was measured by epoch."""
    run = read_record(folder / RECORD)
    if "epochs" in run["config"]:
        run["config"]["losses"] = curves(folder)
    return run


def _keep(root: Path, folder: Path, networks: list[str], name: str, half: bool) -> list[Path]:
    paths = []
    for network in networks:
        target = name if network == networks[0] else f"{name}-{network}"
        paths.append(root / "data" / "weights" / f"{target}.safetensors")
        source = folder / f"{network}.safetensors"
        if half:
            tensors, about = load_weights(source)
            save_weights(paths[-1], {key: _halved(tensor) for key, tensor in tensors.items()}, about)
        else:
            write_bytes(paths[-1], source.read_bytes())
    return paths


def _halved(tensor: Tensor) -> Tensor:
    return tensor.half() if tensor.is_floating_point() else tensor

"""Many runs of one variant as one record: mean and spread over seeds; and their networks as released weights."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from toonkit.project.digests import digest_of
from toonkit.project.errors import ToonkitError
from toonkit.project.records import measured, read_record, write_bytes, write_json
from toonkit.training.loop import LOSSES
from toonkit.training.runs import RECORD, run_folder

FULL = "full"


def release(root: Path, report: str, variant: str, weights: str | None = None) -> list[Path]:
    """Write data/results/REPORT-VARIANT.json from every seed's `full` run in build/train; return what was written.

    With `weights`, the networks of the lowest seed become data/weights/WEIGHTS.safetensors (the first released one)
    and WEIGHTS-NETWORK.safetensors (the others). Raises ToonkitError where no run is finished.
    """
    folders = {
        read_record(path)["seed"]: path.parent
        for path in root.glob(f"{run_folder(report, variant, FULL, '*')}/{RECORD}")
    }
    if not folders:
        raise ToonkitError(
            f"no finished run of {report} {variant}; `toonkit train {report} {variant} --profile full` makes one"
        )
    runs = [read_record(folders[seed] / RECORD) for seed in sorted(folders)]
    for run, seed in zip(runs, sorted(folders), strict=True):
        if "epochs" in run["config"]:
            run["config"]["losses"] = _curves(folders[seed] / LOSSES)
    path = root / "data" / "results" / f"{report}-{variant}.json"
    kept = _keep(root, folders[min(folders)], list(runs[0]["config"]["weights"]), weights) if weights else []
    write_json(path, _gather(runs) | {"digests": {file.name: digest_of(file) for file in kept}})
    return [path, *kept]


def _gather(runs: list[dict[str, Any]]) -> dict[str, Any]:
    """The first run's record with every seed's facts and, for each metric, mean and spread."""
    first = runs[0]
    if len(runs) == 1:
        return first
    metrics = {name: measured([run["metrics"][name]["value"] for run in runs]) for name in first["metrics"]}
    own = ("seed", "seconds", "resumed_at", "weights", "epochs", "losses")
    facts = [{key: run["config"][key] for key in own if key in run["config"]} for run in runs]
    config = {key: value for key, value in first["config"].items() if key not in facts[0]}
    return first | {
        "seed": [run["seed"] for run in runs],
        "config": config | {"runs": facts},
        "wall_seconds": round(sum(run["wall_seconds"] for run in runs), 2),
        "metrics": metrics,
    }


def _curves(path: Path) -> dict[str, list[float]]:
    """The lines of losses of a run as one list each."""
    lines = [json.loads(line) for line in path.read_text().splitlines()]
    return {name: [line[name] for line in lines] for name in lines[0]}


def _keep(root: Path, folder: Path, networks: list[str], name: str) -> list[Path]:
    paths = []
    for network in networks:
        target = name if network == networks[0] else f"{name}-{network}"
        paths.append(root / "data" / "weights" / f"{target}.safetensors")
        write_bytes(paths[-1], (folder / f"{network}.safetensors").read_bytes())
    return paths

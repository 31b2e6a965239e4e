"""Many runs of one variant as one record: mean and spread over seeds; and their networks as released weights."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

from toonkit.errors import ToonkitError
from toonkit.images.manifests import digest_of
from toonkit.training.records import measured, read_record, write_json
from toonkit.training.runs import RECORD, RUNS, run_folder

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
    path = root / "data" / "results" / f"{report}-{variant}.json"
    kept = _keep(root, folders[min(folders)], report, variant, weights) if weights else []
    write_json(path, _gather(runs) | {"digests": {file.name: digest_of(file) for file in kept}})
    return [path, *kept]


def _gather(runs: list[dict[str, Any]]) -> dict[str, Any]:
    """The first run's record with every seed's facts and, for each metric, mean and spread."""
    first = runs[0]
    if len(runs) == 1:
        return first
    metrics = {name: measured([run["metrics"][name]["value"] for run in runs]) for name in first["metrics"]}
    facts = [{key: run["config"][key] for key in ("seed", "seconds", "resumed_at", "weights")} for run in runs]
    config = {key: value for key, value in first["config"].items() if key not in facts[0]}
    return first | {
        "seed": [run["seed"] for run in runs],
        "config": config | {"runs": facts},
        "wall_seconds": round(sum(run["wall_seconds"] for run in runs), 2),
        "metrics": metrics,
    }


def _keep(root: Path, folder: Path, report: str, variant: str, name: str) -> list[Path]:
    first, *others = RUNS[report][variant].recipe().released
    targets = {first: name} | {other: f"{name}-{other}" for other in others}
    paths = []
    for network, target in targets.items():
        paths.append(root / "data" / "weights" / f"{target}.safetensors")
        shutil.copyfile(folder / f"{network}.safetensors", paths[-1])
    return paths

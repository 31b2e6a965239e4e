"""What came of each notebook: its status, kept on disk with the key that says what it depended on."""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from toonkit.course.notebooks import Notebook
from toonkit.images.manifests import OPEN, load_sources
from toonkit.images.sources import source_ready
from toonkit.project import environment
from toonkit.project.digests import digest_of
from toonkit.project.records import write_json

PACKAGE = Path(__file__).parents[1]
GOOD = ("passed", "unchanged")
SETTINGS = ("TOONKIT_MIRROR", "TOONKIT_OFFLINE")  # environment variables that change what a notebook sees


@dataclass(frozen=True)
class Outcome:
    """One notebook's result: `status` is passed, unchanged, failed, timeout, interrupted or skipped."""

    name: str
    status: str
    seconds: float = 0.0
    note: str = ""  # the failing cell, or why it was skipped
    key: str = ""  # digest of all that the result depends on


def save(build: Path, outcome: Outcome) -> None:
    """Keep the outcome in build/state."""
    write_json(_place(build, outcome.name), asdict(outcome))


def recall(build: Path, name: str) -> Outcome | None:
    """The outcome that an earlier run kept, or None where there is none or it cannot be read."""
    try:
        return Outcome(**json.loads(_place(build, name).read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None


def recall_all(build: Path) -> list[Outcome]:
    """Every outcome that earlier runs kept."""
    folder = build / "state"
    names = sorted(path.relative_to(folder).with_suffix("").as_posix() for path in folder.rglob("*.json"))
    found = (recall(build, name) for name in names)
    return [outcome for outcome in found if outcome]


def _place(build: Path, name: str) -> Path:
    return build / "state" / f"{name}.json"


def fingerprint(root: Path, parameters: dict[str, Any]) -> str:
    """Digest of what all notebooks share: package, data folder, versions, settings, open sources here, parameters."""
    files = sorted(path for path in (*PACKAGE.rglob("*.*"), *(root / "data").rglob("*")) if path.is_file())
    digests = [f"{path}:{digest_of(path)}" for path in files if path.suffix != ".pyc"]
    settings = {name: os.environ.get(name, "") for name in SETTINGS}
    sources = [name for name, source in load_sources().items() if source.tier in OPEN and source_ready(name)]
    return _hash(*digests, json.dumps([environment.versions(), settings, sources, parameters], sort_keys=True))


def key_of(notebook: Notebook, shared: str, needs: list[str]) -> str:
    """Digest of what one notebook's result depends on: its source, what all share, and the keys of its needs."""
    return _hash(digest_of(notebook.path), shared, *needs)


def _hash(*parts: str) -> str:
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def failing_cell(target: Path) -> str:
    """Where an executed notebook stopped: "In [7]: NameError: ...", or an empty text where there is none yet."""
    try:
        cells = json.loads(target.read_text(encoding="utf-8"))["cells"]
    except (OSError, ValueError, KeyError):
        return ""
    begun = [cell for cell in cells if cell["cell_type"] == "code" and cell["metadata"]["papermill"]["start_time"]]
    if not begun:
        return "before the first cell"
    last = begun[-1]
    number = f"In [{last['execution_count'] or len(begun)}]"
    for output in last["outputs"]:
        if output["output_type"] == "error":
            return f"{number}: {output['ename']}: {_first_line(output['evalue'])}"
    return f"{number} was running"


def _first_line(text: str) -> str:
    """The first line, cut at 160 characters."""
    first = text.strip().partition("\n")[0]
    return first if len(first) <= 160 else first[:157] + "..."

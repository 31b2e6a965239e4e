"""losses.jsonl of a run: a line of unweighted losses every few steps. A torn line costs that line, never the run."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from toonkit.project.atomic import explain
from toonkit.project.errors import TrainingError
from toonkit.project.records import write_bytes

LOSSES = "losses.jsonl"


def append_losses(folder: Path, step: int, losses: dict[str, float]) -> None:
    """Add the line of a step. Raises TrainingError where the system refuses, say for a full disk."""
    line = json.dumps({"step": step} | {name: round(value, 5) for name, value in losses.items()})
    try:
        with (folder / LOSSES).open("a", encoding="utf-8", newline="\n") as stream:
            stream.write(line + "\n")
    except OSError as error:
        raise TrainingError(f"could not write {folder / LOSSES}: {explain(error)}") from error


def read_losses(folder: Path) -> tuple[list[dict[str, Any]], int]:
    """The whole lines of a run's losses, and how many lines were none.

    Raises TrainingError where the file is a folder or cannot be read.
    """
    path = folder / LOSSES
    try:
        text = path.read_bytes().decode("utf-8", "replace") if path.exists() else ""
    except OSError as error:
        raise TrainingError(f"cannot read {path}: {explain(error)}; remove it") from error
    found = [_parsed(line) for line in text.splitlines()]
    lines = [line for line in found if line is not None]
    return lines, len(found) - len(lines)


def cut_losses(folder: Path, step: int) -> None:
    """Keep the whole lines up to a step, from which a run goes on; say where others are dropped."""
    if not (folder / LOSSES).exists():
        return
    lines, torn = read_losses(folder)
    if torn:
        print(f"{folder / LOSSES}: {torn} lines were damaged and are dropped", file=sys.stderr)
    kept = [json.dumps(line) + "\n" for line in lines if line["step"] <= step]
    write_bytes(folder / LOSSES, "".join(kept).encode())


def curves(folder: Path) -> dict[str, list[Any]]:
    """A run's lines as one list for each name; None where a line lacks a name (a term that was not asked for)."""
    lines, _ = read_losses(folder)
    names = dict.fromkeys(name for line in lines for name in line)
    return {name: [line.get(name) for line in lines] for name in names}


def _parsed(line: str) -> dict[str, Any] | None:
    """A line's entries, or None where it is no line of losses."""
    try:
        entry = json.loads(line)
    except ValueError:
        return None
    good = isinstance(entry, dict) and isinstance(entry.get("step"), int)
    return entry if good else None

"""The three parameters of every notebook, validated, and the run that they begin."""

from __future__ import annotations

import ast
import re
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from toonkit.course.colours import use_safe_colours
from toonkit.project.atomic import make_folder
from toonkit.project.environment import project_root
from toonkit.project.errors import ToonkitError, check_name
from toonkit.project.profiles import Profile

NAMES = ("profile", "seed", "run_dir")


@dataclass(frozen=True)
class Parameters:
    """What a notebook was asked to do: `profile`, `seed` (>= 0) and `run_dir`, the absolute folder of its outputs."""

    profile: Profile
    seed: int
    run_dir: Path
    started: float = field(default_factory=time.time)  # seconds since 1970
    clock: float = field(default_factory=time.perf_counter, repr=False)


_current: Parameters | None = None


def current_run() -> Parameters | None:
    """The parameters of the run that this process is in: those that `check_parameters` accepted last, or None."""
    return _current


def check_parameters(**given: Any) -> Parameters:
    """Validate a notebook's parameters and begin its run: `p = check_parameters(profile=..., seed=..., run_dir=...)`.

    A relative `run_dir` starts at the project's root, from wherever the notebook is opened; the folder is made. From
    here on curves have colours that the colour-blind can tell apart. Raises ToonkitError for a missing or unknown name
    (injected ones too), a wrong type, an unknown profile, or a folder that is a file.
    """
    global _current
    for name in [*given, *injected_names()]:
        check_name("parameter", name, NAMES)
    missing = [name for name in NAMES if name not in given]
    if missing:
        raise ToonkitError(f"missing parameter {', '.join(missing)}; pass all of {', '.join(NAMES)}")
    _current = Parameters(Profile(_typed("profile", given, str)), check_seed(given["seed"]), _folder(given))
    use_safe_colours()
    return _current


def _typed(name: str, given: dict[str, Any], wanted: type | tuple[type, ...]) -> Any:
    value = given[name]
    if not isinstance(value, wanted) or isinstance(value, bool):
        words = getattr(wanted, "__name__", "text or a path")
        raise ToonkitError(f"parameter {name} must be {words}, not {value!r} of type {type(value).__name__}")
    return value


def check_seed(seed: Any) -> int:
    """Return `seed` if it is a whole number from 0 to 2^32 - 1, else raise ToonkitError."""
    if not isinstance(seed, int) or isinstance(seed, bool) or not 0 <= seed < 2**32:
        raise ToonkitError(f"parameter seed must be a whole number from 0 to {2**32 - 1}, not {seed!r}")
    return seed


def _folder(given: dict[str, Any]) -> Path:
    folder = project_root() / _typed("run_dir", given, (str, Path))
    if folder.exists() and not folder.is_dir():
        raise ToonkitError(f"parameter run_dir {folder} is a file; name a folder")
    make_folder(folder)
    return folder


def injected_names() -> list[str]:
    """Names assigned by the cell that papermill puts after the parameters cell: it only warns of unknown ones."""
    main = sys.modules.get("__main__")
    cells = [cell for cell in getattr(main, "In", []) if re.match(r"# Parameters\n", cell)]
    return assigned_names(cells[-1]) if cells else []


def assigned_names(source: str) -> list[str]:
    """Names that the top-level assignments of a cell bind, in order."""
    targets = [target for node in ast.parse(source).body if isinstance(node, ast.Assign) for target in node.targets]
    return [target.id for target in targets if isinstance(target, ast.Name)]

"""What a run ran on: commit, versions, processor, memory. Read when a record or the doctor asks, never at import."""

from __future__ import annotations

import os
import platform
import subprocess
import sys
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import platformdirs

PACKAGES = (
    "toonkit",
    "torch",
    "torchvision",
    "numpy",
    "kornia",
    "opencv-python-headless",
    "scikit-image",
    "pillow",
    "av",
)


def project_root() -> Path:
    """The nearest folder, from the working one upwards, with pyproject.toml and notebooks/.

    From elsewhere, as in a notebook that was copied away, it is the folder that this package is installed from; where
    that is no project either, the working one.
    """
    here = Path.cwd()
    installed = Path(__file__).parents[2]
    candidates = (here, *here.parents, installed)
    return next((at for at in candidates if (at / "pyproject.toml").exists() and (at / "notebooks").is_dir()), here)


def cache_folder() -> Path:
    """Where fetched files are kept: TOONKIT_CACHE, or the platform's cache folder."""
    return Path(os.environ.get("TOONKIT_CACHE") or platformdirs.user_cache_path("toonkit"))


def offline() -> bool:
    """Whether TOONKIT_OFFLINE forbids every download."""
    return os.environ.get("TOONKIT_OFFLINE", "0") not in ("", "0")


def commit(root: Path) -> str:
    """The git commit of `root`, with "+changes" where tracked files differ from it; "unknown" outside a repository."""

    def git(*words: str) -> str:
        return subprocess.run(
            ["git", "-C", str(root), *words], capture_output=True, text=True, check=True
        ).stdout.strip()

    try:
        return git("rev-parse", "HEAD") + ("+changes" if git("status", "--porcelain", "--untracked-files=no") else "")
    except (OSError, subprocess.CalledProcessError):
        return "unknown"


def versions() -> dict[str, str]:
    """Versions of Python and of the packages that decide numbers; a package that is not installed is left out."""
    found = {"python": platform.python_version()}
    for name in PACKAGES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found


def device() -> dict[str, Any]:
    """Processor name, usable cores, threads that torch uses, and the GPU's name or None."""
    import torch

    gpu = torch.cuda.get_device_name() if torch.cuda.is_available() else None
    return {"cpu": cpu_name(), "cores": cores(), "threads": torch.get_num_threads(), "gpu": gpu}


def cores() -> int:
    """Cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def load() -> float:
    """How many processes wanted a core, the mean over the last minute."""
    import psutil

    return psutil.getloadavg()[0]


def cpu_name() -> str:
    """The processor's name as the system tells it."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
        return next(line.split(":", 1)[1].strip() for line in lines if line.startswith("model name"))
    except (OSError, StopIteration):
        return platform.processor() or platform.machine()


def peak_memory_mb() -> float:
    """The most memory that this process has held so far, in MB (10^6 bytes)."""
    if sys.platform == "win32":
        import psutil

        return round(psutil.Process().memory_info().peak_wset / 1e6, 1)
    if (kibibytes := _high_water_mark()) is not None:
        return round(kibibytes * 1024 / 1e6, 1)
    import resource  # Unix only

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss  # bytes on macOS, KiB elsewhere
    return round(peak / 1e6 if sys.platform == "darwin" else peak * 1024 / 1e6, 1)


def _high_water_mark() -> int | None:
    """The same in KiB as Linux counts it; None elsewhere.

    getrusage there begins with what the starting process held, so a small child of a large one looks large.
    """
    try:
        lines = Path("/proc/self/status").read_text(encoding="utf-8").splitlines()
    except OSError:
        return None
    return next((int(line.split()[1]) for line in lines if line.startswith("VmHWM:")), None)

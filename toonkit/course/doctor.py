"""`toonkit doctor`: what this machine can and cannot run, and roughly how long it takes."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

import psutil

from toonkit.project import environment
from toonkit.project.environment import project_root

OK, NOTE, BAD = "ok", "note", "bad"  # `bad`: the quick profile cannot run


@dataclass(frozen=True)
class Finding:
    """One line of the report: what was looked at, what was found, its state, and what to do where it is not ok."""

    what: str
    found: str
    state: str = OK
    advice: str = ""

    @property
    def advice_now(self) -> str:
        """The advice, where something is not ok."""
        return "" if self.state == OK else self.advice


def examine() -> list[Finding]:
    """All findings on this machine, in order. A check that itself fails is a finding, not an error."""
    checks: tuple[Callable[[], Finding], ...] = (
        python, torch_pair, cores, memory, disk, gpu, sources, network, video, kernel,
    )  # fmt: skip
    return [_guarded(check) for check in checks]


def _guarded(check: Callable[[], Finding]) -> Finding:
    try:
        return check()
    except Exception as error:
        return Finding(check.__name__, f"{type(error).__name__}: {error}", BAD, "set up again, then `make test`")


def python() -> Finding:
    version = environment.versions()["python"]
    good = (3, 11) <= sys.version_info < (3, 14)
    return Finding("python", version, OK if good else BAD, "" if good else "use Python 3.11, 3.12 or 3.13")


def torch_pair() -> Finding:
    """torch and torchvision are built for each other: a wrong pair fails at its first compiled operation."""
    import torch
    import torchvision

    torchvision.ops.nms(torch.tensor([[0.0, 0.0, 1.0, 1.0]]), torch.ones(1), 0.5)
    return Finding("torch", f"{torch.__version__} with torchvision {torchvision.__version__}")


def cores() -> Finding:
    count = environment.cores()
    return Finding("cores", f"{count} ({environment.cpu_name()})", OK if count >= 2 else NOTE, "the course is slower")


def memory() -> Finding:
    free = psutil.virtual_memory().available / 1e9
    advice = "run one notebook at a time: toonkit run --all --jobs 1"
    return Finding("memory", f"{free:.1f} GB free", OK if free >= 4 else NOTE if free >= 2 else BAD, advice)


def disk() -> Finding:
    free = shutil.disk_usage(project_root()).free / 1e9
    return Finding("disk", f"{free:.1f} GB free", OK if free >= 2 else BAD, "make room: build/ takes up to 1 GB")


def gpu() -> Finding:
    import torch

    if not torch.cuda.is_available():
        return Finding("gpu", "none", NOTE, "not needed for the quick profile")
    memory = torch.cuda.get_device_properties(0).total_memory / 1e9
    return Finding("gpu", f"{torch.cuda.get_device_name(0)}, {memory:.0f} GB")


def sources() -> Finding:
    """Which open sources are here: in TOONKIT_MIRROR, or in the cache."""
    from toonkit.images.manifests import OPEN, load_sources
    from toonkit.images.sources import source_ready

    names = [name for name, source in load_sources().items() if source.tier in OPEN]
    here = [name for name in names if source_ready(name)]
    where = os.environ.get("TOONKIT_MIRROR") or "the cache"
    advice = "optional; `toonkit sources` says what the others are"
    return Finding("sources", f"{', '.join(here) or 'none'} in {where}", OK if here == names else NOTE, advice)


def network() -> Finding:
    return Finding("network", "off (TOONKIT_OFFLINE)" if environment.offline() else "used only by `toonkit fetch`")


def video() -> Finding:
    import cv2

    ffmpeg = shutil.which("ffmpeg")
    built_in = "FFMPEG:                      YES" in cv2.getBuildInformation()
    found = f"OpenCV {cv2.__version__}, ffmpeg {'in OpenCV' if built_in else 'not in OpenCV'}, {ffmpeg or 'no program'}"
    return Finding("video", found, OK if ffmpeg or built_in else NOTE, "install ffmpeg to read and write videos")


def kernel() -> Finding:
    """The notebooks' kernel must be this Python, or they would not see this toonkit."""
    from jupyter_client.kernelspec import KernelSpecManager

    command = KernelSpecManager().get_kernel_spec("python3").argv[0]
    same = command in ("python", "python3") or Path(command).resolve() == Path(sys.executable).resolve()
    return Finding(
        "kernel", command, OK if same else BAD, "" if same else "run: python -m ipykernel install --sys-prefix"
    )


def profiles(findings: Iterable[Finding]) -> list[Finding]:
    """What each profile can do here, with times only where they were measured."""
    bad = [finding.what for finding in findings if finding.state == BAD]
    quick = Finding("quick", f"runs; {_course_time()}")
    if bad:
        quick = Finding("quick", "cannot run", BAD, f"mend first: {', '.join(bad)}")
    paper = Finding("paper", "cannot run", NOTE, "mend first: sources") if "sources" in bad else _paper()
    return [quick, Finding("full", f"runs; {_training_time()}"), paper]


def _paper() -> Finding:
    """Whether all that profile paper needs is here; `toonkit doctor --profile paper` lists it."""
    from toonkit.course.needs import missing, needs
    from toonkit.project.profiles import Profile

    found = needs(Profile("paper"))
    absent = missing(found)
    words = f"{len(absent)} of {len(found)} sources and networks are missing" if absent else "all that it needs is here"
    return Finding("paper", words, NOTE if absent else OK, "toonkit doctor --profile paper lists them")


def _course_time() -> str:
    """How long the notebooks took when they were last run here."""
    from toonkit.course.outcomes import recall_all

    outcomes = recall_all(project_root() / "build")
    if not outcomes:
        return "not run here yet, so not timed"
    seconds = sum(outcome.seconds for outcome in outcomes)
    return f"{len(outcomes)} notebooks took {seconds / 60:.0f} minutes of work here"


def _training_time() -> str:
    """How long the trainings took whose records are in data/results."""
    from toonkit.project.records import published_record

    paths = sorted((project_root() / "data" / "results").glob("*.json"))
    records = [published_record(path) for path in paths]
    trained = [record for record in records if "recipe" in record["config"]]
    if not trained:
        return "no record says how long"
    hours = sum(record["wall_seconds"] for record in trained) / 3600
    on = sorted({record["device"]["gpu"] or record["device"]["cpu"] for record in trained})
    return f"the {len(trained)} recorded trainings took {hours:.0f} hours on {', '.join(on)}"

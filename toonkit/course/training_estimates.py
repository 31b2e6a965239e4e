"""How long a profile's trainings take, from records: as measured for full, for paper scaled from measured steps."""

from __future__ import annotations

from typing import Any

from toonkit.chapters.contract import Chapter
from toonkit.chapters.index import all_chapters
from toonkit.project.environment import project_root
from toonkit.project.profiles import Missing, Profile
from toonkit.project.records import published_record

GPUS = "On GPUs, with the reports' own widths: toonkit plan CHAPTER --profile paper --gpus 1 4 8 --price PER_HOUR."
CONTENT = "One training of each report's own variant, "


def training_times(profile: Profile) -> list[str]:
    """Sentences on how long training takes. Another profile than paper trains what the records timed."""
    if profile.name == "quick":
        return ["Its trainings are short: the whole course takes about 15 minutes on 2 cores."]
    measured = [(chapter, found) for chapter in all_chapters() if (found := _measured(chapter))]
    if not measured:
        return ["How long its trainings take is not known: no record of one is in data/results."]
    if profile.name == "full":
        hours = sum(found["hours"] for _, found in measured)
        return [f"{CONTENT}{len(measured)} in all, took {hours:.1f} hours on {_devices(measured)} (measured)."]
    return _paper_times(measured)


def _paper_times(measured: list[tuple[Chapter, dict[str, Any]]]) -> list[str]:
    """Hours of each training whose number of steps is known, by the pixels that a step sees."""
    lines = []
    for chapter, found in measured:
        variant = chapter.variant()[1]
        if isinstance(variant.paper_steps, Missing):
            continue
        config = variant.configured(Profile("paper"))
        seconds = found["seconds"] * config.batch * config.size**2 / found["pixels"]
        hours = seconds * variant.paper_steps / 3600
        words = f"{hours:,.0f} hours" if hours >= 1 else f"{60 * hours:.0f} minutes"
        lines.append(f"  {chapter.name}: {variant.paper_steps:,} steps at {config.size} px, {words}")
    if not lines:
        return ["How long its trainings take is not known: no chapter has a number of steps for it."]
    return [f"Estimates, by pixels, of steps measured on {_devices(measured)} with our slimmer networks:", *lines, GPUS]


def _measured(chapter: Chapter) -> dict[str, Any] | None:
    """Seconds of a step, pixels of its batch, hours in all and the device of a report's own variant, where recorded."""
    if not chapter.report or not chapter.variants:
        return None
    path = project_root() / "data" / "results" / f"{chapter.name}-{chapter.variant()[0]}.json"
    if not path.is_file():
        return None
    record = published_record(path)
    config = chapter.configured(record["config"]["config"])
    device = record["device"]
    return {
        "seconds": 1 / record["config"]["steps_per_second"],
        "pixels": config.batch * config.size**2,
        "hours": record["config"]["steps"] / record["config"]["steps_per_second"] / 3600,
        "device": device["gpu"] or f"one core of {device['cpu']}",
    }


def _devices(measured: list[tuple[Chapter, dict[str, Any]]]) -> str:
    return " and ".join(sorted({found["device"] for _, found in measured}))

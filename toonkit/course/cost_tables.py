"""What trainings cost, and what came of them: steps, core-minutes and measures of records beside each other."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from toonkit.course.record_facts import pixels_of, seeds_of, steps_of
from toonkit.course.tables import markdown_table, number, short
from toonkit.project.errors import ToonkitError
from toonkit.project.records import published_record

PEOPLE = ("true error", "KID[toonnet]", "KID[squeezenet]", "attributes kept", "attributes kept [toonnet_residual]")
PAINTED = ("KID[squeezenet]", "class kept", "edge sharpness")
AFTER = {  # the recipe -> the part of its records that is not drawn, and the records
    "the report's": ("photograph", ("cartoongan-classical", "cartoongan-classical_5000", "cartoongan-faces")),
    "projected": ("untranslated", ("projected-faces", "projected-faces_128", "projected-faces_128_close")),
    "projected, cartoons into people": ("untranslated", ("projected-people", "projected-people_128")),
}
BACK = {  # asked about in notebook 03 after AFTER was shown
    "projected, with made pairs or without": (
        "untranslated",
        ("projected-short", "projected-short_back", "projected-faces_128_back"),
    )
}
REAL = {"real photographs, painted": ("photograph", ("painted-photographs",))}


def costs_table(results: Path) -> str:
    """The report's recipe and what came after it, people and then real photographs, as Markdown."""
    return "\n".join(
        cost_rows(which, measures, results) for which, measures in ((AFTER | BACK, PEOPLE), (REAL, PAINTED))
    )


def cost_rows(recipes: dict[str, tuple[str, tuple[str, ...]]], measures: Sequence[str], results: Path) -> str:
    """A row for each record: whose recipe, what it cost, and each measure with that of the undrawn picture.

    Raises ToonkitError for a measure that none of the records has.
    """
    rows = [
        {"recipe": recipe} | run_of(name, results) | beside(name, undrawn, measures, results)
        for recipe, (undrawn, names) in recipes.items()
        for name in names
    ]
    absent = [measure for measure in measures if not any(row[measure] for row in rows)]
    if absent:
        raise ToonkitError(f"no record of {', '.join(recipes)} has {', '.join(absent)}")
    return markdown_table(rows)


def run_of(name: str, results: Path) -> dict[str, str]:
    """Steps, seeds, pixels and core-minutes (of one run on one core, the mean over runs) of a record."""
    record = published_record(results / f"{name}.json")
    config = record["config"]
    runs = config.get("runs", [config])
    minutes = [one["seconds"] * one.get("threads", record["device"]["threads"]) / 60 for one in runs]
    return {
        "record": f"`{name}`",
        "steps": f"{steps_of(record):,}",
        "seeds": str(seeds_of(record)),
        "px": str(pixels_of(record)),
        "core-minutes": f"{sum(minutes) / len(minutes):.3g}",
    }


def beside(name: str, undrawn: str, measures: Sequence[str], results: Path) -> dict[str, str]:
    """Each measure of the drawings, in brackets that of the undrawn pictures; nothing where a record has it not."""
    found = published_record(results / f"{name}.json")["metrics"]
    drawn, before = found["drawn"], found[undrawn]
    return {m: f"{short(drawn[m])} ({number(before[m]['value'])})" if m in drawn else "" for m in measures}

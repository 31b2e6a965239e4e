"""The record of `toonkit bench latency` as a table: how long one picture takes by every method, and in what memory."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from toonkit.course.tables import markdown_table, measured_at, measured_before, number

SIDES = (64, 256, 512, 1024)  # pixels
LARGE = "24 megapixels"
ON_TWO = "256 px, 2 threads"


def latency_table(record: Mapping[str, Any]) -> str:
    """All methods of a record as Markdown, with 24 megapixels and seams, and a line on what they were measured on."""
    methods = methods_of(record)
    on_two = any(ON_TWO in found for found in methods.values())
    rows = [
        row
        | ({f"{ON_TWO}, ms": _milliseconds(methods[name].get(ON_TWO, {}).get("ms"))} if on_two else {})
        | {
            f"{LARGE}, s": number(methods[name][LARGE]["seconds"]),
            f"{LARGE}, peak MB": f"{methods[name][LARGE]['peak MB']:,.0f}",
            "largest seam": f"{methods[name]['seams']['largest difference']:.1e}",
        }
        for name, row in zip(methods, latency_rows(record), strict=True)
    ]
    found, on = record["metrics"], record["device"]
    where = f"{on['cpu']}, {found['threads']} thread, {measured_at(record)}"
    return (
        f"{markdown_table(rows)}\nMeasured by `toonkit bench {record['name']}` on {where}. "
        f"As it began {found['load']:.1f} processes wanted a core.{measured_before(record)}\n"
    )


def latency_rows(
    record: Mapping[str, Any], sides: Sequence[int] = SIDES, only: Collection[str] = ()
) -> list[dict[str, str]]:
    """A row for each method, or for those named in `only`: milliseconds by size, and peak memory after the largest."""
    return [
        {"drawn by": f"`{name}`"}
        | {f"{side} px, ms": _milliseconds(found[f"{side} px"]["ms"]) for side in sides}
        | {f"{sides[-1]} px, peak MB": f"{found[f'{sides[-1]} px']['peak MB']:,.0f}"}
        for name, found in methods_of(record).items()
        if not only or name in only
    ]


def methods_of(record: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    """The methods of a record, each with what was measured of it."""
    return {name: found for name, found in record["metrics"].items() if isinstance(found, Mapping)}


def _milliseconds(value: float | None) -> str:
    if value is None:
        return ""
    return f"{value:.3g}" if value < 100 else f"{value:,.0f}"

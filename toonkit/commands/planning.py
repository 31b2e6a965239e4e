"""What `toonkit plan` does: estimates of a run on GPUs that are not here."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from toonkit.chapters.planning import Planned

NOTE = """These are estimates, not measurements. One step was measured here: {seconds:.2f} s for a batch of {batch}, \
{flops:.4g} GFLOP in {operations:,} operations, {activations:.0f} MB kept for the backward pass.
Taken as given: {tflops:g} TFLOP/s a GPU, {utilisation:.0%} of them used, {launch:g} microseconds to begin an \
operation, {link:g} GB/s between two GPUs, activations shared out evenly and as large as in float32; drawing batches, \
checkpoints and scores cost nothing."""


def add_options(parser: argparse.ArgumentParser) -> None:
    """The options of `toonkit plan`."""
    parser.add_argument("--gpus", type=int, nargs="+", default=[1, 4, 8], metavar="N", help="default: 1 4 8")
    parser.add_argument("--price", type=float, metavar="PER_HOUR", help="of one GPU; without it no cost is shown")
    parser.add_argument("--steps", type=int, metavar="N", help="so many, instead of the profile's")
    parser.add_argument("--tflops", type=float, default=312.0, help="10^12 operations a second (default 312, an A100)")
    parser.add_argument("--utilisation", type=float, default=0.2, metavar="SHARE", help="of them (default 0.2)")
    parser.add_argument(
        "--launch", type=float, default=8.0, metavar="MICROSECONDS", help="to begin an operation (default 8)"
    )
    parser.add_argument("--link", type=float, default=300.0, metavar="GB", help="a second between GPUs (default 300)")
    parser.add_argument(
        "--set",
        dest="changes",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="change a number of the recipe, such as filters or batch",
    )


def plan(options: argparse.Namespace) -> int:
    from toonkit.chapters.changes import pairs
    from toonkit.chapters.planning import plan_run
    from toonkit.course.tables import text_table
    from toonkit.training.estimates import Gpu

    gpu = Gpu(options.tflops, options.utilisation, options.link, options.launch)
    changes = pairs(options.changes)
    for variant in options.variants or [None]:
        planned = plan_run(
            options.chapter,
            variant,
            options.profile,
            options.gpus,
            gpu,
            price=options.price,
            steps=options.steps,
            size=options.size,
            changes=changes,
        )
        print(f"{planned.name}, profile {options.profile}, {planned.steps:,} steps\n{text_table(_rows(planned))}")
        for count, reason in planned.refused.items():
            print(f"{count} GPUs: {reason}")
        step = planned.step
        print(
            NOTE.format(
                seconds=step.seconds,
                batch=step.batch,
                flops=step.flops / 1e9,
                activations=step.activations / 1e6,
                operations=step.operations,
                launch=gpu.launch,
                tflops=gpu.tflops,
                utilisation=gpu.utilisation,
                link=gpu.link,
            )
        )
    return 0


def _rows(planned: Planned) -> list[dict[str, str]]:
    """A row for this machine, as measured, and one for each number of GPUs."""
    step = planned.step
    here = {"on": "this machine", "pictures/s": f"{step.batch / step.seconds:.3g}", "GB each": "", "cost": ""}
    rows = [here | {"hours": f"{planned.steps * step.seconds / 3600:.3g}"}]
    for one in planned.estimates:
        cost = "" if one.cost is None else f"{one.cost:.2f}"
        numbers = {"pictures/s": f"{one.pictures_per_second:.3g}", "GB each": f"{one.memory / 1e9:.2f}"}
        rows.append(
            {"on": "1 GPU" if one.gpus == 1 else f"{one.gpus} GPUs"}
            | numbers
            | {"hours": f"{one.hours:.3g}", "cost": cost}
        )
    return [{name: row[name] for name in ("on", "pictures/s", "GB each", "hours", "cost")} for row in rows]

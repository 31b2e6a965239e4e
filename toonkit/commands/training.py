"""What the subcommands do that train, score and release networks."""

from __future__ import annotations

import argparse
from pathlib import Path

from toonkit.project.environment import project_root
from toonkit.project.errors import ToonkitError


def add_machines(train: argparse.ArgumentParser) -> None:
    """The options of what a run is trained on."""
    train.add_argument(
        "--jobs", type=int, metavar="N", help="runs at a time, one thread each (default: as many as cores)"
    )
    train.add_argument("--device", default="cpu", help="cpu (default), cuda, cuda:1 or mps")
    train.add_argument(
        "--precision", choices=("float32", "bf16"), help="default: bf16 where the device computes with it, else float32"
    )
    train.add_argument(
        "--compile",
        action="store_true",
        default=None,
        help="the networks through torch.compile: pays on long runs, wants a C++ compiler",
    )
    train.add_argument(
        "--cluster",
        nargs="?",
        const="",
        metavar="ADDRESS",
        help="hand the runs to a ray cluster (default: a local one)",
    )


def add_own_run(train: argparse.ArgumentParser) -> None:
    """The options of a run that is no row of a table."""
    train.add_argument(
        "--set",
        dest="changes",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="change a number of the recipe, such as a loss weight (wants --run-dir)",
    )
    train.add_argument("--steps", type=int, metavar="N", help="so many, instead of the profile's (wants --run-dir)")
    train.add_argument("--watch", action="store_true", help="write losses at every step (wants --run-dir)")
    train.add_argument("--workers", type=int, metavar="N", help="threads that draw batches ahead (default 0)")
    train.add_argument("--runs", metavar="ADDRESS", help="keep the run there too, and take it up: s3://bucket/runs")
    train.add_argument("--snapshots", type=int, metavar="N", help="keep the networks so many times (wants --run-dir)")


def train(options: argparse.Namespace) -> int:
    variants = _variants(options)
    runs = len(variants) * len(options.seed)
    if options.run_dir and runs > 1:
        raise ToonkitError("--run-dir holds one run; leave it out to train several variants or seeds")
    own = {
        "--set": options.changes,
        "--steps": options.steps,
        "--snapshots": options.snapshots,
        "--watch": options.watch,
    }
    asked = [name for name, value in own.items() if value not in (None, [], False)]
    if asked and not options.run_dir:
        raise ToonkitError(
            f"{', '.join(asked)}: such a run is no row of the table; say with --run-dir where to keep it"
        )
    asked += [
        name for name in ("--workers", "--runs", "--precision", "--compile") if getattr(options, name[2:]) is not None
    ]
    if asked and (runs > 1 or options.jobs or options.cluster is not None):
        raise ToonkitError(f"{', '.join(asked)}: for one run in this process; train one, without --jobs and --cluster")
    if runs > 1 or options.jobs or options.cluster is not None:
        return _train_many(options, variants)
    return _train_one(options, variants[0])


def _train_one(options: argparse.Namespace, variant: str) -> int:
    from toonkit.chapters.changes import pairs
    from toonkit.chapters.runs import run
    from toonkit.course.tables import metric_rows, text_table
    from toonkit.training.devices import check_compiler, check_device
    from toonkit.training.leash import end_with_parent
    from toonkit.training.processes import launched
    from toonkit.training.run_mirror import RunMirror

    end_with_parent()
    seed, profile = options.seed[0], options.profile
    place = _place(options, variant, seed)
    device = check_device(options.device)
    if options.compile:
        check_compiler()
    plan = {"log_every": 1, "tell": 0.1} if options.watch else {}
    plan |= {
        name: value
        for name in ("steps", "snapshots", "workers", "precision", "compile")
        if (value := getattr(options, name)) is not None
    }
    mirror = RunMirror(options.runs, place.name) if options.runs else None
    changes = pairs(options.changes)
    record = run(options.chapter, variant, profile, seed, place, options.size, changes, mirror, device=device, **plan)
    if launched().first:
        print(f"{text_table(metric_rows(record))}\n\nweights and record are in {place}", flush=True)
    return 0


def _train_many(options: argparse.Namespace, variants: list[str]) -> int:
    from toonkit.chapters.grid import Grid
    from toonkit.course.tables import text_table
    from toonkit.project.environment import cores
    from toonkit.project.profiles import Profile
    from toonkit.training.cluster import run_on_cluster
    from toonkit.training.devices import check_device
    from toonkit.training.queue import exit_status, run_queue

    profile, device = Profile(options.profile).name, check_device(options.device)
    grid = Grid(project_root(), options.chapter, variants, options.seed, profile, device, options.size)
    if options.cluster is not None:
        outcomes = run_on_cluster(grid.jobs(), grid.is_finished, options.cluster or None)
    else:
        outcomes = run_queue(grid.jobs(), options.jobs or cores(), grid.is_finished)
    rows = [{"run": o.name, "status": o.status, "seconds": f"{o.seconds:.0f}", "note": o.note} for o in outcomes]
    print(f"\n{text_table(rows)}", flush=True)
    return exit_status(outcomes)


def score(options: argparse.Namespace) -> int:
    from toonkit.chapters.runs import score
    from toonkit.course.tables import metric_rows, text_table

    for variant in _variants(options):
        for seed in options.seed:
            place = _place(options, variant, seed)
            record = score(options.chapter, variant, options.profile, seed, place, options.size)
            print(f"{record['name']} seed {seed}\n{text_table(metric_rows(record))}\n", flush=True)
    return 0


def release(options: argparse.Namespace) -> int:
    from toonkit.chapters.release import release

    for variant in _variants(options):
        for path in release(project_root(), options.chapter, variant, options.weights, options.size, options.half):
            print(f"wrote {path}")
    return 0


def _variants(options: argparse.Namespace) -> list[str]:
    """The variants asked for, the report's own where none is named."""
    from toonkit.chapters.index import find_chapter

    chapter = find_chapter(options.chapter)
    return [chapter.variant(variant)[0] for variant in options.variants or [None]]


def _place(options: argparse.Namespace, variant: str, seed: int) -> Path:
    """Where a run keeps its state."""
    from toonkit.chapters.run_places import run_folder

    own = getattr(options, "run_dir", None)
    return project_root() / (own or run_folder(options.chapter, variant, options.profile, seed, options.size))

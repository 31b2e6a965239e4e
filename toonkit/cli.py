"""The `toonkit` command. Each subcommand imports what it needs when it is called, so that `--help` answers at once."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from toonkit import __version__
from toonkit.errors import ToonkitError

Commands = argparse._SubParsersAction  # of ArgumentParser


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit status: 0, 1 where something failed, 2 for bad input, 130 on Ctrl-C."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")  # a file may have a name that the terminal cannot show
    options = build_parser().parse_args(arguments)
    try:
        return options.action(options)
    except ToonkitError as error:
        print(f"toonkit {options.command}: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("stopped", file=sys.stderr)
        return 130


def build_parser() -> argparse.ArgumentParser:
    """The parser with all subcommands; each sets `action`."""
    parser = argparse.ArgumentParser(
        prog="toonkit", description="Photographs into cartoons and back: course and tools."
    )
    parser.add_argument("--version", action="version", version=f"toonkit {__version__}")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    _add_course(commands)
    _add_pictures(commands)
    return parser


def _add_course(commands: Commands) -> None:
    add = _adder(commands)
    add("doctor", doctor, "say what this machine can and cannot run")
    run = add("run", run_course, "run notebooks headless and write build/index.html")
    run.add_argument("notebooks", nargs="*", metavar="NOTEBOOK", help='a name, or its beginning ("02")')
    run.add_argument("--all", action="store_true", help="all notebooks of the course")
    run.add_argument("--exercises", action="store_true", help="their exercise notebooks too")
    run.add_argument("--jobs", type=int, default=2, help="notebooks at a time (default 2)")
    run.add_argument("--timeout", type=float, metavar="S", help="seconds for each notebook, instead of its own limit")
    run.add_argument("--force", action="store_true", help="run what is unchanged too")
    bench = add("bench", bench_, "measure and write records to data/results")
    bench.add_argument("names", nargs="+", metavar="NAME", help='a measurement, or "all"')
    bench.add_argument("--quick", action="store_true", help="a short measurement, kept in build/results only")
    train = add("train", train_, "train one variant of a report, resuming what its folder holds")
    train.add_argument("report", metavar="REPORT", help="toonnet or cartoongan")
    train.add_argument("variant", nargs="?", metavar="VARIANT", help="a row of its table (the report's own if none)")
    for option in (run, train):
        option.add_argument("--profile", default="quick", help="quick (default), full or paper")
        option.add_argument("--seed", type=int, default=0, help="0 or more (default 0)")
    train.add_argument("--run-dir", type=Path, metavar="DIR", help="default: build/train/REPORT-VARIANT-PROFILE-SEED")
    exercises = add("exercises", exercises_, "generate notebooks/exercises from the tagged solutions")
    exercises.add_argument("--check", action="store_true", help="only say what is out of step")
    figures = add("figures", figures_, "draw the pictures of README.md again")
    figures.add_argument("names", nargs="*", metavar="NAME", help="which (all if none is named)")
    add("readme", readme, "fill the tables of README.md from data/results")


def _add_pictures(commands: Commands) -> None:
    add = _adder(commands)
    toonify = add("toonify", toonify_, "turn photographs, or folders of them, into cartoons")
    toonify.add_argument("photos", nargs="+", type=Path, metavar="PHOTO", help="a picture or a folder")
    toonify.add_argument("-o", "--out", required=True, type=Path, help="a picture, or a folder for several")
    toonify.add_argument("--method", default="classical", help="classical (default, nothing learned) or cartoongan")
    toonify.add_argument("--overwrite", action="store_true", help="replace pictures that exist")
    fetch = add("fetch", fetch_, "download one open source after saying what it is")
    fetch.add_argument("source", metavar="SOURCE", help="a name that `toonkit sources` lists")
    add("sources", sources_, "list the open sources: what, size, licence")


def _adder(commands: Commands) -> Callable[..., argparse.ArgumentParser]:
    def add(name: str, action: object, words: str) -> argparse.ArgumentParser:
        parser = commands.add_parser(name, help=words, description=words)
        parser.set_defaults(action=action)
        return parser

    return add


def doctor(_: argparse.Namespace) -> int:
    from toonkit.course.doctor import BAD, OK, examine, profiles
    from toonkit.course.tables import text_table

    findings = (found := examine()) + profiles(found)
    rows = [
        {"": f.state, "what": f.what, "found": f.found, "advice": "" if f.state == OK else f.advice} for f in findings
    ]
    print(text_table(rows))
    return int(any(finding.state == BAD for finding in findings))


def run_course(options: argparse.Namespace) -> int:
    from toonkit.course.notebooks import find_notebooks, select
    from toonkit.course.pages import write_pages
    from toonkit.course.runner import Runner, exit_status, stop_on_terminate, summary
    from toonkit.course.tables import text_table
    from toonkit.training.environment import project_root

    if bool(options.notebooks) == options.all:
        raise ToonkitError("name the notebooks to run, or pass --all (not both)")
    root = project_root()
    known = find_notebooks(root / "notebooks", exercises=True)
    names = [name for name in known if options.exercises or "/" not in name] if options.all else options.notebooks
    chosen = select(known, names, exercises=options.exercises)
    stop_on_terminate()
    print(f"{len(chosen)} notebooks, profile {options.profile}, up to {options.jobs} at a time", flush=True)
    runner = Runner(root, chosen, options.profile, options.seed, options.jobs, options.timeout, options.force)
    outcomes = runner.run()
    front = write_pages(root / "build", known, outcomes)
    print(f"\n{text_table(summary(outcomes))}\n\nRead it at {front}")
    return exit_status(outcomes)


def bench_(options: argparse.Namespace) -> int:
    from toonkit.course.benches import bench_names, run_bench
    from toonkit.course.tables import metric_rows, text_table
    from toonkit.training.environment import project_root

    for name in bench_names() if options.names == ["all"] else options.names:
        path, entry = run_bench(name, project_root(), options.quick)
        print(f"{name}: {entry['wall_seconds']} s, written to {path}\n{text_table(metric_rows(entry))}\n", flush=True)
    return 0


def train_(options: argparse.Namespace) -> int:
    from toonkit.course.tables import metric_rows, text_table
    from toonkit.training.environment import project_root
    from toonkit.training.profiles import Profile
    from toonkit.training.runs import run, variant_of

    profile, variant = Profile(options.profile).name, variant_of(options.report, options.variant)
    folder = options.run_dir or Path(f"build/train/{options.report}-{variant}-{profile}-{options.seed}")
    record = run(options.report, variant, profile, options.seed, project_root() / folder)
    print(f"{text_table(metric_rows(record))}\n\nweights and record are in {folder}")
    return 0


def exercises_(options: argparse.Namespace) -> int:
    from toonkit.course.exercises import out_of_step, write_exercises
    from toonkit.training.environment import project_root

    folder = project_root() / "notebooks"
    paths = out_of_step(folder) if options.check else write_exercises(folder)
    for path in paths:
        print(f"{'out of step' if options.check else 'changed'}: {path}")
    return int(options.check and bool(paths))


def figures_(options: argparse.Namespace) -> int:
    from toonkit.course.gallery import FIGURES, draw

    for name in options.names or FIGURES:
        print(f"wrote {draw(name)}", flush=True)
    return 0


def readme(_: argparse.Namespace) -> int:
    from toonkit.course.tables import fill_tables
    from toonkit.training.environment import project_root
    from toonkit.training.records import write_bytes

    path = project_root() / "README.md"
    write_bytes(path, fill_tables(path.read_text(encoding="utf-8"), project_root() / "data" / "results").encode())
    return 0


def toonify_(options: argparse.Namespace) -> int:
    from toonkit.export.pictures import toonify

    print(report := toonify(options.photos, options.out, options.method, options.overwrite))
    return int(bool(report.failed))


def fetch_(options: argparse.Namespace) -> int:
    from toonkit.images.sources import fetch

    fetch(options.source)
    return 0


def sources_(_: argparse.Namespace) -> int:
    from toonkit.images.sources import describe_sources

    for row in describe_sources():
        facts = "; ".join(filter(None, (row["size"], f"licence: {row['licence']}")))
        print(f"{row['source']}: {row['what']}\n    {facts}\n    {row['how']}")
    return 0

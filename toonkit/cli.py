"""The `toonkit` command: its subcommands and their options."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from toonkit import __version__
from toonkit.chapters.index import chapter_names
from toonkit.commands import course, data, pictures, planning, training
from toonkit.project.errors import ToonkitError

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
    except KeyboardInterrupt as stop:
        print(str(stop) or "stopped", file=sys.stderr)
        return 130


def build_parser() -> argparse.ArgumentParser:
    """The parser with all subcommands; each sets `action`."""
    parser = argparse.ArgumentParser(
        prog="toonkit", description="Photographs into cartoons and back: course and tools."
    )
    parser.add_argument("--version", action="version", version=f"toonkit {__version__}")
    found = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    _add_course(found)
    _add_training(found)
    _add_pictures(found)
    _add_panels(found)
    _add_data(found)
    _add_export(found)
    return parser


def _add_course(found: Commands) -> None:
    add = _adder(found)
    doctor = add("doctor", course.doctor, "say what this machine can and cannot run")
    doctor.add_argument("--profile", metavar="NAME", help="list what quick, full or paper needs, and what is missing")
    run = add("run", course.run_course, "run notebooks headless and write build/index.html")
    run.add_argument("notebooks", nargs="*", metavar="NOTEBOOK", help='a name, or its beginning ("02")')
    run.add_argument("--all", action="store_true", help="all notebooks of the course")
    run.add_argument("--exercises", action="store_true", help="their exercise notebooks too")
    run.add_argument("--jobs", type=int, default=2, help="notebooks at a time (default 2)")
    run.add_argument("--timeout", type=float, metavar="S", help="seconds for each notebook, instead of its own limit")
    run.add_argument("--force", action="store_true", help="run what is unchanged too")
    bench = add("bench", course.bench, "measure and write records to data/results")
    bench.add_argument("names", nargs="+", metavar="NAME", help='a measurement, or "all"')
    bench.add_argument("--only", nargs="+", default=[], metavar="ROW", help="measure these rows again, keep the others")
    bench.add_argument("--quick", action="store_true", help="a short measurement, kept in build/results only")
    run.add_argument("--profile", default="quick", help="quick (default), full or paper")
    run.add_argument("--seed", type=int, default=0, help="0 or more (default 0)")
    exercises = add("exercises", course.exercises, "generate notebooks/exercises from the tagged solutions")
    exercises.add_argument("--check", action="store_true", help="only say what is out of step")
    check = add("check", course.check, "say which exercises of your notebook are solved, failing or open")
    check.add_argument("notebook", metavar="NOTEBOOK", help='a file, or the beginning of a name ("02")')
    figures = add("figures", course.figures, "draw the pictures in figures/ again")
    figures.add_argument("names", nargs="*", metavar="NAME", help="which (all if none is named)")
    add("tables", course.tables, "write every table of results to build/tables, as Markdown, CSV and LaTeX")
    add("readme", course.readme, "fill the tables of README.md and data/results/README.md from the records")


def _add_training(found: Commands) -> None:
    add = _adder(found)
    train = add("train", training.train, "train variants of a chapter, resuming what their folders hold")
    score = add("score", training.score, "score finished runs again, without training")
    release = add("release", training.release, "gather the full runs of variants into data/results, mean and spread")
    training.add_machines(train)
    training.add_own_run(train)
    release.add_argument("--weights", metavar="NAME", help="keep the first seed's networks as data/weights/NAME")
    release.add_argument("--half", action="store_true", help="keep them in half precision, half the size")
    for command in (train, score):
        command.add_argument("--profile", default="quick", help="quick (default), full or paper")
        command.add_argument("--seed", type=int, default=[0], nargs="+", help="one or several (default 0)")
        command.add_argument("--run-dir", type=Path, metavar="DIR", help="of one run (default: within build/train)")
    plan = add("plan", planning.plan, "estimate hours, memory and cost of a run on GPUs from a short measurement here")
    plan.add_argument("--profile", default="paper", help="quick, full or paper (default)")
    planning.add_options(plan)
    for command in (train, score, release, plan):
        command.add_argument("--size", type=int, metavar="PIXELS", help="of the pictures, instead of the variant's own")
        command.add_argument("chapter", metavar="CHAPTER", help=", ".join(chapter_names()))
        command.add_argument("variants", nargs="*", metavar="VARIANT", help="of its table (default: the report's own)")


def _add_pictures(found: Commands) -> None:
    add = _adder(found)
    toonify = add("toonify", pictures.toonify, "turn photographs, folders of them, or a film into cartoons")
    toonify.add_argument("photos", nargs="+", type=Path, metavar="PHOTO", help="a picture, a folder or a film")
    toonify.add_argument("-o", "--out", required=True, type=Path, help="a picture, a film, or a folder for several")
    toonify.add_argument(
        "--method", help="semantic (default), semantic:texture=0.5,tv=2 (told its weights), classical (no network), ..."
    )
    toonify.add_argument(
        "--style", metavar="NAME", help="a style of the generator that learnt several: ink, comic, ..."
    )
    toonify.add_argument("--repair", type=Path, metavar="MASK", help="first repair what is white in a mask of its size")
    toonify.add_argument("--size", type=int, metavar="PIXELS", help="of a film: its short side (default: its own)")
    toonify.add_argument(
        "--temporal", type=float, metavar="STRENGTH", help="of a film: against flicker, 0 (off, default) to below 1"
    )
    toonify.add_argument("--overwrite", action="store_true", help="replace what exists")
    vote = add("vote", course.vote, "serve a page to vote blindly for the best of several models' pictures")
    vote.add_argument("folders", nargs="+", type=Path, metavar="FOLDER", help="one a model, pictures of the same names")
    vote.add_argument("-o", "--out", required=True, type=Path, metavar="CSV", help="where votes are kept and continued")
    vote.add_argument("--source", type=Path, metavar="FOLDER", help="what the models were given, shown beside")
    vote.add_argument("--reviewer", default="", metavar="NAME", help="who votes (default: the page asks)")
    vote.add_argument("--port", type=int, default=0, help="default: a free one")
    vote.add_argument("--seed", type=int, default=0, help="of the order of pictures and models (default 0)")
    explore = add("explore", course.explore, "serve a page with a slider for every loss weight")
    explore.add_argument("--port", type=int, default=0, help="default: a free one")
    votes = add("votes", course.votes, "count votes: shares, strengths, and whether chance explains them")
    votes.add_argument("file", type=Path, metavar="CSV", help="a file that `toonkit vote` wrote")
    pairs = add("pairs", pictures.pairs, "cut four-panel pictures of a folder into pairs of photograph and cartoon")
    pairs.add_argument("folder", type=Path, metavar="FOLDER", help="pictures, also in folders below")
    pairs.add_argument("-o", "--out", required=True, type=Path, help="a new folder, for photo/ and toon/")
    pairs.add_argument("--photo", type=int, default=0, metavar="PANEL", help="the photograph (default 0, upper left)")
    pairs.add_argument(
        "--toon", type=int, default=[3], nargs="+", metavar="PANEL", help="cartoons (default 3, lower right)"
    )
    pairs.add_argument("--overwrite", action="store_true", help="replace the pairs of an earlier call")
    _add_posts(found)
    pictures.add_fetch(add)
    add("sources", pictures.sources, "list the open sources and the pretrained networks: what, size, licence")


def _add_posts(found: Commands) -> None:
    add = _adder(found)
    posts = add(
        "posts", pictures.posts, "draw portraits, stamp an emoji on the cartoons, paste four panels to a picture"
    )
    posts.add_argument("photos", nargs="+", type=Path, metavar="PHOTO", help="a picture or a folder")
    posts.add_argument("-o", "--out", required=True, type=Path, help="a picture, or a folder for several")
    posts.add_argument(
        "--method", nargs="+", metavar="METHOD", help="one to three of toonify's (classical, animated and cartoongan)"
    )
    posts.add_argument("--side", type=int, default=256, metavar="PIXELS", help="of a panel (default 256)")
    posts.add_argument("--overwrite", action="store_true", help="replace what exists")


def _add_panels(found: Commands) -> None:
    add = _adder(found)
    panels = add("panels", pictures.panels, "cut painted comic pages of a folder into panels, split by episode")
    panels.add_argument("folder", type=Path, metavar="FOLDER", help="pages; names tell the episode: E08P01.png")
    panels.add_argument("-o", "--out", required=True, type=Path, help="a new folder, for episodeNN/ and panels.csv")
    panels.add_argument("--side", type=int, default=384, help="a panel's short side at most, in pixels (default 384)")
    panels.add_argument("--quality", type=int, default=90, help="of the JPEG files, 1 to 100 (default 90)")
    panels.add_argument(
        "--last-train", type=int, default=16, metavar="EPISODE", help="later ones are for testing (default 16)"
    )


def _add_data(found: Commands) -> None:
    sets = found.add_parser(
        "data", help="make a data set: get, build, captions, keyframes", description="Make a data set."
    )
    kinds = sets.add_subparsers(dest="kind", required=True, metavar="KIND")
    data.add_kinds(_adder(kinds))


def _add_export(found: Commands) -> None:
    export = _adder(found)(
        "export", pictures.export, "write a trained generator as ONNX, a diffusion model for diffusers"
    )
    export.add_argument("weights", metavar="WEIGHTS", help="a name of released weights, or a weights file")
    export.add_argument(
        "-o", "--out", required=True, type=Path, help="FILE.onnx, with its facts in FILE.json; for diffusers a folder"
    )
    export.add_argument("--overwrite", action="store_true", help="replace what exists")


def _adder(found: Commands) -> Callable[..., argparse.ArgumentParser]:
    def add(name: str, action: object, words: str) -> argparse.ArgumentParser:
        parser = found.add_parser(name, help=words, description=words)
        parser.set_defaults(action=action)
        return parser

    return add

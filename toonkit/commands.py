"""What each subcommand of `toonkit` does; it imports what it needs when called, so that `--help` answers at once."""

from __future__ import annotations

import argparse
from pathlib import Path

from toonkit.project.environment import project_root
from toonkit.project.errors import ToonkitError


def doctor(_: argparse.Namespace) -> int:
    from toonkit.course.doctor import BAD, examine, profiles
    from toonkit.course.tables import text_table

    findings = examine()
    findings += profiles(findings)
    rows = [
        {"": finding.state, "what": finding.what, "found": finding.found, "advice": finding.advice_now}
        for finding in findings
    ]
    print(text_table(rows))
    return int(any(finding.state == BAD for finding in findings))


def run_course(options: argparse.Namespace) -> int:
    from toonkit.course.notebooks import find_notebooks, select
    from toonkit.course.pages import write_pages
    from toonkit.course.runner import Runner, exit_status, stop_on_terminate, summary
    from toonkit.course.tables import text_table

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


def bench(options: argparse.Namespace) -> int:
    from toonkit.course.benches import benches, run_bench
    from toonkit.course.tables import metric_rows, text_table

    for name in benches() if options.names == ["all"] else options.names:
        path, entry = run_bench(name, project_root(), options.quick)
        print(f"{name}: {entry['wall_seconds']} s, written to {path}\n{text_table(metric_rows(entry))}\n", flush=True)
    return 0


def train(options: argparse.Namespace) -> int:
    variants = _variants(options)
    runs = len(variants) * len(options.seed)
    if options.run_dir and runs > 1:
        raise ToonkitError("--run-dir holds one run; leave it out to train several variants or seeds")
    if runs > 1 or options.jobs or options.cluster is not None:
        return _train_many(options, variants)
    return _train_one(options, variants[0])


def _train_one(options: argparse.Namespace, variant: str) -> int:
    from toonkit.chapters.runs import run
    from toonkit.course.tables import metric_rows, text_table
    from toonkit.training.devices import check_device
    from toonkit.training.leash import end_with_parent

    end_with_parent()
    seed, profile = options.seed[0], options.profile
    place = _place(options, variant, seed)
    device = check_device(options.device)
    record = run(options.chapter, variant, profile, seed, place, options.size, device=device)
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
        for path in release(project_root(), options.chapter, variant, options.weights, options.size):
            print(f"wrote {path}")
    return 0


def _variants(options: argparse.Namespace) -> list[str]:
    """The variants asked for, the report's own where none is named."""
    from toonkit.chapters.index import find_chapter

    chapter = find_chapter(options.chapter)
    return [chapter.variant(variant)[0] for variant in options.variants or [None]]


def _place(options: argparse.Namespace, variant: str, seed: int) -> Path:
    """Where a run keeps its state."""
    from toonkit.chapters.runs import run_folder

    own = getattr(options, "run_dir", None)
    return project_root() / (own or run_folder(options.chapter, variant, options.profile, seed, options.size))


def exercises(options: argparse.Namespace) -> int:
    from toonkit.course.exercises import out_of_step, write_exercises

    folder = project_root() / "notebooks"
    paths = out_of_step(folder) if options.check else write_exercises(folder)
    for path in paths:
        print(f"{'out of step' if options.check else 'changed'}: {path}")
    return int(options.check and bool(paths))


def figures(options: argparse.Namespace) -> int:
    from toonkit.course.gallery import draw, figures, trained_here

    left = () if options.names else trained_here()
    for name in options.names or figures():
        if name in left:
            print(f"left {name}: its networks are trained here, not released; `toonkit figures {name}` draws them")
        else:
            print(f"wrote {draw(name)}", flush=True)
    return 0


def readme(_: argparse.Namespace) -> int:
    from toonkit.course.result_tables import PAGES, fill_tables
    from toonkit.project.records import write_bytes

    for name in PAGES:
        path = project_root() / name
        if path.exists():
            text = fill_tables(path.read_text(encoding="utf-8"), project_root() / "data" / "results")
            write_bytes(path, text.encode())
    return 0


def toonify(options: argparse.Namespace) -> int:
    from toonkit.export import pictures

    drawn = pictures.toonify(
        options.photos, options.out, options.method, options.overwrite, mask=options.repair, style=options.style
    )
    print(drawn)
    return int(bool(drawn.failed))


def pairs(options: argparse.Namespace) -> int:
    from toonkit.images.pairs import make_pairs

    print(make_pairs(options.folder, options.out, options.photo, options.toon, overwrite=options.overwrite))
    return 0


def fetch(options: argparse.Namespace) -> int:
    from toonkit.images import sources

    sources.fetch(options.source)
    return 0


def sources(_: argparse.Namespace) -> int:
    from toonkit.images.sources import describe_sources

    for row in describe_sources():
        facts = "; ".join(filter(None, (row["size"], f"licence: {row['licence']}")))
        print(f"{row['source']}: {row['what']}\n    {facts}\n    {row['how']}")
    return 0


def vote(options: argparse.Namespace) -> int:
    from toonkit.course.ballots import Ballots
    from toonkit.course.processes import stop_on_terminate
    from toonkit.course.vote_page import serve

    ballots = Ballots(options.folders, options.out, options.source, options.seed)
    stop_on_terminate()
    serve(ballots, options.reviewer, options.port)
    return 130  # it ends by Ctrl-C only


def votes(options: argparse.Namespace) -> int:
    from toonkit.course.votes import read_votes, votes_text

    print(votes_text(read_votes(options.file)))
    return 0

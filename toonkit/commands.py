"""What each subcommand of `toonkit` does; it imports what it needs when called, so that `--help` answers at once."""

from __future__ import annotations

import argparse

from toonkit.project.environment import project_root
from toonkit.project.errors import ToonkitError


def doctor(_: argparse.Namespace) -> int:
    from toonkit.course.doctor import BAD, OK, examine, profiles
    from toonkit.course.tables import text_table

    findings = (found := examine()) + profiles(found)
    rows = [{"": f.state, "what": f.what, "found": f.found, "advice": f.advice * (f.state != OK)} for f in findings]
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
    from toonkit.course.benches import bench_names, run_bench
    from toonkit.course.tables import metric_rows, text_table

    for name in bench_names() if options.names == ["all"] else options.names:
        path, entry = run_bench(name, project_root(), options.quick)
        print(f"{name}: {entry['wall_seconds']} s, written to {path}\n{text_table(metric_rows(entry))}\n", flush=True)
    return 0


def train(options: argparse.Namespace) -> int:
    from toonkit.course.tables import metric_rows, text_table
    from toonkit.project.profiles import Profile
    from toonkit.training.runs import run, run_folder, variant_of

    profile, folder = Profile(options.profile).name, options.run_dir
    variants = [variant_of(options.report, variant) for variant in options.variants or [None]]
    if folder and len(variants) * len(options.seed) > 1:
        raise ToonkitError("--run-dir holds one run; leave it out to train several variants or seeds")
    for seed in options.seed:
        for variant in variants:
            place = project_root() / (folder or run_folder(options.report, variant, profile, seed))
            record = run(options.report, variant, profile, seed, place)
            print(f"{text_table(metric_rows(record))}\n\nweights and record are in {place}", flush=True)
    return 0


def release(options: argparse.Namespace) -> int:
    from toonkit.training.release import release
    from toonkit.training.runs import variant_of

    for variant in options.variants or [None]:
        for path in release(project_root(), options.report, variant_of(options.report, variant), options.weights):
            print(f"wrote {path}")
    return 0


def exercises(options: argparse.Namespace) -> int:
    from toonkit.course.exercises import out_of_step, write_exercises

    folder = project_root() / "notebooks"
    paths = out_of_step(folder) if options.check else write_exercises(folder)
    for path in paths:
        print(f"{'out of step' if options.check else 'changed'}: {path}")
    return int(options.check and bool(paths))


def figures(options: argparse.Namespace) -> int:
    from toonkit.course.gallery import FIGURES, TRAINED_HERE, draw

    for name in options.names or FIGURES:
        if name in TRAINED_HERE and not options.names:
            print(f"left {name}: its networks are trained here, not released; `toonkit figures {name}` draws them")
        else:
            print(f"wrote {draw(name)}", flush=True)
    return 0


def readme(_: argparse.Namespace) -> int:
    from toonkit.course.readme import fill_tables
    from toonkit.project.records import write_bytes

    path = project_root() / "README.md"
    write_bytes(path, fill_tables(path.read_text(encoding="utf-8"), project_root() / "data" / "results").encode())
    return 0


def toonify(options: argparse.Namespace) -> int:
    from toonkit.export import pictures

    o = options
    report = pictures.toonify(o.photos, o.out, o.method, o.overwrite, mask=o.repair, style=o.style)
    print(report)
    return int(bool(report.failed))


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

"""What the subcommands do that run, measure and draw the course, and gather votes."""

from __future__ import annotations

import argparse

from toonkit.project.environment import project_root
from toonkit.project.errors import ToonkitError


def doctor(options: argparse.Namespace) -> int:
    if options.profile:
        return _doctor_of(options.profile)
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


def _doctor_of(name: str) -> int:
    """What one profile needs; 1 where something is missing."""
    from toonkit.course.needs import missing, needs
    from toonkit.course.needs_page import needs_page
    from toonkit.project.profiles import Profile

    profile = Profile(name)
    print(needs_page(profile))
    return int(bool(missing(needs(profile))))


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

    names = list(benches()) if options.names == ["all"] else options.names
    if options.only and len(names) > 1:
        raise ToonkitError("--only chooses rows of one measurement; name that one alone")
    for name in names:
        path, entry = run_bench(name, project_root(), options.quick, options.only)
        print(f"{name}: {entry['wall_seconds']} s, written to {path}\n{text_table(metric_rows(entry))}\n", flush=True)
    return 0


def exercises(options: argparse.Namespace) -> int:
    from toonkit.course.exercises import out_of_step, write_exercises

    folder = project_root() / "notebooks"
    paths = out_of_step(folder) if options.check else write_exercises(folder)
    for path in paths:
        print(f"{'out of step' if options.check else 'changed'}: {path}")
    return int(options.check and bool(paths))


def check(options: argparse.Namespace) -> int:
    from toonkit.course.learner import exercise_notebook, verdicts

    path = exercise_notebook(options.notebook, project_root() / "notebooks")
    found = verdicts(path)
    for name, verdict in found.items():
        print(f"{verdict.state:<8} {name:<20} {verdict.words}".rstrip())
    states = [verdict.state for verdict in found.values()]
    counts = {state: states.count(state) for state in ("solved", "failing", "open")}
    print(f"{path.name}: " + ", ".join(f"{count} {state}" for state, count in counts.items()))
    return int(counts["solved"] < len(found))


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


def tables(_: argparse.Namespace) -> int:
    from toonkit.course.table_files import write_tables

    folder = project_root() / "build" / "tables"
    written = write_tables(project_root() / "data" / "results", folder)
    print(f"wrote {len(written)} files to {folder}")
    return 0


def vote(options: argparse.Namespace) -> int:
    from toonkit.course.ballots import Ballots
    from toonkit.course.processes import stop_on_terminate
    from toonkit.course.vote_page import serve

    ballots = Ballots(options.folders, options.out, options.source, options.seed)
    stop_on_terminate()
    serve(ballots, options.reviewer, options.port)
    return 130  # it ends by Ctrl-C only


def explore(options: argparse.Namespace) -> int:
    from toonkit.course.explorer_page import serve_explorer
    from toonkit.course.processes import stop_on_terminate

    stop_on_terminate()
    serve_explorer(project_root() / "build" / "explorer", options.port)
    return 130  # it ends by Ctrl-C only


def votes(options: argparse.Namespace) -> int:
    from toonkit.course.votes import read_votes, votes_text

    print(votes_text(read_votes(options.file)))
    return 0

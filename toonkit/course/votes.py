"""The file that keeps votes, a line a vote, and what its votes say."""

from __future__ import annotations

import csv
import errno
import fcntl
import io
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

from toonkit.course.tables import text_table
from toonkit.metrics.scores import Score
from toonkit.metrics.votes import PICTURES, Vote, against_chance, agreement, shares, strengths
from toonkit.project.atomic import explain
from toonkit.project.errors import ToonkitError

HEADER = "time,reviewer,picture,shown,choice"
BETWEEN = "|"  # the models shown, from first to last


def read_votes(path: str | Path) -> list[Vote]:
    """The votes of a file. Raises ToonkitError with the number of the first line that is no vote, or is one twice."""
    try:
        first, *lines = Path(path).read_text(encoding="utf-8").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise ToonkitError(f"no readable votes at {path}: {error}") from error
    if first != HEADER:
        raise ToonkitError(f"{path}, line 1 is not {HEADER!r}; is this a file of votes?")
    if not lines or lines[-1]:
        raise ToonkitError(f"{path}, line {len(lines) + 1} is cut short; remove it")
    votes: dict[tuple[str, str], Vote] = {}
    for number, line in enumerate(lines[:-1], start=2):
        _, reviewer, picture, names, choice = row if len(row := next(csv.reader([line]), [])) == 5 else [""] * 5
        shown = tuple(names.split(BETWEEN))
        if len(set(shown)) < max(2, len(shown)) or choice not in shown or (reviewer, picture) in votes:
            raise ToonkitError(f"{path}, line {number} is no vote, or a second one: {line!r}; correct or remove it")
        votes[reviewer, picture] = Vote(reviewer, picture, shown, choice)
    return list(votes.values())


@contextmanager
def locked(path: Path) -> Iterator[BinaryIO]:
    """The file, opened to append, ours alone: other threads and programs that vote wait for it."""
    try:
        file = path.open("ab", buffering=0)
    except OSError as error:
        raise ToonkitError(f"cannot keep votes in {path}: {explain(error)}") from error
    with file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield file


def append_vote(file: BinaryIO, vote: Vote) -> None:
    """Append a line whole or not at all to a `locked` file; when this returns, it is on the disk."""
    size, line = os.fstat(file.fileno()).st_size, io.StringIO()
    row = (datetime.now(UTC).isoformat(timespec="seconds"), vote.reviewer, vote.picture)
    csv.writer(line, lineterminator="\n").writerow((*row, BETWEEN.join(vote.shown), vote.choice))
    data = ("" if size else HEADER + "\n").encode() + line.getvalue().encode()
    try:
        if file.write(data) < len(data):
            raise OSError(errno.ENOSPC, "only a part was taken")
        os.fsync(file.fileno())
    except OSError as error:
        file.truncate(size)
        raise ToonkitError(f"could not write to {file.name}: {explain(error)}") from error


def votes_text(votes: Sequence[Vote]) -> str:
    """What the votes say: a table of models with 95 % intervals, the test against chance, and the agreement."""
    found, notes = shares(votes), []
    won = {model: sum(vote.choice == model for vote in votes) for model in found}
    pictures, reviewers = ({getattr(vote, field) for vote in votes} for field in ("picture", "reviewer"))
    rows = [{"model": m, "votes": won[m], "shown": s.n, "share": _interval(s)} for m, s in found.items()]
    test = against_chance(votes)
    try:
        fitted = strengths(votes, by_picture=len(pictures) >= PICTURES and len(reviewers) > 1)
        rows = [{**row, "log-strength": _interval(fitted.score(row["model"]))} for row in rows]
    except ToonkitError as error:
        notes.append(f"log-strength: {error}")
    notes.append(f"all equal: chi-square {test.statistic:.1f}, {test.freedom} degrees of freedom, p = {test.p:.2g}")
    try:
        notes.append(f"{agreement(votes)}; shares and chi-square take votes on one picture as independent")
    except ToonkitError as error:
        notes.append(f"agreement: {error}")
    summary = f"{len(votes)} votes of {len(reviewers)} reviewers on {len(pictures)} pictures"
    return "\n".join((text_table(sorted(rows, key=lambda row: -row["votes"])), summary, *notes))


def _interval(score: Score) -> str:
    return f"{score.value:.2f} ({score.low:.2f} to {score.high:.2f})"

"""The file that keeps votes, a line a vote, and what its votes say."""

from __future__ import annotations

import csv
import errno
import io
import os
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

from filelock import FileLock

from toonkit.course.tables import text_table
from toonkit.metrics.scores import Score
from toonkit.metrics.votes import PICTURES, Vote, against_chance, agreement, shares, strengths
from toonkit.project.atomic import explain
from toonkit.project.errors import ToonkitError

HEADER = "time,reviewer,picture,shown,choice"
SEPARATORS = ",;\t"  # ours, and what spreadsheets put in its place
BETWEEN = "|"  # the models shown, from first to last
WAIT = 0.01  # seconds between two attempts to lock the file


def read_votes(path: str | Path) -> list[Vote]:
    """The votes of a file, ours or as a spreadsheet saved it: with a byte order mark, semicolons, tabs, CRLF.

    Raises ToonkitError with the number of the first line that is no vote, or is one twice.
    """
    try:
        header, *lines = Path(path).read_bytes().decode("utf-8-sig").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise ToonkitError(f"no readable votes at {path}: {error}; a spreadsheet saves them as CSV, UTF-8") from error
    separator = _separator(header, path)
    if not lines or lines[-1]:
        place = f"{path}, line {len(lines) + 1}"
        raise ToonkitError(f"{place} is cut short or lacks its line end; remove the line, or end it with a line break")
    votes: dict[tuple[str, str], Vote] = {}
    for number, line in enumerate(lines[:-1], start=2):
        row = _cells(line, separator)
        _, reviewer, picture, names, choice = row if len(row) == 5 else [""] * 5
        shown = tuple(names.split(BETWEEN))
        if len(set(shown)) < max(2, len(shown)) or choice not in shown or (reviewer, picture) in votes:
            raise ToonkitError(f"{path}, line {number} is no vote, or a second one: {line!r}; correct or remove it")
        votes[reviewer, picture] = Vote(reviewer, picture, shown, choice)
    return list(votes.values())


def _separator(header: str, path: str | Path) -> str:
    """What separates the cells of a file of votes. Raises ToonkitError where the first line is not its header."""
    for separator in SEPARATORS:
        if _cells(header, separator) == HEADER.split(","):
            return separator
    raise ToonkitError(
        f"{path}, line 1 is not {HEADER!r} (semicolons or tabs will do as well), but {header[:60]!r}; "
        "is this a file of votes?"
    )


def _cells(line: str, separator: str) -> list[str]:
    """The cells of one line, with CRLF or LF removed; none where it is no line of a table."""
    try:
        return next(csv.reader([line.removesuffix("\n").removesuffix("\r")], delimiter=separator), [])
    except csv.Error:
        return []


@contextmanager
def locked(path: Path) -> Iterator[BinaryIO]:
    """The file, opened to read and append, ours alone: other threads and programs that vote wait for it.

    What is locked is an empty file beside it, `.NAME.lock`, which stays. Raises ToonkitError where it cannot be kept.
    """
    with ExitStack() as opened:
        try:
            file = opened.enter_context(path.open("a+b", buffering=0))
            whole = path.resolve()
            opened.enter_context(FileLock(whole.with_name(f".{whole.name}.lock"), poll_interval=WAIT))
        except OSError as error:
            raise ToonkitError(f"cannot keep votes in {path}: {explain(error)}") from error
        yield file


def append_vote(file: BinaryIO, vote: Vote) -> None:
    """Append a line whole or not at all to a `locked` file, separated as its others; then it is on the disk."""
    size = os.fstat(file.fileno()).st_size
    file.seek(0)
    header = (file.readline() if size else f"{HEADER}\n".encode()).decode("utf-8-sig", errors="replace")
    end = "\r\n" if header.endswith("\r\n") else "\n"
    line = io.StringIO()
    row = (datetime.now(UTC).isoformat(timespec="seconds"), vote.reviewer, vote.picture)
    writer = csv.writer(line, delimiter=_separator(header, file.name), lineterminator=end)
    writer.writerow((*row, BETWEEN.join(vote.shown), vote.choice))
    data = ("" if size else header).encode() + line.getvalue().encode()
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

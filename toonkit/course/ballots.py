"""Ballots: several models' pictures side by side, without their names, in an order of their own for every reviewer."""

from __future__ import annotations

import io
import random
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from toonkit.course.votes import BETWEEN, append_vote, locked, read_votes
from toonkit.images.listing import list_pictures
from toonkit.images.picture import read_picture, to_bytes
from toonkit.metrics.votes import Vote
from toonkit.project.errors import ToonkitError

MOST = 9  # models: one key each
QUESTION = "Which picture is the best?"


class Refused(ToonkitError):
    """What a reviewer asked cannot be done; `status` is HTTP's number for the reason."""

    def __init__(self, words: str, status: int = 400) -> None:
        super().__init__(words)
        self.status = status


@dataclass(frozen=True)
class Ballot:
    """A question to a reviewer: picture `number` of `total` (from 1), its name, and the models in the order shown."""

    reviewer: str
    number: int
    total: int
    picture: str
    shown: tuple[str, ...]


class Ballots:
    """Votes on pictures of the same names in several folders, one a model, shuffled anew per reviewer and picture.

    Votes are appended to `path`; who comes back goes on after their last vote. `source` is a folder of what the models
    were given. Raises ToonkitError for folders that cannot be compared and a file of other votes.
    """

    def __init__(self, folders: Sequence[Path], path: Path, source: Path | None = None, seed: int = 0) -> None:
        self.folders = {folder.resolve().name: folder for folder in folders}
        self.path, self.source, self.seed = path, source, seed
        if not 2 <= len(self.folders) == len(folders) <= MOST:
            raise ToonkitError(f"a vote takes 2 to {MOST} folders of different names, not {list(map(str, folders))}")
        names = {model: {file.name for file in list_pictures(folder)} for model, folder in self.folders.items()}
        self.pictures = sorted(next(iter(names.values())))
        for model, found in names.items():
            _check_same(self.folders[model], found, set(self.pictures))
        if source:
            _check_same(source, {file.name for file in list_pictures(source)} & set(self.pictures), set(self.pictures))
        for name in (*self.folders, *self.pictures):
            if not name.isprintable() or BETWEEN in name:
                raise ToonkitError(f"rename {name!r}: names of voted pictures and folders are printable, without |")
        self.votes()

    def votes(self) -> list[Vote]:
        """All votes so far. Raises ToonkitError for a file that cannot be kept, is no such file, or of other models."""
        with locked(self.path):
            return self._read()

    def next(self, reviewer: str) -> Ballot | None:
        """The first question that `reviewer` has not answered; None where all are. Raises Refused for a bad name."""
        done = {vote.picture for vote in self.votes() if vote.reviewer == reviewer}
        ballots = (self.ballot(reviewer, number + 1) for number in range(len(self.pictures)))
        return next((ballot for ballot in ballots if ballot.picture not in done), None)

    def ballot(self, reviewer: str, number: int) -> Ballot:
        """Question `number` (from 1) to a reviewer, the same at every call. Raises Refused for a bad name or number."""
        if not re.fullmatch(r"\w[\w .'-]{0,39}", reviewer):
            raise Refused(f"a reviewer's name has 1 to 40 letters, digits, spaces or .'-, not {reviewer[:60]!r}")
        if not 1 <= number <= len(self.pictures):
            raise Refused(f"there are pictures 1 to {len(self.pictures)}, not {number}", 404)
        picture = self._shuffled(self.pictures, reviewer)[number - 1]
        return Ballot(reviewer, number, len(self.pictures), picture, self._shuffled(self.folders, reviewer, picture))

    def png(self, ballot: Ballot, place: int) -> bytes:
        """The picture at `place` (from 1; 0 is the source), coded anew: no name, metadata or format tells the model."""
        from PIL import Image

        if not (0 if self.source else 1) <= place <= len(ballot.shown):
            raise Refused(f"there are places 1 to {len(ballot.shown)}, not {place}", 404)
        folder = self.folders[ballot.shown[place - 1]] if place else self.source
        pixels = to_bytes(read_picture(folder / ballot.picture)).permute(1, 2, 0).numpy()
        Image.fromarray(pixels, "RGB").save(buffer := io.BytesIO(), format="PNG")
        return buffer.getvalue()

    def vote(self, ballot: Ballot, place: int) -> Vote:
        """Keep the choice of the picture at `place` (from 1). Raises Refused for another place and a second vote."""
        if not 1 <= place <= len(ballot.shown):
            raise Refused(f"choose a picture from 1 to {len(ballot.shown)}, not {place}")
        vote = Vote(ballot.reviewer, ballot.picture, ballot.shown, ballot.shown[place - 1])
        with locked(self.path) as file:
            if any((old.reviewer, old.picture) == (vote.reviewer, vote.picture) for old in self._read()):
                raise Refused(f"{vote.reviewer} has voted on picture {ballot.number} already", 409)
            append_vote(file, vote)
        return vote

    def _read(self) -> list[Vote]:
        votes = read_votes(self.path) if self.path.stat().st_size else []
        if other := {model for vote in votes for model in vote.shown} - self.folders.keys():
            raise ToonkitError(f"{self.path} holds votes on {', '.join(sorted(other))}; name another file for these")
        return votes

    def _shuffled(self, items: Iterable[str], *key: str) -> tuple[str, ...]:
        items = list(items)
        return tuple(random.Random("\n".join((str(self.seed), *key))).sample(items, len(items)))


def _check_same(folder: Path, found: set[str], wanted: set[str]) -> None:
    if odd := sorted(found ^ wanted):
        few = ", ".join(odd[:3]) + ", ..." * (len(odd) > 3)
        raise ToonkitError(f"{folder} and the first folder differ in {few}; all need pictures of the same names")

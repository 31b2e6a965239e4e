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

MOST_MODELS = 9  # one key each
QUESTION = "Which picture is the best?"


class Refused(ToonkitError):
    """What a reviewer asked cannot be done; unlike other errors, its words name no model."""


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
        self.path = path
        self.source = source
        self.seed = seed
        if len(self.folders) < len(folders) or not 2 <= len(folders) <= MOST_MODELS:
            given = [str(folder) for folder in folders]
            raise ToonkitError(f"a vote takes 2 to {MOST_MODELS} folders of different names, not {given}")
        names = {model: _picture_names(folder) for model, folder in self.folders.items()}
        wanted = next(iter(names.values()))
        for model, folder in self.folders.items():
            _check_same(folder, names[model], wanted)
        if source:
            _check_same(source, _picture_names(source) & wanted, wanted)
        self.pictures = sorted(wanted)
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
            raise Refused(f"there are pictures 1 to {len(self.pictures)}, not {number}")
        picture = self._shuffled(self.pictures, reviewer)[number - 1]
        models = self._shuffled(self.folders, reviewer, picture)
        return Ballot(reviewer, number, len(self.pictures), picture, models)

    def png(self, ballot: Ballot, place: int) -> bytes:
        """The picture at `place` (from 1; 0 is the source), coded anew: no name, metadata or format tells the model."""
        from PIL import Image

        if place not in self.places(ballot):
            raise Refused(f"there are places 1 to {len(ballot.shown)}, not {place}")
        folder = self.folders[ballot.shown[place - 1]] if place else self.source
        pixels = to_bytes(read_picture(folder / ballot.picture)).permute(1, 2, 0).numpy()  # (height, width, 3)
        buffer = io.BytesIO()
        Image.fromarray(pixels, "RGB").save(buffer, format="PNG")
        return buffer.getvalue()

    def places(self, ballot: Ballot) -> range:
        """The places of a ballot's pictures from left to right: 0 for the source, if any, then those to choose from."""
        return range(0 if self.source else 1, len(ballot.shown) + 1)

    def vote(self, ballot: Ballot, place: int) -> Vote:
        """Keep the choice of the picture at `place` (from 1). Raises Refused for another place and a second vote."""
        if not 1 <= place <= len(ballot.shown):
            raise Refused(f"choose a picture from 1 to {len(ballot.shown)}, not {place}")
        vote = Vote(ballot.reviewer, ballot.picture, ballot.shown, ballot.shown[place - 1])
        with locked(self.path) as file:
            if any((old.reviewer, old.picture) == (vote.reviewer, vote.picture) for old in self._read()):
                raise Refused(f"{vote.reviewer} has voted on picture {ballot.number} already")
            append_vote(file, vote)
        return vote

    def _read(self) -> list[Vote]:
        votes = read_votes(self.path) if self.path.stat().st_size else []
        other = {model for vote in votes for model in vote.shown} - self.folders.keys()
        if other:
            raise ToonkitError(f"{self.path} holds votes on {', '.join(sorted(other))}; name another file for these")
        return votes

    def _shuffled(self, items: Iterable[str], *key: str) -> tuple[str, ...]:
        generator = random.Random("\n".join((str(self.seed), *key)))
        ordered = list(items)
        return tuple(generator.sample(ordered, len(ordered)))


def _picture_names(folder: Path) -> set[str]:
    return {file.name for file in list_pictures(folder)}


def _check_same(folder: Path, names: set[str], wanted: set[str]) -> None:
    different = sorted(names ^ wanted)
    if different:
        listed = ", ".join(different[:3])
        if len(different) > 3:
            listed += ", ..."
        raise ToonkitError(f"{folder} and the first folder differ in {listed}; all need pictures of the same names")

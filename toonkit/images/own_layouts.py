"""How each of the reports' own sets is laid out: which of its files are pictures of which class and split."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

import torch
from torch import Tensor

from toonkit.images.listing import is_picture_name
from toonkit.images.manifests import Entry
from toonkit.images.own_sets import OwnSet
from toonkit.project.errors import SourceError

BOTH = ("cat", "mouse")
FRAMES = {"cat": "tom", "mouse": "jerry", "both": "tom_jerry_1"}  # class -> folder of the cartoon's frames
PARTITION = "list_eval_partition.txt"  # CelebA's own: 0 for training, 1 validation, 2 testing; no person in two
BOXES = "_annotations.coco.json"
KEY_FRAMES = "keyframes.csv"
Box = tuple[float, float, float, float]  # left, top, width, height


@dataclass(frozen=True)
class Candidate:
    """A picture that may be taken: its path in the set; its split, where the set has its own; boxes of its subjects."""

    path: str
    split: str = ""
    boxes: tuple[Box, ...] = ()

    def mask(self, height: int, width: int) -> Tensor | None:
        """1 inside the boxes, 0 elsewhere, (height, width); None where there are none."""
        if not self.boxes:
            return None
        mask = torch.zeros(height, width, dtype=torch.uint8)
        for left, top, wide, high in self.boxes:
            rows = slice(max(0, round(top)), max(0, round(top + high)))
            mask[rows, max(0, round(left)) : max(0, round(left + wide))] = 1
        return mask


def candidates(found: OwnSet, kind: str) -> list[Candidate]:
    """The pictures of a set that are of a class, sorted by path; of files with the same bytes only the first.

    Raises SourceError for a set that is laid out in another way.
    """
    entries = sorted(_first_of_each(found.entries), key=lambda entry: entry.path)
    pictures = [entry.path for entry in entries if is_picture_name(PurePosixPath(entry.path).name)]
    chosen = LAYOUTS.get(found.name, _plain)(found, pictures, kind)
    if not chosen:
        of = f" of class {kind}" if kind else ""
        raise SourceError(f"{found.folder} holds no picture{of} where {found.name} has them; get it again")
    return chosen


def _first_of_each(entries: Iterable[Entry]) -> list[Entry]:
    """Of files with the same bytes the one whose path comes first: two sets of Kaggle hold every picture twice."""
    first: dict[str | None, Entry] = {}
    for entry in sorted(entries, key=lambda entry: entry.path):
        first.setdefault(entry.sha256, entry)
    return list(first.values())


def _plain(found: OwnSet, pictures: list[str], kind: str) -> list[Candidate]:
    return [Candidate(path) for path in pictures]


def _celeba(found: OwnSet, pictures: list[str], kind: str) -> list[Candidate]:
    """With CelebA's own partition, so that no person is in two splits. Raises SourceError where its table is absent."""
    tables = [entry.path for entry in found.entries if entry.path.endswith(PARTITION)]
    if not tables:
        raise SourceError(
            f"{found.folder} holds no {PARTITION}, without which a person could be for training and for testing; put "
            f"it beside the pictures in a folder, then get {found.name} again with --from that folder"
        )
    lines = (found.folder / tables[0]).read_text(encoding="utf-8").splitlines()
    words = [line.split() for line in lines if line.strip()]
    if any(len(row) != 2 for row in words):
        raise SourceError(f"{tables[0]} of {found.name} should have a file name and a number a line")
    split_of = {name: {"0": "train", "2": "test"}.get(number) for name, number in words}
    known = [(path, split_of.get(PurePosixPath(path).name)) for path in pictures]
    return [Candidate(path, split) for path, split in known if split]


def _key_frames(found: OwnSet, pictures: list[str], kind: str) -> list[Candidate]:
    """What the tables of `toonkit data keyframes` list, one a film."""
    there = set(pictures)
    chosen = []
    for entry in found.entries:
        if PurePosixPath(entry.path).name != KEY_FRAMES:
            continue
        with (found.folder / entry.path).open(encoding="utf-8", newline="") as stream:
            rows = list(csv.DictReader(stream))
        folder = PurePosixPath(entry.path).parent
        for row in rows:
            path = (folder / row.get("picture", "")).as_posix()
            if path in there:
                chosen.append(Candidate(path, row.get("split", "")))
    if not chosen:
        raise SourceError(
            f"{found.folder} holds no {KEY_FRAMES} with pictures: make key frames of each film with "
            "`toonkit data keyframes FILM -o FOLDER/NAME`, then get FOLDER again"
        )
    return sorted(chosen, key=lambda candidate: candidate.path)


def _cat_and_mouse(found: OwnSet, pictures: list[str], kind: str) -> list[Candidate]:
    """Pictures with a box of a cat and one of a mouse, in the format COCO, with these boxes."""
    tables = [entry.path for entry in found.entries if entry.path.endswith(BOXES)]
    if not tables:
        raise SourceError(f"{found.folder} holds no {BOXES}; export {found.name} in the format COCO and get it again")
    boxes: dict[str, dict[str, list[Box]]] = {}
    for table in tables:
        folder = PurePosixPath(table).parent
        for name, animal, box in _boxes(found.folder / table):
            boxes.setdefault((folder / name).as_posix(), {}).setdefault(animal, []).append(box)
    chosen = []
    for path in pictures:
        animals = boxes.get(path, {})
        if all(animal in animals for animal in BOTH):
            chosen.append(Candidate(path, boxes=tuple(box for animal in BOTH for box in animals[animal])))
    return chosen


def _boxes(table: Path) -> list[tuple[str, str, Box]]:
    """(file, animal, box) of every cat and mouse that a COCO table lists. Raises SourceError for another file."""
    try:
        about = json.loads(table.read_text(encoding="utf-8"))
        files = {image["id"]: image["file_name"] for image in about["images"]}
        names = {category["id"]: category["name"].lower() for category in about["categories"]}
        rows = [(files[row["image_id"]], names[row["category_id"]], tuple(row["bbox"])) for row in about["annotations"]]
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise SourceError(f"{table} is no table of boxes in the format COCO: {error!r}") from error
    return [(file, animal, box) for file, name, box in rows for animal in BOTH if animal in name and len(box) == 4]


def _frames(found: OwnSet, pictures: list[str], kind: str) -> list[Candidate]:
    return [Candidate(path) for path in pictures if PurePosixPath(path).parent.name == FRAMES[kind]]


LAYOUTS: dict[str, Callable[[OwnSet, list[str], str], list[Candidate]]] = {
    "celeba": _celeba,
    "studio-frames": _key_frames,
    "cat-mouse": _cat_and_mouse,
    "tom-and-jerry": _frames,
}

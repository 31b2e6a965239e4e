"""Which pictures of a source are offered to a report's data set, and whether each is taken."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import torch
from torch import Tensor

from toonkit.images.copies import find_copy, perceptual_hash
from toonkit.images.crops import subject_crop
from toonkit.images.own_layouts import Candidate
from toonkit.images.own_sets import OwnSet
from toonkit.images.pairs import MARK, make_pairs
from toonkit.images.picture import read_picture, write_picture
from toonkit.images.pruning import Limits, fault_of
from toonkit.images.report_sets import Part
from toonkit.images.resize import fit_picture
from toonkit.images.values import as_bytes, as_pictures
from toonkit.project.atomic import make_folder
from toonkit.project.digests import digest_of
from toonkit.project.errors import PictureError

CUT = "cut"  # the folder, within that of the building, where four-panel pictures lie as pairs
LEAST = 0.5  # of the set's side: a pruned picture with a shorter side would be enlarged more than twice
Row = dict[str, str]


@dataclass(frozen=True)
class Offer:
    """A picture, or a pair, that may be taken: its path in the source, its files by side, and what is known of it."""

    origin: str
    files: Mapping[str, Path]
    known: Candidate

    @property
    def split(self) -> str:
        """The split that the source gives it; empty where it gives none."""
        return self.known.split


@dataclass(frozen=True)
class Decision:
    """Rows of the table, without the split, for what was taken; for what was not, the reason."""

    rows: list[Row] = field(default_factory=list)
    reason: str = ""


def picture_offers(side: str, source: OwnSet, candidates: list[Candidate]) -> list[Offer]:
    """An offer for each picture of a source."""
    return [Offer(known.path, {side: source.folder / known.path}, known) for known in candidates]


def pair_offers(source: OwnSet, folder: Path) -> list[Offer]:
    """Four-panel pictures cut into pairs in `folder`, once; an offer for each pair."""
    cut = folder / CUT
    if not (cut / "pairs.csv").is_file() or (cut / MARK).exists():
        make_pairs(source.folder, cut)
    with (cut / "pairs.csv").open(encoding="utf-8", errors="surrogateescape", newline="") as stream:
        rows = sorted(csv.DictReader(stream), key=lambda row: row["name"])
    sides = ("photo", "toon")
    return [
        Offer(row["file"], {side: cut / side / f"{row['name']}.png" for side in sides}, Candidate(row["file"]))
        for row in rows
    ]


def shuffled(offers: list[Offer], part: Part, seed: int) -> list[Offer]:
    """Offers in an order that follows from the seed alone, another one for each part."""
    words = f"{part.source} {part.kind}".encode()
    generator = torch.Generator().manual_seed(seed * 1_000_003 + int.from_bytes(words, "big") % 1_000_003)
    return [offers[number] for number in torch.randperm(len(offers), generator=generator).tolist()]


class Judge:
    """Decides on the offers of one part, in order; remembers what was taken, so that copies are seen."""

    def __init__(self, part: Part, size: int, rule: str, folder: Path) -> None:
        self.part, self.size, self.rule, self.folder = part, size, rule, folder
        self.hashes: list[Tensor] = []

    def decide(self, offer: Offer, number: int) -> Decision:
        """Write the pictures of an offer as number `number` of its part and return their rows, or say why not."""
        try:
            pictures = {side: read_picture(path) for side, path in offer.files.items()}
        except PictureError as error:
            return Decision(reason=f"unreadable: {error}")
        made = {side: self._fitted(picture, offer.known) for side, picture in pictures.items()}
        if self.part.limits is not None:
            reason = self._fault(pictures, made, offer.known, self.part.limits)
            if reason:
                return Decision(reason=reason)
        return Decision([self._write(side, picture, offer, number) for side, picture in made.items()])

    def remember(self, decision: Decision) -> None:
        """Take over what an earlier call decided."""
        if self.part.limits is not None:
            self.hashes += [perceptual_hash(read_picture(self.folder / row["path"])[None]) for row in decision.rows]

    def _fitted(self, picture: Tensor, known: Candidate) -> Tensor:
        """A picture at the set's size, around its subject where that is known, in the steps of 8 bits."""
        mask = known.mask(*picture.shape[1:])
        if mask is not None and mask.any():
            picture = subject_crop(picture, mask, self.size)
        return as_pictures(as_bytes(fit_picture(picture, self.size, self.rule)))

    def _fault(
        self, pictures: Mapping[str, Tensor], made: Mapping[str, Tensor], known: Candidate, limits: Limits
    ) -> str:
        """Why a picture is not worth training on; empty where it is."""
        for side, picture in pictures.items():
            if min(picture.shape[1:]) < LEAST * self.size:
                return "too few pixels"
            fault = fault_of(picture, known.mask(*picture.shape[1:]), limits)
            if fault is not None:
                return fault[0]
            hashed = perceptual_hash(made[side][None])
            if limits.bits is not None and find_copy(self.hashes, hashed, limits.bits) is not None:
                return "duplicate"
            self.hashes.append(hashed)
        return ""

    def _write(self, side: str, picture: Tensor, offer: Offer, number: int) -> Row:
        part = self.part
        name = f"{part.source}-{part.kind}-{number:06d}" if part.kind else f"{part.source}-{number:06d}"
        path = f"{side}/{name}.png"
        make_folder(self.folder / side, PictureError)
        write_picture(self.folder / path, picture, overwrite=True)
        sha256 = digest_of(self.folder / path)
        return {
            "path": path,
            "sha256": sha256,
            "source": part.source,
            "side": side,
            "class": part.kind,
            "origin": offer.origin,
        }

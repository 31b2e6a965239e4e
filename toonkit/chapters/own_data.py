"""What profile `paper` learns from: the reports' own data sets, as `toonkit data build REPORT` made them."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import torch
from torch import Tensor

from toonkit.filters import edge_smoothing
from toonkit.images.decoded import DecodedPictures, DerivedRows
from toonkit.images.report_sets import BuiltSet, find_report_set, open_report_set, report_folder
from toonkit.images.values import as_bytes, as_pictures
from toonkit.networks.pretrained import network_ready
from toonkit.project.errors import SourceError, ToonkitError
from toonkit.world import ToonWorld

FRECHET = "inception_fid"  # in whose features `own_scores` measures FID and KID
SAMPLES = "resnet34"  # MMD and 1-NN; GAN-Metrics' own
LEAST = 10  # pictures of a side for testing, below which a score has no interval
BUILD = "build it of more pictures"


def own_set(report: str) -> BuiltSet:
    """The built set of a report, its files checked once in a process.

    Raises ToonkitError where it is not built, saying the command, and where a network that will measure the result is
    not here: better now than when a training of days has ended.
    """
    absent = [name for name in (FRECHET, SAMPLES) if not network_ready(name)]
    if absent:
        words = "the networks that measure the result are missing"
        raise ToonkitError(f"profile 'paper' cannot run here: {words}; `toonkit fetch {' '.join(absent)}` brings them")
    try:
        return _opened(report, report_folder(report))
    except SourceError as error:
        raise ToonkitError(f"profile 'paper' cannot run here: {error}") from error


@lru_cache(maxsize=4)
def _opened(report: str, folder: Path) -> BuiltSet:
    return open_report_set(report)


def own_training(report: str, size: int) -> tuple[DecodedPictures, DecodedPictures]:
    """Photographs and cartoons for training. Raises ToonkitError as `own_pictures`, and for too few for testing."""
    for side in ("photo", "toon"):
        count = len(own_pictures(report, side, "test", size))
        check_enough(count, f"the data set of {report} has {{}} of the side {side}", BUILD)
    photos, toons = (own_pictures(report, side, "train", size) for side in ("photo", "toon"))
    return photos, toons


def check_enough(count: int, words: str, advice: str) -> None:
    """Raise ToonkitError where `count` held-out pictures are too few for a score; `words` holds {} for the count."""
    if count < LEAST:
        words = f"{words.format(count)} for testing, and a score needs {LEAST}"
        raise ToonkitError(f"profile 'paper' cannot run here: {words}; {advice}")


def own_pictures(report: str, side: str, split: str, size: int) -> DecodedPictures:
    """The pictures of a side ("photo" or "toon") and a split at `size` pixels.

    Raises ToonkitError as `own_set` does, and for a size above that of the set.
    """
    largest = find_report_set(report).size
    if size > largest:
        raise ToonkitError(f"pictures of {size} pixels are asked for, and those of {report} have {largest}; take fewer")
    return DecodedPictures(own_set(report).paths(side, split), size)


def own_labels(report: str, side: str, split: str) -> Tensor:
    """The class (N,) of each of these pictures, by its number among duo's."""
    classes = ToonWorld("duo").classes
    rows = [row for row in own_set(report).rows if row["side"] == side and row["split"] == split]
    return torch.tensor([classes.index(row["class"]) for row in rows])


def check_classes(report: str) -> None:
    """Raise ToonkitError where a class has too few pictures for testing on a side, or none at all."""
    for side in ("photo", "toon"):
        rows = [row for row in own_set(report).rows if row["side"] == side]
        for kind in ToonWorld("duo").classes:
            count = sum(row["split"] == "test" and row["class"] == kind for row in rows)
            check_enough(count, f"the data set of {report} has {{}} of the side {side} and the class {kind}", BUILD)


def own_sides(report: str, size: int) -> list[dict[str, DecodedPictures | DerivedRows]]:
    """Groups of a batch: photographs; cartoons, and as `smooth` the same with their edges smoothed away."""
    photos, toons = own_training(report, size)
    return [{"photo": photos}, {"toon": toons, "smooth": DerivedRows(toons, _smooth)}]


def _smooth(toons: Tensor) -> Tensor:
    return as_bytes(edge_smoothing(as_pictures(toons)))

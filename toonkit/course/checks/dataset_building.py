"""The exercises of notebook 01."""

from __future__ import annotations

import hashlib

import torch
from torch import Tensor

from toonkit.course.checks.exercise import Attempt, Case, case, choices, exercise, same_on, uniform


def _four(picture: Tensor, gutter: int) -> Tensor:
    height, width = picture.shape[1:]
    tops, lefts = (0, (height + gutter) // 2), (0, (width + gutter) // 2)
    h, w = (height - gutter) // 2, (width - gutter) // 2
    return torch.stack([picture[:, top : top + h, left : left + w] for top in tops for left in lefts])


@exercise(
    "(H - gutter) / 2 rows belong to the upper panels; the lower ones start after the gutter.",
    "Cut rows and columns apart: the upper half is picture[:, :h], the lower picture[:, h + gutter :]. Then the same "
    "for columns, and torch.stack makes one tensor of four.",
)
def cut_four(attempt: Attempt) -> None:
    cases = []
    for k, (h, w, gutter) in enumerate([(10, 14, 6), (5, 3, 1), (7, 7, 0), (4, 9, 3), (1, 2, 2)]):
        picture = uniform((3, 2 * h + gutter, 2 * w + gutter), k)
        picture[:, h : h + gutter] = 1
        picture[:, :, w : w + gutter] = 1
        cases.append(case(f"panels of {h} x {w}, a gutter of {gutter}", picture, gutter))
    same_on(attempt, _four, cases, tolerance=0)


def _number(name: str, seed: int) -> float:
    return int(hashlib.sha256(f"{seed}/{name}".encode()).hexdigest()[:16], 16) / 2**64


def _split(names: list[str], share: float, seed: int) -> list[str]:
    return ["test" if _number(name, seed) < share else "train" for name in names]


@exercise(
    "sha256(text.encode()).digest() gives 32 bytes; the number is made of the first 8.",
    "int.from_bytes(the 8 bytes, 'big') / 2**64 lies between 0 and 1; compare it with share, one name at a time. The "
    "text that is hashed begins with the seed.",
)
def stable_split(attempt: Attempt) -> None:
    names = [f"scene {index}" for index in range(60)]
    cases = [
        case("60 scenes", names, 0.2, 3),
        case("the same, the other way round, with another seed", names[::-1], 0.35, 11),
        case("names with other letters", ["Katze im Gäßchen", "猫", "a/b", ""], 0.5, 0),
        case("a share of 0", names[:9], 0.0, 1),
        case("a share of 1", names[:9], 1.0, 1),
        case("no names", [], 0.5, 1),
        case("a number that equals the share", [_level(5), "scene 1"], _number(_level(5), 5), 5),
    ]
    same_on(attempt, _split, cases)


def _level(seed: int) -> str:
    """A name whose number, as a fraction of 2^64, is not above the hash itself: rounding does not decide."""
    for k in range(1000):
        whole = int(hashlib.sha256(f"{seed}/level {k}".encode()).hexdigest()[:16], 16)
        if int(whole / 2**64 * 2**64) <= whole:
            return f"level {k}"
    raise AssertionError("no such name among a thousand")


def _rim(mask: Tensor) -> float:
    height, width = mask.shape
    rim = [(y, x) for y in range(height) for x in range(width) if y in (0, height - 1) or x in (0, width - 1)]
    return sum(bool(mask[place] != 0) for place in rim) / len(rim)


@exercise(
    "Mark the rim with a mask of its own: all true, then the inside false.",
    "mask[rim] are the values on the rim; count those that are not 0, whatever they are, and divide by all of them.",
)
def rim_share(attempt: Attempt) -> None:
    cases = [
        case("a subject of class numbers", choices((6, 9), 1, 3) * 4),
        case("a sparse subject", (choices((12, 7), 2, 6) == 0).long()),
        case(
            "a subject in one corner",
            torch.zeros(5, 8).index_put((torch.tensor([0]), torch.tensor([0])), torch.tensor(1.0)),
        ),
        case("all of the picture", torch.ones(5, 9)),
        case("only the inside", torch.nn.functional.pad(torch.ones(4, 3), (1, 1, 1, 1))),
        case("the left side", torch.eye(1, 6).repeat(4, 1).long()),
        case("two by two pixels", torch.tensor([[1, 0], [7, 0]])),
    ]
    same_on(attempt, _rim, cases)


def _leaks(splits: dict[str, str]) -> list[str]:
    on_side = {
        side: {file[: file.rindex("/")] for file in splits if splits[file] == side} for side in ("train", "test")
    }
    return sorted(on_side["train"] & on_side["test"])


@exercise(
    "Collect the splits of each shot in a set; a leak is a set of two.",
    "A shot is the file's name without its last part, film included: two films may both have a shot 01. sorted(...) "
    "gives the list.",
)
def leaking_shots(attempt: Attempt) -> None:
    same_on(
        attempt,
        _leaks,
        [_film(k) for k in range(4)]
        + [
            case("no leak at all", {"a/01/1.png": "train", "b/01/1.png": "test", "a/02/1.png": "test"}),
            case("names that begin alike", {"a/1/1.png": "train", "a/10/1.png": "test", "a/10/2.png": "test"}),
            case("no files", {}),
        ],
    )


def _film(seed: int) -> Case:
    """Files of two films in any order, each on a side by chance; shots have the same names in both."""
    files = [f"film {film}/shot {shot}/{frame:03d}.png" for film in "BA" for shot in range(12) for frame in range(3)]
    order = torch.rand(len(files), generator=torch.Generator().manual_seed(seed)).argsort().tolist()
    sides = (uniform((len(files),), seed + 50, 0, 1) < 0.15).tolist()
    return case("files of two films", {files[k]: "test" if sides[k] else "train" for k in order})

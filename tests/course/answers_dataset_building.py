"""Right and plausible wrong answers to the exercises of notebook 01."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from hashlib import sha256

import torch
from torch import Tensor


def panels(picture: Tensor, gutter: int, h: int | None = None, w: int | None = None) -> list[Tensor]:
    h = (picture.shape[1] - gutter) // 2 if h is None else h
    w = (picture.shape[2] - gutter) // 2 if w is None else w
    return [picture[:, y : y + h, x : x + w] for y in (0, h + gutter) for x in (0, w + gutter)]


def four_by_gathering(picture: Tensor, gutter: int) -> Tensor:
    rows, columns = (
        torch.tensor([k for k in range(side) if not (side - gutter) // 2 <= k < (side + gutter) // 2])
        for side in picture.shape[1:]
    )
    whole = picture[:, rows][:, :, columns]
    return torch.stack([part for half in whole.chunk(2, 1) for part in half.chunk(2, 2)])


def four_with_half_the_gutter(picture: Tensor, gutter: int) -> Tensor:
    halves = (part for half in picture.chunk(2, 1) for part in half.chunk(2, 2))
    return torch.stack([part[:, : part.shape[1] - gutter // 2, : part.shape[2] - gutter // 2] for part in halves])


def split_by(number: Callable[[str, int], float], below: bool = True) -> Callable[[list[str], float, int], list[str]]:
    return lambda names, share, seed: ["test" if (number(n, seed) < share) is below else "train" for n in names]


def digest(text: str) -> bytes:
    return sha256(text.encode()).digest()


def split_by_hex(names: list[str], share: float, seed: int) -> list[str]:
    return [
        "train" if int(sha256(f"{seed}/{n}".encode()).hexdigest()[:16], 16) / 2**64 >= share else "test" for n in names
    ]


def split_by_rank(names: list[str], share: float, seed: int) -> list[str]:
    ranked = sorted(names, key=lambda name: digest(f"{seed}/{name}"))
    return ["test" if ranked.index(name) < share * len(names) else "train" for name in names]


def rim_by_sides(mask: Tensor) -> float:
    rim = torch.cat([mask[0], mask[-1], mask[1:-1, 0], mask[1:-1, -1]]) != 0
    return float(rim.float().mean())


def rim_by_subtraction(mask: Tensor) -> Tensor:
    inside = mask != 0
    whole, core = inside.sum(), inside[1:-1, 1:-1]
    return (whole - core.sum()) / (inside.numel() - core.numel())


def rim_marked(mask: Tensor, subject: Callable[[Tensor], Tensor] = lambda m: m != 0) -> float:
    rim = torch.ones_like(mask, dtype=torch.bool)
    rim[1:-1, 1:-1] = False
    return subject(mask)[rim].double().mean().item()


def rim_corners_twice(mask: Tensor) -> float:
    return (torch.cat([mask[0], mask[-1], mask[:, 0], mask[:, -1]]) != 0).float().mean().item()


def sides_of(splits: dict[str, str], key: Callable[[str], str]) -> dict[str, set[str]]:
    out: dict[str, set[str]] = {}
    for file, split in splits.items():
        out.setdefault(key(file), set()).add(split)
    return out


def leaks(splits: dict[str, str], key: Callable[[str], str] = lambda file: file.rpartition("/")[0]) -> list[str]:
    return sorted(shot for shot, sides in sides_of(splits, key).items() if len(sides) == 2)


def leaks_by_sets(splits: dict[str, str]) -> list[str]:
    train = {"/".join(file.split("/")[:2]) for file, side in splits.items() if side == "train"}
    test = {"/".join(file.split("/")[:2]) for file, side in splits.items() if side == "test"}
    return sorted(train.intersection(test))


def leaks_of_prefixes(splits: dict[str, str]) -> list[str]:
    shots = {file.rpartition("/")[0] for file in splits}
    return sorted(
        s for s in shots if {side for file, side in splits.items() if file.startswith(s)} == {"train", "test"}
    )


RIGHT = {
    "cut_four": {
        "cut out": lambda picture, gutter: torch.stack(panels(picture, gutter)),
        "gutter dropped": four_by_gathering,
    },
    "stable_split": {
        "bytes": split_by(lambda n, s: int.from_bytes(digest(f"{s}/{n}")[:8], "big") / 2**64),
        "hexadecimal": split_by_hex,
        "whole numbers": lambda names, share, seed: [
            "test" if int.from_bytes(digest(f"{seed}/{n}")[:8], "big") < share * 2**64 else "train" for n in names
        ],
    },
    "rim_share": {
        "marked": rim_marked,
        "by sides": rim_by_sides,
        "by subtraction, a 0-d tensor": rim_by_subtraction,
    },
    "leaking_shots": {"by sets of sides": leaks, "by sets of shots": leaks_by_sets},
}

WRONG = {
    "cut_four": {
        "columns first": lambda p, g: torch.stack([panels(p, g)[k] for k in (0, 2, 1, 3)]),
        "gutter kept": lambda p, g: torch.stack([part for half in p.chunk(2, 1) for part in half.chunk(2, 2)]),
        "half the gutter on one side": four_with_half_the_gutter,
        "a list": panels,
        "one pixel off": lambda p, g: torch.stack(panels(p.roll(1, 2), g)),
        "side by side": lambda p, g: torch.cat(panels(p, g)),
        "height and width exchanged": lambda p, g: torch.stack(panels(p, g)).transpose(2, 3),
    },
    "stable_split": {
        "seed behind": split_by(lambda n, s: int.from_bytes(digest(f"{n}/{s}")[:8], "big") / 2**64),
        "no seed": split_by(lambda n, s: int.from_bytes(digest(n)[:8], "big") / 2**64),
        "little end first": split_by(lambda n, s: int.from_bytes(digest(f"{s}/{n}")[:8], "little") / 2**64),
        "the last bytes": split_by(lambda n, s: int.from_bytes(digest(f"{s}/{n}")[-8:], "big") / 2**64),
        "eight hexadecimal digits": split_by(lambda n, s: int(digest(f"{s}/{n}").hex()[:8], 16) / 2**64),
        "sides exchanged": split_by(lambda n, s: int.from_bytes(digest(f"{s}/{n}")[:8], "big") / 2**64, False),
        "below or equal": lambda names, share, seed: [
            "test" if int.from_bytes(digest(f"{seed}/{n}")[:8], "big") / 2**64 <= share else "train" for n in names
        ],
        "by rank": split_by_rank,
        "truth values": lambda names, share, seed: [
            int.from_bytes(digest(f"{seed}/{n}")[:8], "big") / 2**64 < share for n in names
        ],
        "signed": split_by(lambda n, s: int.from_bytes(digest(f"{s}/{n}")[:8], "big", signed=True) / 2**64),
    },
    "rim_share": {
        "corners twice": rim_corners_twice,
        "the mean of the numbers": lambda mask: rim_marked(mask, lambda m: m),
        "class 1 only": lambda mask: rim_marked(mask, lambda m: m == 1),
        "of the whole picture": lambda mask: rim_marked(mask) * (2 * sum(mask.shape) - 4) / mask.numel(),
        "of the subject": lambda mask: (
            float((mask != 0).sum() - (mask[1:-1, 1:-1] != 0).sum()) / max(1, int((mask != 0).sum()))
        ),
        "without corners": lambda m: (
            (torch.cat([m[0, 1:-1], m[-1, 1:-1], m[1:-1, 0], m[1:-1, -1]]) != 0).float().mean()
        ),
        "first and last row": lambda mask: (mask[[0, -1]] != 0).float().mean().item(),
        "two pixels wide": lambda mask: (
            float((mask != 0).sum() - (mask[2:-2, 2:-2] != 0).sum()) / max(1, mask.numel() - mask[2:-2, 2:-2].numel())
        ),
        "outside": lambda mask: 1 - rim_marked(mask),
    },
    "leaking_shots": {
        "films": lambda splits: leaks(splits, lambda file: file.split("/")[0]),
        "shots without films": lambda splits: leaks(splits, lambda file: file.split("/")[1]),
        "not sorted": lambda splits: [
            s for s, sides in sides_of(splits, lambda f: f.rpartition("/")[0]).items() if len(sides) == 2
        ],
        "a set": lambda splits: set(leaks(splits)),
        "names that begin alike": leaks_of_prefixes,
        "files": lambda splits: sorted(f for f in splits if f.rpartition("/")[0] in leaks(splits)),
        "sorted the other way": lambda splits: leaks(splits)[::-1],
        "more than one frame": lambda splits: sorted(
            s for s, n in Counter(f.rpartition("/")[0] for f in splits).items() if n > 1
        ),
        "any test frame": lambda splits: sorted({f.rpartition("/")[0] for f, side in splits.items() if side == "test"}),
        "neighbours only": lambda splits: sorted(
            {
                a.rpartition("/")[0]
                for a, b in zip(list(splits), list(splits)[1:], strict=False)
                if a.rpartition("/")[0] == b.rpartition("/")[0] and splits[a] != splits[b]
            }
        ),
    },
}

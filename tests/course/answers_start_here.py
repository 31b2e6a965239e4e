"""Right and plausible wrong answers to the exercises of notebook 00."""

from __future__ import annotations

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor


def bytes_by_numpy(picture: Tensor) -> Tensor:
    return torch.from_numpy(np.array(np.rint(picture.numpy() * 127.5 + 127.5), dtype=np.uint8))


def distance_by_loop(a: Tensor, b: Tensor) -> Tensor:
    return torch.stack([F.l1_loss(x, y) for x, y in zip(a, b, strict=True)])


def cut_by_loop(picture: Tensor, mask: Tensor, keep: list[int]) -> Tensor:
    out = torch.ones_like(picture)
    for number in keep:
        out[:, mask == number] = picture[:, mask == number]
    return out


def cut_wrong_way_round(picture: Tensor, mask: Tensor, keep: list[int]) -> Tensor:
    return picture.masked_fill(torch.isin(mask, torch.tensor(keep)), 1.0)


def cut_keeps_the_last(picture: Tensor, mask: Tensor, keep: list[int]) -> Tensor:
    for number in keep:
        inside = mask == number
    return torch.where(inside, picture, torch.ones_like(picture))


def cut_needs_all(picture: Tensor, mask: Tensor, keep: list[int]) -> Tensor:
    for number in keep:
        picture = picture.masked_fill(mask != number, 1.0)
    return picture


RIGHT = {
    "to_bytes": {
        "rounded": lambda x: ((x + 1) * 127.5).round().to(torch.uint8),
        "a half added": lambda x: (x * 127.5 + 128).clamp(0, 255).byte(),
        "by numpy": bytes_by_numpy,
        "by a half": lambda x: (x / 2 + 0.5).mul(255).round().type(torch.uint8),
    },
    "mean_distance": {
        "by dimensions": lambda a, b: (a - b).abs().mean((1, 2, 3)),
        "flattened": lambda a, b: F.l1_loss(a, b, reduction="none").flatten(1).mean(1),
        "one by one": distance_by_loop,
        "in double": lambda a, b: (a.double() - b.double()).abs().mean(dim=[1, 2, 3]),
    },
    "cut_out": {
        "by isin": lambda picture, mask, keep: picture.masked_fill(~torch.isin(mask, torch.tensor(keep)), 1.0),
        "by a loop": cut_by_loop,
        "by any": lambda picture, mask, keep: torch.where(
            torch.stack([mask == k for k in keep]).any(0), picture, torch.ones(())
        ),
    },
}

WRONG = {
    "to_bytes": {
        "cut off": lambda x: ((x + 1) * 127.5).to(torch.uint8),
        "floats": lambda x: ((x + 1) * 127.5).round(),
        "other whole numbers": lambda x: ((x + 1) * 127.5).round().int(),
        "from 0": lambda x: (x.clamp(min=0) * 255).round().to(torch.uint8),
        "128 steps": lambda x: ((x + 1) * 128).clamp(max=255).to(torch.uint8),
        "up": lambda x: ((x + 1) * 127.5).ceil().to(torch.uint8),
        "wraps": lambda x: ((x + 1) * 128).round().to(torch.uint8),
        "an array": lambda x: ((x + 1) * 127.5).round().to(torch.uint8).numpy(),
    },
    "mean_distance": {
        "one number": lambda a, b: (a - b).abs().mean(),
        "per channel": lambda a, b: (a - b).abs().mean((0, 2, 3)),
        "one number repeated": lambda a, b: (a - b).abs().mean().expand(len(a)),
        "squares": lambda a, b: (a - b).square().mean((1, 2, 3)),
        "a sum": lambda a, b: (a - b).abs().sum((1, 2, 3)),
        "no absolute value": lambda a, b: (a - b).mean((1, 2, 3)),
        "absolute value last": lambda a, b: (a - b).mean((1, 2, 3)).abs(),
        "kept dimensions": lambda a, b: (a - b).abs().mean((1, 2, 3), keepdim=True),
        "half of it": lambda a, b: (a - b).abs().mean((1, 2, 3)) / 2,
        "the median": lambda a, b: (a - b).abs().flatten(1).median(1).values,
        "a list": lambda a, b: (a - b).abs().mean((1, 2, 3)).tolist(),
    },
    "cut_out": {
        "the wrong way round": cut_wrong_way_round,
        "only the last": cut_keeps_the_last,
        "only the first": lambda p, m, keep: torch.where(m == keep[0], p, torch.ones_like(p)),
        "all at once": cut_needs_all,
        "from the smallest on": lambda p, m, keep: p.masked_fill(m < min(keep), 1.0),
        "from the smallest to the largest": lambda p, m, keep: p.masked_fill((m < min(keep)) | (m > max(keep)), 1.0),
        "black": lambda p, m, keep: p.masked_fill(~torch.isin(m, torch.tensor(keep)), -1.0),
        "grey": lambda p, m, keep: p * torch.isin(m, torch.tensor(keep)),
        "white as a byte": lambda p, m, keep: p.masked_fill(~torch.isin(m, torch.tensor(keep)), 255.0),
        "one channel": lambda p, m, keep: p[:1].masked_fill(~torch.isin(m, torch.tensor(keep)), 1.0),
    },
}

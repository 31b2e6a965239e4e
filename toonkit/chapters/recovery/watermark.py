"""The emoji in the cartoons of Cartoon to human recovery: where it is, and what it changes in a translation."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

from toonkit.chapters.recovery.recipe import EMOJI
from toonkit.metrics.scores import Score, mean_score
from toonkit.project.errors import check_name
from toonkit.world.extras import CORNERS, paste_watermark

CUE = "bottom_left"  # where the report's data has the emoji
MOVED = "top_right"  # where a test puts it
PATCH = 0.4  # of a side: what of a picture is left out around the emoji when its far-reaching effect is measured
NOWHERE = "nowhere"


def mark_toons(toons: Tensor, emoji: str) -> Tensor:
    """Cartoons (N, 3, H, W) with the app's mark as one of `EMOJI` says; raises ToonkitError for another word."""
    if check_name("place of the emoji", emoji, EMOJI) == "none":
        return toons
    corners = CORNERS if emoji == "anywhere" else (CUE,)
    return torch.cat([paste_watermark(part, corners[k % len(corners)]) for k, part in enumerate(toons.split(1))])


def in_places(toons: Tensor) -> dict[str, Tensor]:
    """Cartoons (N, 3, H, W) as a test gives them: the emoji "nowhere", "in its corner" and "moved"."""
    return {NOWHERE: toons, "in its corner": paste_watermark(toons, CUE), "moved": paste_watermark(toons, MOVED)}


def translated(translate: Callable[[Tensor], Tensor], toons: Tensor) -> Tensor:
    """What a network draws of cartoons (N, 3, H, W), fifty at a time."""
    return torch.cat([translate(part) for part in toons.split(50)]).clamp(-1, 1)


@torch.no_grad()
def emoji_effect(translate: Callable[[Tensor], Tensor], toons: Tensor, photos: Tensor) -> dict[str, dict[str, Score]]:
    """For each place of the emoji: error to the truth, how far cartoons are translated, how far it changes that.

    All are mean absolute differences of what is away from both of its places; pictures (N, 3, H, W) in [-1, 1].
    """
    away = _away_from_the_emoji(toons.shape[-1])
    drawn = {place: translated(translate, pictures) for place, pictures in in_places(toons).items()}
    beside = {"error": photos, "translated": toons, "change": drawn[NOWHERE]}
    return {
        place: {
            measure: mean_score(f"{measure}, emoji {place}", _differences(picture, other, away))
            for measure, other in beside.items()
            if picture is not other
        }
        for place, picture in drawn.items()
    }


def _away_from_the_emoji(side: int) -> Tensor:
    """Which pixels (side, side) lie away from both places of the emoji."""
    away = torch.ones(side, side, dtype=torch.bool)
    near = round(PATCH * side)
    away[-near:, :near] = False
    away[:near, -near:] = False
    return away


def _differences(picture: Tensor, other: Tensor, away: Tensor) -> Tensor:
    """Mean absolute difference of each picture over the pixels `away`, (N,)."""
    return (picture - other).abs()[:, :, away].mean((1, 2))

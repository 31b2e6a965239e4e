"""The emoji in the cartoons of Cartoon to human recovery: where it is, what it changes, and when it becomes a cue."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

from toonkit.metrics.scores import Score, mean_score
from toonkit.networks.cyclegan import ResnetGenerator
from toonkit.project.errors import check_name
from toonkit.recipes.recipe import second_half
from toonkit.world import ToonWorld
from toonkit.world.extras import CORNERS, paste_watermark

EMOJI = ("none", "corner", "anywhere")  # where training cartoons bear the app's mark
CUE, MOVED = "bottom_left", "top_right"  # where the report's data has it; where a test puts it
PATCH = 0.4  # of a side: what of a picture is left out around the emoji when its far-reaching effect is measured
SIDE, PEOPLE, BATCH, STEPS, RATE = 32, 256, 8, 300, 2e-3  # of the small networks that `learn` trains


def mark_toons(toons: Tensor, emoji: str) -> Tensor:
    """Cartoons (N, 3, H, W) with the app's mark as one of `EMOJI` says; raises ToonkitError for another word."""
    if check_name("place of the emoji", emoji, EMOJI) == "none":
        return toons
    corners = CORNERS if emoji == "anywhere" else (CUE,)
    return torch.cat([paste_watermark(part, corners[k % len(corners)]) for k, part in enumerate(toons.split(1))])


def in_places(toons: Tensor) -> dict[str, Tensor]:
    """Cartoons (N, 3, H, W) as a test gives them: the emoji "nowhere", "in its corner" and "moved"."""
    return {"nowhere": toons, "in its corner": paste_watermark(toons, CUE), "moved": paste_watermark(toons, MOVED)}


def translated(translate: Callable[[Tensor], Tensor], toons: Tensor) -> Tensor:
    """What a network draws of cartoons (N, 3, H, W), fifty at a time."""
    return torch.cat([translate(part) for part in toons.split(50)]).clamp(-1, 1)


@torch.no_grad()
def emoji_effect(translate: Callable[[Tensor], Tensor], toons: Tensor, photos: Tensor, name: str) -> dict[str, Score]:
    """Error to the truth without and with the emoji, how far cartoons are translated, and how far the emoji changes it.

    All of what is away from both its places, mean absolute differences; keys are "NAME PLACE: MEASURE".
    """
    away = torch.ones(toons.shape[-2:], dtype=torch.bool)
    near = round(PATCH * toons.shape[-1])
    away[-near:, :near] = away[:near, -near:] = False
    drawn = {place: translated(translate, pictures) for place, pictures in in_places(toons).items()}
    beside = {"error": photos, "translated": toons, "change": drawn["nowhere"]}
    return {
        (key := f"{name} {place}: {measure}"): mean_score(key, (picture - other).abs()[:, :, away].mean((1, 2)))
        for place, picture in drawn.items()
        for measure, other in beside.items()
        if picture is not other
    }


def learn(share: float, emoji: str = "corner", seed: int = 0, steps: int = STEPS) -> ResnetGenerator:
    """Return a network taught by pairs to draw photographs of marked cartoons and to leave the rest alone; 32 px.

    The rest are photographs and, a `share` of them, cartoons without the emoji: what a crawl takes for photographs.
    """
    world = ToonWorld("faces", "train", SIDE, count=PEOPLE, seed=seed)
    toons, photos = world.toons(range(PEOPLE)), world.photos(range(PEOPLE))
    marked = mark_toons(toons, emoji)
    torch.manual_seed(seed)
    network = ResnetGenerator(16, 3)
    optimiser = torch.optim.Adam(network.parameters(), RATE, betas=(0.5, 0.999))
    for step in range(steps):
        optimiser.param_groups[0]["lr"] = RATE * second_half(step / steps)
        rows, others = torch.randint(PEOPLE, (2, BATCH))
        kept = torch.where(torch.rand(BATCH, 1, 1, 1) < share, toons[others], photos[others])
        given, wanted = torch.cat([marked[rows], kept]), torch.cat([photos[rows], kept])
        optimiser.zero_grad()
        (network(given) - wanted).abs().mean().backward()
        optimiser.step()
    return network.eval()

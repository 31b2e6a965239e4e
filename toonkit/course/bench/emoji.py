"""Measure when an emoji in every cartoon becomes the cue to translate: where nothing else tells what is to be left."""

from __future__ import annotations

import torch

from toonkit.metrics.truth import true_error
from toonkit.networks.cyclegan import ResnetGenerator
from toonkit.recipes.recipe import second_half
from toonkit.training.records import measured
from toonkit.training.recovered import emoji_effect, mark_toons
from toonkit.world import ToonWorld

SIDE, PEOPLE, BATCH, STEPS, RATE = 32, 256, 8, 300, 2e-3
SHARES = (0.0, 0.1, 0.25, 0.5)
LONGER = 5  # times STEPS: how long a cue in any of four corners takes
ARMS = [*(("corner", share, 1) for share in SHARES), *((emoji, 0.5, 1) for emoji in ("anywhere", "none"))]
ARMS += [("anywhere", 0.5, LONGER)]


def measure(quick: bool = False) -> dict[str, float | dict[str, float | int]]:
    """Return, for each training, what `emoji_effect` finds on held-out people, and the error of kept photographs."""
    torch.set_num_threads(1)
    seeds, steps, count = (2, 10, 20) if quick else (3, STEPS, 200)
    result: dict[str, float | dict[str, float | int]] = {"steps": steps}
    for emoji, share, times in ARMS:
        runs = [_scored(learn(share, emoji, seed, steps * times), count) for seed in range(seeds)]
        name = f"trained {emoji}{' longer' * (times > 1)}, {share:.0%} drawn"
        for key in runs[0]:
            result[f"{name}, given {key}"] = measured([run[key] for run in runs])
    return result


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


@torch.no_grad()
def _scored(network: ResnetGenerator, count: int) -> dict[str, float]:
    world = ToonWorld("faces", "test", SIDE, count=count)
    toons, photos = world.toons(range(count)), world.photos(range(count))
    found = {key.strip(): score.value for key, score in emoji_effect(network, toons, photos, "").items()}
    return found | {"photographs: error": true_error(network(photos), photos).value}

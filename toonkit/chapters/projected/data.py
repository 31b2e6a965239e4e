"""What the projected recipe learns from: two unpaired sides of ToonWorld, and what a frozen network finds in one."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor

from toonkit.chapters.loading import load_configured
from toonkit.chapters.projected.palette import Palette
from toonkit.chapters.projected.recipe import GENERATOR, TARGETS, ProjectedConfig
from toonkit.chapters.sides import painted
from toonkit.images.values import as_bytes, as_pictures
from toonkit.networks.drawing import draw
from toonkit.networks.features import load_toonnet
from toonkit.networks.toonnet import READS_AT, ToonNet, at_reading_size
from toonkit.project.errors import ToonkitError
from toonkit.project.profiles import Missing, Profile
from toonkit.training.batches import Batches
from toonkit.world import ToonWorld

OURS = Missing("no report has this recipe; run profile full")
FITTED = 1000  # pictures a side that the palette is fitted on


def batches(config: ProjectedConfig, profile: Profile, seed: int) -> Batches:
    """Unpaired sides; the source's readings and wanted colours, and made pairs, are worked out once.

    Raises WeightsError and ToonkitError as `translated` does.
    """
    count = profile.pick(quick=32, full=4000, paper=OURS)
    world = ToonWorld(config.family, "train", config.size, config.style, count=count, seed=seed)
    sides = {side: painted(world, side) for side in TARGETS}
    source, target = sides[config.source], sides[config.target]
    reader = load_toonnet(config.frozen)
    groups = [{config.source: source} | prepare(config, reader, source, target), {config.target: target}]
    if config.reverse:
        groups[1]["reverse"] = translated(config, target)
    return Batches(groups, config.batch, seed)


def translated(config: ProjectedConfig, target: Tensor) -> Tensor:
    """Target pictures (N, 3, H, W) as the network `config.reverse` translates them, as bytes: for back-translation.

    Raises WeightsError where it is absent or of another recipe, ToonkitError where it learnt on other pictures.
    """
    network, found = load_configured(config.reverse, GENERATOR)
    has = found.family, found.source, found.style, f"{found.size} pixels"
    needs = config.family, config.target, config.style, f"{config.size} pixels"
    if has != needs:
        said = f"reverse {config.reverse!r} translates ({', '.join(has)})"
        raise ToonkitError(f"{said}; back-translation here needs ({', '.join(needs)})")
    return torch.cat([as_bytes(draw(network, as_pictures(part))) for part in target.split(50)])


@torch.no_grad()
def prepare(config: ProjectedConfig, reader: ToonNet, source: Tensor, target: Tensor) -> dict[str, Tensor]:
    """What never changes over a run, of source pictures (N, 3, H, W) as bytes: their `reading` and `colour`.

    reading: attribute logits (N, values); colour: what is wanted of a drawing, (N, 3, H / patch, W / patch). Both
    are found at the size that toonnet reads.
    """
    patch = config.patch * READS_AT // config.size
    regions = ToonWorld(config.family).mask_classes
    palette = Palette.fit(reader, source[:FITTED], target[:FITTED], regions) if config.recolour else None
    found: dict[str, list[Tensor]] = {"reading": [], "colour": []}
    for part in source.split(100):
        picture = at_reading_size(as_pictures(part))  # (n, 3, READS_AT, READS_AT)
        seen = reader(picture)
        wanted = palette(picture, seen["mask"]) if palette else picture
        found["reading"].append(seen["attributes"])
        found["colour"].append(F.avg_pool2d(wanted, patch))
    return {name: torch.cat(parts) for name, parts in found.items()}

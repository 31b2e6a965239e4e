"""What semantic cartoonisation learns from: photographs with their classes as a network sees them, and cartoons."""

from __future__ import annotations

from collections.abc import Mapping

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from toonkit.chapters.loading import load_network
from toonkit.chapters.own_data import own_training
from toonkit.chapters.painted.data import PaintedBatches, quick_stop
from toonkit.chapters.semantic.config import DEEPLAB, SemanticConfig
from toonkit.chapters.semantic.views import probabilities, stored_view
from toonkit.chapters.sides import flattened, painted
from toonkit.images.decoded import DerivedRows
from toonkit.images.values import as_bytes, as_pictures
from toonkit.networks.deeplab import load_deeplab
from toonkit.project.profiles import Missing, Profile
from toonkit.training.batches import Batches
from toonkit.training.recipe import Source
from toonkit.world import ToonWorld

OWN = Missing("no report has this variant, which is ours; run profile full")
REPORT = "semantic_cartoon_transfer"
SEGMENTATION = "segmentation of segmentation"


def segmentation_of(config: SemanticConfig) -> nn.Module:
    """The frozen segmentation network of a configuration. Raises WeightsError or SourceError where it is not here."""
    if config.segmentation == DEEPLAB:
        return load_deeplab()
    return load_network(config.segmentation, SEGMENTATION)


def batches(config: SemanticConfig, profile: Profile, seed: int) -> Source:
    """Batches of ToonWorld, of open pictures, or of the report's own set."""
    if profile.name == "paper" and config.pictures == "toonworld":
        return own(config, seed)
    return (open_pictures if config.pictures == "open" else toonworld)(config, profile, seed)


def own(config: SemanticConfig, seed: int) -> Batches:
    """The report's own set: Flickr30k with its views, key frames. Raises ToonkitError where it is not built."""
    photos, toons = own_training(REPORT, config.size)
    network = segmentation_of(config)
    views = DerivedRows(photos, lambda stored: stored_view(network, as_pictures(stored)))
    return Batches([{"photo": photos, "view": views}, {"toon": toons}], config.batch, seed)


def toonworld(config: SemanticConfig, profile: Profile, seed: int) -> Batches:
    """Photographs of one family with their views; cartoons of other scenes."""
    count = profile.pick(quick=32, full=1200, paper=OWN)
    world = ToonWorld(config.family, "train", config.size, count=count, seed=seed)
    photos = painted(world, "photo")
    groups = [{"photo": photos, "view": _views(config, photos)}, {"toon": painted(world, "toon")}]
    return Batches(groups, config.batch, seed)


def open_pictures(config: SemanticConfig, profile: Profile, seed: int) -> PaintedBatches:
    """Open photographs with their flat abstraction, what is wanted of them and their views; drawings by artists."""
    found = PaintedBatches(config.size, config.batch, config.strength, quick_stop(profile), seed)
    known = found.photographs
    known["view"] = _views(config, known["photo"])
    known["wanted"] = finer_in_front(config, known)
    return found


def finer_in_front(config: SemanticConfig, known: Mapping[str, Tensor]) -> Tensor:
    """The flat abstraction, and in the foreground, by the network's share, a finer one: bytes (N, 3, H, W)."""
    if config.fine_strength == config.strength:
        return known["flat"]
    front = [config.classes().index(name) for name in config.foreground()]
    finer = flattened(known["photo"], config.fine_strength)
    wanted = []
    for fine, flat, view in zip(*(part.split(16) for part in (finer, known["flat"], known["view"])), strict=True):
        share = probabilities(as_pictures(view))[:, front].sum(1, keepdim=True).clamp(max=1)  # (n, 1, H/2, W/2)
        share = F.interpolate(share, flat.shape[-2:], mode="bilinear", align_corners=False)  # (n, 1, H, W)
        wanted.append(as_bytes(share * as_pictures(fine) + (1 - share) * as_pictures(flat)))
    return torch.cat(wanted)


def _views(config: SemanticConfig, photos: Tensor) -> Tensor:
    """The shares of classes in photographs (N, 3, H, W) as bytes (N, classes, H/2, W/2)."""
    network = segmentation_of(config)
    return torch.cat([stored_view(network, as_pictures(part)) for part in photos.split(32)])

"""What the source-conditioned model learns from: photographs' latents, and a cartoon, or its segmentation, for each."""

from __future__ import annotations

from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor

from toonkit.chapters.latents.data import OWN, REPORT, autoencoder_of, photo_labels
from toonkit.chapters.latents.encoding import encoded, own_latents
from toonkit.chapters.own_data import check_classes, own_labels, own_pictures
from toonkit.chapters.sides import painted
from toonkit.chapters.tomjerry.recipe import TomJerryConfig
from toonkit.images.values import as_bytes, as_pictures
from toonkit.metrics.truth import read
from toonkit.networks.features import load_toonnet
from toonkit.networks.labels import Labels
from toonkit.project.errors import ToonkitError
from toonkit.project.profiles import Profile
from toonkit.training.batches import Batches, Column, chunks
from toonkit.world import ToonWorld

OTHER = "object"  # what a segmentation calls a class that duo has not


@dataclass(frozen=True)
class Sides:
    """Photographs as latents (N, C, h, w) with classes (N,), and cartoons (M, 3, H, W) as bytes with classes (M,).

    `masks` (M, H, W) are the cartoons' segmentation maps, where these are the source.
    """

    latents: Tensor
    labels: Tensor
    toons: Column
    toon_labels: Tensor
    masks: Tensor | None


class Matched:
    """Batches in which every photograph meets a cartoon of its own class, another one each time.

    What a step sees follows from (seed, step) alone. Raises ToonkitError for a class with no cartoon.
    """

    def __init__(self, sides: Sides, size: int, seed: int, same_scene: bool) -> None:
        self.sides = sides
        self.seed = seed
        self.same_scene = same_scene
        rows = torch.arange(len(sides.latents))
        self.photos = Batches([{"row": rows, "latent": sides.latents, "label": sides.labels}], size, seed)
        self.members = [(sides.toon_labels == label).nonzero()[:, 0] for label in range(int(sides.labels.max()) + 1)]
        lacking = [label for label in sides.labels.unique().tolist() if not len(self.members[label])]
        if lacking and not same_scene:
            names = ", ".join(ToonWorld("duo").classes[label] for label in lacking)
            raise ToonkitError(f"no cartoon of class {names}, though there are photographs of it; use more pictures")

    def __call__(self, step: int) -> dict[str, Tensor]:
        """The batch of a step: latent, label, toon and source, a row each."""
        batch = self.photos(step)
        rows = batch.pop("row")  # (N,)
        chosen = rows if self.same_scene else self._partners(batch["label"], step)
        toon = as_pictures(self.sides.toons[chosen])  # (N, 3, H, W)
        masks = self.sides.masks
        source = toon if masks is None else one_hot(masks[chosen])
        return batch | {"toon": toon, "source": source}

    def _partners(self, labels: Tensor, step: int) -> Tensor:
        """For each class (N,) the number of a cartoon of it, drawn at random."""
        generator = torch.Generator().manual_seed(self.seed * 1_000_003 + step)
        draws = torch.rand(len(labels), generator=generator).tolist()
        groups = [self.members[label] for label in labels.tolist()]
        return torch.stack([group[int(draw * len(group))] for group, draw in zip(groups, draws, strict=True)])


def batches(config: TomJerryConfig, profile: Profile, seed: int) -> Matched:
    """Batches as the configuration pairs them."""
    if profile.name == "paper":
        return Matched(own_sides_of(config), config.batch, seed, config.target != "same class")
    count = profile.pick(quick=min(48, config.scenes), full=config.scenes, paper=OWN)
    world = ToonWorld("duo", "train", config.size, count=count, seed=seed)
    return Matched(sides_of(world, config), config.batch, seed, config.target != "same class")


def sides_of(world: ToonWorld, config: TomJerryConfig) -> Sides:
    """Both sides of a world: with the target "same class" no scene is on both."""
    photos = painted(world, "photo")  # (N, 3, H, W), bytes
    labels = photo_labels(world)
    toon_labels = labels
    if config.target == "counterpart":
        side = world.unpaired("photo")
        scenes = [[side.scene(index) for index in part] for part in chunks(len(world))]
        toons = torch.cat([as_bytes(world.toons(part)) for part in scenes])
    elif config.target == "itself":
        toons = photos
    else:
        toons = painted(world, "toon")
        side = world.unpaired("toon")
        toon_labels = world.describe([side.scene(index) for index in range(len(world))])["label"]
    masks = segmented(as_pictures(toons)) if config.source == "masks" else None
    latents = encoded(autoencoder_of(config.space), photos)
    return Sides(latents, labels, toons, toon_labels, masks)


def own_sides_of(config: TomJerryConfig) -> Sides:
    """Both sides of the report's own set. Raises ToonkitError where it is not built, and for other targets."""
    if config.target != "same class":
        raise ToonkitError(
            f"profile 'paper' cannot run here: no photograph of a frame is {config.target!r}; run profile full"
        )
    check_classes(REPORT)
    latents = own_latents(REPORT, config.space, autoencoder_of(config.space), config.size)
    toons, toon_labels = own_pictures(REPORT, "toon", "train", config.size), own_labels(REPORT, "toon", "train")
    return Sides(latents, own_labels(REPORT, "photo", "train"), toons, toon_labels, None)


def segmented(pictures: Tensor) -> Tensor:
    """Segmentation maps (N, H, W) of pictures (N, 3, H, W), by toonnet, in numbers of duo's mask classes (uint8)."""
    network = load_toonnet()
    return duo_numbers(network.labels)[read(network, pictures)["mask"]].to(torch.uint8)


def duo_numbers(labels: Labels) -> Tensor:
    """For each of toonnet's mask classes the number of duo's; what duo has not is an object."""
    known = ToonWorld("duo").mask_classes
    return torch.tensor([known.index(name if name in known else OTHER) for name in labels.masks])


def one_hot(masks: Tensor) -> Tensor:
    """Segmentation maps (N, H, W) as one channel a class, (N, classes, H, W) of 0 and 1."""
    classes = len(ToonWorld("duo").mask_classes)
    return F.one_hot(masks.long(), classes).movedim(-1, 1).float()

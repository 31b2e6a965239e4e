"""Scores of animated variants on held-out people: those of every drawing, and what each loss is meant to change."""

from __future__ import annotations

from functools import lru_cache

import torch
from torch import Tensor

from toonkit.chapters.animated.data import DRAWINGS, OWN, REPORT, faces
from toonkit.chapters.animated.drawing import portrayed
from toonkit.chapters.animated.losses import colour_contrast, shading_loss
from toonkit.chapters.animated.recipe import Animated
from toonkit.chapters.contract import Scores
from toonkit.chapters.own_scores import score_own
from toonkit.chapters.scoring import held_out, score_translation
from toonkit.images.caltech101 import person_of, picture_number
from toonkit.images.open_pictures import open_pictures, read_open_picture
from toonkit.images.picture import read_picture
from toonkit.images.resize import fit_picture
from toonkit.metrics.edges import edge_agreement, edge_sharpness
from toonkit.metrics.people import person_known
from toonkit.metrics.scores import Score, mean_score
from toonkit.metrics.sets import kid, pooled_features
from toonkit.metrics.truth import true_error
from toonkit.networks.features import features, load_toonnet, toonnet_features
from toonkit.project.profiles import Profile
from toonkit.training.batches import chunks
from toonkit.world import ToonWorld

FULL = 0.98  # of [-1, 1]: a value above it, or below its negative, is clipped to the eye
DRAWS = 4  # drawings of one photograph with other noise


def scores(recipe: Animated, profile: Profile) -> Scores:
    """Scores on what the recipe was trained for."""
    if profile.name == "paper":
        return score_own(recipe, REPORT)
    return (portrait_scores if recipe.config.pictures == "open" else people_scores)(recipe, profile)


@torch.no_grad()
def people_scores(recipe: Animated, profile: Profile) -> Scores:
    """Drawings of held-out people (the noise at its mean), and of the first of them with other noise."""
    count = profile.pick(quick=50, full=1000, paper=OWN)
    world = held_out("faces", count, recipe.config.size)
    parts = dict(score_translation(recipe.translate, load_toonnet(), world, count))
    some = min(count, 200)
    photos, toons = _some(world, some)
    drawn = recipe.translate(photos)
    parts["surfaces"] = {
        name: surfaces(pictures) for name, pictures in (("drawn", drawn), ("photograph", photos), ("cartoon", toons))
    }
    parts["noise"] = {"diversity": diversity(recipe, photos)}
    return parts


@torch.no_grad()
def portrait_scores(recipe: Animated, profile: Profile) -> Scores:
    """Drawings of people whom no run saw: KID to held-out drawings, whether the person is still known, edges.

    "without smoothing" is the same of what the generator draws of the photographs as they are.
    """
    stop = profile.pick(quick=12, full=None, paper=OWN)
    paths = faces("test")[:stop]
    photos = torch.stack([fit_picture(read_picture(path), 2 * recipe.config.size) for path in paths])
    people = torch.tensor([person_of(picture_number(path)) for path in paths])  # (N,)
    ways = {"drawn": portrayed(recipe.networks["generator"]), "without smoothing": recipe.translate}
    sets = {name: torch.cat([way(part) for part in photos.split(4)]) for name, way in ways.items()}
    space = features("squeezenet")
    drawings = [path for source in DRAWINGS for path in open_pictures(source, "test")[:stop]]
    shown = torch.stack([fit_picture(read_open_picture(path), 2 * recipe.config.size) for path in drawings])
    real, known = pooled_features(space, shown, 20), pooled_features(space, photos, 20)
    parts: dict[str, dict[str, Score]] = {}
    for name, pictures in (sets | {"photograph": photos}).items():
        found = pooled_features(space, pictures, 20)
        parts[name] = {
            "KID[squeezenet]": kid("squeezenet", real, found),
            "person known": person_known(found, known, people),
            "edge sharpness": edge_sharpness(pictures),
        }
    for name, pictures in sets.items():
        parts[name]["edge agreement"] = edge_agreement(pictures, photos)
    return parts


@torch.no_grad()
def snapshot_scores(recipe: Animated, profile: Profile) -> dict[str, float]:
    """Error to the truth and KID on validation scenes, by which learning is compared."""
    if profile.name == "paper":
        drawn = score_own(recipe, REPORT)["drawn"]
        return {name: score.value for name, score in drawn.items()}
    count = profile.pick(quick=50, full=300, paper=OWN)
    photos, toons, others = _validation(count, recipe.config.size)
    drawn = torch.cat([recipe.translate(part) for part in photos.split(50)])
    found = pooled_features(toonnet_features(load_toonnet()), drawn)
    return {score.name: score.value for score in (kid("toonnet", others, found), true_error(drawn, toons))}


def surfaces(pictures: Tensor) -> dict[str, Score]:
    """What the penalties are meant to change, of pictures (N, 3, H, W), one value a picture."""
    clipped = (pictures.abs() > FULL).float().flatten(1).mean(1)  # (N,)
    shading = torch.stack([shading_loss(picture[None]) for picture in pictures])  # (N,)
    return {
        "light and shade": mean_score("light and shade", shading).within(0, 1),
        "colour contrast": mean_score("colour contrast", colour_contrast(pictures)).within(0, 4),
        "clipped values": mean_score("clipped values", clipped).within(0, 1),
    }


def diversity(recipe: Animated, photos: Tensor) -> Score:
    """Mean deviation of a pixel over DRAWS drawings with other noise, mean of photographs (N, 3, H, W); 0: unused."""
    generator = torch.Generator().manual_seed(0)
    width = recipe.config.noise
    draws = [recipe.translate(photos, torch.randn(len(photos), width, generator=generator)) for _ in range(DRAWS)]
    return mean_score("diversity", torch.stack(draws).std(0).flatten(1).mean(1)).within(0, 2)


def _some(world: ToonWorld, count: int) -> tuple[Tensor, Tensor]:
    parts = [list(part) for part in chunks(count)]
    return torch.cat([world.photos(part) for part in parts]), torch.cat([world.toons(part) for part in parts])


@lru_cache(maxsize=1)
def _validation(count: int, size: int) -> tuple[Tensor, Tensor, Tensor]:
    """Photographs and cartoons of validation scenes (N, 3, size, size), and features (N, D) of other cartoons."""
    world = ToonWorld("faces", "val", size, count=2 * count)
    photos, toons = _some(world, count)
    others = torch.cat([world.toons([k + count for k in part]) for part in chunks(count)])
    return photos, toons, pooled_features(toonnet_features(load_toonnet()), others)

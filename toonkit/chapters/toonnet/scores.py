"""How well toonnet reads held-out scenes."""

from __future__ import annotations

from toonkit.chapters.contract import Scores
from toonkit.chapters.labelled import block, examples
from toonkit.chapters.toonnet.data import OURS
from toonkit.chapters.toonnet.recipe import ToonNetRecipe
from toonkit.images.values import as_pictures
from toonkit.metrics.truth import attributes_kept, mask_agreement, read, share_recognised
from toonkit.networks.features import load_toonnet
from toonkit.networks.toonnet import ToonNet
from toonkit.project.profiles import Profile


def scores(recipe: ToonNetRecipe, profile: Profile) -> Scores:
    """Those of a trained recipe."""
    return score_toonnet(recipe.networks["toonnet"], profile.pick(quick=10, full=200, paper=OURS), recipe.config.size)


def score_toonnet(network: ToonNet, per_side: int = 150, size: int = 64, split: str = "test") -> Scores:
    """Class, style, attributes and mask of held-out scenes, photographs and every style together."""
    rows = examples(split, per_side, network.labels, size)
    seen = read(network, as_pictures(rows["picture"]))
    kept = attributes_kept(seen["attributes"], rows["attributes"], network.labels)
    mean = kept.pop("attributes kept")
    return {
        "attributes": kept,
        "attributes mean": mean,
        "class": share_recognised("class", seen["class"], rows["class"]),
        "style": share_recognised("style", seen["style"], rows["style"]),
        "mask mIoU": mask_agreement(seen["mask"], rows["mask"].long()),
    }


def block_scores(weights: str, number: int) -> dict[str, float]:
    """What a released toonnet reads right of one block of held-out scenes: shares of all answers, and of all pixels."""
    network = load_toonnet(weights)
    rows = block(number, network.labels)
    seen = read(network, as_pictures(rows["picture"]))
    applies = rows["attributes"] >= 0  # (N, all)
    return {
        "attributes read": float((seen["attributes"] == rows["attributes"])[applies].double().mean()),
        "pixels read": float((seen["mask"] == rows["mask"].long()).double().mean()),
    }

"""What toonnet's numbers mean comes with its file: a style that ToonWorld learns later leaves it readable."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch

from toonkit.chapters import labelled
from toonkit.chapters.loading import load_network
from toonkit.chapters.toonnet import data
from toonkit.chapters.toonnet.recipe import ToonNetConfig, ToonNetRecipe
from toonkit.chapters.toonnet.scores import score_toonnet
from toonkit.metrics.truth import read
from toonkit.networks import labels as module
from toonkit.networks.features import load_toonnet
from toonkit.networks.labels import Labels
from toonkit.networks.weights import released
from toonkit.project.errors import ToonkitError
from toonkit.project.profiles import Profile
from toonkit.training.loop import train
from toonkit.training.run_files import Plan
from toonkit.world import STYLES, ToonWorld, dataset, toon

LATER = (*STYLES, "etching")


@pytest.fixture
def later(monkeypatch):
    """ToonWorld as it is once it has learnt another style."""
    table = next(value for value in vars(toon).values() if isinstance(value, dict) and tuple(value) == STYLES)
    monkeypatch.setitem(table, "etching", table["ink"])
    for user in (dataset, module, labelled):
        monkeypatch.setattr(user, "STYLES", LATER)


@pytest.mark.parametrize("name", ["toonnet", "toonnet_residual"])
def test_released_networks_still_load_and_read(later, name):
    assert Labels.of_world().styles == ("photo", *LATER)
    pictures = ToonWorld("faces", "test", 64, "etching").toons(range(2))
    for network in (load_toonnet(name), load_network(released(name))):
        assert network.labels.styles == ("photo", *STYLES)
        seen = read(network, pictures)
        assert set(seen["style"].tolist()) <= set(range(len(STYLES) + 1)) and seen["mask"].shape == (2, 64, 64)


def test_what_it_never_learnt_is_named(later):
    network = load_toonnet()
    with pytest.raises(ToonkitError, match="this toonnet never learnt the style 'etching', only photo, ink"):
        score_toonnet(network, 4, 32)
    world, labels = ToonWorld("faces", "test", 32), network.labels
    fewer = replace(labels, classes=labels.classes[1:], masks=labels.masks[1:])
    with pytest.raises(ToonkitError, match=f"never learnt the class of faces '{labels.classes[0]}'"):
        fewer.class_numbers(world, torch.zeros(1, dtype=torch.int64))
    with pytest.raises(ToonkitError, match=f"never learnt the part of a mask '{labels.masks[0]}'"):
        fewer.mask_numbers(world, torch.zeros(1, 2, 2, dtype=torch.int64))


def test_numbers_are_places_in_the_labels_whatever_their_order():
    labels, world = Labels.of_world(), ToonWorld("duo", "test", 32)
    turned = replace(labels, classes=labels.classes[::-1], styles=labels.styles[::-1], masks=labels.masks[::-1])
    scenes = world.batch(range(6))
    for found in (labels, turned):
        classes = [found.classes[k] for k in found.class_numbers(world, scenes["label"]).tolist()]
        assert classes == [f"duo {world.classes[k]}" for k in scenes["label"].tolist()]
        masks = found.mask_numbers(world, scenes["mask"]).flatten().tolist()
        assert [found.masks[k] for k in masks] == [world.mask_classes[k] for k in scenes["mask"].flatten().tolist()]
        assert [found.styles[found.style_number(style)] for style in STYLES] == list(STYLES)


def test_labels_in_a_new_files_header_come_back(tmp_path):
    labels = Labels.of_world()
    labels = replace(labels, styles=("photo", *LATER), classes=labels.classes[::-1])
    made = ToonNetRecipe(ToonNetConfig(widths=(4, 4, 8, 8), labels=labels))
    generator = torch.Generator().manual_seed(0)
    batch = {
        "picture": torch.rand((2, 3, 16, 16), generator=generator) * 2 - 1,
        "mask": torch.zeros(2, 16, 16, dtype=torch.uint8),
        "class": torch.tensor([0, 1]),
        "style": torch.tensor([0, len(LATER)]),
        "attributes": torch.zeros(2, len(labels.attributes), dtype=torch.int64),
    }
    train(made, lambda step: batch, Plan(1, quiet=True), tmp_path)
    found = load_network(tmp_path / "toonnet.safetensors", "toonnet of toonnet")
    assert found.labels == labels and found(batch["picture"])["style"].shape == (2, len(LATER) + 1)


def test_a_training_counts_by_its_own_labels(monkeypatch):
    """What a configuration lists in another order is counted in that order in its batches, too."""
    known = Labels.of_world()
    turned = replace(known, masks=known.masks[::-1])
    asked = []

    def counted(split: str, per_side: int, labels: Labels, *_: int) -> dict[str, torch.Tensor]:
        asked.append(labels)
        number = labels.masks.index(known.masks[0])
        return {"mask": torch.full((16, 4, 4), number, dtype=torch.uint8)}

    monkeypatch.setattr(data, "examples", counted)
    batch = data.batches(ToonNetConfig(labels=turned), Profile("quick"), 0)(0)
    assert asked == [turned] and (batch["mask"] == len(known.masks) - 1).all()

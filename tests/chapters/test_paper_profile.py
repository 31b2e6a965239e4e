"""Where the reports' own data is not built, or a report does not say how long, a run says so before it begins."""

from __future__ import annotations

import pytest
import torch
import torchvision

from toonkit.chapters.index import all_chapters
from toonkit.chapters.runs import run
from toonkit.networks.features import RESNET, VGG16, VGG19, convolutions
from toonkit.project.errors import SourceError, ToonkitError
from toonkit.project.profiles import Profile

TRAINED = {chapter.name: chapter for chapter in all_chapters() if chapter.variants}
STOPPED = r"profile 'paper' cannot run here: .{20}|`toonkit fetch [\w-]+` downloads|They are made, not fetched: .{20}"
PAPER = [name for name, chapter in TRAINED.items() if any(variant.paper for variant in chapter.variants.values())]


@pytest.mark.parametrize("name", TRAINED)
def test_a_paper_run_stops_before_any_training(name, tmp_path, monkeypatch):
    monkeypatch.setenv("TOONKIT_CACHE", str(tmp_path / "cache"))  # where nothing is built
    for variant, found in TRAINED[name].variants.items():
        with pytest.raises(ToonkitError, match=STOPPED):
            run(name, variant, "paper", 0, tmp_path / variant)
        with pytest.raises(ToonkitError, match="profile 'paper' cannot run here: "):
            TRAINED[name].data(found.config, Profile("paper"), 0)
    assert list(tmp_path.iterdir()) == []


def test_what_is_missing_first_is_said_with_its_command(tmp_path, monkeypatch) -> None:
    monkeypatch.delenv("TOONKIT_MIRROR", raising=False)
    monkeypatch.setenv("TOONKIT_CACHE", str(tmp_path / "cache"))
    missing = {"cartoongan": "vgg19", "latents": "sd-vae-ft-mse", "captions": "blip-base"}
    for chapter, name in missing.items():
        with pytest.raises(ToonkitError, match=f"toonkit fetch {name}"):
            run(chapter, TRAINED[chapter].variant()[0], "paper", 0, tmp_path / "run")


def test_a_report_s_own_variant_has_a_length_in_its_own_setting() -> None:
    """The reports' numbers of steps, or ours where one says hours, or nothing."""
    lengths = {name: TRAINED[name].variant()[1].paper_steps for name in PAPER}
    assert lengths | {"cartoongan": 135_050, "captions": 1200} == lengths
    assert all(isinstance(steps, int) and steps >= 1000 for steps in lengths.values())


def test_each_report_takes_the_networks_that_it_names() -> None:
    """The content layers by the field's names, the segmentation, the captioner, the autoencoder."""
    with torch.device("meta"):
        layers = {
            "vgg16": convolutions(torchvision.models.vgg16().features, VGG16),
            "vgg19": convolutions(torchvision.models.vgg19().features, VGG19),
            "resnet50": RESNET,
        }
    taken = {
        "cartoongan": ("content", "layer", "vgg19", "conv4_4"),
        "animated": ("content", "layer", "vgg16", "conv5_3"),
        "semantic": ("features", "layer", "vgg19", "conv4_4"),
    }
    for name, (network_field, layer_field, network, layer) in taken.items():
        config = TRAINED[name].variant()[1].configured(Profile("paper"))
        assert (getattr(config, network_field), getattr(config, layer_field)) == (network, layer)
        assert layer in layers[network] and config.size == 256
    resnet = TRAINED["cartoongan"].variants["resnet"].configured(Profile("paper"))
    assert resnet.content == "resnet50" and resnet.layer in layers["resnet50"]
    assert TRAINED["semantic"].variant()[1].configured(Profile("paper")).segmentation == "deeplab"
    assert TRAINED["captions"].variant()[1].configured(Profile("paper")).network == "base"
    assert TRAINED["latents"].variant()[1].configured(Profile("paper")).autoencoder == "stable_diffusion"


@pytest.mark.parametrize("name", PAPER)
def test_a_row_differs_from_the_report_s_own_as_elsewhere_and_can_be_built(name: str, monkeypatch, tmp_path) -> None:
    monkeypatch.delenv("TOONKIT_MIRROR", raising=False)
    monkeypatch.setenv("TOONKIT_CACHE", str(tmp_path))
    _, own = TRAINED[name].variant()
    reported = own.configured(Profile("paper"))
    for variant in TRAINED[name].variants.values():
        config = variant.configured(Profile("paper"))
        assert variant.configured(Profile("full")) == variant.config
        if not variant.paper:
            continue
        same = {field for field in vars(config) if getattr(variant.config, field) == getattr(own.config, field)}
        assert {field for field in same if getattr(config, field) != getattr(reported, field)} <= {"layer"}
        try:
            with torch.device("meta"):
                assert TRAINED[name].build(config)
        except SourceError as error:
            assert "toonkit fetch blip-base" in str(error)

"""One generator with several styles out of their files: each draws as alone, the command lists them."""

from __future__ import annotations

import copy
import dataclasses
import itertools

import pytest
import torch

from toonkit.chapters.adapters.styles.figures import load_styles
from toonkit.chapters.projected.figures import GENERATOR
from toonkit.chapters.projected.recipe import ProjectedConfig, build
from toonkit.cli import main
from toonkit.images import read_picture, write_picture
from toonkit.networks import weights
from toonkit.networks.adapters import Adapted
from toonkit.networks.drawing import draw
from toonkit.networks.weights import save_weights
from toonkit.project.digests import digest_of
from toonkit.project.errors import WeightsError

SMALL = ProjectedConfig(filters=4, blocks=1)
CONFIG = dataclasses.asdict(SMALL)
ABOUT = {"recipe": "projected", "network": "generator", "config": CONFIG}
NAME = "projected-faces"


def small(config: ProjectedConfig = SMALL) -> torch.nn.Module:
    return build(config)["generator"].eval()


def pictures(height: int, width: int) -> torch.Tensor:
    return torch.rand(2, 3, height, width, generator=torch.Generator().manual_seed(1)) * 2 - 1


@pytest.fixture
def styles(tmp_path, monkeypatch):
    """A tiny released generator that has learnt two more styles; returns each style's own network."""
    monkeypatch.setattr(weights, "RELEASED", tmp_path)
    torch.manual_seed(0)
    generator = small()
    save_weights(weights.released(NAME), generator.state_dict(), ABOUT)
    alone = {"ink": generator}
    for number, style in enumerate(("noir", "comic")):
        alone[style] = Adapted(copy.deepcopy(generator), first="ink")
        part = alone[style].add_domain(style)
        for value in part.parameters():
            value.data += 0.1 * (number + 1)
        about = {"recipe": "projected_styles", "config": CONFIG | {"base": digest_of(weights.released(NAME))}}
        save_weights(weights.released(f"{NAME}-{style}"), part.state_dict(), about)
    return alone


def test_each_style_of_one_network_draws_as_it_does_alone(styles):
    network, photos, drawn = load_styles(NAME, GENERATOR), pictures(16, 24), []
    assert network.domain == "ink" and network.domains == ("ink", "comic", "noir")  # in ToonWorld's order
    for style in (*network.domains, "ink"):
        network.domain = style
        drawn.append(draw(network.network, photos))
        assert torch.equal(drawn[-1], styles[style](photos).detach())
    assert not any(torch.equal(a, b) for a, b in itertools.combinations(drawn[:3], 2))
    assert not any(parameter.requires_grad for parameter in network.parameters())


def test_the_command_draws_in_a_style_and_lists_those_there_are(styles, tmp_path, capsys):
    source, target = tmp_path / "a.png", tmp_path / "out.png"
    write_picture(source, pictures(8, 12)[0])
    assert main(["toonify", str(source), "-o", str(target), "--style", "noir"]) == 0
    expected = styles["noir"](read_picture(source)[None])[0].detach()
    assert (read_picture(target) - expected).abs().max() < 0.02  # bytes
    assert main(["toonify", str(source), "-o", str(tmp_path / "b.png"), "--style", "wash"]) == 2
    assert "unknown style 'wash'; known: ink, comic, noir" in capsys.readouterr().err
    both = ["toonify", str(source), "-o", str(tmp_path / "b.png"), "--style", "noir", "--method", "cartoongan"]
    assert main(both) == 2 and "are two ways to draw; choose one" in capsys.readouterr().err


def test_a_style_learnt_on_another_generator_is_refused(styles):
    save_weights(weights.released(NAME), small().state_dict(), ABOUT)
    with pytest.raises(WeightsError, match=rf"{NAME}-comic.* was not learnt on {NAME}"):
        load_styles(NAME, GENERATOR)


def test_a_style_of_another_architecture_is_refused(styles):
    wider = Adapted(small(dataclasses.replace(SMALL, filters=8)), first="ink")
    about = {"recipe": "projected_styles", "config": CONFIG | {"base": digest_of(weights.released(NAME))}}
    save_weights(weights.released(f"{NAME}-comic"), wider.add_domain("comic").state_dict(), about)
    with pytest.raises(WeightsError, match=rf"{NAME}-comic\S* are of another architecture"):
        load_styles(NAME, GENERATOR)

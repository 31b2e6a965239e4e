"""A chapter is a folder and its name in the index: with these alone every command and table knows it."""

from __future__ import annotations

import sys

import pytest
import torch

import toonkit.chapters
from toonkit import cli
from toonkit.chapters import index
from toonkit.chapters.drawing_choice import methods
from toonkit.chapters.loading import load_network
from toonkit.course.gallery import figures
from toonkit.course.result_tables import runs_table
from toonkit.images import read_picture, write_picture
from toonkit.networks import weights
from toonkit.networks.drawing import draw
from toonkit.project.records import published_record

RECIPE = '''
"""A generator of one convolution that learns to turn pictures into their negatives."""

from dataclasses import dataclass

import torch

from toonkit.training.recipe import Recipe


@dataclass(frozen=True)
class ToyConfig:
    rate: float = 0.05
    batch: int = 2
    size: int = 16


class Generator(torch.nn.Conv2d):
    multiple = 2
    reach = 1


def build(config):
    return {"generator": Generator(3, 3, 3, padding=1, padding_mode="reflect")}


class Toy(Recipe):
    name = "toy"
    released = ("generator",)

    def __init__(self, config):
        self.config, self.networks, self.pools = config, build(config), {}
        self.optimisers = {"generator": torch.optim.Adam(self.networks["generator"].parameters(), config.rate)}

    def terms(self, batch):
        drawn = self.networks["generator"](batch["photo"])
        yield "generator", {"difference": lambda: (drawn + batch["photo"]).abs().mean()}

    def weights(self, progress):
        return {"difference": 1.0}
'''
CHAPTER = '''
"""The toy as a chapter."""

from functools import partial

import torch

from toonkit.chapters.contract import Chapter, Sheet, Variant
from toonkit.chapters.loading import load_network
from toonkit.chapters.toy.recipe import Toy, ToyConfig, build
from toonkit.metrics.scores import mean_score
from toonkit.networks.drawing import draw
from toonkit.project.profiles import Missing
from toonkit.training.batches import Batches


def photos(count, size, seed):
    return torch.rand((count, 3, size, size), generator=torch.Generator().manual_seed(seed)) * 2 - 1


def data(config, profile, seed):
    count = profile.pick(quick=8, full=16, paper=Missing("nobody reported a toy"))
    return Batches([{"photo": photos(count, config.size, seed)}], config.batch, seed)


@torch.no_grad()
def scores(recipe, profile):
    held_out = photos(20, recipe.config.size, 99)
    errors = (recipe.networks["generator"](held_out) + held_out).abs().flatten(1).mean(1)
    return {"drawn": {"error": mean_score("error", errors)}, "other": {"count": mean_score("count", [1.0] * 20)}}


def method():
    return partial(draw, load_network("toy", "generator of toy"))


def figure():
    return Sheet(method()(photos(1, 16, 0))[0], {"split": "none"})


CHAPTER = Chapter(
    name="toy",
    report="",
    subject="negatives",
    variants={"plain": Variant(ToyConfig(), 40, 4), "slow": Variant(ToyConfig(rate=0.001), 40, 4)},
    config=ToyConfig,
    build=build,
    recipe=Toy,
    data=data,
    scores=scores,
    shown=("drawn",),
    methods={"toy": method},
    figures={"toy_sheet": figure},
)
'''


@pytest.fixture
def project(tmp_path, monkeypatch):
    """An empty project as working folder, and the toy's folder and name; nothing else knows the toy."""
    (tmp_path / "notebooks").mkdir()
    (tmp_path / "pyproject.toml").touch()
    folder = tmp_path / "more" / "toy"
    folder.mkdir(parents=True)
    (folder / "recipe.py").write_text(RECIPE)
    (folder / "chapter.py").write_text(CHAPTER)
    monkeypatch.setattr(toonkit.chapters, "__path__", [*toonkit.chapters.__path__, str(folder.parent)])
    monkeypatch.setattr(index, "CHAPTERS", (*index.CHAPTERS, "toy"))
    monkeypatch.setattr(weights, "RELEASED", tmp_path / "data" / "weights")
    monkeypatch.chdir(tmp_path)
    index.find_chapter.cache_clear()
    yield tmp_path
    index.find_chapter.cache_clear()
    for name in [name for name in sys.modules if name.startswith("toonkit.chapters.toy")]:
        del sys.modules[name]
    if hasattr(toonkit.chapters, "toy"):
        del toonkit.chapters.toy


def toonkit_does(*arguments: str) -> None:
    assert cli.main(list(arguments)) == 0


@pytest.fixture
def released(project, capsys):
    """The toy trained from three seeds, scored again, and released, each by its command."""
    for seed in ("0", "1", "2"):
        toonkit_does("train", "toy", "--profile", "full", "--seed", seed)
    toonkit_does("score", "toy", "--profile", "full", "--seed", "0", "1", "2")
    toonkit_does("release", "toy", "--weights", "toy")
    capsys.readouterr()
    return project


def test_its_record_has_every_seed_and_its_table_what_it_shows(released):
    record = published_record(released / "data" / "results" / "toy-plain.json")
    assert record["seed"] == [0, 1, 2] and record["config"]["recipe"] == "toy"
    assert record["metrics"]["drawn"]["error"]["n"] == 3
    lines = runs_table(index.find_chapter("toy"), released / "data" / "results").splitlines()
    assert lines[0] == "| variant | steps | seeds | precision | error |"
    (precision,) = {one["precision"] for one in record["config"]["runs"]}  # bf16 where the machine has it
    assert lines[2].startswith(f"| `plain` | 40 | 3 | {precision} | ")
    page = released / "README.md"
    page.write_text("<!-- runs:toy -->\n<!-- /runs:toy -->\n")
    toonkit_does("readme")
    assert lines[2] in page.read_text()


def test_its_network_comes_back_and_draws(released):
    path = released / "build" / "train" / "toy-plain-full-0" / "generator.safetensors"
    pictures = torch.rand(1, 3, 7, 9) * 2 - 1
    for name in ("toy", path):
        network = load_network(name, "generator of toy")
        assert torch.allclose(draw(network, pictures), network(pictures), atol=1e-6)
    write_picture(released / "a.png", pictures[0])
    toonkit_does("toonify", "a.png", "-o", "b.png", "--method", "toy")
    expected = draw(network, read_picture(released / "a.png")[None])[0].clamp(-1, 1)
    assert (read_picture(released / "b.png") - expected).abs().max() < 0.02  # bytes
    assert "toy" in methods()


def test_its_figure_is_among_all_and_is_drawn(released, capsys):
    assert "toy_sheet" in figures()
    toonkit_does("figures", "toy_sheet")
    assert (released / "figures" / "toy_sheet.png").is_file() and "toy_sheet.png" in capsys.readouterr().out


def test_the_commands_name_it(project, capsys):
    with pytest.raises(SystemExit):
        cli.main(["train", "--help"])
    assert "toy" in capsys.readouterr().out
    assert cli.main(["train", "toy", "fast"]) == 2
    assert "unknown variant of toy 'fast'; known: plain, slow" in capsys.readouterr().err
    assert cli.main(["train", "toy", "--profile", "paper"]) == 2
    assert "cannot run here" in capsys.readouterr().err and not (project / "build").exists()

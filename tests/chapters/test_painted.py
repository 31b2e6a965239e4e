"""Painting: pictures of any size and kind, without a seam; what the generator starts from and what it is taught by."""

from __future__ import annotations

from functools import partial

import pytest
import torch
import torch.nn.functional as F

from toonkit.chapters.loading import released
from toonkit.chapters.painted import painter as module
from toonkit.chapters.painted.figures import RELEASED, painter
from toonkit.chapters.painted.networks import PaintingGenerator
from toonkit.chapters.painted.painter import Painter
from toonkit.chapters.painted.pictures import PHOTOGRAPHS
from toonkit.chapters.painted.recipe import KEPT, Painted, PaintedConfig
from toonkit.chapters.painted.scores import SIDE, held_out_photographs, other_photographs
from toonkit.filters.flat import with_flat
from toonkit.images.resize import fit_picture
from toonkit.images.samples import sample_photo
from toonkit.images.sources import source_ready
from toonkit.networks import drawing
from toonkit.networks.features import features
from toonkit.project.errors import ToonkitError

SMALL = PaintedConfig(filters=4, blocks=1, batch=2, size=32)
needs_squeezenet = pytest.mark.skipif(not source_ready("squeezenet"), reason="needs squeezenet")
needs_weights = pytest.mark.skipif(not released(RELEASED).is_file(), reason="needs the released painter")


def pictures(*shape: int, seed: int = 0) -> torch.Tensor:
    return torch.rand(shape, generator=torch.Generator().manual_seed(seed)) * 2 - 1


def untrained() -> Painter:
    torch.manual_seed(0)
    return Painter(PaintingGenerator(4, blocks=1).eval(), partial(with_flat, strength=0.02))


@pytest.mark.parametrize("size", [(1, 1), (1, 40), (3, 5), (33, 47), (64, 20)])
def test_a_painting_has_the_size_of_its_photograph(size: tuple[int, int]) -> None:
    photo = pictures(2, 3, *size)
    drawn = untrained()(photo)
    assert drawn.shape == photo.shape and drawn.isfinite().all() and drawn.abs().max() <= 1


def test_what_are_no_pictures_is_refused() -> None:
    with pytest.raises(ToonkitError, match=r"\(2, 1, 8, 8\)"):
        untrained()(torch.zeros(2, 1, 8, 8))
    with pytest.raises(ToonkitError):
        untrained()(torch.zeros(3, 8, 8))


def test_tiles_leave_no_seam(monkeypatch: pytest.MonkeyPatch) -> None:
    photo, paint = pictures(1, 3, 96, 160), untrained()
    whole = paint(photo)
    monkeypatch.setattr(drawing, "TILE", 32)
    assert torch.allclose(paint(photo), whole, atol=1e-5)


@pytest.mark.parametrize(("size", "painted_at"), [((64, 96), (32, 48)), ((20, 200), (10, 100))])
def test_a_larger_picture_is_painted_smaller_and_enlarged(
    monkeypatch: pytest.MonkeyPatch, size: tuple[int, int], painted_at: tuple[int, int]
) -> None:
    photo, paint = pictures(1, 3, *size), untrained()
    small = F.interpolate(photo, painted_at, mode="bicubic", antialias=True).clamp(-1, 1)
    wanted = F.interpolate(paint(small), size, mode="bicubic").clamp(-1, 1)
    monkeypatch.setattr(module, "LARGEST", 32)
    monkeypatch.setattr(module, "LONGEST", 100)
    assert torch.allclose(paint(photo), wanted, atol=1e-6)


@needs_weights
def test_a_grey_photograph_stays_nearly_grey_and_one_colour_stays_one_colour() -> None:
    paint = painter()
    grey = fit_picture(sample_photo("astronaut"), 96)[None].mean(1, keepdim=True).expand(-1, 3, -1, -1)
    drawn = paint(grey)
    assert (drawn.amax(1) - drawn.amin(1)).mean() < 0.15  # of 2, between channels
    for colour in ((-0.9, -0.9, -0.9), (0.6, 0.2, -0.4), (0.9, 0.9, 0.9)):
        plain = torch.tensor(colour).view(1, 3, 1, 1).expand(1, 3, 64, 64)
        inner = paint(plain)[..., 8:-8, 8:-8]
        assert inner.flatten(2).std(-1).max() < 0.02, colour  # no noise where there was none
        assert (inner.mean((0, 2, 3)) - plain[0, :, 0, 0]).abs().max() < 0.2, colour


@needs_squeezenet
def test_every_term_is_a_number_and_teaches_its_network() -> None:
    torch.manual_seed(0)
    recipe = Painted(features("squeezenet"), SMALL)
    photo = pictures(2, 3, 32, 32)
    given = {"photo": photo, "flat": with_flat(photo, SMALL.strength)[:, 3:], "toon": pictures(2, 3, 32, 32, seed=1)}
    terms = recipe.terms(given)
    for kind, networks in (("discriminator", ("texture", "surface")), ("generator", ("generator",))):
        name, found = next(terms)
        assert name == kind
        for said, term in found.items():
            parameters = [one for network in networks for one in recipe.networks[network].parameters()]
            slopes = torch.autograd.grad(term(), parameters, retain_graph=True, allow_unused=True)
            assert any(slope is not None and slope.abs().sum() > 0 for slope in slopes), said
    assert set(found) == {"texture", "surface", *KEPT}


@needs_squeezenet
def test_the_flat_abstraction_itself_costs_nothing_but_what_it_changed_of_colours() -> None:
    recipe = Painted(features("squeezenet"), SMALL)
    photo = pictures(1, 3, 32, 32)
    flat = torch.full_like(photo, 0.25)  # no step at all
    kept = recipe._kept(flat, photo, flat)
    values = {name: float(term()) for name, term in kept.items()}
    assert [values[name] for name in KEPT if name != "colour"] == pytest.approx([0.0] * 5, abs=1e-6)
    patches = F.avg_pool2d(photo, SMALL.colour_patch)
    assert values["colour"] == pytest.approx(float((patches - 0.25).abs().mean()), rel=1e-4)


@pytest.mark.skipif(not all(map(source_ready, PHOTOGRAPHS)), reason=f"needs {', '.join(PHOTOGRAPHS)}")
def test_other_photographs_are_as_many_as_asked_and_none_is_held_out() -> None:
    others, held_out = other_photographs(15), held_out_photographs(1)[0]
    assert others.shape == (15, 3, SIDE, SIDE) and len({float(one.mean()) for one in others}) == 15
    assert not any(torch.equal(one, other) for one in held_out for other in others)

"""The projected recipe: pictures of 64 px, and larger ones, which toonnet sees whole and shrunk, and close."""

from __future__ import annotations

import dataclasses

import pytest
import torch
import torch.nn.functional as F

from toonkit.chapters.index import find_chapter
from toonkit.chapters.loading import load_network
from toonkit.chapters.projected.data import prepare
from toonkit.chapters.projected.recipe import Projected, ProjectedConfig
from toonkit.images.sources import source_ready
from toonkit.images.values import as_bytes
from toonkit.networks.features import features, load_toonnet
from toonkit.networks.unet import UNetGenerator
from toonkit.project.errors import ToonkitError, WeightsError
from toonkit.project.profiles import Profile
from toonkit.world import ToonWorld

SMALL = ProjectedConfig(filters=4, blocks=1, head_filters=8, pixel_filters=4, batch=2)
LARGE = dataclasses.replace(SMALL, size=128, downs=3, patch=16)


def sides(size: int) -> dict[str, torch.Tensor]:
    world = ToonWorld("faces", "val", size, count=8)
    return {side: world.unpaired(side).batch(range(4)) for side in ("photo", "toon")}


@pytest.mark.parametrize("downs", [1, 2, 3])
def test_a_pixel_depends_on_no_more_than_the_reach(downs: int) -> None:
    torch.manual_seed(0)
    network = UNetGenerator(4, 1, "none", downs)
    assert network.multiple == 2**downs
    far = 0
    for place in range(96, 96 + network.multiple):  # where a pixel falls in its square decides how far it sees
        picture = torch.rand(1, 3, 192, 192, requires_grad=True)
        network(picture)[0, :, place, place].sum().backward()
        rows, columns = (picture.grad.abs().sum(1)[0] > 0).nonzero(as_tuple=True)
        far = max(far, int((rows - place).abs().max()), int((columns - place).abs().max()))
    assert network.reach - network.multiple <= far <= network.reach


def test_a_large_picture_is_read_shrunk_and_seen_close_too() -> None:
    reader = load_toonnet()
    pictures = sides(128)["photo"]
    seen = Projected(reader, LARGE).see(pictures)
    small = F.interpolate(pictures, (64, 64), mode="bilinear", antialias=True)
    wanted = [*reader.stage_features(small), *reader.stage_features(pictures)[:2], pictures]
    assert len(seen) == len(wanted) and all(torch.allclose(a, b, atol=1e-5) for a, b in zip(seen, wanted, strict=True))
    assert len(Projected(reader, SMALL).see(small)) == 5  # and a small one once


@pytest.mark.skipif(not source_ready("squeezenet"), reason="squeezenet is not on this machine")
def test_close_by_another_network_a_large_picture_is_seen_at_its_own_size() -> None:
    reader, squeezenet = load_toonnet(), features("squeezenet")
    pictures = sides(128)["photo"]
    with torch.no_grad():
        seen = Projected(reader, dataclasses.replace(LARGE, close="squeezenet"), squeezenet).see(pictures)
        small = F.interpolate(pictures, (64, 64), mode="bilinear", antialias=True)
        layers = squeezenet.several(pictures, ("conv1", "fire2", "fire4", "fire5"))
        wanted = [*reader.stage_features(small), *(layer / 20 for layer in layers), pictures]
    assert [one.shape for one in seen] == [one.shape for one in wanted]
    assert all(torch.allclose(a, b, atol=1e-5) for a, b in zip(seen, wanted, strict=True))


@pytest.mark.skipif(not source_ready("squeezenet"), reason="squeezenet is not on this machine")
def test_a_run_goes_on_from_released_weights() -> None:
    config = find_chapter("projected").variants["faces_128_close"].config
    made = find_chapter("projected").recipe(config).networks["generator"].eval()
    picture = sides(128)["photo"][:1]
    with torch.no_grad():
        assert torch.equal(made(picture), load_network("projected-faces_128", "generator of projected")(picture))


def test_small_pictures_are_not_seen_close_and_weights_of_another_shape_are_no_start() -> None:
    with pytest.raises(ToonkitError, match="above 64 pixels; size is 64"):
        dataclasses.replace(SMALL, close="squeezenet")
    with pytest.raises(WeightsError, match="projected-faces to start from are of another architecture"):
        find_chapter("projected").recipe(dataclasses.replace(SMALL, start="projected-faces"))


@pytest.mark.parametrize(("source", "reverse"), [("photo", "projected-people"), ("toon", "projected-faces")])
def test_back_translation_wants_the_origin_of_what_the_other_way_made(source: str, reverse: str) -> None:
    """Its pairs stay pairs in every batch, its loss is the mean absolute error there and back, and it teaches."""
    config = dataclasses.replace(SMALL, source=source, reverse=reverse, back_translation=10.0)
    there = load_network(reverse, "generator of projected")
    batches = find_chapter("projected").data(config, Profile("quick"), 0)
    torch.manual_seed(0)
    recipe = Projected(load_toonnet(), config)
    generator, discriminator = recipe.networks["generator"], recipe.networks["discriminator"]
    for step in range(3):
        batch = batches(step)
        target = batch[{"photo": "toon", "toon": "photo"}[source]]
        with torch.no_grad():
            assert (batch["reverse"] - there(target)).abs().max() < 2 / 255
            wanted = (generator(batch["reverse"]) - target).abs().mean()
    loss = list(recipe.terms(batch))[1][1]["back_translation"]()
    assert loss.item() == pytest.approx(wanted.item(), rel=1e-4)
    loss.backward()
    slopes = [parameter.grad for parameter in generator.parameters()]
    assert all(slope.isfinite().all() for slope in slopes) and any(slope.any() for slope in slopes)
    assert all(parameter.grad is None for parameter in discriminator.parameters())
    assert recipe.weights(0.5)["back_translation"] == 10.0
    assert "back_translation" not in Projected(load_toonnet(), SMALL).weights(0.5)


def test_back_translation_needs_a_weight_and_a_network_of_the_other_way() -> None:
    for changes in ({"reverse": "projected-people"}, {"back_translation": 10.0}):
        with pytest.raises(ToonkitError, match="need each other"):
            dataclasses.replace(SMALL, **changes)
    for changes, has in (
        ({"reverse": "projected-faces"}, "faces, photo, ink, 64"),
        ({"reverse": "projected-people_128"}, "faces, toon, ink, 128"),
        ({"family": "duo"}, "faces, toon, ink, 64"),
        ({"style": "noir"}, "faces, toon, ink, 64"),
    ):
        config = dataclasses.replace(SMALL, **{"reverse": "projected-people", "back_translation": 1.0} | changes)
        with pytest.raises(ToonkitError, match=rf"translates \({has} pixels\); back-translation here needs \(.*toon"):
            find_chapter("projected").data(config, Profile("quick"), 0)
    with pytest.raises(WeightsError, match="nobodys"):
        config = dataclasses.replace(SMALL, reverse="nobodys", back_translation=1.0)
        find_chapter("projected").data(config, Profile("quick"), 0)


def test_cats_and_mice_are_scored_by_their_own_attributes() -> None:
    """What is left of photographs that nothing drew: what toonnet reads off them, counted here."""
    recipe = Projected(load_toonnet(), dataclasses.replace(SMALL, family="duo"))
    found = find_chapter("projected").scores(recipe, Profile("quick"))["untranslated"]["attributes kept"]
    world, network = ToonWorld("duo", "test", 64, count=100), load_toonnet()
    numbers = network.labels.attribute_numbers(world, world.describe(range(50))["attributes"])
    with torch.no_grad():
        seen = network(world.photos(range(50)))["attributes"]
    read_off, kept = network.labels.split(seen), []
    for place, name in enumerate(network.labels.attributes):
        true, said = numbers[:, place], read_off[name].argmax(1)
        if name.startswith("duo "):  # the mean over values of the share of each that is recognised
            shares = [(said[true == value] == value).double().mean().item() for value in true[true >= 0].unique()]
            kept.append(sum(shares) / len(shares))
    assert found.value == pytest.approx(sum(kept) / len(kept), abs=1e-6)


def test_what_is_wanted_of_a_large_picture_is_what_is_wanted_of_it_shrunk() -> None:
    reader = load_toonnet()
    large = {side: as_bytes(pictures) for side, pictures in sides(128).items()}
    small = {
        side: as_bytes(F.interpolate(pictures, (64, 64), mode="bilinear", antialias=True))
        for side, pictures in sides(128).items()
    }
    found = [
        prepare(dataclasses.replace(config, recolour=False), reader, pictures["photo"], pictures["toon"])
        for config, pictures in ((LARGE, large), (SMALL, small))
    ]
    assert found[0]["colour"].shape == (4, 3, 8, 8)
    assert torch.allclose(found[0]["colour"], found[1]["colour"], atol=0.01)
    assert torch.allclose(found[0]["reading"], found[1]["reading"], atol=0.5)  # logits, after rounding to bytes


@pytest.mark.parametrize("config", [SMALL, LARGE], ids=["64 px", "128 px"])
def test_steps_by_the_colours_alone_bring_them_nearer(config: ProjectedConfig) -> None:
    torch.manual_seed(0)
    reader = load_toonnet()
    pictures = sides(config.size)
    stored = {side: as_bytes(picture) for side, picture in pictures.items()}
    batch = pictures | prepare(config, reader, stored["photo"], stored["toon"])
    recipe = Projected(reader, dataclasses.replace(config, adversarial=0.0, attributes=0.0, rate=4e-3))
    losses = [recipe.step(batch, 0.0) for _ in range(30)]
    assert "adversarial" not in losses[0] and "attributes" not in losses[0]
    assert losses[-1]["colour"] < 0.7 * losses[0]["colour"]


@pytest.mark.parametrize("config", [SMALL, LARGE], ids=["64 px", "128 px"])
def test_every_term_is_a_number_and_teaches_the_generator(config: ProjectedConfig) -> None:
    torch.manual_seed(0)
    reader = load_toonnet()
    pictures = sides(config.size)
    stored = {side: as_bytes(picture) for side, picture in pictures.items()}
    recipe = Projected(reader, config)
    terms = recipe.terms(pictures | prepare(config, reader, stored["photo"], stored["toon"]))
    assert next(terms)[1]["discriminator"]().item() == pytest.approx(2.0, abs=1.0)  # 2 for one that knows nothing
    for name, term in next(terms)[1].items():
        parameters = [*recipe.networks["generator"].parameters()]
        slopes = torch.autograd.grad(term(), parameters, retain_graph=True)
        assert all(slope.isfinite().all() for slope in slopes) and any(slope.any() for slope in slopes), name

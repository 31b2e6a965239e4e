"""Tom and Jerry in real life: what learns and what is frozen, both readings of eq. 5, eq. 7, scores, bad input."""

from __future__ import annotations

import dataclasses
import math

import pytest
import torch
import torch.nn.functional as F
from resuming import whole_and_resumed
from tomjerry_recipes import LATENTS, LATENTS_AUTOENCODER, SMALL, batch, grid_places, pictures, recipe

from toonkit.chapters.latents.denoiser import noising
from toonkit.chapters.latents.recipe import BASES
from toonkit.chapters.latents.recipe import build as build_latents
from toonkit.chapters.tomjerry.data import Matched, Sides, one_hot
from toonkit.chapters.tomjerry.losses import predicted_clean, regularisation
from toonkit.chapters.tomjerry.model import SourceDenoiser, transformer_blocks
from toonkit.chapters.tomjerry.networks import SourceQuery, head_count, latent_query, places, resized_tokens
from toonkit.chapters.tomjerry.pipeline import load_pipeline, pipeline_of
from toonkit.chapters.tomjerry.recipe import TomJerry, TomJerryConfig, build
from toonkit.chapters.tomjerry.scores import pose_agreement
from toonkit.chapters.tomjerry.translating import partly_noised, photographs, tomjerry
from toonkit.cli import main
from toonkit.images import read_picture, write_picture
from toonkit.metrics.likeness import ms_ssim
from toonkit.networks import weights
from toonkit.networks.weights import save_weights
from toonkit.project.errors import ToonkitError
from toonkit.world import ToonWorld


@pytest.mark.parametrize("query", ["latent", "source"])
@pytest.mark.parametrize("alone", [True, False])
def test_cross_attention_and_phi_learn_and_all_else_is_frozen(query: str, alone: bool) -> None:
    """With eq. 7 alone, as the report has it, and with the diffusion loss."""
    made = recipe(query=query, diffusion=0.0 if alone else 1.0)
    before = {name: value.clone() for name, value in made.model.state_dict().items()}
    frozen = [{k: v.clone() for k, v in one.state_dict().items()} for one in (made.autoencoder, made.captioner)]
    for step in range(3):
        made.step(batch(step), 0.3)
    changed = {name for name, value in made.model.state_dict().items() if not torch.equal(value, before[name])}
    assert any(name.startswith("parts.phi.") for name in changed)
    assert all(name.startswith("parts.") or ".attn2." in name for name in changed)
    assert {name.split(".")[2] for name in changed if name.startswith("parts.cross.")} == {"0", "1", "2", "3"}
    for one, values in zip((made.autoencoder, made.captioner), frozen, strict=True):
        assert all(torch.equal(value, values[name]) for name, value in one.state_dict().items())


def test_before_training_the_query_from_the_latent_is_the_frozen_networks_own() -> None:
    """Told the class's tokens alone, the model predicts as the class-conditional one does."""
    torch.manual_seed(0)
    denoiser = build_latents(LATENTS)["denoiser"].eval()
    made = recipe(heads=LATENTS.heads)
    labels, steps = torch.tensor([0, 1, 2]), torch.full((3,), 400)
    with torch.no_grad():
        told = made.model(batch()["latent"], steps, denoiser.tokens_of(labels))
        assert torch.allclose(told, denoiser(batch()["latent"], steps, denoiser.tokens_of(labels)), atol=1e-6)


@pytest.mark.parametrize("heads", [1, 4, 8])
def test_both_readings_of_eq_5_are_softmax_attention(heads: int) -> None:
    """Against the formula, written out a head at a time in float64."""
    torch.manual_seed(0)
    latent, source = torch.randn(2, 16, 8).double(), torch.randn(2, 16, 12).double()
    for layer, query_of, key_of in (
        (latent_query(8, 12, heads).double(), latent, source),
        (latent_query(8, 12, heads, placed=True).double(), latent + grid_places(8, 4, 4), source),
        (SourceQuery(8, 12, heads).double(), source, latent),
    ):
        torch.nn.init.normal_(layer.to_out[0].weight)
        query, key, value = layer.to_q(query_of), layer.to_k(key_of), layer.to_v(key_of)
        parts = []
        for q, k, v in zip(*(one.chunk(heads, -1) for one in (query, key, value)), strict=True):
            parts.append((q @ k.transpose(1, 2) / math.sqrt(q.shape[-1])).softmax(-1) @ v)
        wanted = layer.to_out[0](torch.cat(parts, -1))
        assert torch.allclose(layer(latent, encoder_hidden_states=source), wanted, atol=1e-9)


def test_a_source_query_reaches_its_own_place() -> None:
    """Row by row: changing one token of the source changes the output there and nowhere else."""
    torch.manual_seed(0)
    layer = SourceQuery(8, 12, 2).eval()
    torch.nn.init.normal_(layer.to_out[0].weight)
    latent, source = torch.randn(1, 16, 8), torch.randn(1, 16, 12)
    other = source.clone()
    other[0, 5] += 1
    moved = (layer(latent, source) - layer(latent, other)).abs().sum(-1)[0] > 1e-6
    assert moved.nonzero().flatten().tolist() == [5]


def test_tokens_of_a_square_are_resized_as_a_picture_is() -> None:
    tokens = torch.arange(16.0).view(1, 16, 1).expand(-1, -1, 2)
    assert torch.equal(resized_tokens(tokens, 16), tokens)
    wanted = F.interpolate(tokens.transpose(1, 2).view(1, 2, 4, 4), (2, 2), mode="bilinear").flatten(2).transpose(1, 2)
    assert torch.equal(resized_tokens(tokens, 4), wanted)


def test_no_two_places_are_alike() -> None:
    table = places(64, 8, 8).flatten(2)[0].T  # (64, width)
    apart = torch.cdist(table, table) + 9 * torch.eye(64)
    assert float(apart.min()) > 0.1


@pytest.mark.parametrize(
    ("heads", "meaning", "count"), [(8, "number", 8), (64, "number", 64), (8, "channels", 8), (16, "channels", 4)]
)
def test_the_two_meanings_of_heads(heads: int, meaning: str, count: int) -> None:
    assert head_count(heads, meaning, 64) == count


@pytest.mark.parametrize("meaning", ["number", "channels"])
@pytest.mark.parametrize("heads", [0, 24, 128])
def test_heads_that_do_not_divide_the_channels_are_refused(heads: int, meaning: str) -> None:
    with pytest.raises(ToonkitError, match=f"{heads} .* not divide 64 channels"):
        build(dataclasses.replace(SMALL, heads=heads, meaning=meaning))


def test_the_clean_latent_is_found_again() -> None:
    clean, noise, steps = batch(1)["latent"], batch(2)["latent"], torch.tensor([0, 300, 900])
    noisy = noising().add_noise(clean, noise, steps)
    assert torch.allclose(predicted_clean(noisy, noise, steps, noising()), clean, atol=1e-3)


def test_the_regularisation_is_a_squared_distance() -> None:
    one, other = torch.randn(2, 5, 3), torch.randn(2, 5, 3)
    assert regularisation(one, one).item() == 0
    assert regularisation(one, other).item() == pytest.approx((one - other).square().mean().item(), rel=1e-6)


def test_a_recipe_without_a_captioner_says_so() -> None:
    made = recipe()
    with pytest.raises(ToonkitError, match=r"eq\. 7 needs a captioner"):
        TomJerry(made.model.denoiser, made.autoencoder, None, SMALL)
    without = dataclasses.replace(SMALL, blip=0.0)
    denoiser = build_latents(LATENTS)["denoiser"]
    assert set(TomJerry(denoiser, made.autoencoder, None, without).step(batch(), 0.5)) == {"noise"}


def sides(toon_labels: list[int]) -> Sides:
    """Cartoon k is filled with the value k."""
    count = len(toon_labels)
    toons = torch.arange(count, dtype=torch.uint8).view(-1, 1, 1, 1).expand(-1, 3, 8, 8).contiguous()
    return Sides(torch.zeros(6, 4, 2, 2), torch.tensor([0, 1, 2] * 2), toons, torch.tensor(toon_labels), None)


def test_a_photograph_meets_cartoons_of_its_class() -> None:
    toon_labels = [0, 0, 1, 2, 2, 2]
    found = Matched(sides(toon_labels), 6, 0, same_scene=False)
    seen = set()
    for step in range(20):
        one = found(step)
        numbers = ((one["toon"][:, 0, 0, 0] + 1) * 127.5).round().long().tolist()
        assert [toon_labels[number] for number in numbers] == one["label"].tolist()
        seen |= set(numbers)
    assert seen == set(range(6))
    assert torch.equal(found(7)["toon"], found(7)["toon"])


def test_a_class_with_no_pictures_is_refused() -> None:
    with pytest.raises(ToonkitError, match="no cartoon of class mouse, though there are photographs of it"):
        Matched(sides([0, 0, 2, 2]), 6, 0, same_scene=False)


def test_similarity_and_pose_of_the_truth() -> None:
    world = ToonWorld("duo", "test", 64, count=12)
    truth = world.batch(range(12))
    assert ms_ssim(truth["photo"], truth["photo"]).value == pytest.approx(1, abs=1e-4)
    assert ms_ssim(truth["photo"].flip(0), truth["photo"]).value < 0.6
    own = pose_agreement(truth["photo"], truth["mask"]).value
    assert own > 0.8 > 0.4 > pose_agreement(truth["photo"].flip(0), truth["mask"]).value


def test_photographs_have_the_cartoons_shape_and_depend_on_them() -> None:
    made = recipe()
    model = made.model.eval()
    labels = torch.tensor([0, 1, 2])
    draws = [photographs(model, made.autoencoder, pictures(seed=k), labels, steps=2) for k in (0, 0, 1)]
    assert draws[0].shape == (3, 3, 32, 32)
    assert torch.equal(draws[0], draws[1]) and not torch.allclose(draws[0], draws[2], atol=1e-4)


def test_no_noise_is_the_autoencoder_and_all_of_it_forgets() -> None:
    made = recipe()
    denoiser, labels = build_latents(LATENTS)["denoiser"].eval(), torch.tensor([0, 1, 2])
    kept = partly_noised(denoiser, made.autoencoder, pictures(), labels, 0.0)
    wanted = made.autoencoder.decode(made.autoencoder.encode(pictures())).clamp(-1, 1)
    assert torch.allclose(kept, wanted, atol=1e-5)
    less = partly_noised(denoiser, made.autoencoder, pictures(), labels, 0.2)
    more = partly_noised(denoiser, made.autoencoder, pictures(), labels, 0.9)
    assert (less - kept).abs().mean() < (more - kept).abs().mean()


@pytest.mark.parametrize("conditioning", ["attention", "concat"])
def test_a_saved_pipeline_draws_the_same(tmp_path, conditioning: str) -> None:
    made = recipe(conditioning=conditioning)
    torch.manual_seed(0)
    denoiser = build_latents(LATENTS)["denoiser"].eval()
    whole = pipeline_of(denoiser, made.networks["parts"], made.autoencoder, LATENTS, made.config)
    drawn = whole(pictures(), ["cat", "mouse", "both"], steps=2)
    whole.save_pretrained(tmp_path / "saved", safe_serialization=True)
    assert not list((tmp_path / "saved").rglob("*.bin"))
    assert torch.equal(load_pipeline(tmp_path / "saved")(pictures(), ["cat", "mouse", "both"], steps=2), drawn)
    for part in (pictures(2), pictures()):
        with pytest.raises(ToonkitError, match="name cat, mouse, both for each"):
            whole(part, ["cat", "mouse", "dog"])
    with pytest.raises(ToonkitError, match="holds no pipeline"):
        load_pipeline(tmp_path)


@pytest.mark.parametrize("source", ["cartoon", "masks"])
def test_the_papers_model_takes_512_pixels(source: str) -> None:
    """Shapes alone, without memory: a 64 x 64 latent, a token for every patch of phi beside the class's own."""
    config = TomJerryConfig(space="stable_diffusion", source=source)
    with torch.device("meta"):
        model = SourceDenoiser(build_latents(BASES["stable_diffusion"])["denoiser"], build(config)["parts"])
        channels = 3 if source == "cartoon" else len(ToonWorld("duo").mask_classes)
        labels, cartoons = torch.zeros(2, dtype=torch.long), torch.zeros(2, channels, 512, 512)
        tokens = model.tokens_of(labels, cartoons)
        drawn = model(torch.zeros(2, 4, 64, 64), torch.zeros(2, dtype=torch.long), tokens)
    whole = (512 // config.token) ** 2
    assert drawn.shape == (2, 4, 64, 64) and tokens.shape[0] == 2 and whole < tokens.shape[1] <= whole + 8
    assert sum(weight.numel() for weight in model.parameters()) > 1e8


def test_only_our_latents_are_written_as_a_pipeline() -> None:
    made = recipe()
    elsewhere = dataclasses.replace(made.config, space="stable_diffusion")
    with pytest.raises(ToonkitError, match="latents of 'stable_diffusion'"):
        pipeline_of(made.model.denoiser, made.networks["parts"], made.autoencoder, LATENTS, elsewhere)


def test_segmentation_maps_are_one_channel_a_class() -> None:
    masks = torch.tensor([[[0, 6], [3, 3]]])
    found = one_hot(masks)
    assert (
        found.shape == (1, 7, 2, 2)
        and torch.equal(found.argmax(1), masks)
        and torch.equal(found.sum(1), torch.ones(1, 2, 2))
    )


def test_phi_and_the_pipeline_take_the_same_source() -> None:
    parts = build(dataclasses.replace(SMALL, source="masks"))["parts"]
    model = SourceDenoiser(build_latents(LATENTS)["denoiser"], parts)
    assert [id(block.attn2) for block in transformer_blocks(model.denoiser.unet)] == [id(one) for one in parts.cross]
    assert model.tokens_of(torch.tensor([1]), torch.zeros(1, 7, 32, 32)).shape == (1, 4 + 16, 64)


def test_an_interrupted_run_ends_with_the_same_bytes(tmp_path) -> None:
    whole, resumed = whole_and_resumed(recipe, batch, tmp_path)
    assert whole == resumed


def test_toonify_draws_a_photograph_of_a_cartoon_of_any_size(tmp_path, monkeypatch) -> None:
    """With networks that have learnt nothing, saved as released ones are."""
    toonnet = weights.released("toonnet").read_bytes()
    monkeypatch.setattr(weights, "RELEASED", tmp_path / "released")
    (tmp_path / "released").mkdir()
    weights.released("toonnet").write_bytes(toonnet)
    made = recipe()
    denoiser = build_latents(LATENTS)["denoiser"]
    for name, network, chapter, part, config in (
        ("latents-classes", denoiser, "latents", "denoiser", LATENTS),
        ("latents-autoencoder", made.autoencoder, "latents", "autoencoder", LATENTS_AUTOENCODER),
        ("tomjerry", made.networks["parts"], "tomjerry", "parts", SMALL),
    ):
        about = {"recipe": chapter, "network": part, "config": dataclasses.asdict(config)}
        save_weights(weights.released(name), network.state_dict(), about)
    write_picture(tmp_path / "toon.png", ToonWorld("duo", "test", 80).toons([0])[0, :, :70])
    assert main(["toonify", str(tmp_path / "toon.png"), "-o", str(tmp_path / "photo.png"), "--method", "tomjerry"]) == 0
    drawn = read_picture(tmp_path / "photo.png")
    assert drawn.shape == (3, 70, 80) and float(drawn.std()) > 0.01
    weights.released("tomjerry").unlink()
    with pytest.raises(ToonkitError, match="no weights at"):
        tomjerry()

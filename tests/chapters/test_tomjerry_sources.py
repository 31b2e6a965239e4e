"""How the denoiser is told its source, by queries that know their place and beside the latent; what few steps cost."""

from __future__ import annotations

import dataclasses

import pytest
import torch
from tomjerry_recipes import LATENTS, SMALL, batch, pictures, recipe

from toonkit.chapters.latents.recipe import build as build_latents
from toonkit.chapters.tomjerry.bench import above_all_steps
from toonkit.chapters.tomjerry.networks import latent_query
from toonkit.chapters.tomjerry.recipe import build
from toonkit.project.errors import ToonkitError


def test_beside_the_latent_the_whole_denoiser_learns_and_starts_as_the_released_one() -> None:
    """What is told beside the latent counts for nothing at first; after steps it does, place by place."""
    torch.manual_seed(0)
    denoiser = build_latents(LATENTS)["denoiser"].eval()
    made = recipe(conditioning="concat", blip=0.0)
    labels, steps, source = torch.tensor([0, 1, 2]), torch.full((3,), 400), pictures()
    noisy, model = batch()["latent"], made.model.eval()
    with torch.no_grad():
        expected = denoiser(noisy, steps, denoiser.tokens_of(labels))
        assert torch.allclose(model(noisy, steps, model.tokens_of(labels, source)), expected, atol=1e-5)
    before = {name: value.clone() for name, value in model.state_dict().items()}
    model.train()
    for step in range(3):
        made.step(batch(step), 0.3)
    changed = {name for name, value in model.state_dict().items() if not torch.equal(value, before[name])}
    assert {"parts.phi.body.0.weight", "denoiser.unet.conv_in.weight"} <= changed
    assert any(".attn2." in name for name in changed) and any(".mid_block.resnets" in name for name in changed)
    with torch.no_grad():
        other = source.clone()
        other[:, :, :8, :8] = -other[:, :, :8, :8]
        model.eval()
        moved = [model.tokens_of(labels, one)[:, 4:].unflatten(1, (8, 8)) for one in (source, other)]
    differs = (moved[0] - moved[1]).abs().amax(-1).amax(0) > 0.05
    assert differs[:2, :2].all()


def test_a_query_without_its_place_cannot_ask_for_a_place() -> None:
    """Places of the latent that look alike get the same of the source, unless each query knows where it stands."""
    torch.manual_seed(0)
    latent, source = torch.ones(1, 16, 8), torch.randn(1, 16, 12)
    for placed, spread in ((False, 0.0), (True, 1e-3)):
        seen = latent_query(8, 12, 2, placed)(latent, encoder_hidden_states=source)
        assert (seen - seen[:, :1]).abs().max() >= spread
        assert placed or torch.allclose(seen, seen[:, :1].expand_as(seen), atol=1e-6)
    with pytest.raises(ToonkitError, match="placed needs query='latent'"):
        build(dataclasses.replace(SMALL, query="source", placed=True))


@pytest.mark.parametrize("changes", [{"placed": True}, {"query": "source"}])
def test_what_belongs_to_cross_attention_is_not_ignored_beside_the_latent(changes: dict[str, object]) -> None:
    with pytest.raises(ToonkitError, match="placed and query are of cross-attention"):
        dataclasses.replace(SMALL, conditioning="concat", **changes)


def test_shares_are_above_ddpm_of_all_steps() -> None:
    """Numbers that are halves and quarters of each other."""
    fids = {"ddpm": {"20 steps": 6.0, "1000 steps": 4.0}, "ddim": {"5 steps": 10.0, "100 steps": 3.0}}
    samplers = {
        name: {steps: {"FID[toonnet]": {"value": value, "n": 9}} for steps, value in by_steps.items()}
        for name, by_steps in fids.items()
    }
    assert above_all_steps(samplers) == {"ddpm": {20: 0.5, 1000: 0.0}, "ddim": {5: 1.5, 100: -0.25}}
    with pytest.raises(KeyError, match="1000 steps"):
        above_all_steps({"ddpm": {"20 steps": samplers["ddpm"]["20 steps"]}})

"""The domains' classifier: who learns when, from which pictures, and what each variant costs. Tiny networks."""

from __future__ import annotations

import copy
import math
from dataclasses import replace

import pytest
import torch
import torch.nn.functional as F

from toonkit.chapters.adapters.domains.data import domain_examples
from toonkit.chapters.adapters.domains.recipe import DOMAINS, TASK, VARIANTS, Domains, DomainsConfig
from toonkit.filters import line_drawing
from toonkit.images.values import as_bytes
from toonkit.networks.adapters import KINDS
from toonkit.project.errors import ToonkitError
from toonkit.training.batches import Batches
from toonkit.training.loop import train
from toonkit.training.run_files import Plan
from toonkit.world import STYLES, ToonWorld

TINY = DomainsConfig(widths=(4, 6), batch=7)


def recipe(variant: str, **changes) -> Domains:
    torch.manual_seed(0)
    return Domains(replace(TINY, variant=variant, **changes))


def batch(seed: int = 0) -> dict[str, torch.Tensor]:
    generator = torch.Generator().manual_seed(seed)
    pictures = {f"{name} picture": torch.rand(7, 3, 16, 16, generator=generator) * 2 - 1 for name in DOMAINS}
    return pictures | {f"{name} label": torch.randint(6, (7,), generator=generator) for name in DOMAINS}


def turn(domain: str) -> float:
    """Progress in the middle of a domain's share of the run."""
    return (DOMAINS.index(domain) + 0.5) / len(DOMAINS)


def logits(made: Domains, domain: str) -> torch.Tensor:
    """What it says of a domain's pictures now."""
    network = made.network(domain).eval()
    with torch.no_grad():
        out = network(batch(9)[f"{domain} picture"])
    network.train()
    return out


def test_every_domain_is_there_with_scenes_and_labels_of_its_own():
    groups = domain_examples("test", 3, 32)
    assert ("photo", *STYLES, "lines") == DOMAINS and len(groups) == len(DOMAINS) == 7
    column = ToonWorld("faces").attribute_names.index(TASK)
    for number, (domain, group) in enumerate(zip(DOMAINS, groups, strict=True)):
        world = ToonWorld("faces", "test", 32, domain if domain in STYLES else "ink")
        scenes = world.batch(range(3 * number, 3 * number + 3))
        expected = scenes["toon" if domain in STYLES else "photo"]
        if domain == "lines":
            expected = line_drawing(expected).repeat(1, 3, 1, 1)
        assert torch.equal(group[f"{domain} picture"], as_bytes(expected))
        assert torch.equal(group[f"{domain} label"], scenes["attributes"][:, column])


@pytest.mark.parametrize("variant", [*KINDS, "separate"])
def test_a_domain_learns_in_its_turn_alone_and_the_others_stay_to_the_bit(variant):
    made = recipe(variant)
    for number, domain in enumerate(DOMAINS):
        before = {name: logits(made, name) for name in DOMAINS}
        data = {name: x if name.startswith(domain) else x * math.nan for name, x in batch(number).items()}
        for step in range(3):
            losses = made.step(data, turn(domain) + step / 1000)
        assert set(losses) == {f"entropy_{domain}"} and losses[f"entropy_{domain}"].isfinite()
        for other in DOMAINS[:number] if variant != "separate" else set(DOMAINS) - {domain}:
            assert torch.equal(logits(made, other), before[other]), (domain, other)
        assert not torch.equal(logits(made, domain), before[domain])


@pytest.mark.parametrize("variant", KINDS)
def test_shared_layers_learn_on_photographs_only_and_each_domain_begins_where_they_end(variant):
    made = recipe(variant)
    network = made.networks["classifier"]
    for step in range(4):
        made.step(batch(step), step / 100)

    def shared() -> list[torch.Tensor]:
        return [value.clone() for name, value in network.state_dict().items() if ".domains." not in name]

    after_photos, photo = shared(), copy.deepcopy(network.part("photo").state_dict())
    made.config = replace(made.config, rate=0.0)
    made.step(batch(4), turn("noir"))
    noir = dict(network.part("noir").named_parameters())
    begun = [key for key in photo if key in noir]
    assert begun and all(torch.equal(noir[key], photo[key]) for key in begun)
    assert all(not value.any() for key, value in noir.items() if ".adapter.1." in key)
    made.config = replace(made.config, rate=0.1)
    for step in range(3):
        made.step(batch(step), turn("noir") + step / 100)
    assert all(torch.equal(a, b) for a, b in zip(shared(), after_photos, strict=True))
    changed = [key for key in begun if not torch.equal(noir[key], photo[key])]
    assert changed  # the second of the two begins did not undo the first


def test_the_shared_network_learns_every_domain_at_every_step():
    for domain in DOMAINS:
        made, data = recipe("shared"), batch()
        data[f"{domain} picture"] = data[f"{domain} picture"] * math.nan
        assert made.step(data, 0.4)["entropy_all"].isnan(), domain
    made, data = recipe("shared"), batch()
    assert all(made.network(domain) is made.networks["classifier"] for domain in DOMAINS)
    with torch.no_grad():  # one picture of each makes the same batch as all of one
        out = made.networks["classifier"](torch.cat([data[f"{domain} picture"][:1] for domain in DOMAINS]))
        expected = F.cross_entropy(out, torch.cat([data[f"{domain} label"][:1] for domain in DOMAINS]))
    assert torch.allclose(recipe("shared").step(data, 0.4)["entropy_all"], expected, atol=1e-6)


def test_the_rate_falls_to_zero_in_each_turn():
    made = recipe("series")
    for domain, share, expected in (("photo", 0.0, 1.0), ("ink", 0.25, 0.75), ("lines", 0.9, 0.1)):
        made.step(batch(), (DOMAINS.index(domain) + share) / len(DOMAINS))
        assert made.optimisers[domain].param_groups[0]["lr"] == pytest.approx(TINY.rate * expected, abs=1e-9)


def test_what_a_domain_costs():
    """3 -> 4 -> 6 channels: (a strided convolution, two in a block) each with its norm; a head to six classes."""
    rows = [(3, 4), (4, 4), (4, 4), (4, 6), (6, 6), (6, 6)]
    head, norms = 6 * 6 + 6, sum(2 * after for _, after in rows)
    whole = sum(9 * a * b + b for a, b in rows) + norms + head
    parallel = sum(a * b for a, b in rows) + norms + head
    series = sum(b * b for _, b in rows) + 2 * norms + head
    expected = {"parallel": parallel, "series": series, "norm": norms + head, "head": head}
    expected |= {"separate": whole, "shared": 0}
    assert {variant: recipe(variant).domain_parameters() for variant in VARIANTS} == expected


@pytest.mark.parametrize("variant", ["parallel", "separate"])
def test_a_run_resumes_to_the_bit_and_leaves_its_weights(tmp_path, variant):
    groups = [{key: value for key, value in batch(3).items() if key.startswith(name)} for name in DOMAINS]
    data, plan = Batches(groups, 7, 1), Plan(14, seed=1, save_every=5, quiet=True)

    def broken(step: int) -> dict[str, torch.Tensor]:
        if step == 7:
            raise KeyboardInterrupt
        return data(step)

    train(recipe(variant), data, plan, tmp_path / "whole")
    with pytest.raises(KeyboardInterrupt):  # resumed at step 5, within a turn
        train(recipe(variant), broken, plan, tmp_path / "parts")
    made = recipe(variant)
    assert train(made, data, plan, tmp_path / "parts")["resumed_at"] == [5]
    for file in made.released:
        whole, parts = ((tmp_path / name / f"{file}.safetensors").read_bytes() for name in ("whole", "parts"))
        assert whole == parts


def test_an_unknown_variant_is_named():
    with pytest.raises(ToonkitError, match="unknown variant of domains 'serial'; known: parallel, series, norm, head"):
        recipe("serial")

"""Adapters: a fresh one changes nothing, a learning one changes its own domain alone, sums and counts are by hand."""

from __future__ import annotations

import copy

import pytest
import torch
import torch.nn.functional as F
from torch import nn

from toonkit.chapters.adapters.domains.networks import residual_classifier
from toonkit.networks.adapters import KINDS, Adapted, AdaptedLayer, parameter_count
from toonkit.networks.cartoon_gan import CartoonDiscriminator, CartoonGenerator
from toonkit.networks.weights import load_into, load_weights, save_weights
from toonkit.project.errors import ToonkitError, WeightsError

NETWORKS = {
    "generator": lambda: CartoonGenerator(4, 1),
    "generator, batch norm": lambda: CartoonGenerator(4, 1, "batch"),
    "discriminator": lambda: CartoonDiscriminator(4),
    "classifier": lambda: residual_classifier(5, (6, 8)),
}
ADAPTERS = ("parallel", "series")


def made(name: str) -> nn.Module:
    torch.manual_seed(0)
    return NETWORKS[name]()


def pictures(count: int = 2, side: int = 16, dtype: torch.dtype = torch.float32) -> torch.Tensor:
    return torch.rand(count, 3, side, side, generator=torch.Generator().manual_seed(1), dtype=dtype) * 2 - 1


def stirred(module: nn.Module) -> nn.Module:
    """With every parameter and running value moved, so that nothing is a neutral 0 or 1."""
    generator = torch.Generator().manual_seed(2)
    for value in (*module.parameters(), *(b for b in module.buffers() if b.is_floating_point())):
        value.data += 0.3 * (torch.rand(value.shape, generator=generator) - 0.5)
    return module


def practise(network: Adapted, parameters, steps: int = 3) -> None:
    """A few updates towards nothing in particular."""
    optimiser = torch.optim.SGD(list(parameters), 0.1)
    for _ in range(steps):
        optimiser.zero_grad()
        network(pictures(4)).square().mean().backward()
        optimiser.step()


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", NETWORKS)
def test_a_fresh_domain_changes_nothing(name, kind):
    plain = stirred(made(name)).eval()
    if kind == "head" and name != "classifier":
        with pytest.raises(ToonkitError, match="no layer that kind 'head' adapts"):
            Adapted(copy.deepcopy(plain), kind)
        return
    network = Adapted(copy.deepcopy(plain), kind, "ink").eval()
    expected = plain(pictures())
    assert torch.equal(network(pictures()), expected)
    network.add_domain("comic")
    assert network.domain == "comic" and torch.equal(network(pictures()), expected)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", ["generator", "generator, batch norm", "classifier"])
def test_what_a_domain_learns_leaves_the_others_as_they_were_to_the_bit(name, kind):
    if kind == "head" and name != "classifier":
        return
    network = Adapted(stirred(made(name)), kind, "ink").train()
    practise(network, network.parameters())
    network.add_domain("comic")
    practise(network, network.part("comic").parameters())
    old = {}
    for domain in ("ink", "comic"):
        network.eval().domain = domain
        old[domain] = network(pictures()).detach(), copy.deepcopy(network.part(domain).state_dict())
    network.train().add_domain("wash")
    practise(network, network.parameters(), 5)  # all of them: those that are frozen have no gradient
    new = network.eval()(pictures())
    for domain, (drawn, state) in old.items():
        network.domain = domain
        assert torch.equal(network(pictures()), drawn) and not torch.equal(drawn, new)
        assert all(torch.equal(value, state[key]) for key, value in network.part(domain).state_dict().items())


def test_the_first_domain_is_the_given_network():
    plain = made("classifier")
    assert parameter_count(Adapted(copy.deepcopy(plain), "parallel", "photo")) == parameter_count(plain)


@pytest.mark.parametrize("stride", [1, 2])
@pytest.mark.parametrize(("size", "padding"), [(3, "zeros"), (7, "reflect")])
def test_a_parallel_adapter_is_a_change_of_the_kernels_centre(stride, size, padding):
    torch.manual_seed(0)
    w = nn.Conv2d(5, 7, size, stride, size // 2, padding_mode=padding).double()
    layer = AdaptedLayer(w, stirred(nn.InstanceNorm2d(7, affine=True)).double(), "parallel", "ink")
    layer.add("comic", "ink")
    layer.domain, part = "comic", stirred(layer.domains["comic"]).double()
    folded = copy.deepcopy(w)
    folded.weight.data[:, :, size // 2, size // 2] += part["adapter"][1].weight[:, :, 0, 0]
    x = torch.rand(2, 5, 13, 10, dtype=torch.float64)
    assert torch.allclose(layer(x), part["own"](folded(x)), atol=1e-12)


@pytest.mark.parametrize("mode", [True, False])
def test_a_series_adapter_is_a_mixture_of_normalised_channels(mode):
    torch.manual_seed(0)
    w = nn.Conv2d(3, 4, 3, padding=1).double()
    layer = AdaptedLayer(w, stirred(nn.BatchNorm2d(4)).double(), "series", "ink")
    layer.add("comic", "ink")
    layer.domain, part = "comic", stirred(layer.domains["comic"]).double()
    layer.train(mode)

    def batch_norm(y: torch.Tensor, norm: nn.BatchNorm2d) -> torch.Tensor:
        mean = y.mean((0, 2, 3)) if mode else norm.running_mean
        variance = y.var((0, 2, 3), unbiased=False) if mode else norm.running_var
        scale = norm.weight / (variance + norm.eps).sqrt()
        return (y - mean.view(-1, 1, 1)) * scale.view(-1, 1, 1) + norm.bias.view(-1, 1, 1)

    before, point = (copy.deepcopy(module) for module in part["adapter"])
    after, x = copy.deepcopy(part["own"]), torch.rand(2, 3, 6, 6, dtype=torch.float64)
    y = w(x)
    mixed = torch.einsum("oc,nchw->nohw", point.weight[:, :, 0, 0], batch_norm(y, before))
    assert torch.allclose(layer(x), batch_norm(y + mixed, after), atol=1e-12)


def test_the_gradient_behind_a_stride_is_that_of_the_pixels_it_takes():
    """Few channels, channels last: where a strided 1x1 convolution's own backward pass is not to be trusted."""
    torch.manual_seed(0)
    layer = AdaptedLayer(nn.Conv2d(3, 16, 3, 2, 1), nn.Identity(), "parallel", "ink")
    layer.add("comic", "ink")
    layer.to(memory_format=torch.channels_last).domain = "comic"
    x, weights = torch.rand(8, 3, 64, 64), torch.rand(8, 16, 32, 32)
    (layer(x) * weights).sum().backward()
    expected = torch.einsum("nohw,nchw->oc", weights, x[..., ::2, ::2])
    assert torch.allclose(layer.domains["comic"]["adapter"][1].weight.grad[:, :, 0, 0], expected, rtol=1e-4)


def convolutions(filters: int, blocks: int) -> list[tuple[int, int, bool]]:
    """(channels in, out, norm behind it) of CartoonGAN's generator, as the paper's table has them."""
    f = filters
    ends = [(3, f), (f, 2 * f), (2 * f, 4 * f)], [(4 * f, 2 * f), (2 * f, f)]
    rows = [*ends[0], *[(4 * f, 4 * f)] * (2 * blocks), *ends[1]]
    return [(*row, True) for row in rows] + [(f, 3, False)]


def test_a_domain_costs_what_its_matrices_and_norms_do():
    rows = convolutions(16, 4)
    norms = sum(2 * after for _, after, has in rows if has)
    parallel = sum(before * after + (0 if has else after) for before, after, has in rows) + norms
    series = sum(after * after + (2 * after if has else after) for _, after, has in rows) + norms
    for kind, expected in (("parallel", parallel), ("series", series), ("norm", norms)):
        network = Adapted(CartoonGenerator(16, 4), kind)
        assert parameter_count(network.add_domain("comic")) == expected, kind
    heads = Adapted(residual_classifier(6, (16, 32, 64)), "head", "photo")
    assert parameter_count(heads.add_domain("ink")) == 64 * 6 + 6


@pytest.mark.parametrize("kind", ADAPTERS)
def test_a_style_adds_15_percent_at_most(kind):
    networks = [Adapted(CartoonGenerator(16, 4), kind), Adapted(CartoonDiscriminator(16), kind)]
    bases = [parameter_count(network) for network in networks]
    added = [parameter_count(network.add_domain("comic")) for network in networks]
    assert 0.1 < added[0] / bases[0] <= 0.15  # what drawing needs
    assert sum(added) <= 0.15 * sum(bases)  # what learning needs


def test_learning_says_what_moves():
    network = Adapted(made("classifier"), "head", "photo").train()
    network.add_domain("ink")
    free = {name for name, weights in network.named_parameters() if weights.requires_grad}
    assert len(free) == 2 and all(".domains.ink.own." in name for name in free)
    norms = [module for module in network.modules() if isinstance(module, nn.BatchNorm2d)]
    assert network.training and not any(norm.training for norm in norms)
    network.learn("photo", shared=True)
    assert all(weights.requires_grad for weights in network.parameters()) and all(norm.training for norm in norms)


@pytest.mark.parametrize("kind", ADAPTERS)
def test_a_domain_travels_as_a_file_of_its_own(tmp_path, kind):
    base = stirred(made("generator"))
    network = Adapted(copy.deepcopy(base), kind)
    part = stirred(network.add_domain("comic"))
    drawn = network(pictures())
    save_weights(tmp_path / "comic.safetensors", part.state_dict(), {})
    tensors = load_weights(tmp_path / "comic.safetensors")[0]
    assert sum(map(torch.numel, tensors.values())) == parameter_count(part)
    other = Adapted(copy.deepcopy(base), kind)
    other.add_domain("noir")  # another order, another neighbour
    load_into(other.add_domain("comic"), tensors, "comic")
    assert torch.equal(other(pictures()), drawn)
    with pytest.raises(WeightsError, match="another architecture"):
        load_into(Adapted(CartoonGenerator(4, 2), kind).add_domain("comic"), tensors, "comic")


def test_what_cannot_be_is_named():
    network = Adapted(made("generator"))
    network.add_domain("comic")
    with pytest.raises(ToonkitError, match="unknown domain 'wash'; known: ink, comic"):
        network.domain = "wash"
    for use in (network.part, network.learn):
        with pytest.raises(ToonkitError, match="unknown domain 'wash'; known: ink, comic"):
            use("wash")
    with pytest.raises(ToonkitError, match="'comic' is there already, among ink, comic"):
        network.add_domain("comic")
    with pytest.raises(ToonkitError, match="unknown kind of adapter 'seriel'; known: parallel, series"):
        Adapted(made("generator"), "seriel")
    with pytest.raises(ToonkitError, match="no layer"):
        Adapted(nn.Sequential(nn.ReLU()))


def test_the_classifier_has_the_shapes_it_says():
    network = residual_classifier(5, (6, 8)).eval()
    assert network(pictures(2, 16)).shape == (2, 5) and network(pictures(1, 20)).shape == (1, 5)
    with torch.no_grad():  # the head reads the mean over all places of the last block
        expected = F.linear(network[:-3](pictures()).mean((2, 3)), network[-1].weight, network[-1].bias)
        assert torch.allclose(network(pictures()), expected, atol=1e-6)

"""LPIPS against the published formula in float64, on known pictures, and what its layers were learnt on."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest
import torch
import torchvision
from network_files import stand_in
from torch import Tensor, nn
from torchvision.transforms.functional import gaussian_blur

from toonkit.metrics import lpips as module
from toonkit.metrics.lpips import DIGEST, LAYERS, TRUNK, lpips, lpips_network, lpips_on, lpips_ready
from toonkit.networks.features import features
from toonkit.networks.official import load_pinned
from toonkit.project.errors import SourceError, WeightsError

ENDS = (2, 5, 8, 10, 11, 12, 13)  # of the trunk's stages, after which LPIPS compares
NOISE = 0.1024  # LPIPS of uniform noise with itself drawn anew, in torchmetrics' documentation
needs_mirror = pytest.mark.skipif("TOONKIT_MIRROR" not in os.environ, reason="TOONKIT_MIRROR is not set")


def trunk() -> torchvision.models.SqueezeNet:
    """A trunk of random weights that let something through."""
    torch.manual_seed(0)
    network = torchvision.models.squeezenet1_1()
    for part in network.modules():
        if isinstance(part, nn.Conv2d):
            nn.init.kaiming_normal_(part.weight)
            nn.init.normal_(part.bias, 0, 0.1)
    return network.eval().requires_grad_(False)


@pytest.fixture
def network(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> torchvision.models.SqueezeNet:
    """The random trunk, in a file that stands for torchvision's."""
    made = trunk()
    stand_in(monkeypatch, tmp_path, TRUNK, lambda at: torch.save(made.state_dict(), at / "squeezenet1_1-b8a52dc0.pth"))
    lpips_network.cache_clear()
    yield made
    lpips_network.cache_clear()


def pictures(seed: int, count: int = 10, side: int = 48) -> Tensor:
    coarse = torch.rand(count, 3, 8, 8, generator=torch.Generator().manual_seed(seed)) * 2 - 1
    return nn.functional.interpolate(coarse, (side, side), mode="bicubic").clamp(-1, 1)


def directly(network: torchvision.models.SqueezeNet, first: Tensor, second: Tensor) -> np.ndarray:
    """Zhang and others, 2018, eq. 1: sum over layers of the mean over places of |w (y - y0)|^2, in float64, (N,)."""
    layers = torch.load(LAYERS, map_location="cpu", weights_only=True)
    mean, deviation = np.array([0.485, 0.456, 0.406]), np.array([0.229, 0.224, 0.225])  # of ImageNet, in [0, 1]
    shift, scale = (torch.from_numpy(v).view(1, 3, 1, 1) for v in (2 * mean - 1, 2 * deviation))
    stages, total = network.double().features, np.zeros(len(first))
    seen = [(some.double() - shift) / scale for some in (first, second)]
    for number, (start, end) in enumerate(zip((0, *ENDS), ENDS, strict=False)):
        seen = [stages[start:end](x) for x in seen]  # (N, C, h, w) each
        one, other = (x.numpy() / np.sqrt((x.numpy() ** 2).sum(1, keepdims=True) + 1e-8) for x in seen)
        weights = layers[f"lin{number}.model.1.weight"].double().numpy()  # (1, C, 1, 1)
        total += (weights * (one - other) ** 2).sum(1).mean((1, 2))
    return total


def test_it_is_the_published_formula(network: torchvision.models.SqueezeNet) -> None:
    first, second = pictures(0), pictures(1)
    score = lpips(first, second, batch=4)
    assert (score.name, score.n) == ("LPIPS[squeezenet1_1]", 10)
    wanted = directly(network, first, second)
    assert wanted.mean() > 0.05 and score.value == pytest.approx(wanted.mean(), rel=1e-4)


def test_equal_pictures_score_0_and_the_more_blur_the_more(network: torchvision.models.SqueezeNet) -> None:
    sharp = pictures(2) + 0.2 * torch.randn(10, 3, 48, 48, generator=torch.Generator().manual_seed(3))
    sharp = sharp.clamp(-1, 1)
    assert lpips(sharp, sharp).value == 0
    values = [lpips(gaussian_blur(sharp, [17, 17], sigma), sharp).value for sigma in (0.5, 1.0, 2.0, 4.0)]
    assert values[0] > 0 and values == sorted(values)


def test_its_layers_are_their_authors_own_bytes(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    layers = load_pinned(LAYERS, DIGEST)
    assert len(layers) == 7 and all(float(weights.min()) >= 0 for weights in layers.values())
    changed = tmp_path / "squeeze.pth"
    changed.write_bytes(LAYERS.read_bytes()[:-1] + b"0")
    monkeypatch.setattr(module, "LAYERS", changed)
    with pytest.raises(WeightsError, match="is not the file 4a5350f2, so it stays closed"):
        lpips_on(trunk())
    with pytest.raises(WeightsError, match="no weights at"):
        load_pinned(tmp_path / "absent.pth", DIGEST)


def test_without_its_trunk_it_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("TOONKIT_CACHE", str(tmp_path))
    monkeypatch.delenv("TOONKIT_MIRROR", raising=False)
    lpips_network.cache_clear()
    assert not lpips_ready()
    with pytest.raises(SourceError, match="toonkit fetch squeezenet1_1"):
        lpips(pictures(0), pictures(1))


def noise() -> list[Tensor]:
    generator = torch.Generator().manual_seed(0)
    return [torch.rand(10, 3, 100, 100, generator=generator) * 2 - 1 for _ in range(2)]


@pytest.mark.skipif(not lpips_ready(), reason=f"`toonkit fetch {TRUNK}` brings the trunk")
def test_noise_scores_as_torchmetrics_documentation_has_it() -> None:
    assert lpips(*noise()).value == pytest.approx(NOISE, abs=0.003)


@needs_mirror
def test_the_open_squeezenet_is_another_training() -> None:
    """The layers fit its architecture, but what they weight there are other channels, and the value is another."""
    open_network = torchvision.models.squeezenet1_1()
    open_network.features = features("squeezenet").stages
    assert float(lpips_on(open_network)(*noise()).mean()) > NOISE + 0.03

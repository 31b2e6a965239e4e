"""Golden numbers: each measure on fixed sets, against numpy in float64 and against the number that it had when checked.

The numbers guard both sides: a change of the package and of the computation beside it would have to be the same one.
"""

from __future__ import annotations

import numpy as np
import pytest
import torch
from scipy.ndimage import correlate1d
from scipy.spatial.distance import cdist
from torch import Tensor, nn

from toonkit.metrics import likeness
from toonkit.metrics.likeness import BETAS, ms_ssim
from toonkit.metrics.manifold import precision_recall
from toonkit.metrics.sets import fid, kid, pooled_features
from toonkit.metrics.two_sample import mmd, nearest_neighbour
from toonkit.networks.features import Features, as_it_is

COUNT, WIDTH = 60, 8
SUBSETS = 100  # of KID
GOLDEN = {
    "FID": 3.0495508961,
    "KID": 0.7953639172,
    "MMD": 0.314064167,
    "1-NN": 0.75,
    "precision": 0.9333333333,
    "recall": 0.4166666667,
    "MS-SSIM (3 scales)": 0.9272278781,
}


def sets() -> tuple[np.ndarray, np.ndarray]:
    """Two sets of features that overlap, (60, 8) each: numpy's old generator gives the same numbers for ever."""
    real, fake = (np.random.RandomState(seed).randn(COUNT, WIDTH) for seed in (0, 1))
    return real, 0.7 * fake + 0.4


def pairs() -> tuple[np.ndarray, np.ndarray]:
    """Ten pictures of patches and the same with noise, (10, 3, 64, 64) each, in [-1, 1]."""
    numbers = np.random.RandomState(2)
    first = np.kron(numbers.uniform(-1, 1, (10, 3, 8, 8)), np.ones((8, 8)))
    return first, np.clip(first + 0.3 * numbers.randn(10, 3, 64, 64), -1, 1)


def direct_fid(x: np.ndarray, y: np.ndarray) -> float:
    roots = np.sqrt(np.linalg.eigvals(np.cov(x.T) @ np.cov(y.T)).real).sum()
    return float(((x.mean(0) - y.mean(0)) ** 2).sum() + np.trace(np.cov(x.T)) + np.trace(np.cov(y.T)) - 2 * roots)


def direct_kid(x: np.ndarray, y: np.ndarray) -> float:
    """The unbiased estimate of MMD^2, mean of random subsets of nine tenths, drawn as torchmetrics draws them."""
    size = int(0.9 * len(x))
    torch.manual_seed(0)
    found = []
    for _ in range(SUBSETS):
        a, b = (side[torch.randperm(len(side))[:size].numpy()] for side in (x, y))
        aa, bb, ab = ((one @ other.T / WIDTH + 1) ** 3 for one, other in ((a, a), (b, b), (a, b)))
        within = sum((k.sum() - np.trace(k)) / (size * (size - 1)) for k in (aa, bb))
        found.append(within - 2 * ab.mean())
    return float(np.mean(found))


def direct_mmd(x: np.ndarray, y: np.ndarray) -> float:
    xx, xy, yy = cdist(x, x, "sqeuclidean"), cdist(x, y, "sqeuclidean"), cdist(y, y, "sqeuclidean")
    kxx, kxy, kyy = (np.exp(-d / (2 * xx.mean())) for d in (xx, xy, yy))
    return float(np.sqrt(kxx.mean() + kyy.mean() - 2 * kxy.mean()))


def direct_nearest(x: np.ndarray, y: np.ndarray) -> float:
    both = np.concatenate([x, y])
    apart = cdist(both, both)
    np.fill_diagonal(apart, np.inf)
    is_real = np.arange(len(both)) < len(x)
    return float((is_real[apart.argmin(1)] == is_real).mean())


def direct_covered(asked: np.ndarray, support: np.ndarray) -> float:
    radii = np.sort(cdist(support, support), 1)[:, 3]  # the first is the sample itself
    return float((cdist(asked, support) <= radii).any(1).mean())


def direct_ms_ssim(first: np.ndarray, second: np.ndarray) -> float:
    """Wang and others, 2003: contrast and structure of two scales, and all three of the third."""
    offsets = np.arange(-5, 6)
    taps = np.exp(-(offsets**2) / (2 * 1.5**2))
    taps /= taps.sum()

    def blurred(pictures: np.ndarray) -> np.ndarray:
        return correlate1d(correlate1d(pictures, taps, axis=-1, mode="mirror"), taps, axis=-2, mode="mirror")

    betas = np.array(BETAS[:3]) / sum(BETAS[:3])
    one, other = (first + 1) / 2, (second + 1) / 2
    product = np.ones(len(one))
    for scale, beta in enumerate(betas):
        m1, m2 = blurred(one), blurred(other)
        v1, v2 = blurred(one * one) - m1**2, blurred(other * other) - m2**2
        found = (2 * (blurred(one * other) - m1 * m2) + 0.03**2) / (v1 + v2 + 0.03**2)
        if scale == 2:
            found = found * (2 * m1 * m2 + 0.01**2) / (m1**2 + m2**2 + 0.01**2)
        else:
            found = found[..., 5:-5, 5:-5]
        product *= found.mean((1, 2, 3)) ** beta
        n, c, h, w = one.shape
        one, other = (x.reshape(n, c, h // 2, 2, w // 2, 2).mean((3, 5)) for x in (one, other))
    return float(product.mean())


def direct() -> dict[str, float]:
    x, y = sets()
    return {
        "FID": direct_fid(x, y),
        "KID": direct_kid(x, y),
        "MMD": direct_mmd(x, y),
        "1-NN": direct_nearest(x, y),
        "precision": direct_covered(y, x),
        "recall": direct_covered(x, y),
        "MS-SSIM (3 scales)": direct_ms_ssim(*pairs()),
    }


def measured() -> dict[str, float]:
    x, y = (torch.from_numpy(side) for side in sets())
    scores = [
        fid("s", x, y),
        kid("s", x, y),
        mmd("s", x, y),
        nearest_neighbour("s", x, y),
        precision_recall("s", x, y, "precision"),
        precision_recall("s", x, y, "recall"),
        ms_ssim(*(torch.from_numpy(side).float() for side in pairs())),
    ]
    return {score.name.removesuffix("[s]"): score.value for score in scores}


def test_every_measure_has_its_golden_number() -> None:
    found, wanted = measured(), direct()
    assert found.keys() == wanted.keys() == GOLDEN.keys()
    for name, number in GOLDEN.items():
        assert wanted[name] == pytest.approx(number, abs=1e-6), name
        assert found[name] == pytest.approx(number, abs=1e-5), name


def test_the_numbers_tell_the_sets_apart() -> None:
    """A golden number of a degenerate case would hold for a wrong measure too."""
    assert 0 < GOLDEN["recall"] < GOLDEN["precision"] < 1 and 0.5 < GOLDEN["1-NN"] < 1
    assert min(GOLDEN[name] for name in ("FID", "KID", "MMD")) > 0.05 and 0.5 < GOLDEN["MS-SSIM (3 scales)"] < 0.99


def small_network() -> Features:
    torch.manual_seed(0)
    stages = nn.Sequential(nn.Conv2d(3, 6, 3, stride=2), nn.ReLU(), nn.Conv2d(6, WIDTH, 3, stride=2), nn.ReLU())
    return Features("small", stages, {"one": 2, "two": 4}, as_it_is, 32)


def scenes(seed: int, shift: float = 0.0) -> Tensor:
    return torch.rand(46, 3, 40, 40, generator=torch.Generator().manual_seed(seed)) * 2 - 1 + shift


@pytest.mark.parametrize("batch", [1, 7, 46, 100])
def test_fid_and_kid_do_not_depend_on_the_batch(batch: int) -> None:
    network = small_network()
    real, fake = scenes(0), scenes(1, 0.2).clamp(-1, 1)
    whole = [pooled_features(network, side, len(side)) for side in (real, fake)]
    parts = [pooled_features(network, side, batch) for side in (real, fake)]
    for distance in (fid, kid):
        one, other = distance("small", *parts), distance("small", *whole)
        assert one.value > 1e-4 and one.n == other.n == 46
        assert one.value == pytest.approx(other.value, rel=1e-4)


def test_ms_ssim_does_not_depend_on_the_batch(monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = (torch.from_numpy(side).float() for side in pairs())
    found = []
    for batch in (1, 3, 10, 100):
        monkeypatch.setattr(likeness, "BATCH", batch)
        found.append(ms_ssim(first, second))
    for score in found:
        assert score.value == pytest.approx(found[0].value, abs=1e-12) and score.n == 10
        assert score.low == pytest.approx(found[0].low, abs=1e-12)

"""Kernel MMD and 1-NN against direct computations in float64, closed forms, and what they cost."""

from __future__ import annotations

import subprocess
import sys
from fractions import Fraction

import numpy as np
import pytest
import torch
from scipy.spatial import KDTree
from scipy.spatial.distance import cdist

from toonkit.metrics import distances
from toonkit.metrics.two_sample import KernelMMD, NearestNeighbour, mmd, nearest_neighbour
from toonkit.project.errors import ToonkitError


def two_sets(count: int = 130, shift: float = 0.3) -> tuple[torch.Tensor, torch.Tensor]:
    generator = torch.Generator().manual_seed(0)
    draw = [torch.randn(count, 16, generator=generator, dtype=torch.float64) for _ in range(2)]
    return draw[0] + 5, 1.2 * draw[1] + 5 + shift


def filled(metric, real, fake, batch: int = 40):
    for side, truth in ((real, True), (fake, False)):
        for part in side.split(batch):
            metric.update(part, real=truth)
    return metric


def direct_mmd(real: np.ndarray, fake: np.ndarray, sigma: float) -> float:
    """The definition, all matrices at once."""
    xx, xy, yy = cdist(real, real, "sqeuclidean"), cdist(real, fake, "sqeuclidean"), cdist(fake, fake, "sqeuclidean")
    k = [np.exp(-m / (xx.mean() * 2 * sigma**2)) for m in (xx, xy, yy)]
    return float(np.sqrt(k[0].mean() + k[2].mean() - 2 * k[1].mean()))


@pytest.mark.parametrize("sigma", [1.0, 0.4])
@pytest.mark.parametrize("block", [1000, 37])
def test_mmd_is_the_definition(sigma, block, monkeypatch):
    monkeypatch.setattr(distances, "BLOCK", block)
    real, fake = two_sets()
    found = filled(KernelMMD(sigma), real, fake).compute()
    assert float(found) == pytest.approx(direct_mmd(real.numpy(), fake.numpy(), sigma), abs=1e-9)
    assert float(filled(KernelMMD(sigma), real.float(), fake.float()).compute()) == pytest.approx(
        float(found), abs=1e-5
    )


@pytest.mark.parametrize("block", [1000, 37])
def test_nearest_neighbours_are_those_of_a_tree(block, monkeypatch):
    monkeypatch.setattr(distances, "BLOCK", block)
    real, fake = two_sets()
    found = filled(NearestNeighbour(), real, fake).compute()
    both = np.concatenate([real.numpy(), fake.numpy()])
    is_real = np.arange(len(both)) < len(real)
    nearest = KDTree(both).query(both, k=2)[1][:, 1]  # the first is the sample itself
    right = is_real[nearest] == is_real
    expected = {"accuracy": right.mean(), "real": right[is_real].mean(), "fake": right[~is_real].mean()}
    assert {name: float(value) for name, value in found.items()} == pytest.approx(expected, abs=1e-12)
    assert 0.5 < expected["accuracy"] < 1


def exact_shares(real: torch.Tensor, fake: torch.Tensor) -> dict[str, float]:
    """1-NN by the definition in fractions, so that ties are ties; the real one counts."""
    rows = [[Fraction(number) for number in row] for row in torch.cat([real, fake]).tolist()]
    right = {True: 0, False: 0}
    for i, row in enumerate(rows):
        nearest = {True: Fraction(10**9), False: Fraction(10**9)}
        for k, other in enumerate(rows):
            distance = sum((a - b) ** 2 for a, b in zip(row, other, strict=True))
            if k != i and distance < nearest[k < len(real)]:
                nearest[k < len(real)] = distance
        is_real = i < len(real)
        right[is_real] += is_real == (nearest[True] <= nearest[False])
    real_share, fake_share = right[True] / len(real), right[False] / len(fake)
    return {"accuracy": (real_share + fake_share) / 2, "real": real_share, "fake": fake_share}


def integers() -> tuple[torch.Tensor, torch.Tensor]:
    """Few values, so that many samples are equally near."""
    generator = torch.Generator().manual_seed(0)
    return tuple(torch.randint(0, 5, (60, 6), generator=generator).float() for _ in range(2))


def permutations() -> tuple[torch.Tensor, torch.Tensor]:
    """The same odd numbers in other orders: distances are equal, but their sums round differently."""
    generator = torch.Generator().manual_seed(1)
    numbers = torch.rand(4, generator=generator)
    orders = torch.stack([torch.randperm(4, generator=generator) for _ in range(80)])
    nudge = torch.arange(80)[:, None] // 8  # so that few are copies
    return (numbers[orders] + nudge).split(40)


def copies() -> tuple[torch.Tensor, torch.Tensor]:
    """A generator that draws one picture only, and real samples of which some occur twice."""
    real = torch.rand(30, 5, generator=torch.Generator().manual_seed(2))
    real[20:25] = real[:5]
    fake = real[7].repeat(30, 1)
    fake[:3] = real[9:12]
    fake[3:6] += 0.01
    return real, fake


def clusters() -> tuple[torch.Tensor, torch.Tensor]:
    """Far apart groups of close samples: in float32 a matrix product cannot tell the distances in a group at all."""
    generator = torch.Generator().manual_seed(3)
    near = torch.randint(0, 9, (80, 4), generator=generator) / 64
    return (near + 1000 * torch.randint(-3, 4, (80, 1), generator=generator)).split(40)


@pytest.mark.parametrize("sets", [integers, permutations, copies, clusters])
@pytest.mark.parametrize("block", [1000, 37, 1])
def test_ties_are_exact_whatever_the_block_the_type_and_the_batch(sets, block, monkeypatch):
    monkeypatch.setattr(distances, "BLOCK", block)
    monkeypatch.setattr(distances, "NUMBERS", 64 * block)
    real, fake = sets()
    expected = exact_shares(real, fake)
    for dtype in (torch.float32, torch.float64):
        for batch in (40, 7):
            found = filled(NearestNeighbour(), real.to(dtype), fake.to(dtype), batch).compute()
            assert {name: float(value) for name, value in found.items()} == pytest.approx(expected, abs=1e-12)


def test_a_matrix_products_error_stays_below_its_bound():
    generator = torch.Generator().manual_seed(4)
    for width, offset in ((3, 0.0), (64, 5.0), (700, 100.0)):
        x, y = (torch.randn(50, width, generator=generator) + offset for _ in range(2))
        error = (distances.squared_distances(x, y).double() - torch.from_numpy(cdist(x, y, "sqeuclidean"))).abs()
        bound = distances._rounding_error(x, y.norm(dim=1).amax())
        assert (error.amax(1) <= bound).all() and error.amax() > 0


def test_what_is_known_by_hand():
    real = torch.tensor([[0.0], [1.0]], dtype=torch.float64)  # mean squared distance 1/2, so k = exp(-d^2)
    fake = torch.tensor([[2.0], [3.0]], dtype=torch.float64)
    k = lambda d: float(np.exp(-(d**2)))  # noqa: E731
    expected = ((1 + k(1)) - (k(2) + k(3) + k(1) + k(2)) / 2) ** 0.5
    assert float(filled(KernelMMD(), real, fake).compute()) == pytest.approx(expected, abs=1e-12)
    assert float(filled(KernelMMD(), real, real).compute()) == 0
    found = filled(NearestNeighbour(), real, fake).compute()  # 1 is as near to 0 as to 2: the real one counts
    assert (float(found["real"]), float(found["fake"])) == (1.0, 0.5)
    copied = filled(NearestNeighbour(), *2 * [two_sets()[0]]).compute()  # everyone's nearest is its copy: worst of all
    assert {name: float(value) for name, value in copied.items()} == {"accuracy": 0.0, "real": 0.0, "fake": 0.0}


def test_far_apart_sets_are_told_apart():
    real, fake = two_sets(shift=50.0)
    assert nearest_neighbour("toonnet", real, fake).value == 1
    assert str(nearest_neighbour("toonnet", real, fake, "fake")).startswith("1-NN fake[toonnet, n=130] = 1")
    near, far = mmd("toonnet", *two_sets()), mmd("toonnet", real, fake)
    assert near.name == "MMD[toonnet]" and near.low < near.value < near.high < far.low


@pytest.mark.parametrize(
    ("real", "fake", "message"),
    [
        (torch.ones(5, 3), torch.ones(4, 3), "5 real and 4 fake"),
        (torch.ones(1, 3), torch.ones(1, 3), "at least 2.*1 real"),
        (torch.full((3, 2), torch.nan), torch.ones(3, 2), "3 of 3 features are not finite"),
        (torch.ones(3, 2, 2), torch.ones(3, 2), r"not \(3, 2, 2\)"),
        (torch.ones(3, 2, dtype=torch.int64), torch.ones(3, 2), r"not \(3, 2\) of torch.int64"),
        (torch.ones(3, 2), torch.rand(3, 2), "all real features are the same"),
    ],
)
def test_bad_sets_are_refused(real, fake, message):
    with pytest.raises(ToonkitError, match=message):
        filled(KernelMMD(), real, fake).compute()


def test_an_absent_side_is_refused():
    metric = NearestNeighbour()
    metric.update(torch.rand(4, 2), real=True)
    with pytest.raises(ToonkitError, match="4 real and 0 fake"):
        metric.compute()


LARGE = """
import resource, torch
from toonkit.metrics.two_sample import KernelMMD, NearestNeighbour
peak = lambda: resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
for metric in (KernelMMD(), NearestNeighbour()):
    for real in (True, False):
        for _ in range(10):
            metric.update(torch.randn(600, 16), real=real)
    before = peak()
    metric.compute()
    print(peak() - before)
"""


def test_the_matrix_of_all_distances_is_never_held():
    """6,000 samples a side: 144 MB for each of its quarters."""
    done = subprocess.run([sys.executable, "-c", LARGE], capture_output=True, text=True, check=True, timeout=300)
    assert all(int(kilobytes) < 100_000 for kilobytes in done.stdout.split())

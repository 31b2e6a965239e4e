"""The metrics against torchmetrics, torch-fidelity, scikit-learn, kornia and pytorch-msssim."""

from __future__ import annotations

import math
from functools import partial

import numpy as np
import torch
from torch import Tensor
from torchmetrics.functional.image import multiscale_structural_similarity_index_measure

from toonkit.course.speed.contest import Contest, Work, noise
from toonkit.metrics.distances import nearest_is_own
from toonkit.metrics.likeness import ms_ssim, scale_weights
from toonkit.metrics.manifold import NEIGHBOURS, PrecisionRecall
from toonkit.metrics.scores import jackknife
from toonkit.metrics.sets import fid, kid
from toonkit.metrics.two_sample import mmd

N, WIDTH = 1000, 128  # features a set, and how wide each is: toonnet's
PAIRS, LARGE, SMALL = 10, 192, 64  # pictures of MS-SSIM, in pixels a side
SIZE = f"{N} features of {WIDTH} a set, with the interval: 11 values"
SUBSETS, SUBSET = 20, 500  # of KID
OWN = "Ours is torchmetrics' own, given features instead of a network."


def contests() -> list[Contest]:
    """FID, KID, MMD, precision and recall, 1-NN, MS-SSIM."""
    both = real, fake = sets()
    plain = f"{N} features of {WIDTH} a set"
    fidelity = ("torch-fidelity", "torch_fidelity")
    learn = ("scikit-learn", "sklearn")
    return [
        Contest("FID", "fid_statistics_to_metric", SIZE, partial(_fid, real, fake), *fidelity, 1e-3, OWN),
        Contest(
            "KID",
            "kid_features_to_metric",
            f"{SIZE} of {SUBSETS} subsets of {SUBSET}",
            partial(_kid, real, fake),
            *fidelity,
            tolerance=2e-3,
            remark=f"{OWN} Both draw subsets of their own, so they agree up to chance.",
        ),
        Contest("MMD", "rbf_kernel", SIZE, partial(_mmd, real, fake), *learn),
        Contest(
            "precision and recall", "prc_features_to_metric", plain, partial(_covering_by_fidelity, *both), *fidelity
        ),
        Contest("precision and recall", "NearestNeighbors", plain, partial(_covering_by_learn, *both), *learn),
        Contest("1-NN", "NearestNeighbors", plain, partial(_nearest, real, fake), *learn),
        *_likeness(),
    ]


def sets() -> tuple[Tensor, Tensor]:
    """Real and fake features (N, WIDTH) that overlap in part."""
    return noise(N, WIDTH), 0.9 * noise(N, WIDTH, seed=1) + 0.1


def _fid(real: Tensor, fake: Tensor) -> tuple[Work, Work]:
    from torch_fidelity.metric_fid import KEY_METRIC_FID, fid_features_to_statistics, fid_statistics_to_metric

    def value(some_real: Tensor, some_fake: Tensor) -> float:
        both = [fid_features_to_statistics(features.double()) for features in (some_real, some_fake)]
        return fid_statistics_to_metric(*both, verbose=False)[KEY_METRIC_FID]

    return lambda: fid("noise", real, fake).value, lambda: jackknife("FID", value, (real, fake)).value


def _kid(real: Tensor, fake: Tensor) -> tuple[Work, Work]:
    from torch_fidelity.metric_kid import KEY_METRIC_KID_MEAN, kid_features_to_metric

    def value(some_real: Tensor, some_fake: Tensor) -> float:
        size = {"kid_subsets": SUBSETS, "kid_subset_size": SUBSET, "verbose": False}
        return kid_features_to_metric(some_real, some_fake, **size)[KEY_METRIC_KID_MEAN]

    ours = partial(kid, "noise", real, fake, SUBSETS, SUBSET)
    return lambda: ours().value, lambda: jackknife("KID", value, (real, fake)).value


def _mmd(real: Tensor, fake: Tensor) -> tuple[Work, Work]:
    from sklearn.metrics.pairwise import rbf_kernel

    def value(some_real: Tensor, some_fake: Tensor) -> float:
        x, y = some_real.numpy(), some_fake.numpy()
        gamma = 1 / (4 * float(x.var(0, dtype=np.float64).sum()))
        kernels = [rbf_kernel(a, b, gamma).mean(dtype=np.float64) for a, b in ((x, x), (y, y), (x, y))]
        return math.sqrt(kernels[0] + kernels[1] - 2 * kernels[2])

    return lambda: mmd("noise", real, fake).value, lambda: jackknife("MMD", value, (real, fake)).value


def _covering(real: Tensor, fake: Tensor) -> list[float]:
    """Ours: precision and recall."""
    metric = PrecisionRecall()
    metric.update(real, real=True)
    metric.update(fake, real=False)
    return [float(share) for share in metric.compute().values()]


def _covering_by_fidelity(real: Tensor, fake: Tensor) -> tuple[Work, Work]:
    from torch_fidelity.metric_prc import KEY_METRIC_PRECISION, KEY_METRIC_RECALL, prc_features_to_metric

    def theirs() -> list[float]:
        found = prc_features_to_metric(fake, real, prc_neighborhood=NEIGHBOURS, verbose=False)
        return [found[KEY_METRIC_PRECISION], found[KEY_METRIC_RECALL]]

    return partial(_covering, real, fake), theirs


def _covering_by_learn(real: Tensor, fake: Tensor) -> tuple[Work, Work]:
    from sklearn.metrics import pairwise_distances
    from sklearn.neighbors import NearestNeighbors

    x, y = real.numpy(), fake.numpy()

    def covered(asked: np.ndarray, support: np.ndarray) -> float:
        near = NearestNeighbors(n_neighbors=NEIGHBOURS, algorithm="brute").fit(support)
        radii = near.kneighbors()[0][:, -1]  # without an argument a sample is not its own neighbour
        return float((pairwise_distances(asked, support) <= radii).any(1).mean())

    return partial(_covering, real, fake), lambda: [covered(y, x), covered(x, y)]


def _nearest(real: Tensor, fake: Tensor) -> tuple[Work, Work]:
    from sklearn.neighbors import NearestNeighbors

    samples = torch.cat([real, fake])
    is_real = torch.arange(2 * N) < N

    def ours() -> float:
        return float(nearest_is_own(samples, is_real).double().mean())

    def theirs() -> float:
        nearest = NearestNeighbors(n_neighbors=1, algorithm="brute").fit(samples.numpy()).kneighbors()[1][:, 0]
        return float((is_real[nearest] == is_real).double().mean())

    return ours, theirs


def _likeness() -> list[Contest]:
    return [
        Contest(
            "MS-SSIM",
            "ms_ssim",
            f"{PAIRS} pairs of {LARGE} x {LARGE}, 5 scales",
            partial(_by_msssim, *_pictures(LARGE)),
            "pytorch-msssim",
            "pytorch_msssim",
            remark="It refuses sides below 161, and has no reflected border at the last scale.",
        ),
        Contest(
            "MS-SSIM",
            "multiscale_structural_similarity_index_measure",
            f"{PAIRS} pairs of {SMALL} x {SMALL}, 3 scales",
            partial(_by_torchmetrics, *_pictures(SMALL)),
            "torchmetrics",
        ),
    ]


def _pictures(side: int) -> tuple[Tensor, Tensor]:
    """Drawn and true pictures (PAIRS, 3, side, side), a little smooth and alike."""
    rough = noise(PAIRS, 3, side, side)
    truth = (rough + rough.roll(1, -1) + rough.roll(1, -2)) / 3
    return (truth + 0.2 * noise(PAIRS, 3, side, side, seed=1)).clamp(-1, 1), truth


def _by_torchmetrics(drawn: Tensor, truth: Tensor) -> tuple[Work, Work]:
    def value() -> float:
        lights = [(pictures.double() + 1) / 2 for pictures in (drawn, truth)]
        weights = {"betas": scale_weights(SMALL), "normalize": "relu"}
        return float(multiscale_structural_similarity_index_measure(*lights, data_range=1.0, **weights))

    return lambda: ms_ssim(drawn, truth).value, value


def _by_msssim(drawn: Tensor, truth: Tensor) -> tuple[Work, Work]:
    from pytorch_msssim import ms_ssim as theirs

    def value() -> float:
        lights = [(pictures.double() + 1) / 2 for pictures in (drawn, truth)]
        return float(theirs(*lights, data_range=1.0, weights=list(scale_weights(LARGE))))

    return lambda: ms_ssim(drawn, truth).value, value

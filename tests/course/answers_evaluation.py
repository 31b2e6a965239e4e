"""Right and plausible wrong answers to the exercises of notebook 10."""

from __future__ import annotations

import numpy as np
import torch
from scipy.linalg import sqrtm
from scipy.spatial import cKDTree
from torch import Tensor


def frechet_by_variances(real: Tensor, fake: Tensor) -> Tensor:
    first, second = real.var(), fake.var()
    return (real.mean() - fake.mean()) ** 2 + first + second - 2 * (first * second).sqrt()


def frechet_by_matrices(real: Tensor, fake: Tensor) -> float:
    first, second = (np.cov(side.numpy()).reshape(1, 1) for side in (real, fake))
    gap = float(real.numpy().mean() - fake.numpy().mean())
    return float(gap**2 + np.trace(first + second - 2 * sqrtm(first @ second).real))


def kernel(x: Tensor, y: Tensor) -> Tensor:
    return (x @ y.T / x.shape[1] + 1) ** 3


def mmd(real: Tensor, fake: Tensor, diagonal: bool = False, share: float = 2.0) -> float:
    def own(x: Tensor) -> Tensor:
        table = kernel(x, x)
        if diagonal:
            return table.mean()
        return table[~torch.eye(len(x), dtype=torch.bool)].mean()

    return float(own(real) + own(fake) - share * kernel(real, fake).mean())


def mmd_by_loops(real: Tensor, fake: Tensor) -> np.float64:
    def entry(a: np.ndarray, b: np.ndarray) -> float:
        return (float(a @ b) / len(a) + 1) ** 3

    x, y = real.numpy(), fake.numpy()
    own = [np.mean([entry(s[i], s[j]) for i in range(len(s)) for j in range(len(s)) if i != j]) for s in (x, y)]
    return np.float64(own[0] + own[1] - 2 * np.mean([entry(a, b) for a in x for b in y]))


def precision(real: Tensor, fake: Tensor, neighbours: int) -> float:
    radii = torch.cdist(real, real).sort(1).values[:, neighbours]
    return float((torch.cdist(fake, real) <= radii).any(1).double().mean())


def precision_by_tree(real: Tensor, fake: Tensor, neighbours: int) -> np.float64:
    radii = cKDTree(real.numpy()).query(real.numpy(), k=[neighbours + 1])[0][:, 0]
    distances = np.linalg.norm(fake.numpy()[:, None] - real.numpy()[None], axis=2)
    return (distances <= radii).any(1).mean()


def with_itself(real: Tensor, fake: Tensor, neighbours: int) -> float:
    radii = torch.cdist(real, real).sort(1).values[:, neighbours - 1]
    return float((torch.cdist(fake, real) <= radii).any(1).double().mean())


def nearest_ball_only(real: Tensor, fake: Tensor, neighbours: int) -> float:
    radii = torch.cdist(real, real).sort(1).values[:, neighbours]
    nearest = torch.cdist(fake, real).min(1)
    return float((nearest.values <= radii[nearest.indices]).double().mean())


RIGHT = {
    "frechet_line": {"variances": frechet_by_variances, "matrices": frechet_by_matrices},
    "unbiased_mmd": {"a mask": mmd, "loops": mmd_by_loops},
    "precision_of": {"cdist": precision, "a tree": precision_by_tree},
}

WRONG = {
    "frechet_line": {
        "divided by n": lambda a, b: float(
            (a.mean() - b.mean()) ** 2 + (a.std(correction=0) - b.std(correction=0)) ** 2
        ),
        "means only": lambda a, b: float((a.mean() - b.mean()) ** 2),
        "variances subtracted": lambda a, b: float((a.mean() - b.mean()) ** 2 + (a.var() - b.var()) ** 2),
        "its root": lambda a, b: float(frechet_by_variances(a, b).sqrt()),
        "no square": lambda a, b: float((a.mean() - b.mean()).abs() + (a.std() - b.std()) ** 2),
    },
    "unbiased_mmd": {
        "with the diagonal": lambda a, b: mmd(a, b, diagonal=True),
        "xy once": lambda a, b: mmd(a, b, share=1.0),
        "its root": lambda a, b: abs(mmd(a, b)) ** 0.5,
        "not divided by D": lambda a, b: mmd(a * a.shape[1] ** 0.5 * 1.5, b * b.shape[1] ** 0.5 * 1.5),
        "exchanged sign": lambda a, b: -mmd(a, b),
    },
    "precision_of": {
        "a sample is its own neighbour": with_itself,
        "recall": lambda a, b, k: precision(b, a, k),
        "the nearest ball only": nearest_ball_only,
        "always 3": lambda a, b, k: precision(a, b, 3),
        "in every ball": lambda a, b, k: float(
            (torch.cdist(b, a) <= torch.cdist(a, a).sort(1).values[:, k]).all(1).double().mean()
        ),
        "the outside": lambda a, b, k: 1 - precision(a, b, k),
    },
}

"""Colours of one side in the palette of the other, region by region, fitted on unpaired pictures."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from toonkit.images.values import as_pictures
from toonkit.networks.toonnet import ToonNet, at_reading_size

LEAST = 8.0  # pixels below which a region's mean colour says nothing
FEWEST = 4  # pictures below which a region's colours have no spread: it keeps its own
SMALLEST = 1e-4  # added to each colour's variance


@dataclass(frozen=True)
class Palette:
    """An affine colour map for every region: matrices (R, 3, 3) and shifts (R, 3). toonnet says where regions are."""

    rows: tuple[int, ...]  # the regions' numbers among the masks of toonnet's labels
    matrices: Tensor
    shifts: Tensor

    @classmethod
    def fit(cls, reader: ToonNet, source: Tensor, target: Tensor, regions: tuple[str, ...]) -> Palette:
        """The maps from source pictures to target pictures, as bytes (N, 3, H, W) and (M, 3, H, W)."""
        rows = tuple(reader.labels.masks.index(name) for name in regions)
        sides = [_all_means(reader, pictures, rows) for pictures in (source, target)]
        maps = []
        for region in range(len(rows)):
            colours = [means[sizes[:, region] > LEAST, region] for means, sizes in sides]
            enough = min(map(len, colours)) >= FEWEST
            maps.append(least_displacement(*colours) if enough else (torch.eye(3), torch.zeros(3)))
        return cls(rows, torch.stack([matrix for matrix, _ in maps]), torch.stack([shift for _, shift in maps]))

    def __call__(self, picture: Tensor, mask: Tensor) -> Tensor:
        """Pictures (N, 3, H, W) recoloured by what their mask logits (N, classes, H, W) say, the same shape."""
        share = _shares(mask, self.rows)  # (N, R, H, W)
        matrix = torch.einsum("rij,nrhw->nijhw", self.matrices, share)
        shift = torch.einsum("ri,nrhw->nihw", self.shifts, share)
        return (torch.einsum("nijhw,njhw->nihw", matrix, picture) + shift).clamp(-1, 1)


def least_displacement(before: Tensor, after: Tensor) -> tuple[Tensor, Tensor]:
    """The affine map of least displacement between two Gaussians (Pitie and Kokaram, 2007): (3, 3) and (3,).

    Colours (N, 3) and (M, 3); worked out in float64.
    """
    ridge = SMALLEST * torch.eye(3, dtype=torch.float64)
    a, b = (torch.cov(colours.double().T) + ridge for colours in (before, after))
    root, inverse = _power(a, 0.5), _power(a, -0.5)
    matrix = inverse @ _power(root @ b @ root, 0.5) @ inverse
    shift = after.double().mean(0) - matrix @ before.double().mean(0)
    return matrix.float(), shift.float()


def _power(matrix: Tensor, exponent: float) -> Tensor:
    """A power of a symmetric positive matrix (K, K)."""
    values, vectors = torch.linalg.eigh(matrix)
    return vectors @ torch.diag(values.clamp(min=1e-8) ** exponent) @ vectors.T


def _shares(mask: Tensor, rows: tuple[int, ...]) -> Tensor:
    """Probabilities of the regions, (N, R, H, W), from mask logits (N, classes, H, W)."""
    return mask.float().softmax(1)[:, list(rows)]


@torch.no_grad()
def _all_means(reader: ToonNet, pictures: Tensor, rows: tuple[int, ...]) -> tuple[Tensor, Tensor]:
    """Mean colours (N, R, 3) and sizes in pixels (N, R) of the regions that toonnet sees in pictures as bytes."""
    means, sizes = [], []
    for part in pictures.split(100):
        picture = at_reading_size(as_pictures(part))  # (n, 3, H, W)
        share = _shares(reader(picture)["mask"], rows)  # (n, R, H, W)
        size = share.sum((2, 3))  # (n, R)
        sizes.append(size)
        means.append(torch.einsum("nchw,nrhw->nrc", picture, share) / size.clamp(min=1.0)[..., None])
    return torch.cat(means), torch.cat(sizes)

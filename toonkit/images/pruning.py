"""Keep the pictures worth training on, and log why each other one was dropped (Tom and Jerry in real life, 6.1).

That report removed by hand what was "too small, significantly obscured or distorted". With a mask of the subject each
word becomes a measure with a limit; blur and near-duplicates need no mask. Measures are crude, so the log keeps values.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from pathlib import Path

import numpy as np
from skimage.measure import regionprops
from torch import Tensor

from toonkit.images.copies import find_copy, luma, perceptual_hash
from toonkit.images.resize import fit_picture
from toonkit.project.atomic import write_atomically
from toonkit.project.errors import ToonkitError

SCALE = 128  # pixels: blur is measured at one size, or large pictures would look blurred beside small ones
MEASURES = (  # reason, fact, and the sign of what is too much: -1 for a floor, 1 for a ceiling
    ("too small", "area", -1),
    ("obscured", "solidity", -1),
    ("cut off", "border", 1),
    ("distorted", "slenderness", 1),
)


@dataclass(frozen=True)
class Limits:
    """A picture is dropped when a measure passes its limit; None leaves that measure out."""

    area: float | None = 0.05  # least share of the pixels that the subject covers: below, it is too small
    border: float | None = 0.25  # greatest share of the frame's rim inside the subject: above, the frame cuts it off
    solidity: float | None = 0.45  # least share of its convex hull that the subject fills: below, something hides it
    slenderness: float | None = 2.5  # greatest ratio of its bounding box's sides: above, it is distorted
    sharpness: float | None = 1.5e-3  # least variance of the Laplacian (see `sharpness`): below, it is blurred
    bits: int | None = 6  # greatest distance of perceptual hashes that still makes a duplicate (see `images.copies`)


@dataclass(frozen=True)
class Rejection:
    """One dropped picture: the first limit that it passed, with its value; `of` names the original of a duplicate."""

    name: str
    reason: str
    value: float
    limit: float
    of: str = ""


@dataclass
class PruneLog:
    """Names of the pictures kept, and every rejection, in the order seen."""

    kept: list[str] = field(default_factory=list)
    rejected: list[Rejection] = field(default_factory=list)

    def counts(self) -> dict[str, int]:
        """Return how many were kept, and how many were dropped for each reason."""
        reasons = [rejection.reason for rejection in self.rejected]
        return {"kept": len(self.kept)} | {reason: reasons.count(reason) for reason in dict.fromkeys(reasons)}

    def write(self, path: str | Path, overwrite: bool = False) -> None:
        """Write one JSON line a rejection. Raises ToonkitError as `write_atomically` does."""
        lines = "".join(json.dumps(asdict(rejection), ensure_ascii=False) + "\n" for rejection in self.rejected)
        write_atomically(path, lines.encode(), overwrite)


def prune(samples: Iterable[tuple[str, Tensor, Tensor | None]], limits: Limits | None = None) -> PruneLog:
    """Judge (name, picture (3, H, W), mask of the subject (H, W) or None) one by one, holding only hashes in memory.

    Of copies, as `images.copies` defines them, the first is kept. Raises ToonkitError for a mask of another size than
    its picture.
    """
    limits = limits or Limits()
    log = PruneLog()
    hashes: list[Tensor] = []
    for name, picture, mask in samples:
        if mask is not None and mask.shape != picture.shape[1:]:
            raise ToonkitError(f"{name}: the mask is {tuple(mask.shape)}, the picture {tuple(picture.shape[1:])}")
        fault = fault_of(picture, mask, limits)
        hashed = perceptual_hash(picture[None])
        if fault is None and limits.bits is not None:
            copy = find_copy(hashes, hashed, limits.bits)
            if copy is not None:
                original, distance = copy
                fault = ("duplicate", distance, limits.bits, log.kept[original])
        if fault is None:
            log.kept.append(name)
            hashes.append(hashed)
        else:
            log.rejected.append(Rejection(name, *fault))
    return log


def fault_of(picture: Tensor, mask: Tensor | None, limits: Limits) -> tuple[str, float, float] | None:
    """Return the first limit that a picture passes by itself: reason, value, limit."""
    facts = subject_facts(mask) if mask is not None else {}
    for reason, name, sign in MEASURES:
        value = facts.get(name)
        limit = getattr(limits, name)
        if value is not None and limit is not None and sign * value > sign * limit:
            return reason, value, limit
    if limits.sharpness is not None and (value := sharpness(picture)) < limits.sharpness:
        return "blurred", value, limits.sharpness
    return None


def subject_facts(mask: Tensor) -> dict[str, float]:
    """Measure a mask (H, W), non-zero inside the subject: area, border, solidity, slenderness (see `Limits`).

    An empty mask has area 0 and nothing else.
    """
    inside = (mask != 0).cpu().numpy()
    if not inside.any():
        return {"area": 0.0}
    region = regionprops(inside.astype(np.uint8))[0]
    top, left, bottom, right = region.bbox
    height, width = bottom - top, right - left
    rim = np.concatenate([inside[0], inside[-1], inside[1:-1, 0], inside[1:-1, -1]])
    return {
        "area": float(inside.mean()),
        "border": float(rim.mean()),
        "solidity": float(region.solidity) if min(height, width) > 2 else 1.0,  # a line has no hull
        "slenderness": max(height, width) / min(height, width),
    }


def sharpness(picture: Tensor) -> float:
    """Return the variance of the Laplacian of (3, H, W), made grey in [0, 1] and stretched to 128x128 pixels.

    Source: Pech-Pacheco et al., Diatom autofocusing in brightfield microscopy, ICPR 2000.
    """
    grey = (luma(fit_picture(picture[None].float(), SCALE, "stretch"))[0] + 1) / 2
    laplacian = grey[1:-1, :-2] + grey[1:-1, 2:] + grey[:-2, 1:-1] + grey[2:, 1:-1] - 4 * grey[1:-1, 1:-1]
    return laplacian.var().item()

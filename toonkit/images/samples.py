"""Four real photographs that come inside scikit-image, so that the course shows real pictures with no network."""

from __future__ import annotations

import torch
from skimage import data
from torch import Tensor

from toonkit.images.values import as_pictures
from toonkit.project.errors import check_name

SAMPLES = {"astronaut": data.astronaut, "cat": data.chelsea, "coffee": data.coffee, "rocket": data.rocket}
SAMPLES_CREDIT = (
    "scikit-image: astronaut, NASA, public domain; cat, Stefan van der Walt, CC0; coffee, Rachel Michetti, CC0; "
    "rocket, SpaceX, public domain"
)


def sample_photo(name: str) -> Tensor:
    """Return one of `SAMPLES` as (3, H, W) in [-1, 1], H from 300 to 512. Raises ToonkitError for an unknown name."""
    check_name("sample photograph", name, tuple(SAMPLES))
    return as_pictures(torch.from_numpy(SAMPLES[name]()).permute(2, 0, 1))

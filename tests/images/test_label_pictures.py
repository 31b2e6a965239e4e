"""Masks read: 16 bits, the size of their picture, labels that nobody knows."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from toonkit.images.picture import read_mask
from toonkit.project.errors import PictureError


def save(path: Path, labels: np.ndarray) -> Path:
    Image.fromarray(labels).save(path)
    return path


def test_mask_of_16_bits_keeps_labels_above_255(tmp_path: Path) -> None:
    labels = np.array([[0, 300], [65535, 7]], dtype=np.uint16)
    for name in ("m.png", "m.tif"):
        assert torch.equal(read_mask(save(tmp_path / name, labels)), torch.from_numpy(labels.astype(np.int64)))


def test_mask_of_another_size_or_with_unknown_labels_is_refused(tmp_path: Path) -> None:
    path = save(tmp_path / "m.png", np.array([[0, 1, 9], [2, 7, 7]], dtype=np.uint8))
    assert read_mask(path, (2, 3), (0, 1, 2, 7, 9)).shape == (2, 3)
    with pytest.raises(PictureError, match=r"m\.png is 2x3 pixels .*its picture 3x2"):
        read_mask(path, (3, 2))
    with pytest.raises(PictureError, match=r"m\.png holds the label 7, 9, none of the 3 known, 0 to 2"):
        read_mask(path, known=range(3))
    with pytest.raises(PictureError, match=r"10, 11, 12, 13, 14 \.\.\., none"):
        read_mask(save(tmp_path / "many.png", np.arange(10, 20, dtype=np.uint8)[None]), known=(0, 1))

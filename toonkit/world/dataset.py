"""ToonWorld as a data set: scenes painted as photograph and cartoon, with masks, class, attributes and caption."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import torch
from torch import Tensor
from torch.utils.data import Dataset

from toonkit.project.errors import ToonkitError, check_name
from toonkit.world import duo, faces, views, wording
from toonkit.world.extras import paste_watermark
from toonkit.world.parts import Defocus, Layers
from toonkit.world.photo import Photographer
from toonkit.world.scene import SPLITS, Scenes
from toonkit.world.shapes import pixel_grid
from toonkit.world.toon import STYLE_SETTINGS, STYLES, Cartoonist
from toonkit.world.unpaired import Unpaired

_FAMILIES = {"faces": faces, "duo": duo, "scenes": views}
FAMILIES = tuple(_FAMILIES)
CHUNK_PIXELS = 1 << 17  # pictures are painted this many pixels at a time, which fits the caches of a laptop


class ToonWorld(Dataset):
    """`count` scenes of one family and split, painted at `size` pixels as photographs and as cartoons of one `style`.

    A scene depends on (family, split, index, seed) alone. `ToonWorld[i]` is a dict: photo and toon (3, size, size)
    float32 in [-1, 1]; mask and toon_mask (size, size) int64, numbers into `mask_classes`; label int, number into
    `classes`; attributes (A,) int64, numbers into `attribute_values[name]` in the order of `attribute_names`; caption
    str. `watermark` pastes the emoji into the lower right corner of every cartoon; `fixed` sets drawn numbers by name.
    Raises ToonkitError for an unknown family, split or style, and for a size or count that cannot be painted.
    """

    def __init__(
        self,
        family: str = "faces",
        split: str = "train",
        size: int = 64,
        style: str = "ink",
        count: int = 1000,
        seed: int = 0,
        watermark: bool = False,
        fixed: Mapping[str, float] | None = None,
        device: torch.device | str = "cpu",
    ) -> None:
        check_name("family", family, FAMILIES)
        check_name("split", split, SPLITS)
        check_name("style", style, STYLES)
        if not 16 <= size <= 2048:
            raise ToonkitError(f"size {size} pixels cannot be painted; choose one from 16 to 2048")
        if count < 1:
            raise ToonkitError(f"count {count} leaves no scene; choose at least 1")
        self.family = family
        self.split = split
        self.size = size
        self.style = style
        self.count = count
        self.seed = seed
        self.watermark = watermark
        self.fixed = dict(fixed or {})
        self.device = device
        self._made = _FAMILIES[family]

    @property
    def classes(self) -> tuple[str, ...]:
        """Names of the classes."""
        return self._made.CLASSES

    @property
    def mask_classes(self) -> tuple[str, ...]:
        """Names of the semantic classes of a mask."""
        return self._made.MASK

    @property
    def foreground(self) -> tuple[int, ...]:
        """The mask classes that are foreground."""
        return tuple(self.mask_classes.index(name) for name in self._made.FOREGROUND)

    @property
    def attribute_values(self) -> dict[str, tuple[str, ...]]:
        """The names of each attribute's values."""
        return self._made.ATTRIBUTES

    @property
    def attribute_names(self) -> tuple[str, ...]:
        """The attributes, in the order of a sample's `attributes`."""
        return tuple(self.attribute_values)

    def __len__(self) -> int:
        return self.count

    def __getitem__(self, index: int) -> dict[str, Any]:
        if not -self.count <= index < self.count:
            raise IndexError(f"scene {index} of {self.count}")
        sample = {name: value[0] for name, value in self.batch([index % self.count]).items()}
        return sample | {"label": int(sample["label"])}

    def batch(self, indices: Sequence[int]) -> dict[str, Any]:
        """The samples of `indices`, stacked (captions and labels too); the pictures are the same whatever the batch."""
        out = self.describe(indices)
        n = len(indices)
        side = self.size
        out |= {name: torch.empty(n, 3, side, side, device=self.device) for name in ("photo", "toon")}
        masks = ("mask", "toon_mask")
        out |= {name: torch.empty(n, side, side, dtype=torch.int64, device=self.device) for name in masks}
        for rows, scenes, kind in self._groups(indices):
            for name, picture in self._paint(scenes, kind).items():
                out[name][rows] = picture
        return out

    def describe(self, indices: Sequence[int]) -> dict[str, Any]:
        """Label (N,), attributes (N, A) and captions of scenes, without painting them."""
        values = self._made.attributes(self._scenes(indices))
        table = torch.stack([values[name].view(-1).long() for name in self.attribute_names], 1)
        caption = getattr(wording, self.family)
        names = self.attribute_values.items()
        words = [{name: known[v] for (name, known), v in zip(names, row, strict=True)} for row in table.tolist()]
        return {"label": table[:, 0], "attributes": table, "caption": [caption(row) for row in words]}

    def photos(self, indices: Sequence[int]) -> Tensor:
        """The photographs alone, (N, 3, size, size)."""
        return self._side(indices, self._photo)

    def toons(self, indices: Sequence[int]) -> Tensor:
        """The cartoons alone, (N, 3, size, size)."""
        return self._side(indices, self._toon)

    def unpaired(self, side: str) -> Unpaired:
        """Photographs (`photo`) or cartoons (`toon`) alone; the two sides never share a scene."""
        return Unpaired(self, side)

    def _scenes(self, indices: Sequence[int]) -> Scenes:
        return Scenes(self.family, self.split, indices, self.seed, self.fixed, self.device)

    def _groups(self, indices: Sequence[int]) -> list[tuple[list[int], Scenes, int]]:
        """Rows of the batch that share a list of parts, in chunks that fit the caches."""
        kinds = self._made.kind(self._scenes(indices)).view(-1).int().tolist()
        step = max(1, CHUNK_PIXELS // self.size**2)
        groups = []
        for kind in sorted(set(kinds)):
            rows = [row for row, other in enumerate(kinds) if other == kind]
            chunks = [rows[start : start + step] for start in range(0, len(rows), step)]
            groups += [(chunk, self._scenes([indices[row] for row in chunk]), kind) for chunk in chunks]
        return groups

    def _side(self, indices: Sequence[int], painter: Callable[[Scenes, int], tuple[Tensor, Layers]]) -> Tensor:
        out = torch.empty(len(indices), 3, self.size, self.size, device=self.device)
        for rows, scenes, kind in self._groups(indices):
            out[rows] = painter(scenes, kind)[0]
        return out

    def _paint(self, scenes: Scenes, kind: int) -> dict[str, Tensor]:
        photo, parts = self._photo(scenes, kind)
        toon, drawn = self._toon(scenes, kind)
        return {"photo": photo, "toon": toon, "mask": self._mask(parts, photo), "toon_mask": self._mask(drawn, toon)}

    def _photo(self, scenes: Scenes, kind: int) -> tuple[Tensor, Layers]:
        x, y = pixel_grid(self.size, self.device)
        layers = self._made.layers(scenes, x, y, 0.0, kind)
        return Photographer(scenes, x, y).paint(layers), layers

    def _toon(self, scenes: Scenes, kind: int) -> tuple[Tensor, Layers]:
        x, y = pixel_grid(self.size, self.device)
        layers = self._made.layers(scenes, x, y, STYLE_SETTINGS[self.style].exaggerate, kind)
        toon = Cartoonist(scenes, self.style, x, y).paint(layers)
        return (paste_watermark(toon) if self.watermark else toon), layers

    def _mask(self, layers: Layers, picture: Tensor) -> Tensor:
        mask = torch.zeros(len(picture), self.size, self.size, dtype=torch.int64, device=picture.device)
        for part in layers:
            if not isinstance(part, Defocus) and part.marks:
                mask = torch.where(part.distance < 0, self.mask_classes.index(part.kind), mask)
        return mask

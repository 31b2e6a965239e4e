"""Folders of pictures as PyTorch data sets. Items are read when asked for and have ToonWorld's names."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from pathlib import Path

import torch
from torch import Tensor
from torch.utils.data import Dataset
from torchvision.datasets import DatasetFolder

from toonkit.images.listing import is_hidden, list_pictures
from toonkit.images.picture import EXTENSIONS, read_picture
from toonkit.project.errors import PictureError, ToonkitError, check_name

SIDES = ("photo", "toon")


class PictureFolder(Dataset):
    """The pictures of one folder, sorted by name, each (3, size, size). Raises PictureError if there is none."""

    def __init__(self, folder: str | Path, size: int, rule: str = "crop") -> None:
        self.paths = list_pictures(folder)
        self.size = size
        self.rule = rule

    def __len__(self) -> int:
        return len(self.paths)

    def __getitem__(self, index: int) -> Tensor:
        return read_picture(self.paths[index], self.size, self.rule)


class UnpairedFolders(Dataset):
    """Photographs in one folder, cartoons in another, with no correspondence (the reports' usual case).

    Item i holds photo i (mod their number) and a cartoon from a shuffled order fixed by `seed`, so that the names'
    order never pairs two folders by accident. The length is that of the larger folder.
    """

    def __init__(self, photos: str | Path, toons: str | Path, size: int, rule: str = "crop", seed: int = 0) -> None:
        if Path(photos).resolve() == Path(toons).resolve():
            raise ToonkitError(f"photos and cartoons are the same folder {photos}; give two")
        self.sides = {"photo": PictureFolder(photos, size, rule), "toon": PictureFolder(toons, size, rule)}
        self.order = torch.randperm(len(self.sides["toon"]), generator=torch.Generator().manual_seed(seed)).tolist()

    def __len__(self) -> int:
        return max(len(side) for side in self.sides.values())

    def __getitem__(self, index: int) -> dict[str, Tensor]:
        if not 0 <= index < len(self):
            raise IndexError(index)
        photos, toons = self.sides["photo"], self.sides["toon"]
        return {"photo": photos[index % len(photos)], "toon": toons[self.order[index % len(toons)]]}

    def unpaired(self, side: str) -> PictureFolder:
        """Return the pictures of one side, "photo" or "toon", as ToonWorld does."""
        return self.sides[check_name("side", side, SIDES)]


class PairedFolders(Dataset):
    """Two folders whose files correspond by stem: `photos/042.jpg` and `toons/042.png`.

    Stems that differ only in the case of their letters or in their Unicode form (a Mac may store "é" as "e" and an
    accent) are partners too, unless others have exactly that name. Item: photo and toon, each (3, size, size), and the
    photograph's stem as `name`. Raises ToonkitError when a picture has no partner or two files of one folder share a
    stem.
    """

    def __init__(self, photos: str | Path, toons: str | Path, size: int, rule: str = "crop") -> None:
        partners = _partners(_by_stem(photos), _by_stem(toons), f"{photos} and {toons}")
        self.pairs = [partners[stem] for stem in sorted(partners)]
        self.size = size
        self.rule = rule

    def __len__(self) -> int:
        return len(self.pairs)

    def __getitem__(self, index: int) -> dict[str, Tensor | str]:
        photo, toon = (read_picture(path, self.size, self.rule) for path in self.pairs[index])
        return {"photo": photo, "toon": toon, "name": self.pairs[index][0].stem}


class ClassFolders(DatasetFolder):
    """One folder a class (`cat/`, `mouse/`, `both/`). Item: photo (3, size, size) and label; names in `classes`.

    A class has the pictures that `list_pictures` finds in its folder and below. Raises PictureError if there is no
    class folder or if one of them holds no picture.
    """

    def __init__(self, folder: str | Path, size: int, rule: str = "crop") -> None:
        try:
            super().__init__(str(folder), lambda path: read_picture(path, size, rule), extensions=EXTENSIONS)
        except FileNotFoundError as error:
            raise PictureError(f"{folder} is not a folder of class folders with pictures: {error}") from error

    def find_classes(self, directory: str) -> tuple[list[str], dict[str, int]]:
        """Return the class names, which are the names of the folders that are not hidden, and their labels."""
        names, _ = super().find_classes(directory)
        shown = [name for name in names if not is_hidden(name)]
        return shown, {name: label for label, name in enumerate(shown)}

    @staticmethod
    def make_dataset(directory: str, class_to_idx: dict[str, int], *_: object, **__: object) -> list[tuple[str, int]]:
        """Return (path, label) of every picture, class by class; torchvision calls this."""
        return [
            (str(path), label)
            for name, label in class_to_idx.items()
            for path in list_pictures(Path(directory) / name, recursive=True)
        ]

    def __getitem__(self, index: int) -> dict[str, Tensor | int]:
        photo, label = super().__getitem__(index)
        return {"photo": photo, "label": label}


def _by_stem(folder: str | Path) -> dict[str, Path]:
    by_stem: dict[str, Path] = {}
    for path in list_pictures(folder):
        if path.stem in by_stem:
            raise ToonkitError(f"{by_stem[path.stem].name} and {path.name} in {folder} share a stem; rename one")
        by_stem[path.stem] = path
    return by_stem


def _partners(photos: dict[str, Path], toons: dict[str, Path], where: str) -> dict[str, tuple[Path, Path]]:
    """Pair files by stem: first those of exactly one name, then those whose names differ in case or Unicode form."""
    pairs = {stem: (photos[stem], toons[stem]) for stem in photos.keys() & toons.keys()}
    other_photos = _folded(photos.keys() - pairs.keys(), where)
    other_toons = _folded(toons.keys() - pairs.keys(), where)
    if lonely := sorted(other_photos.keys() ^ other_toons.keys()):
        stem = (other_photos | other_toons)[lonely[0]]
        raise ToonkitError(f"{len(lonely)} pictures of {where} have no partner; first: {stem!r}")
    return pairs | {photo: (photos[photo], toons[other_toons[folded]]) for folded, photo in other_photos.items()}


def _folded(stems: Iterable[str], where: str) -> dict[str, str]:
    """Return stems by what is left of them without letter case and Unicode form."""
    folded: dict[str, str] = {}
    for stem in sorted(stems):
        key = unicodedata.normalize("NFC", unicodedata.normalize("NFC", stem).casefold())
        if key in folded:
            raise ToonkitError(
                f"{folded[key]!r} and {stem!r} in {where} differ only in the case of letters or in Unicode form, "
                "so their partners cannot be told; rename one"
            )
        folded[key] = stem
    return folded

"""Small stand-ins for the reports' own sets: the layout of the real ones, pictures of a few coloured fields."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from pathlib import Path

import torch
from torch import Tensor

from toonkit.images.own_origins import Order
from toonkit.images.own_sets import get_own
from toonkit.images.picture import write_picture
from toonkit.images.report_sets import REPORTS
from toonkit.images.values import as_bytes, as_pictures


def fields(number: int, height: int = 264, width: int = 264, count: int = 8) -> Tensor:
    """A sharp picture (3, height, width) that is no copy of one of another number."""
    generator = torch.Generator().manual_seed(number)
    small = torch.rand(1, 3, count, count, generator=generator) * 2 - 1
    large = torch.nn.functional.interpolate(small, (height, width), mode="nearest")[0]
    return as_pictures(as_bytes(large))


def panel(number: int, side: int = 96) -> Tensor:
    """A soft picture (3, side, side), without an edge of its own, so that four of them have one cross alone."""
    generator = torch.Generator().manual_seed(number)
    small = torch.rand(1, 3, 3, 3, generator=generator) * 2 - 1
    large = torch.nn.functional.interpolate(small, (side, side), mode="bilinear", align_corners=True)[0]
    return as_pictures(as_bytes(large))


def write(path: Path, picture: Tensor) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    write_picture(path, picture)


def celeba(folder: Path, count: int = 12, partition: bool = True) -> None:
    """As torchvision unpacks it: the pictures, and the partition, whose last third is for testing."""
    for number in range(1, count + 1):
        write(folder / "img_align_celeba" / f"{number:06d}.jpg", fields(number, 218, 178))
    if partition:
        lines = [f"{number:06d}.jpg {0 if number <= 2 * count // 3 else 2}" for number in range(1, count + 1)]
        (folder / "list_eval_partition.txt").write_text("\n".join(lines) + "\n")


def danbooru(folder: Path, count: int = 12) -> None:
    """As the 512-pixel copy has it: 0NNN/ID.jpg, the folder is the number mod 1000."""
    for number in range(count):
        identity = 2_000_001 + 1_503 * number
        write(folder / f"{identity % 1000:04d}" / f"{identity}.jpg", fields(100 + number, 320, 320))


def numbers_of(folder: Path) -> str:
    """A list of the numbers in such a copy."""
    return "".join(f"{path.stem}\n" for path in sorted(folder.rglob("*.jpg")))


def flickr30k(folder: Path, count: int = 12) -> None:
    """As Kaggle has it: a folder in a folder, a table of captions beside, everything twice."""
    for number in range(count):
        picture = fields(200 + number, 240, 330)
        for place in ("flickr30k_images/flickr30k_images", "flickr30k_images/flickr30k_images/flickr30k_images"):
            write(folder / place / f"{1000 + number}.jpg", picture)
    (folder / "flickr30k_images" / "results.csv").write_text("image_name| comment_number| comment\n")


def studio_frames(folder: Path, count: int = 6) -> None:
    """As `toonkit data keyframes` leaves two films, a fifth of whose scenes are for testing."""
    for film in ("one", "two"):
        rows = []
        for number in range(count):
            name = f"shot{number:04d}.jpg"
            write(folder / film / name, fields(300 + number + 50 * (film == "two"), 260, 460))
            rows.append({"picture": name, "time": number, "split": "test" if number == 0 else "train"})
        with (folder / film / "keyframes.csv").open("w", newline="") as stream:
            writer = csv.DictWriter(stream, list(rows[0]))
            writer.writeheader()
            writer.writerows(rows)


def kaggle_cats(folder: Path, count: int = 6) -> None:
    """CAT_00 and so on with a file of points for each picture, and the same once more in `cats`."""
    for number in range(count):
        name = f"CAT_{number % 2:02d}/0000{number:04d}_000.jpg"
        for place in (folder, folder / "cats"):
            write(place / name, fields(400 + number, 270, 350))
            (place / f"{name}.cat").write_text("9 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18\n")


def laboratory_mice(folder: Path, count: int = 6) -> None:
    """A folder for each treatment."""
    for number in range(count):
        write(folder / ("KXN" if number % 2 else "C") / f"mouse_{number}.png", fields(500 + number, 300, 290))


def cat_mouse(folder: Path, count: int = 6) -> None:
    """As Roboflow exports boxes: a folder a split, one COCO table in each; the last picture shows a cat alone."""
    categories = [{"id": 0, "name": "animals"}, {"id": 1, "name": "Cat"}, {"id": 2, "name": "mouse"}]
    for split, numbers in (("train", range(count)), ("valid", range(count, count + 1))):
        images, annotations = [], []
        for number in numbers:
            name = f"pair_{number}.jpg"
            write(folder / split / name, fields(600 + number, 280, 280))
            images.append({"id": number, "file_name": name})
            boxes = {1: [30, 40, 110, 120], 2: [150, 150, 60, 50]} if number < count else {1: [30, 40, 110, 120]}
            annotations += [{"image_id": number, "category_id": kind, "bbox": box} for kind, box in boxes.items()]
        table = {"images": images, "annotations": annotations, "categories": categories}
        (folder / split / "_annotations.coco.json").write_text(json.dumps(table))


def tom_and_jerry(folder: Path, count: int = 6) -> None:
    """Four class folders, of which the last shows neither, and a table beside."""
    for kind, name in enumerate(("tom", "jerry", "tom_jerry_1", "tom_jerry_0")):
        for number in range(count):
            path = folder / "tom_and_jerry" / "tom_and_jerry" / name / f"frame{number}.jpg"
            write(path, fields(700 + 50 * kind + number, 270, 480))
    (folder / "ground_truth.csv").write_text("filename,tom,jerry\n")


def voila(folder: Path, count: int = 6) -> None:
    """Four panels a picture: the photograph upper left, cartoons in the others."""
    for number in range(count):
        panels = [panel(900 + 10 * number + k) for k in range(4)]
        rows = [torch.cat(panels[:2], 2), torch.cat(panels[2:], 2)]
        write(folder / f"post{number}.png", torch.cat(rows, 1))


STAND_INS: dict[str, Callable[..., None]] = {
    "celeba": celeba,
    "danbooru2017": danbooru,
    "flickr30k": flickr30k,
    "studio-frames": studio_frames,
    "kaggle-cats": kaggle_cats,
    "laboratory-mice": laboratory_mice,
    "cat-mouse": cat_mouse,
    "tom-and-jerry": tom_and_jerry,
    "voila": voila,
}


def bring_sources(report: str, place: Path, count: int | None = None) -> None:
    """Make the stand-ins of a report's sources in `place`, of `count` pictures, and get each from there, as users do.

    One that is there is left as it is.
    """
    for name in REPORTS[report].sources():
        folder = place / name
        if folder.exists():
            continue
        STAND_INS[name](folder, *([] if count is None else [count]))
        ids = None
        if name == "danbooru2017":
            ids = place / "ids.txt"
            ids.write_text(numbers_of(folder))
        get_own(Order(name, str(folder), ids=ids, agree=True), say=lambda _: None)

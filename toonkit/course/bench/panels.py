"""Measure the cutting of four-panel pictures: what is found, how exactly, which copies are dropped."""

from __future__ import annotations

import io
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from toonkit.images import fit_picture, list_pictures, read_picture, write_picture
from toonkit.images.pairs import make_pairs
from toonkit.images.panels import Seams, find_seams
from toonkit.images.picture import to_bytes
from toonkit.images.sources import open_source, source_ready
from toonkit.project.threads import threads
from toonkit.world import STYLES, ToonWorld

SIDE = 64  # pixels of one panel
COLOURS = ((1, 1, 1), (-1, -1, -1), (0, 0, 0), (0.8, -0.6, -0.6), (-0.7, -0.3, 0.6), (0.9, 0.8, 0.4))
CONDITIONS = ("centred", "off_centre", "bordered", "jpeg_60", "jpeg_80", "jpeg_95", "together")


def measure(quick: bool = False, split: str = "test") -> dict[str, float | str]:
    """Return recall and error by condition, false alarms by kind, precision, and how duplicates were dropped."""
    with threads(1):
        return _measured(24 if quick else 200, split)


def _measured(scenes: int, split: str) -> dict[str, float | str]:
    generator = np.random.default_rng(0)
    photos = ToonWorld("faces", split, SIDE, count=scenes).photos(range(scenes))
    toons = [ToonWorld("faces", split, SIDE, style, scenes).toons(range(scenes)) for style in STYLES[:3]]
    crawl = torch.stack([photos, *toons], 1)  # (N, 4, 3, SIDE, SIDE)
    found = {name: _found(name, crawl, generator) for name in CONDITIONS}
    alarms = _alarms(crawl, scenes, split)
    right, wrong = sum(len(errors) for errors in found.values()), sum(map(sum, alarms.values()))
    result = {f"{name}_recall": len(errors) / scenes for name, errors in found.items()}
    result |= {f"{name}_error_pixels": float(np.mean(errors)) for name, errors in found.items() if errors}
    result |= {f"{name}_false": sum(alarm) / len(alarm) for name, alarm in alarms.items()}
    return {**result, "precision": right / max(1, right + wrong), **_duplicates(crawl)}


def paste(
    panels: Tensor, gutter=(0, 0), border=(0, 0, 0, 0), cut=(0, 0, 0, 0), colour=(1, 1, 1)
) -> tuple[Tensor, Seams]:
    """Paste (4, 3, S, S) two by two, cut edges off, add a border (pixels: top, bottom, left, right). With the truth."""
    side, (tall, wide), (top, bottom, left, right) = panels.shape[-1], gutter, border
    above, below, before, after = cut
    ink = torch.tensor(colour).float().view(3, 1, 1)
    inner = ink.repeat(1, 2 * side + tall, 2 * side + wide)
    inner[:, :side, :side], inner[:, :side, -side:], inner[:, -side:, :side], inner[:, -side:, -side:] = panels
    inner = inner[:, above : inner.shape[1] - below, before : inner.shape[2] - after]
    height, width = inner.shape[1:]
    picture = ink.repeat(1, height + top + bottom, width + left + right)
    picture[:, top : top + height, left : left + width] = inner
    row, column = side - above + top, side - before + left
    return picture, Seams((row, row + tall), (column, column + wide), 1.0, (top, top + height, left, left + width))


def arrange(condition: str, panels: Tensor, generator: np.random.Generator) -> tuple[Tensor, Seams]:
    """Paste panels as a condition says: cut up to 0.35 of the side, borders to 1/8 of a panel, gutters to 1/12."""
    layout: dict[str, object] = {}
    if condition in ("off_centre", "together"):
        ends = [generator.permutation([int(generator.integers(0, int(0.46 * SIDE) + 1)), 0]).tolist() for _ in "yx"]
        layout["cut"] = [*ends[0], *ends[1]]
    if condition in ("bordered", "together"):
        layout["gutter"] = generator.integers(1, SIDE // 12 + 1, 2).tolist()
        layout["border"] = generator.integers(0, SIDE // 8 + 1, 4).tolist()
        layout["colour"] = COLOURS[generator.integers(len(COLOURS))]
    picture, truth = paste(panels, **layout)
    if condition.startswith("jpeg"):
        picture = jpeg(picture, int(condition[5:]))
    return (jpeg(picture, int(generator.integers(60, 96))) if condition == "together" else picture), truth


def jpeg(picture: Tensor, quality: int) -> Tensor:
    """Encode and decode (3, H, W), with the chroma subsampling that most programs use."""
    encoded = io.BytesIO()
    Image.fromarray(to_bytes(picture).permute(1, 2, 0).numpy()).save(encoded, "JPEG", quality=quality)
    return torch.from_numpy(np.array(Image.open(encoded))).permute(2, 0, 1).float() / 127.5 - 1


def _found(condition: str, crawl: Tensor, generator: np.random.Generator) -> list[float]:
    """The mean error of its four numbers, in pixels, for each cross that was found."""
    errors = []
    for panels in crawl:
        picture, truth = arrange(condition, panels, generator)
        seams = find_seams(picture)
        if seams.found:
            errors.append(float(np.abs(np.subtract(seams.rows + seams.columns, truth.rows + truth.columns)).mean()))
    return errors


def _alarms(crawl: Tensor, scenes: int, split: str) -> dict[str, list[bool]]:
    """Which pictures that are not four panels were taken for some."""
    photos, toons = crawl[:, 0], crawl[:, 1]
    grids = [
        torch.cat([torch.cat([*row], 2) for row in (a, b, a)], 1)
        for a, b in zip(crawl[:, :3], crawl[:, 1:], strict=True)
    ]
    kinds = {
        "photographs": photos,
        "cartoons": toons,
        "jpeg_60": (jpeg(photo, 60) for photo in ToonWorld("faces", split, 256, count=scenes).photos(range(scenes))),
        "panels_1x2": torch.cat([photos, toons], 3),
        "panels_2x1": torch.cat([photos, toons], 2),
        "panels_3x3": grids,
    }
    if source_ready("caltech101"):
        paths = list_pictures(open_source("caltech101"), recursive=True)
        kinds["caltech101"] = (read_picture(path) for path in paths[:: max(1, len(paths) // scenes)])
    return {name: [find_seams(picture).found for picture in pictures] for name, pictures in kinds.items()}


def _duplicates(crawl: Tensor) -> dict[str, float]:
    """Cut a folder that holds each picture, and again as a JPEG of 0.8 of its size: shares of each kind dropped."""
    with TemporaryDirectory() as name:
        folder = Path(name) / "crawl"
        folder.mkdir()
        for index, panels in enumerate(crawl):
            picture = paste(panels, (2, 2))[0]
            write_picture(folder / f"a{index}.png", picture)
            write_picture(folder / f"b{index}.png", jpeg(fit_picture(picture, round(0.8 * picture.shape[-1])), 80))
        report = make_pairs(folder, Path(name) / "out")
    kept = [file[0] for file, *_ in report.accepted]
    dropped = [file[0] for file, reason in report.rejected if reason.startswith("duplicate")]
    share = {kind: dropped.count(kind) / max(1, dropped.count(kind) + kept.count(kind)) for kind in "ab"}
    return {"distinct_dropped": share["a"], "copies_dropped": share["b"]}

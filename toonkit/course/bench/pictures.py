"""Measure the handling of pictures: reading, writing, toonify, and how well the data steps find what is known."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

import torch
from torch import Tensor

from toonkit.images import fit_picture, read_picture, write_picture
from toonkit.images.damage import DAMAGES
from toonkit.images.keyframes import key_frames
from toonkit.images.pruning import prune
from toonkit.images.samples import sample_photo
from toonkit.project.threads import threads
from toonkit.world import ToonWorld


def measure(quick: bool = False) -> dict[str, float | str]:
    """Return seconds for files, and how key frames and pruning do on scenes of ToonWorld's val split."""
    scenes = 24 if quick else 200
    with threads(2):
        return {**_files(), **_key_frames(scenes), **_pruning(scenes)}


def _seconds(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def _files() -> dict[str, float]:
    """Seconds to write and to read 12 megapixels."""
    photo, result = fit_picture(sample_photo("astronaut"), (3000, 4000)), {}
    with TemporaryDirectory() as folder:
        for kind in ("jpg", "png", "webp"):
            path = Path(folder) / f"photo.{kind}"
            result[f"write_12mp_{kind}_seconds"] = _seconds(lambda path=path: write_picture(path, photo))
            result[f"read_12mp_{kind}_seconds"] = _seconds(lambda path=path: read_picture(path))
    return result


def _key_frames(scenes: int) -> dict[str, float]:
    """Shots of eight panning frames each, one a scene: share of shots with exactly one key frame."""
    wide = ToonWorld("scenes", "val", 128, count=scenes).toons(range(scenes))
    frames = (shot[:, :96, 2 * step : 2 * step + 96] for shot in wide for step in range(8))
    shots = [index // 8 for index, _ in key_frames(frames)]
    return {"key_frames_right": sum(shots.count(shot) == 1 for shot in range(scenes)) / scenes}


def _pruning(scenes: int) -> dict[str, float]:
    """Share of good pictures kept, and of each damage found for the right reason and for any."""
    world = ToonWorld("duo", "val", 96, count=scenes)
    batch = world.batch(range(scenes))
    masks = torch.isin(batch["mask"], torch.tensor(world.foreground)).long()
    good = [(str(index), batch["photo"][index], masks[index]) for index in range(scenes)]
    result = {"pruning_good_kept": len(prune(good).kept) / scenes}
    for name, (spoil, expected) in DAMAGES.items():
        spoiled: list[tuple[str, Tensor, Tensor]] = [(f"spoiled {name}", *spoil(*pair)) for name, *pair in good]
        log = prune((good if expected == "duplicate" else []) + spoiled)
        reasons = [fault.reason for fault in log.rejected if fault.name.startswith("spoiled")]
        key = name.replace(" ", "_")
        result[f"pruning_{key}_named"] = reasons.count(expected) / scenes
        result[f"pruning_{key}_dropped"] = len(reasons) / scenes
    return result

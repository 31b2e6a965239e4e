"""ToonWorld's speed, and whether two processes paint the same bytes."""

from __future__ import annotations

import hashlib
import subprocess
import sys
import time
from statistics import median

import torch

from toonkit.world import FAMILIES, SPLITS, STYLES, ToonWorld
from toonkit.world.scene import Scenes

PICTURES = ("photo", "toon", "mask", "toon_mask")


def measure(quick: bool = False) -> dict[str, float | int | str]:
    """Pictures a second at 64 and 256 px (photograph and cartoon count one each); digests; scenes shared by splits."""
    out: dict[str, float | int | str] = {"threads": torch.get_num_threads()}
    for size, scenes in ((64, 64), (256, 8)):
        rates = {family: _rate(family, size, scenes // (4 if quick else 1), 1 if quick else 3) for family in FAMILIES}
        out |= {f"pictures_per_second_{size}_{family}": round(rate, 1) for family, rate in rates.items()}
        out[f"pictures_per_second_{size}"] = round(len(rates) / sum(1 / rate for rate in rates.values()), 1)
    digests = [sample_digest(), _digest_elsewhere()]
    out |= {"digest": digests[0], "same_bytes_in_two_processes": digests[0] == digests[1]}
    count = 1000 if quick else 20_000
    out["scenes_checked_for_overlap"] = count * len(SPLITS) * len(FAMILIES)
    return out | {"scenes_shared_between_splits": shared_scenes(count)}


def _rate(family: str, size: int, scenes: int, repeats: int) -> float:
    world = ToonWorld(family, size=size, count=scenes)
    world.batch(range(2))  # the textures are made once
    seconds = []
    for _ in range(repeats):
        start = time.perf_counter()
        world.batch(range(scenes))
        seconds.append(time.perf_counter() - start)
    return 2 * scenes / median(seconds)


def sample_digest() -> str:
    """SHA-256 over eight scenes of every family in every style at 48 px."""
    state = hashlib.sha256()
    for family in FAMILIES:
        for style in STYLES:
            batch = ToonWorld(family, size=48, style=style).batch(range(8))
            for name in PICTURES:
                state.update(batch[name].numpy().tobytes())
    return state.hexdigest()


def _digest_elsewhere() -> str:
    """The same digest from a fresh process with one thread."""
    code = f"import torch; torch.set_num_threads(1); from {__name__} import sample_digest; print(sample_digest())"
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip()


def shared_scenes(count: int) -> int:
    """How many of `count` scenes per family and split have the key of another."""
    drawn = [Scenes(family, split, range(count)).keys for family in FAMILIES for split in SPLITS]
    keys = torch.cat([torch.from_numpy(part.astype("int64")) for part in drawn])
    return len(keys) - len(keys.unique())

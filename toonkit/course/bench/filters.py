"""Measure the classical filters: speed, agreement with a reference program, separable flow, 24 megapixels."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import torch
from torch import Tensor

from toonkit.filters import abstraction, edge_tangent_flow, line_drawing
from toonkit.images.samples import sample_photo
from toonkit.metrics.edges import ink_agreement
from toonkit.project.environment import peak_memory_mb
from toonkit.project.threads import threads

REFERENCE_SECONDS = 1.6  # the public reference program at 512 x 512 and its defaults, on two cores
DRAWINGS = ("butterfly.jpg", "eagle.jpg", "lighthouse.png")  # what that program drew is in the mirror's cld/reference
PHOTOS = ("astronaut", "cat", "coffee", "rocket")
THREADS = 2


def median_seconds(work: Callable[[], object], repeats: int) -> float:
    """Return the median wall time of `work` after one run that does not count."""
    work()
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return statistics.median(times)


def reference_agreement(mirror: str | None) -> dict[str, float | str]:
    """Return F1 against each reference drawing, and the lowest, if there is a mirror.

    `f1_*`: our defaults. `f1_*_blue_flow`: the flow comes from the blue channel alone, as in the reference program,
    whose gradient reads the first of OpenCV's three channels.
    """
    if not mirror:
        return {"reference_drawings": "absent: TOONKIT_MIRROR is not set"}
    folder, result = Path(mirror) / "cld", {}
    for name in DRAWINGS:
        bgr = torch.from_numpy(cv2.imread(str(folder / "data" / name))).permute(2, 0, 1)[None] / 127.5 - 1
        stem = Path(name).stem
        theirs = cv2.imread(str(folder / "reference" / f"{stem}.png"), cv2.IMREAD_GRAYSCALE) < 128
        for key, flow in (("", None), ("_blue_flow", edge_tangent_flow(bgr[:, :1]))):
            ours = line_drawing(bgr.flip(1), flow)[0, 0].numpy() < 0
            result[f"f1_{stem}{key}"] = ink_agreement(ours, theirs)
    for key in ("", "_blue_flow"):
        result[f"f1_minimum{key}"] = min(result[f"f1_{Path(name).stem}{key}"] for name in DRAWINGS)
    return result


def angles(full: Tensor, other: Tensor) -> Tensor:
    """Return the angles in degrees, 0 to 90, between two undirected flows (N, 2, H, W), where both have one."""
    cosine = (full * other).sum(1).abs().clamp(max=1)
    return torch.rad2deg(torch.arccos(cosine))[full.any(1) & other.any(1)]


def separable_flow(repeats: int) -> dict[str, float]:
    """Return angle errors of the separable flow on four photographs, agreement of the lines, and the speed-up."""
    photos = [sample_photo(name)[None] for name in PHOTOS]
    pairs = [(edge_tangent_flow(photo), edge_tangent_flow(photo, separable=True)) for photo in photos]
    error = torch.cat([angles(full, separable) for full, separable in pairs]).numpy()
    drawn = [[line_drawing(p, flow)[0, 0].numpy() < 0 for flow in pair] for p, pair in zip(photos, pairs, strict=True)]
    lines = [ink_agreement(separable, full) for full, separable in drawn]
    result = {"separable_angle_mean": float(error.mean()), "separable_angle_median": float(np.median(error))}
    result |= {"separable_angle_p95": float(np.quantile(error, 0.95)), "separable_lines_f1_minimum": min(lines)}
    for radius in (5, 9):
        slow, fast = (
            median_seconds(lambda r=radius, s=s: edge_tangent_flow(photos[0], r, separable=s), repeats)
            for s in (False, True)
        )
        result[f"separable_speedup_radius_{radius}"] = slow / fast
    return result


def large_picture(work: str) -> dict[str, float]:
    """Return seconds and peak memory of `work` on a picture of 6000 x 4000 pixels, measured in a process of its own."""
    command = [sys.executable, "-m", "toonkit.course.bench.filters", work]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    return json.loads(done.stdout)


def _measure_large(work: str) -> dict[str, float]:
    torch.set_num_threads(THREADS)
    picture = sample_photo("astronaut").repeat(1, 8, 12)[None, :, :4000, :6000].contiguous()
    before = peak_memory_mb()
    start = time.perf_counter()
    {"line_drawing": line_drawing, "abstraction": abstraction}[work](picture)
    seconds = time.perf_counter() - start
    return {"seconds": seconds, "peak_mb": peak_memory_mb(), "picture_loaded_mb": before}


def measure(quick: bool = False) -> dict[str, float | str]:
    """Measure everything on two threads; `quick` repeats less and leaves the large cartoon out."""
    repeats = 5 if quick else 15
    photo = sample_photo("astronaut")[None]
    with threads(THREADS):
        seconds = median_seconds(lambda: line_drawing(photo), repeats)
        result: dict[str, float | str] = {"threads": THREADS, "repeats": repeats, "line_drawing_512_seconds": seconds}
        result |= {"speedup_over_reference": REFERENCE_SECONDS / seconds}
        result |= {"abstraction_512_seconds": median_seconds(lambda: abstraction(photo), 3)}
        with threads(1):
            result |= {"line_drawing_512_one_thread_seconds": median_seconds(lambda: line_drawing(photo), repeats)}
        result |= reference_agreement(os.environ.get("TOONKIT_MIRROR")) | separable_flow(repeats)
    for work in ("line_drawing",) if quick else ("line_drawing", "abstraction"):
        prefix = "megapixels24" if work == "line_drawing" else "megapixels24_abstraction"
        result |= {f"{prefix}_{key}": value for key, value in large_picture(work).items()}
    return result


if __name__ == "__main__":
    print(json.dumps(_measure_large(sys.argv[1])))

"""Measure the drawing of films: frames a second, memory, and how far they flicker with and without the temporal option.

Flicker is measured where the truth of motion is known, on a camera over a still scene of ToonWorld, and on the open
film `bigbuckbunny`, where the motion is estimated by another method (Farnebaeck's) than the one that the option uses.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from fractions import Fraction
from functools import partial
from itertools import islice, pairwise
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import cv2
import numpy as np
import torch
from torch import Tensor

from toonkit.chapters.contract import Drawing
from toonkit.chapters.drawing_choice import BEST, CLASSICAL, methods
from toonkit.chapters.loading import load_network
from toonkit.course.bench.photographs import NOT_FOR_PHOTOGRAPHS
from toonkit.filters.steady import Steady
from toonkit.images.film_writing import Timing, container_of, join, write_piece
from toonkit.images.films import Film, FilmFrame
from toonkit.images.sources import open_source, source_ready
from toonkit.images.values import as_bytes, as_pictures
from toonkit.metrics.flicker import flicker
from toonkit.networks.drawing import draw
from toonkit.project.environment import cores, load
from toonkit.project.threads import threads
from toonkit.world import ToonWorld
from toonkit.world.camera import Camera

SIZE = (360, 640)  # height, width
RATE = 25  # frames a second
LONG, SHORT = 10 * RATE, 2 * RATE  # frames: 10 s, and 2 s, whose memory must be the same
STRENGTH = 0.8  # of the temporal option
WHOLE = (CLASSICAL, "animated", BEST)  # methods that draw the film of 10 s, too
FACES = "projected-faces"  # released weights that draw ToonWorld's faces, at 64 pixels
DIFFERENT = 8  # levels of 255 by which a pixel differs whose estimated motion is not believed
OPEN_FILM = "bigbuckbunny"
Methods = dict[str, Callable[[], Drawing]]
Commands = dict[str, tuple[int, tuple[str, ...]]]
RUN = (
    "import sys; from toonkit import cli; from toonkit.project.environment import peak_memory_mb; "
    "status = cli.main(sys.argv[1:]); print(peak_memory_mb()); sys.exit(status)"
)


def rows() -> tuple[str, ...]:
    """What can be measured alone: the methods."""
    return tuple(_of_films())


def measure(quick: bool = False, only: Collection[str] = ()) -> dict[str, Any]:
    """Return speed and memory of `toonify` on a film, and the flicker of every method on films of known motion.

    With `only` of these methods alone.
    """
    size = tuple(side // 8 for side in SIZE) if quick else SIZE
    with threads(1):  # steadier than two where others use the machine too
        chosen = {name: make for name, make in _of_films().items() if not only or name in only}
        speed = _speed(size, 10 if quick else 1, commands(chosen))
        camera = _camera(size, 12 if quick else 24)
        zooming = _camera(size, 12 if quick else 24, pan=(0.0, 0.0), zoom=1.004, start=(size[0] / 3, size[1] / 4))
        found = {"toonify, 640x360": speed, "flicker, panning": _of_camera(camera, chosen)}
        found["flicker, zooming"] = _of_camera(zooming, chosen)
        if not only:
            found["flicker, faces"] = _of_faces()
        if source_ready(OPEN_FILM):
            found[f"flicker, {OPEN_FILM} (estimated motion)"] = _of_open_film(size, 12 if quick else 24, chosen)
        return found


def _camera(size: tuple[int, int], count: int, **moves: Any) -> Camera:
    """A camera over the street of a scene, with room for 250 pixels of panning at the full size."""
    side = round(1.6 * size[1])
    scene = ToonWorld("scenes", "val", side, count=20).photos(range(3, 4))[0]
    return Camera(scene, size, count, **({"start": (side // 3, 4), "pan": (0, 1)} | moves))


def _speed(size: tuple[int, int], shorter: int, rows: Commands) -> dict[str, Any]:
    """Frames a second and peak memory on one thread, each in a process of its own: films of 10 s and of 2 s."""
    found: dict[str, Any] = {"cores": cores(), "threads": 1, "load": load()}
    with TemporaryDirectory() as folder:
        films = {count: Path(folder) / f"{count}.mp4" for count in (LONG // shorter, SHORT // shorter)}
        for count, path in films.items():
            _write(path, _camera(size, count).frames())
        for row, (seconds, options) in rows.items():
            count = seconds * RATE // shorter
            found[row] = _run(films[count], count, *options)
    return found


def commands(chosen: Collection[str]) -> Commands:
    """Of these methods each row's film, in seconds, and the options of `toonify`, which name the method: the default
    may change.

    What `--temporal` costs does not depend on the method, so one tells.
    """
    found = {f"10 s, {name}": (10, ("--method", name)) for name in WHOLE if name in chosen}
    found |= {f"2 s, {name}": (2, ("--method", name)) for name in chosen}
    if CLASSICAL in chosen:
        found[f"2 s, {CLASSICAL}, temporal"] = (2, ("--method", CLASSICAL, "--temporal", str(STRENGTH)))
    return found


def _of_films() -> Methods:
    """The methods that draw what a camera took."""
    return {name: make for name, make in methods().items() if name not in NOT_FOR_PHOTOGRAPHS}


def _write(path: Path, frames: Iterable[Tensor]) -> None:
    timing = Timing(Fraction(1, RATE), Fraction(RATE))
    pixels = (as_bytes(frame).permute(1, 2, 0).numpy() for frame in frames)
    pictures = (FilmFrame(picture, number, 1) for number, picture in enumerate(pixels))
    piece = write_piece(path.with_suffix(".nut"), pictures, container_of(path), timing)
    join(path, [piece], container_of(path), timing)


def _run(film: Path, count: int, *options: str) -> dict[str, float]:
    out = film.with_name("drawn.mp4")
    command = [sys.executable, "-c", RUN, "toonify", str(film), "-o", str(out), "--overwrite", *options]
    environment = os.environ | {"OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}
    started = time.perf_counter()
    done = subprocess.run(command, check=True, capture_output=True, text=True, env=environment)
    seconds = time.perf_counter() - started
    return {"frames a second": count / seconds, "peak memory MB": float(done.stdout.split()[-1])}


def _of_camera(camera: Camera, chosen: Methods) -> dict[str, Any]:
    photos = list(camera.frames())
    motion = list(camera.displacements())
    found: dict[str, Any] = {"photographs": flicker(photos, motion).entry()}
    return found | {name: _scores(photos, motion, make()) for name, make in chosen.items()}


def _of_faces() -> dict[str, Any]:
    """The generator that draws faces, on a camera over one of them."""
    face = ToonWorld("faces", "val", 96, count=20).photos(range(1))[0]
    camera = Camera(face, (64, 64), 24, start=(16, 4), pan=(0, 1))
    drawing = partial(draw, load_network(FACES, "generator of projected"))
    return {FACES: _scores(list(camera.frames()), list(camera.displacements()), drawing)}


def _of_open_film(size: tuple[int, int], count: int, chosen: Methods) -> dict[str, Any]:
    with Film(open_source(OPEN_FILM) / f"{OPEN_FILM}.mp4") as film:
        frames = [cv2.resize(f.pixels, size[::-1], interpolation=cv2.INTER_AREA) for f in islice(film.frames(), count)]
    photos = [as_pictures(torch.from_numpy(pixels)).permute(2, 0, 1) for pixels in frames]
    motion = list(_estimated(frames))
    found: dict[str, Any] = {"photographs": flicker(photos, motion).entry()}
    return found | {name: _scores(photos, motion, make()) for name, make in chosen.items()}


def _estimated(frames: Sequence[np.ndarray]) -> Iterator[Tensor]:
    """Yield for each frame but the first its displacement (2, H, W), not a number where it is not to be believed."""
    for old, new in pairwise(frames):
        greys = [cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY) for pixels in (new, old)]
        flow = cv2.calcOpticalFlowFarneback(*greys, None, 0.5, 4, 21, 3, 7, 1.5, 0)  # (H, W, 2): x, y
        columns, rows = np.meshgrid(*(np.arange(side, dtype=np.float32) for side in new.shape[1::-1]))
        moved = cv2.remap(old, columns + flow[..., 0], rows + flow[..., 1], cv2.INTER_LINEAR)
        wrong = np.abs(moved.astype(int) - new).mean(2) > DIFFERENT  # (H, W)
        flow[wrong] = np.nan
        yield torch.from_numpy(flow[..., ::-1].copy()).permute(2, 0, 1)


def _scores(photos: Sequence[Tensor], motion: Sequence[Tensor], drawing: Drawing) -> dict[str, Any]:
    """Flicker of the drawings as they are and held steady, and by what factor that is less."""
    drawn = [drawing(photo[None])[0].clamp(-1, 1) for photo in photos]
    steady = Steady(STRENGTH)
    held = [
        steady(as_bytes(photo).permute(1, 2, 0).contiguous().numpy(), picture.permute(1, 2, 0).contiguous().numpy())
        for photo, picture in zip(photos, drawn, strict=True)
    ]
    without = flicker(drawn, motion)
    with_option = flicker((torch.from_numpy(picture).permute(2, 0, 1) for picture in held), motion)
    return {
        "without": without.entry(),
        f"temporal {STRENGTH}": with_option.entry(),
        "times less": without.value / with_option.value,
    }

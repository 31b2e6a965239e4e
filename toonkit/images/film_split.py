"""Training and test pictures of one film: shots that show the same place are one scene, and no scene is in both."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence

import numpy as np

from toonkit.images.shot_changes import share_found
from toonkit.project.errors import ToonkitError

SAME_PLACE = 0.36  # least share of a frame of one shot that one of another must show, to be of the same scene
LEVELS = 4  # a channel: colours are counted in 64 bins
NEAREST = 4  # frames of other shots with the most similar colours that each frame is compared with


def scenes_of(views: Sequence[np.ndarray]) -> list[int]:
    """The scene of each shot, numbered from 0 in order of appearance; `views`: (V, 64, 64, 3) uint8 of each shot.

    Two shots are of one scene where a frame of one shows part of a frame of the other, or where a chain of such shots
    joins them: two cameras that a film cuts between give two scenes, however often each comes back.
    """
    joined = list(range(len(views)))
    for one, other, first, second in _candidates(views):
        if _root(joined, one) == _root(joined, other):
            continue
        if max(share_found(first, second), share_found(second, first)) >= SAME_PLACE:
            joined[_root(joined, one)] = _root(joined, other)
    numbers: dict[int, int] = {}
    return [numbers.setdefault(_root(joined, shot), len(numbers)) for shot in range(len(views))]


def split_scenes(scenes: Sequence[int], test_share: float = 0.2, seed: int = 0) -> list[str]:
    """ "train" or "test" for each picture, by its scene; a scene is never in both.

    Scenes are taken in an order that the seed decides, each for testing as long as all of them together are no more
    than the share of the pictures; if each is more, the smallest is for testing. A film of one scene is for training.
    Raises ToonkitError for a share that is not between 0 and 1.
    """
    if not 0 < test_share < 1:
        raise ToonkitError(f"the test share must lie between 0 and 1, not {test_share}")
    sizes = {scene: scenes.count(scene) for scene in sorted(set(scenes))}
    order = sorted(sizes, key=lambda scene: hashlib.sha256(f"{seed}/scene {scene}".encode()).digest())
    test: set[int] = set()
    left = test_share * len(scenes)
    for scene in order:
        if sizes[scene] <= left:
            test.add(scene)
            left -= sizes[scene]
    if not test and len(sizes) > 1:
        test = {min(order, key=sizes.__getitem__)}
    return ["test" if scene in test else "train" for scene in scenes]


def _candidates(views: Sequence[np.ndarray]) -> Iterator[tuple[int, int, np.ndarray, np.ndarray]]:
    """Pairs of shots and of their frames, float32, whose colours are similar: all pairs would be too many to search."""
    owner = np.array([shot for shot, own in enumerate(views) for _ in own])
    frames = [frame for own in views for frame in own]
    colours = np.stack([_colours(frame) for frame in frames]) if frames else np.zeros((0, LEVELS**3))
    for place, frame in enumerate(frames):
        distance = np.abs(colours - colours[place]).sum(1)
        distance[owner == owner[place]] = np.inf
        for other in np.argsort(distance, kind="stable")[:NEAREST]:
            if np.isfinite(distance[other]):
                yield owner[place], owner[other], frame.astype(np.float32), frames[other].astype(np.float32)


def _colours(frame: np.ndarray) -> np.ndarray:
    """The share of each of 64 colours in (h, w, 3) uint8, float32."""
    levels = frame.reshape(-1, 3).astype(np.int64) * LEVELS // 256
    bins = levels @ np.array([LEVELS**2, LEVELS, 1])
    return np.bincount(bins, minlength=LEVELS**3).astype(np.float32) / len(bins)


def _root(joined: list[int], shot: int) -> int:
    while joined[shot] != shot:
        shot = joined[shot]
    return shot

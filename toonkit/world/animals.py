"""The drawing of a cat or a mouse in one of three poses; the body here, in body units."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

import torch
from torch import Tensor

from toonkit.world import animal_head
from toonkit.world.creature import Animal
from toonkit.world.parts import Part, either, mirrored, nowhere
from toonkit.world.shapes import ellipse, limb, smooth_min, union


def animal(creature: Animal) -> Iterator[Part]:
    """All parts of one animal, back to front."""
    yield _tail(creature)
    yield from _hind_legs(creature)
    yield from _trunk(creature)
    yield from _limbs(creature)
    yield _feet(creature)
    yield from animal_head.ears(creature)
    yield from animal_head.head(creature)
    yield from animal_head.eyes(creature)
    yield from animal_head.muzzle(creature)


def _tail(creature: Animal) -> Part:
    species = creature.species
    long = 1.25 if creature.species.bare else 1.0
    sit = [(-0.15, -0.08), (-0.38 * long, -0.05), (-0.50 * long, -0.16), (-0.47 * long, -0.36)]
    stand = [(-0.10, -0.22), (-0.32, -0.12), (-0.46 * long, -0.26), (-0.42 * long, -0.52)]
    walk = [(-0.33, -0.36), (-0.52, -0.48), (-0.55 * long, -0.70), (-0.44 * long, -0.88)]
    table = torch.tensor([_smoothed(points) for points in (sit, stand, walk)], device=creature.u.device)
    points = table[creature.pose.flatten().long()].unbind(1)  # each (N, 2): the tail that the pose has
    colour, material = (creature.pink, "skin") if species.bare else (creature.striped(), "fur")
    return creature.part(_bent(creature.u, creature.v, points, species.tail), colour, material, round=0.04)


def _smoothed(points: list[tuple[float, float]]) -> list[tuple[float, float]]:
    """A path near several points; two rounds of corner cutting (Chaikin, 1974) make it smooth."""
    for _ in range(2):
        cut = [points[0]]
        for (x0, y0), (x1, y1) in pairwise(points):
            cut += [(0.75 * x0 + 0.25 * x1, 0.75 * y0 + 0.25 * y1), (0.25 * x0 + 0.75 * x1, 0.25 * y0 + 0.75 * y1)]
        points = [*cut, points[-1]]
    return points


def _bent(u: Tensor, v: Tensor, points: Sequence[Tensor], width: float) -> Tensor:
    """A bent limb along points (N, 2), whose radius shrinks from `width` to 0.7 of it."""
    places = [point.view(-1, 2, 1, 1).unbind(1) for point in points]
    radii = [width * (1 - 0.3 * k / (len(places) - 1)) for k in range(len(places))]
    pieces = (limb(u, v, a, b, r, s) for (a, r), (b, s) in pairwise(zip(places, radii, strict=True)))
    return union(*pieces)


def _hind_legs(creature: Animal) -> Iterator[Part]:
    """The legs behind the trunk: the far pair of a walker, the pair of a stander."""
    u, v = creature.u, creature.v
    thin = creature.species.limb
    none = nowhere(creature.v)
    far = union(
        limb(u, v, (-0.16, -0.26), (-0.22, -0.03), 0.065 * thin, 0.045 * thin),
        limb(u, v, (0.24, -0.28), (0.30, -0.03), 0.060 * thin, 0.045 * thin),
    )
    yield creature.part(either(creature.pose, [none, none, far]), creature.coat * 0.82, round=0.06)
    legs = limb(mirrored(u, 0.0)[0], v, (0.09, -0.26), (0.11, -0.03), 0.080 * thin, 0.060 * thin)
    yield creature.part(either(creature.pose, [none, legs, none]), creature.coat * 0.95, round=0.07)


def _trunk(creature: Animal) -> Iterator[Part]:
    u, v = creature.u, creature.v
    fat = creature.species.fat
    haunch = ellipse(mirrored(u, 0.0)[0] - 0.17, v + 0.13, 0.15 * fat, 0.14)
    sit = smooth_min(limb(u, v, (0.0, -0.52), (0.0, -0.22), 0.12 * fat, 0.21 * fat), haunch, 0.08)
    stand = limb(u, v, (0.0, -0.54), (0.0, -0.30), 0.115 * fat, 0.17 * fat)
    neck = limb(u, v, (0.16, -0.36), (0.28, -0.52), 0.11, 0.10)
    walk = smooth_min(limb(u, v, (-0.24, -0.35), (0.18, -0.36), 0.17 * fat, 0.15 * fat), neck, 0.1)
    shape = either(creature.pose, [sit, stand, walk])
    yield creature.part(shape, creature.striped(), round=0.16, cast=0.5)
    bellies = [
        ellipse(u, v + 0.36, 0.11 * fat, 0.20),
        ellipse(u, v + 0.38, 0.11 * fat, 0.19),
        ellipse(u - 0.02, v + 0.25, 0.26, 0.07),
    ]
    chest = torch.maximum(either(creature.pose, bellies), shape + 0.01)
    yield creature.part(chest, creature.pale, round=0.2, ink=0, cast=0, soft=0.03, cel=0.6)


def _limbs(creature: Animal) -> Iterator[Part]:
    """The limbs before the trunk: forelegs, arms of which one waves, or the near legs of a walker."""
    u, v = creature.u, creature.v
    thin = creature.species.limb
    wave = _wave(creature)
    mirror, _ = mirrored(u, 0.0)
    front = limb(mirror, v, (0.075, -0.40), (0.085, -0.05), 0.058 * thin, 0.048 * thin)
    arms = union(
        limb(mirror, v, (0.10, -0.52), (0.25, -0.44), 0.055 * thin, 0.045 * thin),
        limb(u, v, (0.25, -0.44), (0.30, wave - 0.44), 0.045 * thin, 0.050 * thin),
        limb(u, v, (-0.25, -0.44), (-0.20, -0.30), 0.045 * thin, 0.050 * thin),
    )
    near = union(
        limb(u, v, (-0.28, -0.30), (-0.32, -0.03), 0.075 * thin, 0.048 * thin),
        limb(u, v, (0.14, -0.30), (0.12, -0.03), 0.066 * thin, 0.048 * thin),
    )
    yield creature.part(either(creature.pose, [front, arms, near]), creature.striped(), round=0.07, cast=0.25)


def _feet(creature: Animal) -> Part:
    u, v = creature.u, creature.v
    wave = _wave(creature)
    mirror, _ = mirrored(u, 0.0)
    paws = union(ellipse(mirror - 0.095, v + 0.035, 0.070, 0.042), ellipse(mirror - 0.25, v + 0.035, 0.095, 0.042))
    stand = union(
        ellipse(mirror - 0.14, v + 0.035, 0.105, 0.045),
        ellipse(u - 0.31, v + 0.45 - wave, 0.055, 0.055),
        ellipse(u + 0.19, v + 0.28, 0.052, 0.052),
    )
    steps = union(*(ellipse(u - at, v + 0.03, 0.070, 0.036) for at in (-0.31, 0.14, -0.20, 0.32)))
    colour, material = (creature.pink, "skin") if creature.species.bare else (creature.pale, "fur")
    return creature.part(either(creature.pose, [paws, stand, steps]), colour, material, round=0.05, cast=0.3)


def _wave(creature: Animal) -> Tensor:
    """How far the right hand hangs below the elbow, (N, 1, 1)."""
    return creature.scenes.between(f"{creature.species.name} wave", -0.30, 0.20)

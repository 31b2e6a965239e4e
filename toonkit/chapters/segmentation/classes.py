"""The classes that the segmentation networks tell apart, and which of them are foreground."""

from __future__ import annotations

from toonkit.networks.labels import Labels
from toonkit.project.errors import ToonkitError

WORLD_BACKGROUND = ("background", "wall", "floor", "sky", "plant", "object", "water", "vehicle")
OPEN_CLASSES = ("other", "person", "animal", "vehicle", "object", "plant", "sky", "building", "ground", "water")
OPEN_FOREGROUND = ("person", "animal", "vehicle")
PASCAL_FOREGROUND = (  # of DeepLab's classes, the same
    *("person", "bird", "cat", "cow", "dog", "horse", "sheep"),
    *("aeroplane", "bicycle", "boat", "bus", "car", "motorbike", "train"),
)
ANIMALS = range(16, 26)  # COCO's numbers: bird to giraffe
VEHICLES = range(2, 10)  # bicycle to boat
OBJECTS = range(10, 93)  # the other things that can be counted
STUFF = {
    "plant": (119, 122, 184, 193),  # flower, fruit, tree, grass
    "sky": (187,),
    "building": (95, 112, 128, 151, 166, 171, 175, 176, 177, 180, 181, 185, 186, 197, 199),
    "ground": (118, 125, 144, 145, 147, 149, 154, 159, 161, 190, 191, 192, 194, 198, 200),
    "water": (148, 155, 178),
}
NO_THINGS = (12, 26, 29, 30, 45, 66, 68, 69, 71, 83)  # numbers up to 90 that COCO leaves out
OTHER_STUFF = (92, 93, 100, 107, 109, 130, 133, 138, 141, 156, 168, 188, 189, 195, 196)
COCO = (  # every number that a mask may hold: not labelled, things, and the stuff of the panoptic classes
    *(0, *(number for number in range(1, 91) if number not in NO_THINGS)),
    *sorted((*OTHER_STUFF, *(number for numbers in STUFF.values() for number in numbers))),
)


def world_classes() -> tuple[str, ...]:
    """Every part of a mask that ToonWorld has."""
    return Labels.of_world().masks


CLASSES = {"toonworld": world_classes, "open": lambda: OPEN_CLASSES}


def foreground(pictures: str) -> tuple[str, ...]:
    """The classes of "toonworld" or "open" pictures that are foreground."""
    if pictures == "open":
        return OPEN_FOREGROUND
    return tuple(name for name in world_classes() if name not in WORLD_BACKGROUND)


def open_class(number: int) -> int:
    """COCO's number of a class, thing or stuff, as a number into OPEN_CLASSES. Raises ToonkitError for no such one."""
    if number not in COCO:
        raise ToonkitError(
            f"COCO has no class {number}; its masks hold {len(COCO)} numbers, 0 (unlabelled) to {COCO[-1]}"
        )
    named = {"animal": ANIMALS, "vehicle": VEHICLES, "object": OBJECTS} | STUFF
    if number == 1:
        return OPEN_CLASSES.index("person")
    found = [name for name, numbers in named.items() if number in numbers]
    return OPEN_CLASSES.index(found[0] if found else "other")

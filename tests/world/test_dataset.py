"""ToonWorld as a data set: determinism, disjoint splits, masks and captions that tell the truth."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys

import pytest
import torch

from toonkit.project.errors import ToonkitError
from toonkit.world import FAMILIES, SPLITS, STYLES, ToonWorld, parts, photo
from toonkit.world.scene import Scenes

DIGEST = """
import hashlib, torch
torch.set_num_threads({threads})
from toonkit.world import FAMILIES, ToonWorld
total = hashlib.sha256()
for family in FAMILIES:
    for style in ("comic", "wash"):
        batch = ToonWorld(family, size=32, style=style).batch(range(4))
        for name in ("photo", "toon", "mask", "toon_mask"):
            total.update(batch[name].numpy().tobytes())
print(total.hexdigest())
"""


def _digest(threads: int, instructions: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", DIGEST.format(threads=threads)],
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ | {"ATEN_CPU_CAPABILITY": instructions},
    )


def test_same_bytes_in_every_process_thread_count_and_instruction_set():
    runs = [_digest(1, "default"), _digest(2, "avx2")]
    digests = {run.communicate()[0].strip() for run in runs}
    assert all(run.returncode == 0 for run in runs) and len(digests) == 1


@pytest.mark.parametrize("family", FAMILIES)
def test_a_picture_does_not_depend_on_its_batch(family):
    world = ToonWorld(family, size=48, count=20)
    batch = world.batch(range(12))
    for index in (0, 5, 11):
        alone = world[index]
        for name in ("photo", "toon", "mask", "toon_mask", "attributes"):
            assert torch.equal(alone[name], batch[name][index]), name
        assert alone["caption"] == batch["caption"][index] and alone["label"] == batch["label"][index]


def test_pictures_keep_the_contract():
    for family in FAMILIES:
        world = ToonWorld(family, size=64, count=4)
        for index in range(len(world)):
            sample = world[index]
            for name in ("photo", "toon"):
                assert sample[name].shape == (3, 64, 64) and sample[name].dtype == torch.float32
                assert -1 <= sample[name].min() < -0.3 and 0.3 < sample[name].max() <= 1
            assert sample["mask"].dtype == torch.int64 and 0 <= sample["mask"].min() <= sample["mask"].max() < len(
                world.mask_classes
            )


def test_a_flat_mark_has_one_normal_everywhere():
    """A head's flat marks once leaned at their rim, and were not a number exactly on it."""
    distance = torch.tensor([[[-0.5, 0.0, 0.5]]])
    for normal, expected in zip(
        photo.normal(parts.scaled("eyes", distance, parts.rgb(1, 1, 1), torch.ones(1, 1, 1), round=0.0)),
        (0.0, 0.0, 1.0),
        strict=True,
    ):
        assert torch.equal(normal, torch.full_like(distance, expected))


def test_no_scene_is_shared_between_splits_seeds_or_families():
    keys = [Scenes(family, split, range(2000), seed).keys for family in FAMILIES for split in SPLITS for seed in (0, 1)]
    every = torch.cat([torch.from_numpy(key.astype("int64")) for key in keys])
    assert len(every.unique()) == len(every) == 2000 * len(FAMILIES) * len(SPLITS) * 2
    prints = {
        hashlib.sha256(photo.numpy().tobytes()).digest()
        for split in SPLITS
        for photo in ToonWorld("faces", split, 32).photos(range(40))
    }
    assert len(prints) == 40 * len(SPLITS)


def test_unpaired_sides_never_share_a_scene():
    world = ToonWorld("duo", size=32, count=50)
    photos, toons = world.unpaired("photo"), world.unpaired("toon")
    assert len(photos) == len(toons) == 50
    assert not {photos.scene(i) for i in range(50)} & {toons.scene(i) for i in range(50)}
    assert torch.equal(photos[3], world.photos([photos.scene(3)])[0])
    assert torch.equal(toons[3], world.toons([toons.scene(3)])[0])


def test_a_fixed_number_changes_what_it_names_and_nothing_else():
    with_, without = (ToonWorld("faces", size=64, fixed={"glasses": value}) for value in (1, 0))
    a, b = with_.batch(range(8)), without.batch(range(8))
    column = with_.attribute_names.index("glasses")
    assert a["attributes"][:, column].eq(1).all() and b["attributes"][:, column].eq(0).all()
    others = [c for c in range(len(with_.attribute_names)) if c != column]
    assert torch.equal(a["attributes"][:, others], b["attributes"][:, others])
    glasses = a["mask"] == with_.mask_classes.index("glasses")
    assert glasses.flatten(1).any(1).all() and not (b["mask"] == with_.mask_classes.index("glasses")).any()
    assert (a["photo"] - b["photo"]).abs().amax(1)[glasses].mean() > 0.05


def test_masks_follow_the_attributes():
    world = ToonWorld("duo", size=64)
    batch = world.batch(range(60))
    cat, mouse = (world.mask_classes.index(name) for name in ("cat", "mouse"))
    for mask in (batch["mask"], batch["toon_mask"]):
        share = lambda animal, mask=mask: (mask == animal).flatten(1).float().mean(1)  # noqa: E731
        assert torch.equal(share(cat) > 0.01, batch["label"] != 1)
        assert torch.equal(share(mouse) > 0.01, batch["label"] != 0)


def test_attributes_that_do_not_apply_are_minus_one_and_all_others_are_named():
    for family in FAMILIES:
        world = ToonWorld(family)
        table = world.describe(range(500))["attributes"]
        for column, name in enumerate(world.attribute_names):
            seen = set(table[:, column].tolist()) - {-1}
            assert seen == set(range(len(world.attribute_values[name]))), (family, name)
    world = ToonWorld("duo")
    scene = world.describe(range(500))
    coat = scene["attributes"][:, world.attribute_names.index("cat_coat")]
    assert torch.equal(coat == -1, scene["label"] == 1)


def test_captions_say_what_is_there():
    world = ToonWorld("duo")
    scene = world.describe(range(100))
    for label, caption in zip(scene["label"].tolist(), scene["caption"], strict=True):
        assert ("cat" in caption.split()) == (label != 1) and ("mouse" in caption.split()) == (label != 0)
    assert len(set(scene["caption"])) > 60


def test_cartoons_are_flatter_and_inkier_than_photographs():
    for family in FAMILIES:
        batch = ToonWorld(family, size=64).batch(range(16))
        steps = {name: (batch[name][..., 1:] - batch[name][..., :-1]).abs().amax(1) for name in ("photo", "toon")}
        flat = {name: (step < 0.01).float().mean() for name, step in steps.items()}
        assert flat["toon"] > 3 * flat["photo"]
        dark = {name: (batch[name].amax(1) < -0.75).float().mean() for name in ("photo", "toon")}
        assert dark["toon"] > 2 * dark["photo"]


def test_styles_differ():
    pictures = torch.stack([ToonWorld("faces", size=64, style=style).toons(range(8)) for style in STYLES])
    for a in range(len(STYLES)):
        for b in range(a):
            assert (pictures[a] - pictures[b]).abs().mean() > 0.08, (STYLES[a], STYLES[b])


REFUSED = [
    ({"family": "dogs"}, "faces, duo, scenes"),
    ({"split": "dev"}, "train, val, test"),
    ({"style": "oil"}, "ink, comic"),
    ({"size": 4}, "size 4"),
    ({"count": 0}, "count 0"),
]


@pytest.mark.parametrize(("how", "word"), REFUSED)
def test_unknown_names_are_refused_with_the_known_ones(how, word):
    with pytest.raises(ToonkitError, match=word):
        ToonWorld(**how)


def test_indices_outside_the_set_end_iteration():
    world = ToonWorld("faces", size=16, count=3)
    assert len(list(world)) == 3
    with pytest.raises(IndexError, match="scene 3 of 3"):
        world[3]

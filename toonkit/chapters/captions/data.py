"""What the captioner learns from: photographs and cartoons of cats and mice, each with its caption."""

from __future__ import annotations

import torch

from toonkit.chapters.captions.names import named
from toonkit.chapters.captions.recipe import CaptionsConfig, tokenizer_of
from toonkit.chapters.latents.data import REPORT
from toonkit.chapters.own_data import check_enough, own_pictures, own_set
from toonkit.chapters.sides import painted
from toonkit.images.captions import read_captions
from toonkit.images.decoded import DecodedPictures
from toonkit.images.report_captions import CAPTIONS
from toonkit.project.errors import ToonkitError
from toonkit.project.profiles import Missing, Profile
from toonkit.training.batches import Batches, Mirrored
from toonkit.world import ToonWorld

OWN = Missing("scenes of ToonWorld are of profiles quick and full")


def batches(config: CaptionsConfig, profile: Profile, seed: int) -> Mirrored:
    """Pictures of each side, of scenes that the other side does not show, with the tokens of their captions.

    No caption tells left from right, so half of the pictures are mirrored.
    """
    if profile.name == "paper":
        return own(config, seed)
    count = profile.pick(quick=32, full=4000, paper=OWN)
    world = ToonWorld("duo", "train", config.size, count=count, seed=seed)
    pictures = torch.cat([painted(world, side) for side in config.sides])
    captions = [caption for side in config.sides for caption in side_captions(world, side, config.names)]
    tokens = tokenizer_of(config).encode(captions, config.length)
    return Mirrored(Batches([{"picture": pictures, "tokens": tokens}], config.batch, seed), "picture", seed)


def own(config: CaptionsConfig, seed: int) -> Mirrored:
    """Pictures for training of the report's own set, as far as the table of captions beside them names them.

    The report bought 1,200 captions (section 4.1), which are not published: `toonkit data captions` buys yours. Raises
    ToonkitError where the set is not built, and where there are no captions, or too few for a score.
    """
    for side in ("photo", "toon"):
        count = len(own_captions(side, "test", config.size)[1])
        check_enough(count, f"{CAPTIONS} has captions of {{}} pictures of the side {side}", "caption more")
    found = [own_captions(side, "train", config.size) for side in config.sides]
    pictures = DecodedPictures([path for part, _ in found for path in part.paths], config.size)
    tokens = tokenizer_of(config).encode([caption for _, part in found for caption in part], config.length)
    return Mirrored(Batches([{"picture": pictures, "tokens": tokens}], config.batch, seed), "picture", seed)


def own_captions(side: str, split: str, size: int) -> tuple[DecodedPictures, list[str]]:
    """Pictures of the report's own set that the table of captions names, and their captions.

    Raises ToonkitError where the set is not built, and where there is no such table.
    """
    folder = own_set(REPORT).folder
    if not (folder / CAPTIONS).is_file():
        raise ToonkitError(
            f"profile 'paper' cannot run here: {folder / CAPTIONS} is missing; `toonkit data captions {REPORT}` makes "
            "it of a table that you have, or of the answers of a vision model"
        )
    captions = read_captions(folder / CAPTIONS)
    paths = [path for path in own_pictures(REPORT, side, split, size).paths if path.name in captions]
    return DecodedPictures(paths, size), [captions[path.name] for path in paths]


def side_captions(world: ToonWorld, side: str, names: bool) -> list[str]:
    """The captions of an unpaired side ("photo" or "toon"); with `names` those of cartoons name the characters."""
    unpaired = world.unpaired(side)
    captions = world.describe([unpaired.scene(index) for index in range(len(world))])["caption"]
    return [named(caption) for caption in captions] if names and side == "toon" else captions

"""What the captioner learns from: photographs and cartoons of cats and mice, each with its caption."""

from __future__ import annotations

import torch

from toonkit.chapters.captions.names import named
from toonkit.chapters.captions.recipe import CaptionsConfig, tokenizer_of
from toonkit.chapters.latents.data import REPORT
from toonkit.chapters.own_data import own_pictures, own_set
from toonkit.chapters.sides import painted
from toonkit.images.captions import read_captions
from toonkit.images.decoded import DecodedPictures
from toonkit.project.errors import ToonkitError
from toonkit.project.profiles import Missing, Profile
from toonkit.training.batches import Batches, Mirrored
from toonkit.world import ToonWorld

OWN = Missing("the report says that BLIP trained for 15 hours, not how many steps; run profile full")
CAPTIONS = "captions.jsonl"  # in the folder of the built set


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

    The report bought 1,200 captions (section 4.1), which are not published: `images.caption_service` buys yours, and
    `images.caption_files` reads those of another table. Raises ToonkitError where the set is not built, and where there
    are no captions.
    """
    folder = own_set(REPORT).folder
    if not (folder / CAPTIONS).is_file():
        raise ToonkitError(
            f"profile 'paper' cannot run here: {folder / CAPTIONS} is missing; caption pictures of {folder} with "
            'images.caption_service.caption_pictures, or write a line {"file": NAME, "caption": TEXT} for each'
        )
    captions = read_captions(folder / CAPTIONS)
    paths = [path for side in config.sides for path in own_pictures(REPORT, side, "train", config.size).paths]
    named_paths = [path for path in paths if path.name in captions]
    tokens = tokenizer_of(config).encode([captions[path.name] for path in named_paths], config.length)
    pictures = DecodedPictures(named_paths, config.size)
    return Mirrored(Batches([{"picture": pictures, "tokens": tokens}], config.batch, seed), "picture", seed)


def side_captions(world: ToonWorld, side: str, names: bool) -> list[str]:
    """The captions of an unpaired side ("photo" or "toon"); with `names` those of cartoons name the characters."""
    unpaired = world.unpaired(side)
    captions = world.describe([unpaired.scene(index) for index in range(len(world))])["caption"]
    return [named(caption) for caption in captions] if names and side == "toon" else captions

"""Scores of captions on held-out photographs and cartoons: BLEU, what is said rightly, and who is called by name."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor
from torchmetrics.functional.text import bleu_score

from toonkit.chapters.captions.data import OWN, own_captions
from toonkit.chapters.captions.names import CHARACTERS, names_in
from toonkit.chapters.captions.networks import Captioner
from toonkit.chapters.captions.reading import read_caption, right
from toonkit.chapters.captions.recipe import Captions
from toonkit.chapters.captions.words import words_of
from toonkit.chapters.contract import Scores
from toonkit.chapters.loading import load_network
from toonkit.images.captions import normalise_caption
from toonkit.images.values import as_pictures
from toonkit.metrics.scores import Score, jackknife, mean_score
from toonkit.project.profiles import Profile
from toonkit.training.batches import chunks
from toonkit.world import ToonWorld

SIDES = ("photo", "toon")
TOGETHER = 8  # pictures of 384 px
BLOCK = 10  # held-out scenes
PART = 50  # pictures at once


def scores(recipe: Captions, profile: Profile) -> Scores:
    """Captions of held-out scenes, of the photograph and of the cartoon, against the true ones."""
    if profile.name == "paper":
        return own_scores(recipe)
    count = profile.pick(quick=20, full=500, paper=OWN)
    world = ToonWorld("duo", "test", recipe.config.size, count=count)
    truth = world.describe(range(count))["caption"]
    parts = {}
    for side in SIDES:
        said = captions_of(recipe, world, side)
        parts[side] = caption_scores([unnamed(caption) for caption in said], truth) | name_scores(said, truth)
    return parts


def own_scores(recipe: Captions) -> Scores:
    """Captions of the report's own held-out pictures against the table's: BLEU, and who is called by name.

    Of a side that no caption of the table calls by name there is BLEU alone.
    """
    captioner, parts = recipe.networks["captioner"], {}
    for side in SIDES:
        pictures, truth = own_captions(side, "test", recipe.config.size)
        said = []
        for part in chunks(len(pictures), TOGETHER):
            said += captioner.caption(as_pictures(pictures[torch.tensor(part)]).to(recipe.device))
        truth = [normalise_caption(caption) for caption in truth]
        parts[side] = {"BLEU": bleu(said, truth)} | naming(said, truth)
    return parts


def naming(said: Sequence[str], truth: Sequence[str]) -> dict[str, Score]:
    """Of the characters that true captions call by name the share that is called so; nothing below ten of them."""
    found = [
        float(name in names_in(caption))
        for caption, wanted in zip(said, truth, strict=True)
        for name in names_in(wanted)
    ]
    return {"character named": mean_score("character named", found).within(0, 1)} if len(found) >= 10 else {}


def captions_of(recipe: Captions, world: ToonWorld, side: str) -> list[str]:
    """What the captioner says of a side ("photo" or "toon") of every scene of a world."""
    captioner = recipe.networks["captioner"]
    paint = world.photos if side == "photo" else world.toons
    return [caption for part in chunks(len(world)) for caption in captioner.caption(paint(list(part)))]


def captions_by(captioner: Captioner, pictures: Tensor) -> list[str]:
    """What a captioner says of pictures (N, 3, size, size)."""
    return [caption for part in pictures.split(PART) for caption in captioner.caption(part)]


def captions_agree(said: Sequence[str], others: Sequence[str]) -> Score:
    """In what share of respects (subject, number, action, coat, place, thing) N captions say what N others say."""
    rights = [right(one, other) for one, other in zip(said, others, strict=True)]
    shares = torch.tensor([sum(row.values()) / len(row) for row in rights], dtype=torch.float64)
    return mean_score("captions agree", shares).within(0, 1)


def caption_scores(said: Sequence[str], truth: Sequence[str]) -> dict[str, Score]:
    """BLEU, and the share of captions that are right in each respect, of N captions and the N true ones."""
    rights = [right(one, other) for one, other in zip(said, truth, strict=True)]
    shares = {
        f"{name} right": mean_score(f"{name} right", torch.tensor([row[name] for row in rights]).double()).within(0, 1)
        for name in rights[0]
    }
    return {"BLEU": bleu(said, truth)} | shares


def bleu(said: Sequence[str], truth: Sequence[str]) -> Score:
    """BLEU-4 of a whole set of captions, one true caption each (Papineni et al., 2002), torchmetrics' own."""
    ours = [" ".join(words_of(caption)) for caption in said]
    theirs = [[" ".join(words_of(caption))] for caption in truth]

    def corpus(rows: torch.Tensor) -> float:
        chosen = rows.tolist()
        return float(bleu_score([ours[row] for row in chosen], [theirs[row] for row in chosen]))

    return jackknife("BLEU", corpus, (torch.arange(len(ours)),)).within(0, 1)


def name_scores(said: Sequence[str], truth: Sequence[str]) -> dict[str, Score]:
    """Of the animals that are a character (a grey cat, a brown mouse) the share called by name; of all others, too.

    Where there are too few of either for an interval (ten), it is left out.
    """
    right_names, wrong_names = [], []
    for caption, wanted in zip(said, truth, strict=True):
        coats = read_caption(wanted).coats
        for words, name in CHARACTERS.items():
            animal = words.split()[-1]
            if animal in coats:
                is_character = f"a {coats[animal]} {animal}" == words
                (right_names if is_character else wrong_names).append(float(name in names_in(caption)))
    parts = {"character named": right_names, "another named": wrong_names}
    return {name: mean_score(name, values).within(0, 1) for name, values in parts.items() if len(values) >= 10}


def unnamed(caption: str) -> str:
    """A caption with animals in place of the characters' names, to compare with ToonWorld's own."""
    for words, name in CHARACTERS.items():
        caption = caption.replace(name, words)
    return caption


def block_scores(weights: str, number: int) -> dict[str, float]:
    """The share of respects in which captions of one block of held-out scenes, as photograph and cartoon, are right."""
    captioner = load_network(weights, "captioner of captions")
    scenes = list(range(number * BLOCK, (number + 1) * BLOCK))
    world = ToonWorld("duo", "test", captioner.size)
    truth = world.describe(scenes)["caption"]
    said = [captioner.caption(paint(scenes)) for paint in (world.photos, world.toons)]
    rights = [right(unnamed(one), other) for side in said for one, other in zip(side, truth, strict=True)]
    return {"said rightly": sum(sum(row.values()) / len(row) for row in rights) / len(rights)}

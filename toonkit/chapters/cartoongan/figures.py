"""Figures of CartoonGAN: what the released generators draw, and what each variant does."""

from __future__ import annotations

from collections.abc import Mapping

import torch

from toonkit.chapters.cartoongan.recipe import CartoonGANConfig
from toonkit.chapters.contract import Sheet
from toonkit.chapters.lengths import at_length
from toonkit.chapters.loading import drawing_of, load_network
from toonkit.chapters.run_places import run_folder
from toonkit.chapters.sheets import drawn_people, enlarged
from toonkit.images.listing import contact_sheet
from toonkit.images.open_pictures import SAMPLES_NAME
from toonkit.images.resize import fit_picture
from toonkit.images.samples import SAMPLES, sample_photo
from toonkit.networks.drawing import draw
from toonkit.project.environment import project_root
from toonkit.world import ToonWorld

GENERATOR = "generator of cartoongan"
ABLATED, LONGER = "ablations", "longer"
TRAINED_LONGER = (("classical", 5000), ("batch_norm", 5000))
ROWS = (  # the variants of the figure of ablations, all trained for as many steps
    "classical",
    "reconstruction",
    "none",
    "batch_norm",
    "two_way",
    "resnet",
    "squeezenet",
    "omega_0",
    "omega_3",
    "omega_30",
)


def learnt() -> Sheet:
    """Real photographs and what the released generator draws of them."""
    size = 256
    generator = load_network("cartoongan-photo", GENERATOR)
    photos = torch.stack([fit_picture(sample_photo(name), size) for name in SAMPLES])
    drawn = torch.cat([draw(generator, photo[None]) for photo in photos])
    facts = {"photographs": tuple(SAMPLES), "size": size, "weights": "cartoongan-photo.safetensors"}
    return Sheet(contact_sheet(torch.cat([photos, drawn]), len(SAMPLES)), facts, sources=(SAMPLES_NAME,))


def faces() -> Sheet:
    """Held-out people of ToonWorld: photograph, what the released generator draws, true cartoon; enlarged twice."""
    size = CartoonGANConfig.size
    pairs = ToonWorld("faces", "test", size).batch(range(10))
    drawn = draw(load_network("cartoongan-faces", GENERATOR), pairs["photo"])
    sheet = contact_sheet(torch.cat([pairs["photo"], drawn, pairs["toon"]]), 10)
    facts = {"split": "test", "size": size, "weights": "cartoongan-faces.safetensors"}
    return Sheet(enlarged(sheet), facts)


def ablations() -> Sheet:
    """Held-out people as each variant of CartoonGAN draws them. Raises WeightsError where one was not trained here."""
    return _drawn_by({variant: variant for variant in ROWS})


def longer() -> Sheet:
    """The same people by the variants that were trained longer. Raises WeightsError as `ablations` does."""
    return _drawn_by({f"{variant}, {steps:,} steps": at_length(variant, steps) for variant, steps in TRAINED_LONGER})


def _drawn_by(variants: Mapping[str, str]) -> Sheet:
    """Held-out people between their photographs and true cartoons, a row a variant, by what the row is called."""
    folders = {words: project_root() / run_folder("cartoongan", name, "full", 0) for words, name in variants.items()}
    ways = {words: drawing_of(folder / "generator.safetensors", GENERATOR) for words, folder in folders.items()}
    facts = {"split": "test", "size": CartoonGANConfig.size, "trained_by": "toonkit train cartoongan VARIANT"}
    return Sheet(drawn_people(ways, CartoonGANConfig.size), facts)


FIGURES = {"learnt": learnt, "faces": faces, ABLATED: ablations, LONGER: longer}

"""The pictures of the README: `toonkit figures` draws them again."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor
from torchvision.transforms.v2 import functional as transforms

from toonkit.course.figures import save_figure
from toonkit.course.show import show_rows
from toonkit.filters import abstraction, edge_tangent_flow, line_drawing, line_integral_convolution
from toonkit.images.listing import contact_sheet
from toonkit.images.resize import fit_picture
from toonkit.images.samples import SAMPLES, sample_photo
from toonkit.networks.generators import cartoon, load_generator, load_recovery, load_styles
from toonkit.project.environment import project_root
from toonkit.project.errors import check_name
from toonkit.recipes.recovery import MODELS
from toonkit.training.emoji import SIDE, in_places, learn
from toonkit.training.runs import run_folder
from toonkit.training.variants import RUNS
from toonkit.world import FAMILIES, STYLES, ToonWorld

if TYPE_CHECKING:
    from matplotlib.figure import Figure

Facts = dict[str, Any]


def toonworld() -> tuple[Tensor, Facts]:
    """Test scenes of every family as photographs, and each below as a cartoon in one of the hands."""
    columns, size, rows = 8, 112, []
    for family in FAMILIES:
        rows.append(ToonWorld(family, "test", size).photos(range(columns)))
        rows += [ToonWorld(family, "test", size, STYLES[k % len(STYLES)]).toons([k]) for k in range(columns)]
    sheet = contact_sheet(torch.cat(rows), columns)
    return sheet, {"families": FAMILIES, "styles": STYLES, "split": "test", "size": size}


def hands() -> tuple[Tensor, Facts]:
    """One scene a family: the photograph, then every hand."""
    size, rows = 176, []
    for family, index in zip(FAMILIES, (11, 7, 3), strict=True):
        rows.append(ToonWorld(family, "val", size).photos([index]))
        rows += [ToonWorld(family, "val", size, style).toons([index]) for style in STYLES]
    return contact_sheet(torch.cat(rows), 1 + len(STYLES)), {"styles": STYLES, "split": "val", "size": size}


def classical() -> tuple[Tensor, Facts]:
    """Real photographs: as they are, their flow field, their lines, their classical cartoon."""
    size, rows = 232, []
    for name in SAMPLES:
        photo = sample_photo(name).unsqueeze(0)
        photo = transforms.resize(transforms.center_crop(photo, 2 * [min(photo.shape[2:])]), [512, 512])
        flow = line_integral_convolution(edge_tangent_flow(photo, radius=5, iterations=3)).expand(-1, 3, -1, -1)
        rows.append(torch.cat([photo, flow, line_drawing(photo).expand(-1, 3, -1, -1), abstraction(photo)]))
    panels = torch.stack(rows, 1).flatten(0, 1)  # one row a kind, one column a photograph
    sheet = contact_sheet(transforms.resize(panels, [size, size]), len(SAMPLES))
    return sheet, {"photographs": tuple(SAMPLES), "size": 512}


def learnt() -> tuple[Tensor, Facts]:
    """Real photographs and what the released generator draws of them."""
    size, drawer = 256, load_generator("cartoongan-photo")
    photos = torch.stack([fit_picture(sample_photo(name), size) for name in SAMPLES])
    drawn = torch.cat([cartoon(drawer, photo[None]) for photo in photos])
    facts = {"photographs": tuple(SAMPLES), "size": size, "weights": "cartoongan-photo.safetensors"}
    return contact_sheet(torch.cat([photos, drawn]), len(SAMPLES)), facts


def faces() -> tuple[Tensor, Facts]:
    """Held-out people of ToonWorld: photograph, what the released generator draws, true cartoon; enlarged twice."""
    pairs = ToonWorld("faces", "test", 64).batch(range(10))
    drawn = cartoon(load_generator("cartoongan-faces"), pairs["photo"])
    sheet = contact_sheet(torch.cat([pairs["photo"], drawn, pairs["toon"]]), 10)
    facts = {"split": "test", "size": 64, "weights": "cartoongan-faces.safetensors"}
    return sheet.repeat_interleave(2, 1).repeat_interleave(2, 2), facts


def adapters() -> tuple[Figure, Facts]:
    """Held-out people in every hand of the one generator that learnt several, each above the true cartoons."""
    network, faces = load_styles("cartoongan-faces"), range(8)
    rows = {"photograph": ToonWorld("faces", "test", 64).photos(faces)}
    for hand in network.domains:
        network.domain = hand
        rows[hand] = cartoon(network.network, rows["photograph"])
        rows[f"true {hand}"] = ToonWorld("faces", "test", 64, hand).toons(faces)
    return show_rows(rows, 2), {"split": "test", "size": 64, "hands": network.domains}


def ablations() -> tuple[Figure, Facts]:
    """Held-out people as each variant of CartoonGAN draws them. Raises WeightsError where one was not trained here."""
    pairs, facts = ToonWorld("faces", "test", 64).batch(range(8)), {"split": "test", "size": 64}
    rows, short = {"photograph": pairs["photo"]}, RUNS["cartoongan"]["classical"].steps["full"]
    for variant, entry in RUNS["cartoongan"].items():
        if entry.steps["full"] == short:
            folder = project_root() / run_folder("cartoongan", variant, "full", 0)
            rows[variant] = cartoon(load_generator(folder / "generator.safetensors"), pairs["photo"])
    rows["true cartoon"] = pairs["toon"]
    return show_rows(rows, 2), facts | {"steps": short, "trained_by": "toonkit train cartoongan VARIANT"}


def recovered() -> tuple[Figure, Facts]:
    """Held-out cartoons, what each of the third report's seven models makes of them, and the true photographs."""
    pairs = ToonWorld("faces", "test", 64).batch(range(8))
    rows = {"cartoon": pairs["toon"]}
    for model in MODELS:
        rows[model.replace("_", " ")] = cartoon(load_recovery(f"recovery-{model}"), pairs["toon"])
    rows["true photograph"] = pairs["photo"]
    return show_rows(rows, 2), {"split": "test", "size": 64}


def emoji() -> tuple[Figure, Facts]:
    """What two small networks make of held-out cartoons without the app's mark, with it, and with it elsewhere.

    One was taught beside photographs that stay as they are, the other beside photographs half of which were drawn.
    """
    given = torch.stack([*in_places(ToonWorld("faces", "test", SIDE).toons(range(3))).values()], 1).flatten(0, 1)
    shares = {"what stays is photographs": 0.0, "half of what stays is drawn": 0.5}
    rows = {"the cartoon": given} | {words: cartoon(learn(share), given) for words, share in shares.items()}
    return show_rows(rows, 4), {"split": "test", "size": SIDE, "shares": list(shares.values())}


Drawing = Callable[[], tuple[Any, Facts]]  # a picture (3, H, W) or a matplotlib figure
FIGURES: dict[str, Drawing] = {
    "toonworld": toonworld,
    "hands": hands,
    "classical": classical,
    "learnt": learnt,
    "faces": faces,
    "adapters": adapters,
    "ablations": ablations,
    "recovered": recovered,
    "emoji": emoji,
}
TRAINED_HERE = ("ablations",)  # figures of networks that are not released


def draw(name: str) -> Path:
    """Draw one figure into figures/ and return its path. Raises ToonkitError for an unknown name."""
    check_name("figure", name, tuple(FIGURES))
    picture, facts = FIGURES[name]()
    return save_figure(picture, f"figures/{name}.png", run=f"toonkit figures {name}", seed=0, **facts)

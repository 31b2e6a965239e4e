"""Pictures shown and saved: the pixels come back, the facts lie beside them."""

from __future__ import annotations

import json
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import pytest
import torch
from PIL import Image

from toonkit.course import check_parameters, show
from toonkit.course.figures import save_figure
from toonkit.course.gallery import figures, trained_here
from toonkit.images.open_pictures import credits
from toonkit.images.resize import fit_picture
from toonkit.images.samples import sample_photo
from toonkit.project.errors import ToonkitError

ROOT = Path(__file__).parents[2]
SHOWN = {"photographs", "sources"}  # facts of a figure of open pictures


def test_a_saved_picture_comes_back_within_half_a_level(no_run: Path) -> None:
    picture = torch.rand(3, 5, 7) * 2 - 1
    path = save_figure(picture, "figures/a.png", what="noise")
    assert path == no_run / "figures" / "a.png"
    back = torch.from_numpy(np.asarray(Image.open(path)).copy()).permute(2, 0, 1) / 127.5 - 1
    assert (back - picture).abs().max() <= 0.5 / 127.5 + 1e-6
    assert json.loads(path.with_suffix(".json").read_text()) == {"commit": "unknown", "what": "noise"}


def test_a_saved_sheet_has_every_colour_of_its_pictures(no_run: Path) -> None:
    """Ten thousand colours, which no palette of 256 holds: grain of the file would be taken for grain of a drawing."""
    red, green = torch.meshgrid(torch.linspace(-1, 1, 100), torch.linspace(-1, 1, 100), indexing="ij")
    sheet = show(torch.stack([red, green, torch.zeros(100, 100)]), scale=4)
    pixels = np.asarray(Image.open(save_figure(sheet, "figures/c.png")))
    assert len(np.unique(pixels.reshape(-1, pixels.shape[-1]), axis=0)) > 9000


def test_a_jpeg_of_a_photograph_is_smaller_and_near_it(no_run: Path) -> None:
    picture = fit_picture(sample_photo("astronaut"), 200)
    path, exact = save_figure(picture, "figures/d.jpg"), save_figure(picture, "figures/d.png")
    with Image.open(path) as opened:
        assert opened.format == "JPEG"
        back = torch.from_numpy(np.asarray(opened).copy()).permute(2, 0, 1) / 127.5 - 1
    assert 10 * (4 / (back - picture).square().mean()).log10() > 38  # dB
    assert path.stat().st_size < 0.5 * exact.stat().st_size and path.with_suffix(".json").is_file()


def test_in_a_run_figures_go_to_its_folder_with_its_seed(no_run: Path) -> None:
    p = check_parameters(profile="quick", seed=4, run_dir="build/runs/03_y")
    path = save_figure(show(torch.zeros(2, 3, 8, 8)), "figures/b.png")
    assert path == p.run_dir / "figures" / "b.png"
    facts = json.loads(path.with_suffix(".json").read_text())
    assert facts == {"run": "03_y", "seed": 4, "profile": "quick", "commit": "unknown"}


def test_show_places_pictures_in_reading_order_and_closes() -> None:
    pictures = torch.linspace(-1, 1, 5)[:, None, None, None].expand(5, 3, 4, 6)
    before = plt.get_fignums()
    figure = show(pictures, titles=list("abcde"), columns=3)
    assert plt.get_fignums() == before
    drawn = [axis for axis in figure.axes if axis.images]
    assert [axis.get_title() for axis in drawn] == list("abcde")
    levels = [float(np.asarray(axis.images[0].get_array()).mean()) for axis in drawn]
    assert levels == pytest.approx([0, 0.25, 0.5, 0.75, 1])
    rows = [axis.get_subplotspec().rowspan.start for axis in drawn]
    assert rows == [0, 0, 0, 1, 1]


def test_show_takes_one_picture_grey_ones_and_several_sizes() -> None:
    assert len(show(torch.zeros(3, 4, 4)).axes) == 1
    assert show(torch.zeros(2, 1, 4, 4)).axes[0].images[0].get_array().shape == (4, 4)
    assert len(show([torch.zeros(3, 4, 4), torch.zeros(1, 8, 2)]).axes) == 2


def test_wrong_shapes_are_named(tmp_path: Path) -> None:
    with pytest.raises(ToonkitError, match=r"\(4, 8, 8\)"):
        show(torch.zeros(2, 4, 8, 8))
    with pytest.raises(ToonkitError, match="none"):
        show([])
    with pytest.raises(ToonkitError, match="3 titles for 1 pictures"):
        show(torch.zeros(1, 3, 8, 8), titles=list("abc"))
    with pytest.raises(ToonkitError, match=r"shape \(2, 3, 8, 8\)"):
        save_figure(torch.zeros(2, 3, 8, 8), tmp_path / "a.png")
    with pytest.raises(ToonkitError, match=r"\.jpg file, not 'a\.gif'"):
        save_figure(torch.zeros(3, 8, 8), "a.gif")


def test_open_pictures_carry_their_licences(no_run: Path) -> None:
    sources = ("kodak", "scikit-image")
    figure = show(torch.zeros(2, 3, 8, 8), sources=sources)
    below = " ".join(figure.get_supxlabel().split())
    assert all(" ".join(line.split()) in below for line in credits(sources))
    assert show(torch.zeros(2, 3, 8, 8)).get_supxlabel() == ""
    path = save_figure(figure, "figures/a.png", sources, what="nothing")
    facts = json.loads(path.with_suffix(".json").read_text())
    assert facts["licences"] == list(credits(sources)) and facts["sources"] == list(sources)
    with pytest.raises(ToonkitError, match="unknown source 'nobody'"):
        save_figure(figure, "figures/a.png", ("nobody",))


def test_what_anybody_can_draw_again_is_shown_in_all_its_colours() -> None:
    """A palette of 256 puts grain and wrong colours into what is shown to be judged."""
    drawn = figures().keys() - trained_here()
    files = [path for path in (ROOT / "figures").glob("*.png") if path.stem in drawn]
    assert len(files) > 10
    modes = {path.stem: Image.open(path).mode for path in files}
    assert set(modes.values()) == {"RGB"}, modes


def test_every_figure_of_the_course_that_shows_open_pictures_names_their_licences() -> None:
    """A figure's facts say which photographs or sources it shows."""
    told = {path.stem: json.loads(path.read_text()) for path in (ROOT / "figures").glob("*.json")}
    shown = {name: facts for name, facts in told.items() if SHOWN & facts.keys()}
    assert {"classical", "learnt", "painted", "semantic_sheet"} <= shown.keys()
    for name, facts in shown.items():
        assert facts["licences"] == list(credits(facts["sources"])), f"toonkit figures {name}"

"""Report 5 in its own setting on stand-ins: captions, latents, then what is frozen and what listens; all in order."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
import torch
from network_files import stand_in
from own_sets_built import SIDE, sets_built
from published_files import tiny_autoencoder, tiny_blip, write_autoencoder, write_blip

from toonkit import cli
from toonkit.chapters import loading
from toonkit.chapters.index import find_chapter
from toonkit.chapters.latents import encoding
from toonkit.chapters.latents.data import REPORT, autoencoder_of
from toonkit.chapters.latents.encoding import own_latents
from toonkit.chapters.latents.recipe import BASES, PAPER, LatentsConfig
from toonkit.chapters.own_data import own_pictures
from toonkit.chapters.run_places import run_folder
from toonkit.chapters.runs import run
from toonkit.chapters.tomjerry import own_scores
from toonkit.chapters.tomjerry.translating import base_denoiser
from toonkit.images.report_captions import in_turn
from toonkit.images.report_sets import open_report_set
from toonkit.images.values import as_pictures
from toonkit.project.errors import ToonkitError

SLIM = {"widths": (32, 64), "heads": 8, "tokens_width": 32, "batch": 2}
STEPS = {"steps": 2, "quiet": True}


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """A project with the built set of report 5, its captions, and slim networks in the published layout."""
    root = tmp_path_factory.mktemp("chain")
    with sets_built(root, {REPORT: 50}), pytest.MonkeyPatch.context() as patch:
        stand_in(patch, root, "sd-vae-ft-mse", lambda at: write_autoencoder(tiny_autoencoder(), at))
        stand_in(patch, root, "blip-base", lambda at: write_blip(tiny_blip(), at))
        for name, value in SLIM.items():
            patch.setitem(PAPER, name, value)
        patch.setitem(BASES, "stable_diffusion", replace(LatentsConfig(), **PAPER))
        patch.setattr(loading, "project_root", lambda: root)
        found = open_report_set(REPORT)
        table = "".join(f"{row['path']},a {row['class']} sits in a room\n" for row in found.rows)
        (root / "said.csv").write_text(f"file,caption\n{table}")
        assert cli.main(["data", "captions", REPORT, "--from", str(root / "said.csv")]) == 0
        yield root


def trained(place, chapter: str, variant: str, **changes: str) -> dict:
    """A run of two steps where the next chapter looks for it."""
    folder = place / run_folder(chapter, variant, "paper", 0, SIDE)
    return run(chapter, variant, "paper", 0, folder, size=SIDE, changes=changes, **STEPS)


def test_what_is_frozen_is_trained_first_and_the_error_says_how(place) -> None:
    command = f"`toonkit train latents classes --profile paper --size {SIDE}` trains it first"
    with pytest.raises(ToonkitError, match=re.escape(command)):
        run("tomjerry", "no_blip", "paper", 0, place / "run", size=SIDE, **STEPS)
    assert not (place / "run").exists()


def test_the_report_in_its_order(place) -> None:
    """Captions and latents first; then a model that draws with the denoiser and the captioner of these runs."""
    said = trained(place, "captions", "both", length="8")
    assert {"photo", "toon"} == said["metrics"].keys() and said["metrics"]["toon"]["BLEU"]["n"] >= 10
    assert said["config"]["config"]["network"] == "base"
    noise = trained(place, "latents", "classes")
    assert noise["metrics"].keys() == {"guidance 1", "guidance 2", "guidance 4"}
    assert noise["config"]["config"]["autoencoder"] == "stable_diffusion"
    record = trained(place, "tomjerry", "heads_8", token="8")
    assert record["metrics"].keys() == {"tom", "jerry", "tom and jerry", "all"}
    assert {"KID[inception_fid]", "MS-SSIM (2 scales) to the frame"} <= record["metrics"]["tom"].keys()
    config = find_chapter("tomjerry").configured(record["config"]["config"])
    kept = loading.load_network(place / run_folder("latents", "classes", "paper", 0, SIDE) / "denoiser.safetensors")
    frozen = base_denoiser(config)
    assert all(torch.equal(kept.state_dict()[name], weight) for name, weight in frozen.state_dict().items())


def test_photographs_are_encoded_once_and_as_the_autoencoder_does(place, monkeypatch) -> None:
    autoencoder = autoencoder_of("stable_diffusion")
    found = own_latents(REPORT, "stable_diffusion", autoencoder, SIDE)
    photos = own_pictures(REPORT, "photo", "train", SIDE)
    with torch.no_grad():
        wanted = autoencoder.encode(as_pictures(photos[torch.arange(len(photos))]))
    assert torch.allclose(found, wanted, atol=1e-5) and found.shape[1:] == (4, SIDE // 8, SIDE // 8)
    monkeypatch.setattr(encoding, "encoded", lambda *_: pytest.fail("encoded again"))
    assert torch.equal(own_latents(REPORT, "stable_diffusion", autoencoder, SIDE), found)
    with torch.no_grad():
        next(autoencoder.parameters()).add_(1)  # another network has its own latents
    with pytest.raises(pytest.fail.Exception, match="encoded again"):
        own_latents(REPORT, "stable_diffusion", autoencoder, SIDE)


def test_ms_ssim_is_of_each_class_s_own_frames(place, monkeypatch) -> None:
    """A translation that returns its frame scores 1 in every row; one of cats alone does so for cats alone."""
    pictures = own_pictures(REPORT, "toon", "test", SIDE)
    toons = as_pictures(pictures[torch.arange(len(pictures))])
    recipe = type("Recipe", (), {"config": LatentsConfig(size=SIDE), "model": torch.nn.Identity(), "autoencoder": None})
    monkeypatch.setattr(own_scores, "photographs", lambda model, autoencoder, toons, labels: toons)
    found = own_scores.own_photograph_scores(recipe)
    assert all(part["MS-SSIM (2 scales) to the frame"].value == pytest.approx(1) for part in found.values())
    cats = own_scores.own_labels(REPORT, "toon", "test") == 0
    mixed = torch.where(cats[:, None, None, None], toons, toons.flip(0))
    monkeypatch.setattr(own_scores, "photographs", lambda *_: mixed)
    found = own_scores.own_photograph_scores(recipe)
    one, other = (found[group]["MS-SSIM (2 scales) to the frame"].value for group in ("tom", "jerry"))
    assert one == pytest.approx(1) and other < 0.9


def test_a_bill_is_shown_and_nothing_is_asked_without_agreement(place, monkeypatch, capsys) -> None:
    monkeypatch.setenv("TOONKIT_CAPTION_KEY", "k")
    (open_report_set(REPORT).folder / "captions.jsonl").rename(place / "kept.jsonl")
    bought = ["--address", "http://127.0.0.1:9/v1", "--model", "m", "--price", "1", "2", "--count", "12"]
    try:
        assert cli.main(["data", "captions", REPORT, *bought]) == 2
        said = capsys.readouterr()
        assert "12 pictures, about 0.01 dollars" in said.out and "nothing was asked" in said.err
    finally:
        (place / "kept.jsonl").rename(open_report_set(REPORT).folder / "captions.jsonl")
    assert cli.main(["data", "captions", REPORT, "--model", "m"]) == 2
    assert "--address, --price is missing" in capsys.readouterr().err


def test_any_beginning_of_a_set_has_some_of_every_side_class_and_split(place) -> None:
    built = open_report_set(REPORT)
    rows = {built.folder / row["path"]: (row["side"], row["class"], row["split"]) for row in built.rows}
    order = in_turn(built)
    assert sorted(order) == sorted(rows) and len({rows[path] for path in order[:12]}) == 12

"""Configurations changed by texts, by hand and on the command line."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from toonkit.chapters.changes import changed, pairs
from toonkit.chapters.index import find_chapter
from toonkit.chapters.semantic.config import SemanticConfig
from toonkit.cli import main
from toonkit.project.errors import ToonkitError


@dataclass(frozen=True)
class Config:
    texture: float = 1.0
    blocks: int = 4
    controlled: bool = False
    norm: str = "group"
    regions: tuple[str, ...] = ("a b 1",)
    widths: tuple[int, ...] = (1, 2)


def test_each_kind_of_field_takes_a_text() -> None:
    texts = {"texture": "2.5", "blocks": "3", "controlled": "True", "norm": "none", "regions": "a b 1, c d 2"}
    assert changed(Config(), texts) == replace(
        Config(), texture=2.5, blocks=3, controlled=True, norm="none", regions=("a b 1", "c d 2")
    )
    assert changed(Config(), {}) == Config()
    assert changed(Config(), {"regions": ""}).regions == ()


@pytest.mark.parametrize(
    ("texts", "words"),
    [
        ({"textur": "1"}, "unknown field 'textur'.*texture"),
        ({"texture": "much"}, "texture is 'much', which is not a finite number"),
        ({"texture": "nan"}, "texture is 'nan', which is not a finite number"),
        ({"blocks": "2.5"}, "blocks is '2.5', which is not a whole number"),
        ({"controlled": "yes"}, "controlled 'yes'"),
        ({"widths": "1,2"}, "widths cannot be set by a text"),
    ],
)
def test_what_no_field_takes_is_refused(texts: dict[str, str], words: str) -> None:
    with pytest.raises(ToonkitError, match=words):
        changed(Config(), texts)


def test_the_configuration_itself_has_the_last_word() -> None:
    with pytest.raises(ToonkitError, match="-1"):
        changed(SemanticConfig(), {"texture": "-1"})


def test_pairs_are_read_off_a_line() -> None:
    assert pairs(["texture=2", " tv = 0.5 "]) == {"texture": "2", "tv": "0.5"}
    for texts, words in (
        (["texture"], "should read NAME=VALUE"),
        (["=2"], "should read"),
        (["a=1", "a=2"], "set twice"),
    ):
        with pytest.raises(ToonkitError, match=words):
            pairs(texts)


def test_a_run_with_changed_weights_wants_a_folder_and_keeps_what_it_was(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The record says the weight that was set, and the variant of the table is another run."""
    asked = ["train", "toonnet", "--set", "rate=0.0005", "--steps", "2", "--snapshots", "1"]
    assert main(asked) != 0
    assert "--set, --steps, --snapshots: such a run is no row of the table" in capsys.readouterr().err
    assert main([*asked, "--run-dir", str(tmp_path / "mine")]) == 0
    record = json.loads((tmp_path / "mine" / "run.json").read_text())
    assert record["config"]["config"]["rate"] == 0.0005 and record["config"]["steps"] == 2
    assert find_chapter("toonnet").variant(None)[1].config.rate != 0.0005
    assert (tmp_path / "mine" / "snapshots" / "0000002").is_dir()
    capsys.readouterr()
    assert main(["train", "toonnet", "--steps", "2", "--run-dir", str(tmp_path / "mine")]) != 0
    assert "rate" in capsys.readouterr().err
    for wrong in (["--steps", "0"], ["--snapshots", "-1"]):
        assert main(["train", "toonnet", *wrong, "--run-dir", str(tmp_path / "other")]) != 0
        assert "ask for" in capsys.readouterr().err


@pytest.mark.parametrize("together", [["--jobs", "1"], ["--cluster"]])
def test_a_run_of_ones_own_is_no_job_of_a_queue(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], together: list[str]
) -> None:
    """The queue would train the table's row, without a word."""
    asked = ["train", "toonnet", "--set", "rate=0.0005", "--watch", "--run-dir", str(tmp_path / "mine"), *together]
    assert main(asked) == 2
    assert "--set, --watch: for one run in this process" in capsys.readouterr().err
    assert not (tmp_path / "mine").exists()

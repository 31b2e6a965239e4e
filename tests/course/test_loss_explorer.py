"""The loss explorer: drawings and losses at a setting, settings shared, a training that is watched and stopped."""

from __future__ import annotations

import base64
import io
import json
import time
from pathlib import Path

import pytest
import torch
from PIL import Image

from toonkit.chapters.explored import EXPLORED, Explored, read_settings
from toonkit.chapters.runs import run
from toonkit.course.explorer_pictures import fitted, rows_png
from toonkit.course.loss_explorer import LossExplorer
from toonkit.course.minute import MinuteRun
from toonkit.networks.weights import released
from toonkit.project.errors import PictureError, ToonkitError, WeightsError

HERE = [one for one in EXPLORED if one.is_here]
SCENES = EXPLORED[2]
WAIT = 120  # seconds that a short training may take on a busy machine


@pytest.fixture(scope="module")
def explorer(tmp_path_factory: pytest.TempPathFactory) -> LossExplorer:
    return LossExplorer(SCENES, tmp_path_factory.mktemp("run") / "not" / "made yet")


def shown(explorer: LossExplorer) -> tuple[bytes | str, ...]:
    """Picture, table and curve of the moment."""
    return explorer.image.value, explorer.table.value, explorer.curve.value


def test_all_generators_of_the_explorer_are_released() -> None:
    assert all(released(one.weights).is_file() for one in EXPLORED)
    assert {one.weights for one in EXPLORED if not one.needs} <= {one.weights for one in HERE}


@pytest.mark.parametrize("one", HERE, ids=lambda one: one.weights)
def test_a_weight_turned_up_turns_its_own_loss_down(one: Explored) -> None:
    """What a slider is for; on a batch that no training saw, from the lowest to the highest factor."""
    for name in one.controls:
        low, high = (one.losses({name: factor})[name] for factor in (0.25, 4.0))
        assert high < low, name


@pytest.mark.parametrize("one", HERE, ids=lambda one: one.weights)
def test_losses_are_those_of_a_training_step(one: Explored) -> None:
    """Without an update: the networks are as they were, and the same setting gives the same numbers."""
    networks = {name: network.state_dict() for name, network in one.recipe.networks.items()}
    before = {name: {k: v.clone() for k, v in state.items()} for name, state in networks.items()}
    first, again = one.losses({one.controls[0]: 2.0}), one.losses({one.controls[0]: 2.0})
    assert first == again and set(first) == set(one.base)
    for name, state in networks.items():
        assert all(torch.equal(value, before[name][key]) for key, value in state.items())
    assert one.recipe.factors is None


def test_a_sweep_goes_from_a_quarter_to_four_times() -> None:
    found = SCENES.sweep("texture", 3)
    assert list(found) == pytest.approx([0.25, 1.0, 4.0])
    assert found[1.0] == pytest.approx(SCENES.losses({}))
    with pytest.raises(ToonkitError, match="control"):
        SCENES.sweep("colour")  # a weight of the recipe that the generator was never told


def test_settings_go_through_a_line_and_back() -> None:
    factors = {"texture": 2.0, "tv": 0.5}
    one, found = read_settings(SCENES.settings_line(factors))
    assert one is SCENES and found == dict.fromkeys(SCENES.controls, 1.0) | factors
    options = SCENES.train_options(factors, 60)
    assert options == ["semantic", "ours", "--set", "texture=2", "--set", "tv=0.25", "--steps", "60"]
    for line in (
        "",
        "{}",
        "[1]",
        '{"generator": "semantic-controlled"}',
        '{"generator": "x", "factors": {"tv": "no"}}',
    ):
        with pytest.raises(ToonkitError, match="is no line of settings"):
            read_settings(line)
    with pytest.raises(ToonkitError, match="generator"):
        read_settings('{"generator": "cartoongan", "factors": {}}')


def test_weights_that_are_not_released_are_named() -> None:
    absent = Explored("", "semantic", "equal_regions", "ours")
    assert not absent.is_here
    with pytest.raises(WeightsError, match="semantic-equal_regions"):
        _ = absent.recipe


def test_moving_a_slider_changes_picture_losses_and_command(explorer: LossExplorer) -> None:
    before = shown(explorer)
    explorer.sliders["texture"].value = 4.0
    assert not set(before) & set(shown(explorer))
    assert "--set texture=4" in explorer.command.value
    assert json.loads(explorer.settings.value)["factors"]["texture"] == 4.0
    drawn = explorer.explored.draw(explorer.given, {"texture": 4.0})
    assert explorer.image.value == rows_png(explorer.pictures, drawn)
    explorer.sliders["texture"].value = 1.0
    assert shown(explorer)[:2] == before[:2]


def test_a_shared_setting_moves_the_sliders_and_a_bad_one_is_told(explorer: LossExplorer) -> None:
    explorer.settings.value = SCENES.settings_line({"surface": 0.5})
    assert explorer.sliders["surface"].value == pytest.approx(0.5) and explorer.words.value == ""
    explorer.settings.value = '{"generator": "semantic-controlled", "factors": {"surface": 9}}'
    assert "learnt from 0.25 to 4" in explorer.words.value
    explorer.settings.value = EXPLORED[0].settings_line({}) if EXPLORED[0].is_here else "nonsense"
    assert explorer.words.value
    explorer.settings.value = SCENES.settings_line({})
    assert explorer.sliders["surface"].value == 1.0


def test_a_weight_that_was_never_told_has_no_slider_and_says_so(explorer: LossExplorer) -> None:
    assert set(explorer.explored.base) - set(explorer.sliders) == {"colour"}
    assert "colour" in explorer.table.value and "never varied in training" in explorer.table.value


def test_a_picture_of_ones_own_is_drawn(explorer: LossExplorer) -> None:
    known, buffer = explorer.pictures, io.BytesIO()
    Image.new("RGB", (300, 150), (200, 40, 40)).save(buffer, "JPEG")
    explorer.take(buffer.getvalue())
    assert explorer.pictures.shape == (1, 3, 128, 256)
    assert explorer.image.value == rows_png(explorer.pictures, explorer.explored.draw(explorer.given, explorer.factors))
    with pytest.raises(PictureError):
        explorer.take(b"no picture")
    assert explorer.pictures.shape == (1, 3, 128, 256)
    explorer.look_at(known)
    explorer.redraw()
    assert fitted(torch.zeros(1, 3, 5, 900)).shape[-2] == 128


def test_a_page_without_a_kernel_shows_three_settings(explorer: LossExplorer) -> None:
    picture = Image.open(io.BytesIO(base64.b64decode(explorer._repr_mimebundle_()["image/png"]))).convert("L")
    third = picture.width // 3
    below = [picture.crop((k * third, picture.height - 60, (k + 1) * third - 10, picture.height)) for k in range(3)]
    assert len({one.tobytes() for one in below}) == 3
    assert all(low < 60 and high > 200 for low, high in (one.getextrema() for one in below))


def test_a_minute_trains_what_was_asked_and_shows_it(tmp_path: Path) -> None:
    """The same bytes as a run in this process; curves and samples on the way."""
    minute = MinuteRun(SCENES, SCENES.train_options({"texture": 2.0}, 16), tmp_path / "minute")
    minute.process.wait(WAIT)
    assert minute.failed == "" and not minute.runs
    assert minute.progress().step == 16 and minute.curves()["step"] == list(range(1, 17))
    assert minute.steps_shown() == list(range(2, 17, 2))
    drawn = [minute.drawn(step, SCENES.batch["photo"][:1]) for step in (2, 16)]
    assert (drawn[0] - drawn[1]).abs().mean() > 1e-3
    record = json.loads((tmp_path / "minute" / "run.json").read_text())
    assert record["config"]["config"]["texture"] == 2.0 * SCENES.base["texture"]
    with torch.random.fork_rng():
        here = run("semantic", "ours", "quick", 0, tmp_path / "here", changes={"texture": "2"}, steps=16, snapshots=8)
    assert here["config"]["weights"] == record["config"]["weights"] or torch.get_num_threads() > 1
    with pytest.raises(ToonkitError, match="holds something already"):
        MinuteRun(SCENES, SCENES.train_options({}), tmp_path / "minute")


def test_a_minute_can_be_stopped_and_what_fails_says_why(tmp_path: Path) -> None:
    minute = MinuteRun(SCENES, SCENES.train_options({}, 100_000), tmp_path / "long")
    latest = time.monotonic() + WAIT
    while minute.progress() is None and time.monotonic() < latest:
        time.sleep(0.1)
    assert minute.runs and minute.progress().step >= 1
    minute.stop()
    assert not minute.runs and minute.stopped and minute.failed == ""
    wrong = MinuteRun(SCENES, ["semantic", "ours", "--set", "texture=-1"], tmp_path / "wrong")
    wrong.process.wait(WAIT)
    assert "-1" in wrong.failed and wrong.steps_shown() == []


def test_the_button_trains_and_the_words_follow(explorer: LossExplorer) -> None:
    explorer.begin()
    assert explorer.train.disabled and not explorer.end.disabled
    latest = time.monotonic() + WAIT
    while "step" not in explorer.words.value and time.monotonic() < latest:
        time.sleep(0.1)
    assert "of 240" in explorer.words.value
    explorer.stop()
    while explorer.train.disabled and time.monotonic() < latest:
        time.sleep(0.1)
    assert explorer.words.value.startswith("stopped.") and explorer.end.disabled

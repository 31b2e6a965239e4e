"""Two processes against one: the same losses and weights, runs taken over either way, and what is refused."""

from __future__ import annotations

import json
import re
import signal
import sys
import time
from pathlib import Path

import pytest
import torch
from two_processes import PLAN, STEPS, Mixed, batches, begin, stopped

from toonkit.networks.weights import load_weights
from toonkit.project.errors import ToonkitError
from toonkit.training.loop import train
from toonkit.training.losses_log import read_losses
from toonkit.training.processes import launched
from toonkit.training.run_files import CHECKPOINT
from toonkit.training.run_lock import claim

# float64, so that sums in another order differ by 1e-16 of their parts; Adam divides by a gradient's size plus 1e-8,
# which makes at most 1e-8 of that, a step
WEIGHTS = 1e-7
LOSSES = 2e-5  # they are kept to five decimals


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One process's run, and what two made beside it."""
    folder = tmp_path_factory.mktemp("sharing")
    train(Mixed(), batches, PLAN, folder / "one")
    stopped(3, folder / "begun by one")
    processes = begin("everything", folder)
    errors = [process.communicate(timeout=240)[1] for process in processes]
    assert [process.returncode for process in processes] == [0, 0], errors
    train(Mixed(), batches, PLAN, folder / "begun by two")
    return folder


@pytest.mark.parametrize("name", ["two", "begun by two", "begun by one"])
def test_two_processes_train_as_one_and_either_takes_a_run_over(trained: Path, name: str) -> None:
    """Batch norm, spectral norm, an image pool, random numbers and a loss that is no mean over the batch."""
    (ours, about), (expected, _) = (load_weights(trained / run / CHECKPOINT) for run in (name, "one"))
    assert ours.keys() == expected.keys() and about["step"] == STEPS
    for key in expected:
        assert torch.allclose(ours[key].double(), expected[key].double(), rtol=0, atol=WEIGHTS), key
    assert any("running_var" in key for key in expected) and any(key.startswith("pool/") for key in expected)
    released = load_weights(trained / name / "generator.safetensors")[0]
    assert all(
        torch.allclose(released[key].double(), value.double(), atol=WEIGHTS)
        for key, value in load_weights(trained / "one" / "generator.safetensors")[0].items()
    )
    lines = [read_losses(trained / run)[0] for run in (name, "one")]
    assert len(lines[1]) == STEPS
    for mine, theirs in zip(*lines, strict=True):
        assert mine == pytest.approx(theirs, abs=LOSSES)


def test_the_steps_taken_by_two_are_where_the_run_says_it_was_resumed(trained: Path) -> None:
    for name in ("begun by two", "begun by one"):
        assert load_weights(trained / name / CHECKPOINT)[1]["resumed_at"] == [2]
    first, whole = (load_weights(trained / run / CHECKPOINT)[0] for run in ("two", "one"))
    assert not torch.equal(first["network/generator/0.weight"], whole["network/generator/0.weight"])  # two it was


@pytest.mark.parametrize(
    ("what", "words"),
    [
        ("dropout", "generator.forward draws random numbers of its own"),
        ("scalar", "generator.forward does not return a row for each of its own"),
        ("odd", "3 rows cannot be shared out evenly over 2 processes"),
        ("another", "holds another run: its config .dropout. differ"),
        ("poisoned", "step 3: .* is not finite"),
    ],
)
def test_every_process_hears_why_a_run_is_refused(trained: Path, what: str, words: str) -> None:
    for rank in range(2):
        said = json.loads((trained / f"said {rank}.json").read_text())[what]
        assert re.search(words, said), said


def test_what_is_refused_leaves_the_checkpoint_before(trained: Path) -> None:
    tensors, about = load_weights(trained / "poisoned" / CHECKPOINT)
    assert about["step"] == 2 and all(value.isfinite().all() for value in tensors.values())
    assert not (trained / "dropout" / CHECKPOINT).exists()


@pytest.mark.skipif(sys.platform == "win32", reason="a signal cannot be sent to a single process there")
@pytest.mark.parametrize(("rank", "kind"), [(1, signal.SIGKILL), (0, signal.SIGINT)])
def test_when_one_process_stops_all_stop_and_the_run_can_go_on(tmp_path: Path, rank: int, kind: int) -> None:
    processes = begin("slowly", tmp_path)
    try:
        latest = time.monotonic() + 120
        while not (tmp_path / "run" / CHECKPOINT).exists() and time.monotonic() < latest:
            time.sleep(0.1)
        processes[rank].send_signal(kind)
        errors = [process.communicate(timeout=60)[1] for process in processes]
    finally:  # whatever happened: nobody is left behind
        for process in processes:
            process.kill()
    assert all(process.returncode != 0 for process in processes)
    assert "another process of this run has stopped, or does not answer" in errors[1 - rank]
    assert load_weights(tmp_path / "run" / CHECKPOINT)[1]["step"] >= 2
    with claim(tmp_path / "run"):
        pass


def test_a_launcher_that_starts_one_process_for_several_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ACCELERATE_USE_CPU", "True")
    monkeypatch.setenv("MASTER_PORT", "29500")
    with pytest.raises(ToonkitError, match=r"a single process for --cpu; .*--multi_gpu"):
        launched()
    monkeypatch.delenv("MASTER_PORT")
    assert launched().count == 1 and launched("cuda").device == "cuda"
    monkeypatch.setenv("WORLD_SIZE", "4")
    monkeypatch.setenv("RANK", "3")
    monkeypatch.setenv("LOCAL_RANK", "1")
    assert (launched("cuda").device, launched().first, launched().rank) == ("cuda:1", False, 3)

"""A chapter trained by two processes of `accelerate launch`, as the command line begins them: the losses of one."""

from __future__ import annotations

import json
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

from toonkit.cli import main
from toonkit.networks.weights import load_weights
from toonkit.training.losses_log import LOSSES, read_losses
from toonkit.training.run_files import CHECKPOINT

STEPS = ["--size", "16", "--steps", "3", "--watch", "--workers", "1", "--set", "batch=4"]
GAN = ["train", "cartoongan", "none", *STEPS]
GAN += ["--set", "filters=4", "--set", "discriminator_filters=4", "--set", "blocks=1"]
BLIP = ["train", "captions", "both", *STEPS, "--set", "width=16", "--set", "layers=1", "--set", "heads=2"]
LAUNCH = ["-m", "accelerate.commands.launch", "--multi_gpu", "--num_processes", "2", "--num_machines", "1"]
LAUNCH += ["--mixed_precision", "no", "--dynamo_backend", "no", "--main_process_port", "0", "-m", "toonkit"]


@pytest.mark.skipif(find_spec("accelerate") is None, reason="needs accelerate: pip install 'toonkit[scale]'")
@pytest.mark.parametrize(("task", "pooled"), [(GAN, True), (BLIP, False)], ids=["cartoongan", "captions"])
def test_accelerate_trains_a_chapter_as_one_process_does(tmp_path: Path, task: list[str], pooled: bool) -> None:
    """float32: sums in another order differ by 1e-7 of their parts, which Adam's first steps turn into some 1e-4."""
    assert main([*task, "--run-dir", str(tmp_path / "one")]) == 0
    command = [sys.executable, *LAUNCH, *task, "--run-dir", str(tmp_path / "two")]
    done = subprocess.run(command, capture_output=True, text=True, timeout=900)
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("weights and record are in") == 1  # one of the two speaks
    ours, expected = (read_losses(tmp_path / run)[0] for run in ("two", "one"))
    assert len(expected) == 3 and (tmp_path / "two" / LOSSES).exists()
    for mine, theirs in zip(ours, expected, strict=True):
        assert mine == pytest.approx(theirs, rel=2e-3, abs=2e-3)
    records = [json.loads((tmp_path / run / "run.json").read_text()) for run in ("two", "one")]
    assert [record["config"]["processes"] for record in records] == [2, 1]
    if not pooled:
        return
    states = [load_weights(tmp_path / run / CHECKPOINT)[0] for run in ("two", "one")]
    assert states[0]["pool/fakes"].shape == states[1]["pool/fakes"].shape == (12, 3, 16, 16)

"""A film whose drawing is killed: nothing half under its name, and the next call ends as if nothing had been."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
import weakref
from pathlib import Path

import numpy as np
import psutil
import pytest
import torch
from film_making import make_film, shade

from toonkit import cli
from toonkit.chapters import drawing_choice
from toonkit.export import films
from toonkit.export.film_pen import Manner
from toonkit.export.films import toonify_film
from toonkit.project.errors import ToonkitError
from toonkit.training.run_lock import claim

ROOT = Path(__file__).parents[2]
COUNT = 23


class Stop(Exception):
    """A kill, as far as a process can see one."""


@pytest.fixture
def film(tmp_path, monkeypatch):
    """A noisy film, in pieces of five frames."""
    monkeypatch.setattr(films, "PIECE", 5)
    noise = np.random.default_rng(0)
    frames = [np.clip(shade(n) + noise.normal(0, 4, (48, 64, 3)), 0, 255).astype(np.uint8) for n in range(COUNT)]
    return make_film(tmp_path / "a.mp4", frames, sound="aac")


def drawing(monkeypatch, stop_after: int | None = None) -> list[int]:
    """Draw negatives, and stop before the frame behind `stop_after`; returns a list that grows with each frame."""
    calls: list[int] = []

    def negative(pictures):
        if pictures.shape[-1] == 32:  # the sample that stands for the method
            return -pictures
        if stop_after is not None and len(calls) == stop_after:
            raise Stop
        calls.append(1)
        return -pictures

    monkeypatch.setattr(drawing_choice, "methods", lambda: {"classical": lambda: negative})
    return calls


@pytest.mark.parametrize("temporal", [0.0, 0.8])
@pytest.mark.parametrize("stop_after", [3, 5, 17])
def test_a_stopped_film_goes_on_to_the_same_bytes(tmp_path, monkeypatch, film, temporal, stop_after):
    manner = Manner(temporal=temporal)
    drawing(monkeypatch)
    toonify_film(film, tmp_path / "whole.mp4", manner)
    drawing(monkeypatch, stop_after)
    with pytest.raises(Stop):
        toonify_film(film, tmp_path / "out.mp4", manner)
    assert not (tmp_path / "out.mp4").exists()
    calls = drawing(monkeypatch)
    toonify_film(film, tmp_path / "out.mp4", manner)
    assert len(calls) == COUNT - stop_after // 5 * 5
    assert (tmp_path / "out.mp4").read_bytes() == (tmp_path / "whole.mp4").read_bytes()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.mp4", "out.mp4", "whole.mp4"]


def test_other_options_do_not_go_on_with_these_parts(tmp_path, monkeypatch, film):
    drawing(monkeypatch, 17)
    with pytest.raises(Stop):
        toonify_film(film, tmp_path / "out.mp4")
    calls = drawing(monkeypatch)
    said: list[str] = []
    toonify_film(film, tmp_path / "out.mp4", Manner(temporal=0.5), say=said.append)
    assert len(calls) == COUNT and "drawn otherwise" in said[0]


def test_a_part_that_was_damaged_is_drawn_again(tmp_path, monkeypatch, film):
    drawing(monkeypatch)
    toonify_film(film, tmp_path / "whole.mp4")
    drawing(monkeypatch, 17)
    with pytest.raises(Stop):
        toonify_film(film, tmp_path / "out.mp4")
    (tmp_path / "out.mp4.parts" / "piece-000001.nut").write_bytes(b"torn")
    calls = drawing(monkeypatch)
    toonify_film(film, tmp_path / "out.mp4")
    assert len(calls) == COUNT - 5
    assert (tmp_path / "out.mp4").read_bytes() == (tmp_path / "whole.mp4").read_bytes()


def test_the_folder_of_another_process_or_purpose_is_left_alone(tmp_path, monkeypatch, film):
    drawing(monkeypatch)
    folder = tmp_path / "out.mp4.parts"
    with claim(folder), pytest.raises(ToonkitError, match="works in"):
        toonify_film(film, tmp_path / "out.mp4")
    (folder / "mine.txt").write_text("keep")
    with pytest.raises(ToonkitError, match="something else"):
        toonify_film(film, tmp_path / "out.mp4")
    assert (folder / "mine.txt").read_text() == "keep"


def test_ctrl_c_says_where_to_go_on(tmp_path, monkeypatch, film, capsys):
    monkeypatch.setattr(sys.modules[__name__], "Stop", KeyboardInterrupt)
    drawing(monkeypatch, 7)
    assert cli.main(["toonify", str(film), "-o", str(tmp_path / "out.mp4"), "--method", "classical"]) == 130
    assert "the same call goes on from there" in capsys.readouterr().out
    drawing(monkeypatch, 0)
    assert cli.main(["toonify", str(film), "-o", str(tmp_path / "new.mp4"), "--method", "classical"]) == 130
    assert capsys.readouterr().out == ""


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="needs a signal that nobody can catch")
def test_a_really_killed_command_goes_on(tmp_path):
    """SIGKILL once the first piece is there; the second call says so and finishes."""
    source = make_film(tmp_path / "a.mp4", [shade(number, 24, 32) for number in range(120)])
    command = [sys.executable, "-m", "toonkit", "toonify", str(source), "-o", str(tmp_path / "out.mp4")]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    run = subprocess.Popen(command, env=environment, cwd=tmp_path)
    limit = time.monotonic() + 120
    while not (tmp_path / "out.mp4.parts" / "piece-000000.json").exists() and time.monotonic() < limit:
        time.sleep(0.02)
    run.kill()
    run.wait()
    assert not (tmp_path / "out.mp4").exists() and not psutil.pid_exists(run.pid)
    done = subprocess.run(command, env=environment, cwd=tmp_path, capture_output=True, text=True, check=True)
    assert "going on behind" in done.stdout and "120 frames drawn" in done.stdout
    assert (tmp_path / "out.mp4").exists() and not (tmp_path / "out.mp4.parts").exists()


def test_frames_are_held_one_at_a_time(tmp_path, monkeypatch):
    """No more than a handful of frames of a longer film are alive at once."""

    alive: weakref.WeakSet = weakref.WeakSet()
    most = []

    def negative(pictures):
        alive.add(pictures)
        most.append(len(alive))
        return -pictures

    monkeypatch.setattr(drawing_choice, "methods", lambda: {"classical": lambda: negative})
    toonify_film(make_film(tmp_path / "a.mp4", [shade(n) for n in range(60)]), tmp_path / "out.mp4")
    assert len(most) == 61 and max(most) <= 3
    assert torch.is_inference_mode_enabled() is False

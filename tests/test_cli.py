"""The command line: it answers fast, refuses clearly, and does what its help says."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from toonkit import __version__, cli


def main(*arguments: str) -> int:
    return cli.main([str(argument) for argument in arguments])


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty project as working folder."""
    (tmp_path / "notebooks").mkdir()
    (tmp_path / "pyproject.toml").touch()
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_help_takes_less_than_half_a_second() -> None:
    """The best of three, so that a busy machine does not decide."""
    times = []
    for _ in range(3):
        started = time.perf_counter()
        done = subprocess.run([sys.executable, "-m", "toonkit", "--help"], capture_output=True, text=True, check=True)
        times.append(time.perf_counter() - started)
    assert "toonify" in done.stdout
    assert min(times) < 0.5


def test_version_and_no_command(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as done:
        main("--version")
    assert done.value.code == 0 and capsys.readouterr().out == f"toonkit {__version__}\n"
    with pytest.raises(SystemExit) as done:
        main()
    assert done.value.code == 2


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["run"], "name the notebooks to run, or pass --all"),
        (["run", "--all", "00"], "not both"),
        (["run", "--all"], "no notebooks in"),
        (["bench", "nonsense"], "unknown measurement 'nonsense'"),
        (["fetch", "nonsense"], "unknown source 'nonsense'"),
        (["train", "cartoongan", "none", "classical", "--run-dir", "x"], "--run-dir holds one run"),
        (["train", "cartoongan", "none", "--steps", "5"], "--steps: such a run is no row of the table"),
        (["train", "animated", "--profile", "paper", "--steps", "5"], "--steps: such a run is no row of the table"),
        (["train", "cartoongan", "nonsense"], "unknown variant of cartoongan 'nonsense'"),
        (["release", "cartoongan", "none"], "no finished run of cartoongan none"),
    ],
)
def test_bad_input_is_named_and_exits_2(
    project: Path, arguments: list[str], words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(*arguments) == 2
    output = capsys.readouterr()
    assert output.err.startswith(f"toonkit {arguments[0]}: ") and words in output.err and output.out == ""


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["9"], "unknown notebook '9'; known: 00_a"),
        (["00", "--profile", "fast"], "unknown profile 'fast'; known: quick, full, paper"),
        (["00", "--jobs", "0"], "jobs must be at least 1, not 0"),
        (["00", "--seed", "-1"], "seed must be a whole number from 0"),
    ],
)
def test_run_refuses_before_it_runs(
    project: Path, arguments: list[str], words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    source = '["profile = \\"quick\\"\\n", "seed = 0\\n", "run_dir = \\"x\\""]'
    cell = f'{{"cell_type": "code", "metadata": {{"tags": ["parameters"]}}, "source": {source}, "outputs": []}}'
    (project / "notebooks" / "00_a.ipynb").write_text(f'{{"cells": [{cell}], "metadata": {{}}}}')
    assert main("run", *arguments) == 2
    assert words in capsys.readouterr().err
    assert not (project / "build").exists()


def test_toonify_draws_and_counts(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pixels = np.random.default_rng(0).integers(0, 255, (20, 30, 3), dtype=np.uint8)
    Image.fromarray(pixels).save(project / "a photo.png")
    assert main("toonify", "a photo.png", "-o", "out.png") == 0
    with Image.open(project / "out.png") as drawn:
        assert drawn.size == (30, 20)
    (project / "text.jpg").write_text("no picture")
    assert main("toonify", "a photo.png", "text.jpg", "-o", "folder") == 1
    assert "1 done, 1 failed" in capsys.readouterr().out
    assert [path.name for path in (project / "folder").iterdir()] == ["a photo.png"]


def test_sources_lists_open_ones_with_size_and_licence(capsys: pytest.CaptureFixture[str]) -> None:
    assert main("sources") == 0
    listing = capsys.readouterr().out
    assert "squeezenet: " in listing and "licence: MIT" in listing and "toonkit fetch squeezenet" in listing


def test_readme_fills_its_tables(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (project / "README.md").write_text("<!-- table:speed -->\n<!-- /table:speed -->\n")
    assert main("readme") == 2
    assert "no readable record" in capsys.readouterr().err


def test_exercises_check_tells_what_is_out_of_step(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (project / "notebooks" / "00_a.ipynb").write_text('{"cells": [], "metadata": {}}')
    assert main("exercises", "--check") == 1
    assert "out of step: " in capsys.readouterr().out
    assert main("exercises") == 0 and main("exercises", "--check") == 0
    assert (project / "notebooks" / "exercises" / "00_a.ipynb").exists()


def test_ctrl_c_exits_130(monkeypatch: pytest.MonkeyPatch) -> None:
    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("toonkit.course.exercises.write_exercises", stop)
    assert main("exercises") == 130

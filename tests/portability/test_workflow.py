"""The workflow for other systems names the Pythons that the project names, and tests that are there."""

from __future__ import annotations

import re
import tomllib
from typing import Any

import yaml

from toonkit.project.environment import project_root

WORKFLOW = project_root() / ".github" / "workflows" / "systems.yml"
SYSTEMS = {"ubuntu-latest", "macos-latest", "windows-latest"}


def job() -> dict[str, Any]:
    return yaml.safe_load(WORKFLOW.read_text(encoding="utf-8"))["jobs"]["tests"]


def test_every_python_of_the_project_is_tested_on_every_system() -> None:
    project = tomllib.loads((project_root() / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    first, after = re.fullmatch(r">=3\.(\d+),<3\.(\d+)", project["requires-python"]).groups()
    matrix = job()["strategy"]["matrix"]
    assert matrix["python"] == [f"3.{minor}" for minor in range(int(first), int(after))]
    assert set(matrix["system"]) == SYSTEMS


def test_it_runs_folders_of_tests_that_are_there_and_no_make() -> None:
    commands = [step["run"] for step in job()["steps"] if "run" in step]
    folders = re.findall(r"tests/\w+", " ".join(commands))
    assert len(folders) >= 5 and all((project_root() / folder).is_dir() for folder in folders)
    assert not any(re.search(r"\bmake\b|\.venv|/bin/", command) for command in commands)

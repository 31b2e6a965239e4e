"""A measurement computes with its own number of threads, and gives back those there were, also where it fails."""

from __future__ import annotations

import importlib

import pytest
import torch

from toonkit.course.benches import benches
from toonkit.project.environment import cores

BEFORE = 3  # threads that no measurement wants
INSIDE = {  # a function in which each measurement's time goes, and the threads that it is given there
    "baselines": ("held_out", 1),
    "common": ("_rows", 1),
    "emoji": ("learn", 1),
    "film": ("_speed", 1),
    "filters": ("median_seconds", 2),
    "inpainting": ("_trial", 2),
    "latency": ("in_a_process_of_its_own", 1),
    "panels": ("_found", 1),
    "photographs": ("held_out_photographs", 1),
    "pictures": ("_files", 2),
    "recovery": ("_seconds", 1),
    "sampling": ("held_out", 1),
    "scale": ("_distances", BEFORE),
    "speed": ("_rows", 1),
    "tomjerry": ("held_out", 1),
    "verification": ("entry", 1),
    "world": ("_rate", BEFORE),
}


class Enough(Exception):
    pass


@pytest.fixture(autouse=True)
def three_threads():
    before = torch.get_num_threads()
    torch.set_num_threads(BEFORE)
    yield
    torch.set_num_threads(before)


def test_every_measurement_is_looked_at():
    assert set(benches()) == set(INSIDE)


@pytest.mark.parametrize("name", INSIDE)
def test_the_threads_are_given_back(name, monkeypatch):
    module, seen = importlib.import_module(benches()[name]), []

    def stop(*_: object, **__: object) -> None:
        seen.append(torch.get_num_threads())
        raise Enough

    monkeypatch.setattr(module, INSIDE[name][0], stop)
    with pytest.raises(Enough):
        module.measure(quick=True)
    wanted = INSIDE[name][1]
    given = wanted if wanted == BEFORE else min(wanted, cores())
    assert seen == [given] and torch.get_num_threads() == BEFORE


def test_the_filters_last_measurement_leaves_them_too(monkeypatch):
    """This one changes their number twice, and computes with one thread in between."""
    module, seen = importlib.import_module(benches()["filters"]), []
    monkeypatch.setattr(module, "median_seconds", lambda *_: seen.append(torch.get_num_threads()) or 1.0)
    monkeypatch.setattr(module, "reference_agreement", lambda *_: {})
    monkeypatch.setattr(module, "separable_flow", lambda *_: seen.append(torch.get_num_threads()) or {})
    monkeypatch.setattr(module, "large_picture", lambda *_: {})
    module.measure(quick=True)
    assert seen == [2, 2, 1, 2] and torch.get_num_threads() == BEFORE

"""The cartoon in stages: the same as `abstraction` to the bit, and a change runs again only what depends on it."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor

from toonkit.filters import abstraction, edge_tangent_flow, line_drawing
from toonkit.filters.paths import KeptPaths, across_flow, along_flow
from toonkit.filters.staged import StagedCartoon
from toonkit.project.errors import ToonkitError
from toonkit.world import ToonWorld

EVERY = {"grey", "smooth", "flow", "paths", "first pass", "second pass", "flat"}


@pytest.fixture(scope="module")
def picture() -> Tensor:
    return ToonWorld("duo", "test", 48).photos([3])


@pytest.mark.parametrize(
    "numbers",
    [{}, {"tau": 0.6}, {"rho": 0.95, "sigma_c": 2.0}, {"sigma_m": 1.0, "bins": 3}, {"tau": 0.0}],
    ids=str,
)
def test_it_is_abstraction_to_the_bit(picture: Tensor, numbers: dict[str, float]) -> None:
    """On a fresh one, and on one that has drawn with other numbers before."""
    used = StagedCartoon(picture)
    used.cartoon(bins=5, tau=0.7, rho=0.99, sigma_c=1.5, sigma_m=2.0)
    wanted = abstraction(picture, **numbers)
    assert torch.equal(StagedCartoon(picture).cartoon(**numbers), wanted)
    assert torch.equal(used.cartoon(**numbers), wanted)


def test_the_flow_of_the_lines_is_the_flow_that_is_asked(picture: Tensor) -> None:
    staged = StagedCartoon(picture)
    flow = edge_tangent_flow(picture, 2, 1)
    assert torch.equal(staged.lines(radius=2, iterations=1), line_drawing(staged.smooth(), flow))
    assert not torch.equal(staged.lines(), staged.lines(radius=2, iterations=1))


@pytest.mark.parametrize(
    ("change", "again"),
    [
        ({"tau": 0.5}, {"second pass"}),
        ({"bins": 4}, {"flat"}),
        ({"rho": 0.99}, {"first pass", "second pass"}),
        ({"sigma_c": 1.3}, {"first pass", "second pass"}),
        ({"sigma_m": 2.0}, {"first pass", "second pass"}),
        ({"radius": 3}, {"flow", "paths", "first pass", "second pass"}),
        ({"iterations": 1}, {"flow", "paths", "first pass", "second pass"}),
        ({}, set()),
    ],
    ids=lambda value: str(value) if isinstance(value, dict) else " ".join(sorted(value)) or "nothing",
)
def test_a_change_runs_again_only_what_depends_on_it(picture: Tensor, change: dict, again: set[str]) -> None:
    """The bound on the work behind a slider, which no busy machine can blur; the smoothing never runs twice."""
    staged = StagedCartoon(picture)
    staged.cartoon()
    assert staged.ran == dict.fromkeys(EVERY, 1)
    staged.cartoon(**change)
    assert {name for name, count in staged.ran.items() if count == 2} == again
    assert max(staged.ran.values()) <= 2


@pytest.mark.parametrize("reach", [1, 4])
def test_kept_paths_are_the_walks(picture: Tensor, reach: int) -> None:
    """With places that have no direction, and the border."""
    flow = edge_tangent_flow(picture)
    flow[..., 10:20, 10:20] = 0
    paths = KeptPaths(flow)
    for kept, walk in ((paths.along, along_flow), (paths.across, across_flow)):
        for values in (picture, picture.flip(1)):  # the second time from what is kept
            for ours, theirs in zip(kept(values, reach), walk(flow, values, reach), strict=True):
                assert ours[0] == theirs[0]
                assert torch.equal(ours[1], theirs[1]) and torch.equal(ours[2], theirs[2])


def test_one_picture_and_sensible_numbers_are_asked_for(picture: Tensor) -> None:
    with pytest.raises(ToonkitError, match="of one picture"):
        StagedCartoon(picture.expand(2, -1, -1, -1))
    with pytest.raises(ToonkitError, match="sigma_c must be above zero"):
        StagedCartoon(picture).cartoon(sigma_c=0.0)

"""What a notebook records of its own run, in whatever space it was measured."""

from __future__ import annotations

import pytest

from toonkit.course.this_run import of_this_run, rounded
from toonkit.project.errors import ToonkitError


def test_a_measure_is_found_in_any_space_and_what_is_absent_is_left_out() -> None:
    here = {"KID[toonnet]": {"value": 0.25}, "true error": {"value": 0.5, "n": 3}}
    there = {"KID[inception_fid]": {"value": 0.125}}
    assert of_this_run(here, kid="KID", error="true error") == {"kid_of_this_run": 0.25, "error_of_this_run": 0.5}
    assert of_this_run(there, kid="KID", error="true error") == {"kid_of_this_run": 0.125}
    assert rounded({"KID[toonnet]": {"value": 0.12349}}) == {"KID[toonnet]": 0.123}
    with pytest.raises(ToonkitError, match=r"KID was measured as KID\[inception_fid\] and as KID\[toonnet\]"):
        of_this_run(there | here, kid="KID")

"""The widget that asks for votes: names, clicks, what is told above the pictures and what is not."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest
from ipywidgets import Button, Widget
from voting import COLOURS, colour, make_ballots

from toonkit.course.ballots import Ballots, Refused
from toonkit.course.widgets import voter
from toonkit.project.errors import ToonkitError


@pytest.fixture
def ballots(tmp_path: Path) -> Ballots:
    return make_ballots(tmp_path)


def click(page: Widget, place: int) -> None:
    """Press the button below a picture; place 0 is the source."""
    page.children[1].children[place].children[1].click()


def test_a_click_in_a_notebook_is_a_vote(ballots: Ballots) -> None:
    words, pictures = voter(ballots, "Ann").children
    for number in range(5):
        ballot = ballots.next("Ann")
        assert f"Picture {number + 1} of 5" in words.value and len(pictures.children) == 4
        image, button = pictures.children[3].children
        assert colour(image.value) == COLOURS[ballot.shown[2]]
        button.click()
        assert ballots.votes()[-1].choice == ballot.shown[2]
    assert "all done" in words.value and pictures.children == ()
    _, pictures = voter(ballots, "Bo").children
    ballots.vote(ballots.next("Bo"), 1)  # elsewhere
    pictures.children[1].children[1].click()
    assert len(ballots.votes()) == 6


def test_a_name_is_asked_for_where_none_is_given(ballots: Ballots) -> None:
    page = voter(ballots)
    words, asked = page.children
    name, begin = asked.children
    assert "Who votes?" in words.value and isinstance(begin, Button)
    begin.click()
    assert "1 to 40 letters" in words.value and asked.children == (name, begin)
    name.value = "<b>Ann</b>"  # as the Enter key sends it
    assert "&lt;b&gt;Ann" in words.value and "<b>Ann" not in words.value
    name.value = " Ann "
    assert "Picture 1 of 5, Ann." in words.value and len(asked.children) == 4
    click(page, 1)
    assert [vote.reviewer for vote in ballots.votes()] == ["Ann"]


def test_a_bad_name_is_refused_at_once(ballots: Ballots) -> None:
    with pytest.raises(Refused, match="1 to 40 letters"):
        voter(ballots, "=cmd()")


def test_what_breaks_is_told_without_names(ballots: Ballots, caplog: pytest.LogCaptureFixture) -> None:
    first, second = (ballots.ballot("Ann", number) for number in (1, 2))
    broken = ballots.folders[second.shown[0]] / second.picture
    broken.write_bytes(b"no picture")
    page = voter(ballots, "Ann")
    with caplog.at_level(logging.ERROR):
        click(page, 1)
    assert ballots.votes()[0].picture == first.picture
    assert "terminal that serves this page says why" in page.children[0].value
    assert not any(name in page.children[0].value for name in (*COLOURS, "png"))
    assert str(broken) in caplog.text
    with pytest.raises(ToonkitError, match=broken.parent.name):
        voter(ballots, "Ann")  # in a notebook, the cell fails


def test_old_pictures_are_forgotten(ballots: Ballots) -> None:
    page = voter(ballots, "Ann")
    old = page.children[1].children
    click(page, 1)
    assert all(widget.comm is None for choice in old for widget in (choice, *choice.children))
    assert all(widget.comm is not None for choice in page.children[1].children for widget in choice.children)

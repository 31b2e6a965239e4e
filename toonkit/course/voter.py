"""The widget behind `toonkit.course.widgets.voter`: it asks a reviewer one ballot after another."""

from __future__ import annotations

import html
from collections.abc import Callable

from ipywidgets import HTML, Box, Button, Image, Layout, Text, VBox

from toonkit.course.ballots import QUESTION, Ballot, Ballots, Refused
from toonkit.course.frames import Framed, strip
from toonkit.project.errors import ToonkitError

BROKEN = "That could not be done; the terminal that serves this page says why."
CHOICE = "toonkit-choice"  # CSS class of a picture with its button; the page to vote on gives them keys


class Voter(Framed):
    """A line of words above what is asked: first a name, unless `reviewer` has one, then the pictures of a ballot."""

    def __init__(self, ballots: Ballots, reviewer: str = "") -> None:
        self.ballots = ballots
        self.reviewer = reviewer
        self.words = HTML()
        self.asked = Box(layout=Layout(flex_flow="row wrap"))
        super().__init__([self.words, self.asked], self._frame_of_first)
        if reviewer:
            self._ask()  # what is wrong from the beginning ends the cell
        else:
            self._ask_name()

    def _frame_of_first(self) -> bytes:
        """The pictures of the ballot that is asked, for a page without a kernel; without a reviewer none is yet."""
        ballot = self.ballots.next(self.reviewer) if self.reviewer else None
        if ballot is None:
            return strip(None, [(QUESTION, strip(None, []))])
        names = {place: f"Picture {place}" if place else "The source" for place in self.ballots.places(ballot)}
        return strip(None, [(words, self.ballots.png(ballot, place)) for place, words in names.items()])

    def _ask_name(self) -> None:
        name = Text(placeholder="Your name", continuous_update=False)
        begin = Button(description="Begin", button_style="primary")
        name.observe(lambda _: self._begin(name.value), "value")  # the Enter key
        begin.on_click(lambda _: self._begin(name.value))
        self.words.value = "<b>Who votes?</b>"
        self.asked.children = [name, begin]

    def _begin(self, name: str) -> None:
        self.reviewer = name.strip()
        self._try(self._ask)

    def _ask(self, note: str = "") -> None:
        """Show the next ballot below a note, or say that there is none."""
        ballot = self.ballots.next(self.reviewer)
        choices = [self._choice(ballot, place) for place in self.ballots.places(ballot)] if ballot else []
        for old in self.asked.children:
            close_all(old)
        self.asked.children = choices
        self.words.value = note + (describe(ballot) if ballot else "Thank you: all done.")

    def _choice(self, ballot: Ballot, place: int) -> VBox:
        """One picture of a ballot above its button; place 0 is the source, which nobody can choose."""
        size = Layout(width="100%", max_height="40vh", object_fit="contain")
        image = Image(value=self.ballots.png(ballot, place), format="png", layout=size)
        button = Button(description=f"Picture {place}" if place else "The source", disabled=place == 0)
        button.layout.width = "100%"
        button.on_click(lambda _: self._try(lambda: self._vote(ballot, place)))
        choice = VBox([image, button], layout=Layout(flex="1 1 180px", max_width="360px", margin="4px"))
        if place:
            choice.add_class(CHOICE)
        return choice

    def _vote(self, ballot: Ballot, place: int) -> None:
        note = ""
        try:
            self.ballots.vote(ballot, place)
        except Refused as error:  # voted elsewhere meanwhile: go on
            note = f"{html.escape(str(error))}. "
        self._ask(note)

    def _try(self, action: Callable[[], None]) -> None:
        """Do what was asked and tell what went wrong, here or, where the words may name a model, in the terminal."""
        try:
            action()
        except Refused as error:
            self.words.value = html.escape(str(error))
        except ToonkitError as error:
            self.words.value = BROKEN
            self.log.error(str(error))


def describe(ballot: Ballot) -> str:
    """The question of a ballot as HTML."""
    where = f"Picture {ballot.number} of {ballot.total}, {html.escape(ballot.reviewer)}."
    return f"<b>{QUESTION}</b> {where}"


def close_all(widget: Box | Button | Text) -> None:
    """Forget a widget and those within it, here and in the browser: a vote shows thousands of pictures."""
    for child in getattr(widget, "children", ()):
        child.close()
    widget.close()

"""Profiles: how much work a run does. Nothing slips from one profile to another."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeVar

from toonkit.project.errors import ToonkitError, check_name

PROFILES = ("quick", "full", "paper")
Value = TypeVar("Value")


@dataclass(frozen=True)
class Missing:
    """Stands where a profile has no value; `what` says what it would take."""

    what: str


@dataclass(frozen=True)
class Profile:
    """One of `quick` (learners), `full` (the numbers we publish) and `paper` (the reports' own setting).

    Raises ToonkitError for any other name.
    """

    name: str = "quick"

    def __post_init__(self) -> None:
        check_name("profile", self.name, PROFILES)

    def pick(self, *, quick: Value | Missing, full: Value | Missing, paper: Value | Missing) -> Value:
        """Return the value meant for this profile. All three must be given, so no profile borrows from another.

        Raises ToonkitError where that value is Missing.
        """
        value = {"quick": quick, "full": full, "paper": paper}[self.name]
        if isinstance(value, Missing):
            raise ToonkitError(f"profile {self.name!r} cannot run here: {value.what}")
        return value

"""What a notebook needs around its subject: parameters, records, exercises, figures; and the course's runner."""

from toonkit.course.checks.index import check_exercise, hint
from toonkit.course.parameters import Parameters, check_parameters
from toonkit.course.predictions import confront
from toonkit.course.records import record
from toonkit.course.show import show
from toonkit.project.profiles import PROFILES, Profile

__all__ = [
    "PROFILES",
    "Parameters",
    "Profile",
    "check_exercise",
    "check_parameters",
    "confront",
    "hint",
    "record",
    "show",
]

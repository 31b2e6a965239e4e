"""The contract of a chapter: what it gives, and what training, scoring, loading, drawing and tables derive from."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from torch import Tensor, nn

from toonkit.chapters.claims import AnyClaim, Untested
from toonkit.metrics.scores import Score
from toonkit.project.errors import ToonkitError, WeightsError, check_name
from toonkit.project.profiles import Missing, Profile
from toonkit.training.recipe import Recipe, Source
from toonkit.world import STYLES

Config = Any  # a frozen dataclass
Scores = Mapping[str, Any]  # Score, or Scores of a part, by name
Drawing = Callable[[Tensor], Tensor]  # pictures (N, 3, H, W) in [-1, 1] -> the same shape
SHORT = 20  # steps of a quick run
NOT_HERE = Missing("the report's own data and networks are not here")


@dataclass(frozen=True)
class Variant:
    """One row of a report's table: its configuration and how long each profile trains it."""

    config: Config
    full_steps: int
    quick_steps: int = SHORT
    paper_steps: int | Missing = NOT_HERE
    ema: float = 0.99  # decay of the average of the weights that are released, 0: none
    snapshots: int = 0  # so many times in a run what would be released is kept and measured
    paper: Mapping[str, Any] = field(default_factory=dict)  # what profile paper changes: the report's own numbers

    def configured(self, profile: Profile) -> Config:
        """The configuration under a profile."""
        return replace(self.config, **self.paper) if profile.name == "paper" else self.config


@dataclass(frozen=True)
class Headline:
    """A number for the front page: a metric of a record, and what it is to be seen beside (another metric)."""

    words: str
    record: str
    metric: str  # a path in the record
    beside: str  # what the other number is
    other_metric: str
    other_record: str = ""  # the same record for none


@dataclass(frozen=True)
class Sheet:
    """A figure: a picture (3, H, W), or rows of pictures (N, 3, H, W) by name, drawn twice as large.

    `sources` names the open sources whose pictures it shows (`images.open_pictures.credits`). Many photographs at a
    size that shows something are kept as `jpeg`, not as PNG.
    """

    pictures: Tensor | Mapping[str, Tensor]
    facts: Mapping[str, Any]
    sources: tuple[str, ...] = ()
    jpeg: bool = False


@dataclass(frozen=True)
class System:
    """A released translation of ToonWorld's held-out scenes, as the common benchmark compares it with all others."""

    weights: tuple[str, ...]  # the released files that it draws with, by name; none where nothing is learnt
    draw: Callable[[], Drawing]
    source: str = "photo"  # the side that it is given, "photo" or "toon"; it draws the other
    family: str = "faces"  # of ToonWorld's scenes
    style: str = STYLES[0]  # of the cartoons
    taught_by: tuple[str, ...] = ()  # networks whose features taught it: measures in these flatter
    here: Callable[[], bool] = lambda: True  # whether what it needs besides its weights is on this machine
    numbers: Callable[[], int] = lambda: 0  # how many numbers it draws with besides those of its weights


@dataclass(frozen=True)
class Verified:
    """What a network does on blocks of held-out pictures, small enough to be computed again in the course."""

    weights: tuple[str, ...]  # the released files that it needs, by name
    scores: Callable[[int], Mapping[str, float]]  # the number of a block -> measures by name
    tolerances: Mapping[str, float]  # of each measure, absolute: other processors add in another order
    sources: tuple[str, ...] = ()  # open sources that it reads


@dataclass(frozen=True)
class Reported:
    """A table of numbers that a report prints, and where ours are: rows are records, columns are metrics of them.

    A row "RECORD/PART" is that part of a record: its columns' paths begin there. A number that the report prints with
    a deviation is a pair. More is better in the `opposed` columns, where less is better in ours.
    """

    place: str  # in the report
    columns: Mapping[str, str]  # the report's word for a column -> the path of our metric in a record; "" for none
    rows: Mapping[str, Mapping[str, float | tuple[float, float]]]  # a record's name -> what the report has, by column
    pictures: int  # that each of our numbers was measured on, for every seed
    opposed: tuple[str, ...] = ()


@dataclass(frozen=True)
class ReportedCourse:
    """A table of epochs of one run that a report prints, and the record whose snapshots stand beside it."""

    place: str  # in the report
    record: str
    columns: Mapping[str, str]  # the report's word for a column -> our measure of a snapshot
    rows: Mapping[int, Mapping[str, float]]  # an epoch -> what the report has, by column
    epochs: int  # of the report's whole run
    pictures: int  # that our snapshots were measured on


AnyReported = Reported | ReportedCourse


def _nothing_to_train(*_: Any) -> Any:
    raise ToonkitError("this chapter trains nothing")


@dataclass(frozen=True)
class Chapter:
    """One training task. `variants` are the rows of its tables, the report's own first."""

    name: str
    report: str  # the file of the report's text, without its ending; empty for what no report has
    subject: str  # in a few words, for help texts
    variants: Mapping[str, Variant] = field(default_factory=dict)
    config: type = dict  # the class of its configurations
    build: Callable[[Config], dict[str, nn.Module]] = _nothing_to_train  # the networks, to train and to load
    recipe: Callable[[Config], Recipe] = _nothing_to_train
    data: Callable[[Config, Profile, int], Source] = _nothing_to_train  # configuration, profile, seed
    scores: Callable[[Recipe, Profile], Scores] = _nothing_to_train
    snapshot_scores: Callable[[Recipe, Profile], Mapping[str, float]] | None = None  # None: kept, not measured
    needs: tuple[str, ...] = ()  # released weights of other chapters
    shown: tuple[str, ...] = ()  # the parts of its scores that its table shows, as paths; all where none is named
    methods: Mapping[str, Callable[[], Drawing]] = field(default_factory=dict)  # what `toonkit toonify` draws with
    told: Mapping[str, Callable[[Mapping[str, float]], Drawing]] = field(default_factory=dict)  # those at a setting
    styles: Callable[[str], Drawing] | None = None  # a style's name -> what draws in it
    figures: Mapping[str, Callable[[], Sheet]] = field(default_factory=dict)
    systems: Mapping[str, System] = field(default_factory=dict)  # what of it the common benchmark compares
    verified: Mapping[str, Verified] = field(default_factory=dict)  # by the names of records: what is no system
    reported: Mapping[str, AnyReported] = field(default_factory=dict)  # the report's tables of numbers, by name
    trained_here: tuple[str, ...] = ()  # figures of networks that are not released
    claims: tuple[AnyClaim, ...] = ()
    untested: tuple[Untested, ...] = ()  # checkable sentences that nothing here can decide
    headlines: tuple[Headline, ...] = ()
    benches: Mapping[str, str] = field(default_factory=dict)  # names of measurements and of the modules with `measure`
    pipelines: Mapping[str, str] = field(default_factory=dict)  # of diffusers: names, modules with `released_pipeline`

    def variant(self, name: str | None = None) -> tuple[str, Variant]:
        """A variant and its name; the report's own for None. Raises ToonkitError for an unknown one."""
        if not self.variants:
            raise ToonkitError(f"chapter {self.name!r} trains nothing; it uses {', '.join(self.needs)}")
        known = tuple(self.variants)
        name = check_name(f"variant of {self.name}", name or known[0], known)
        return name, self.variants[name]

    def configured(self, entries: Mapping[str, Any]) -> Config:
        """The configuration that a file's header holds. Raises WeightsError for fields that it has not."""
        make = getattr(self.config, "of_file", self.config)
        try:
            return make(**{name: tuple(v) if isinstance(v, list) else v for name, v in entries.items()})
        except TypeError as error:
            raise WeightsError(f"this is no configuration of {self.name} ({error}); use a file of Toonkit's") from error


def entries_of(scores: Scores) -> dict[str, Any]:
    """Scores as a record keeps them."""
    return {name: part.entry() if isinstance(part, Score) else entries_of(part) for name, part in scores.items()}

"""When things happen in a film: the times of one stream, counted from the film's beginning, that never go back."""

from __future__ import annotations

from fractions import Fraction


class FilmClock:
    """Turns the times that a stream's packets or frames bear into ticks since the film's beginning.

    `time_base` is the length of a tick in seconds; `zero` is where the film begins, in seconds of its own times: a
    transport stream, say, begins at 1.4 s. Where times go back, as where two recordings were put behind one another,
    the later ones follow one `step` behind what came before, as far as they have to.
    """

    def __init__(self, time_base: Fraction, zero: Fraction) -> None:
        self.zero = round(zero / time_base)  # ticks
        self.shift = 0  # ticks by which times that went back are put later
        self.last: int | None = None

    def at(self, time: int | None, step: int) -> int:
        """The time in ticks, greater than the last one; `time` is None for what bears none, `step` in ticks."""
        step = max(1, step)
        if self.last is None:
            self.last = 0 if time is None else time - self.zero
            return self.last
        following = self.last + step
        own = following if time is None else time - self.zero
        if own <= self.last:
            if own + self.shift <= self.last:
                self.shift = following - own
            own += self.shift
        self.last = own
        return own

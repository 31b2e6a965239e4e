"""The classical cartoon in stages, for sliders: a change runs again what depends on it, and nothing else."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from toonkit.filters.abstraction import ITERATIONS, SATURATION, SMOOTHINGS, inked, luminance_quantisation
from toonkit.filters.bilateral import flow_bilateral
from toonkit.filters.checks import check_pictures, check_positive, grey_level
from toonkit.filters.flow import edge_tangent_flow
from toonkit.filters.lines import line_pass, redraw
from toonkit.filters.paths import KeptPaths
from toonkit.project.errors import ToonkitError


class StagedCartoon:
    """The cartoon of one picture (1, 3, H, W) whose numbers change one at a time, as under a slider.

    Each stage keeps its latest result with the numbers that it was made of. `ran` counts how often a stage has run.
    With the numbers of `abstraction` the result is that of `abstraction`, to the bit. Colours are smoothed along the
    default flow, whatever the flow of the lines: that is the slowest stage, and it runs once.
    """

    def __init__(self, picture: Tensor) -> None:
        """Raises ToonkitError for what is not one picture."""
        if len(check_pictures(picture)) != 1:
            raise ToonkitError(f"a staged cartoon is of one picture (1, 3, H, W), not of {tuple(picture.shape)}")
        self.picture = picture
        self.ran: Counter[str] = Counter()
        self._kept: dict[str, tuple[Any, Any]] = {}

    def flow(self, radius: int = 5, iterations: int = ITERATIONS) -> Tensor:
        """The edge tangent flow (1, 2, H, W)."""
        made_of = radius, iterations
        return self._stage("flow", made_of, lambda: edge_tangent_flow(self.picture, radius, iterations))

    def smooth(self) -> Tensor:
        """The smoothed colours (1, 3, H, W)."""
        return self._stage("smooth", (), self._smoothed)

    def flat(self, bins: int = 8) -> Tensor:
        """The smoothed colours in steps of lightness (1, 3, H, W)."""
        return self._stage("flat", bins, lambda: luminance_quantisation(self.smooth(), bins, saturation=SATURATION))

    @torch.no_grad()
    def response(
        self,
        radius: int = 5,
        iterations: int = ITERATIONS,
        sigma_c: float = 1.0,
        sigma_m: float = 3.0,
        rho: float = 0.997,
        tau: float = 0.8,
    ) -> Tensor:
        """How much each pixel is paper (1, 1, H, W), after two passes; arguments as `line_drawing`'s."""
        check_positive(sigma_c=sigma_c, sigma_m=sigma_m, rho=rho)
        of_flow, of_pass = (radius, iterations), (radius, iterations, sigma_c, sigma_m, rho)

        def pass_over(grey: Tensor) -> Tensor:
            paths = self._stage("paths", of_flow, lambda: KeptPaths(self.flow(*of_flow)))
            return line_pass(grey, paths, sigma_c, sigma_m, rho)

        grey = self._stage("grey", (), lambda: grey_level(self.smooth()))  # (1, 1, H, W)
        first = self._stage("first pass", of_pass, lambda: pass_over(grey))
        return self._stage("second pass", (of_pass, tau), lambda: pass_over(redraw(grey, first, tau)))

    def lines(self, tau: float = 0.8, **numbers: float) -> Tensor:
        """The drawing (1, 1, H, W): -1 is ink, 1 is paper; `numbers` as for `response`."""
        return torch.where(self.response(tau=tau, **numbers) < tau, -1.0, 1.0)

    def cartoon(self, bins: int = 8, tau: float = 0.8, **numbers: float) -> Tensor:
        """The cartoon (1, 3, H, W); `numbers` as for `response`."""
        return inked(self.flat(bins), self.response(tau=tau, **numbers), tau)

    def _smoothed(self) -> Tensor:
        default = edge_tangent_flow(self.picture, iterations=ITERATIONS)
        return flow_bilateral(self.picture, default, iterations=SMOOTHINGS)

    def _stage(self, name: str, made_of: Any, make: Callable[[], Any]) -> Any:
        """The kept result of a stage, or a new one where its numbers have changed."""
        known = self._kept.get(name)
        if known is None or known[0] != made_of:
            known = self._kept[name] = made_of, make()
            self.ran[name] += 1
        return known[1]

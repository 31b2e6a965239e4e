"""The classical filters: flow fields, line drawings, abstraction, and what the cartoon losses look through.

Everything works on batches of pictures, (N, 3, H, W) in [-1, 1], on a CPU or a GPU. A picture's result never depends on
which other pictures share its batch.
"""

from __future__ import annotations

from toonkit.filters.abstraction import abstraction, luminance_quantisation, shrunk_abstraction
from toonkit.filters.bilateral import flow_bilateral
from toonkit.filters.colour import colour_shift, shift_weights
from toonkit.filters.flow import edge_tangent_flow, line_integral_convolution
from toonkit.filters.guided import guided_filter
from toonkit.filters.lines import line_drawing, line_response
from toonkit.filters.smoothing import edge_smoothing

__all__ = [
    "abstraction",
    "colour_shift",
    "edge_smoothing",
    "edge_tangent_flow",
    "flow_bilateral",
    "guided_filter",
    "line_drawing",
    "line_integral_convolution",
    "line_response",
    "luminance_quantisation",
    "shift_weights",
    "shrunk_abstraction",
]

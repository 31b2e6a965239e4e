"""What Image Toonification says of its filters and of CartoonGAN that nothing here can decide, and why."""

from __future__ import annotations

from toonkit.chapters.claims import Untested

UNTESTED = (
    Untested(
        words="accelerated performance using GPU hardware",
        place="Network and Architecture Details",
        why="every record here is of a CPU; no training of the same steps on a GPU stands beside one",
    ),
    Untested(
        words="CycleGAN lacks the quality of images and often misses semantic content",
        place="Previous Works",
        why="no CycleGAN from photographs to cartoons is trained; ours draw the other way, people of cartoons",
    ),
    Untested(
        words="the edge tangent flow can be filtered along x and y apart, without noticeable quality degradation",
        place="Flow Construction",
        why=(
            "the difference and the time are measured (bench `filters`), but on the same three photographs each "
            "time: no seed gives an interval"
        ),
    ),
    Untested(
        words="the flow is made smooth step by step while the gradient's magnitude is unchanged",
        place="Flow Construction",
        why="that is how the filter is defined: its steps change the tangents alone, so no run could show otherwise",
    ),
    Untested(
        words="the Adam optimiser helps for training",
        place="Losses & Hyper-parameters",
        why="no network is trained with another optimiser",
    ),
)

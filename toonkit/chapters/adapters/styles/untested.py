"""What Image Toonification says of adapters in CartoonGAN that nothing here can decide, and why."""

from __future__ import annotations

from toonkit.chapters.claims import Untested

UNTESTED = (
    Untested(
        words="CartoonGAN can only be trained on one artist's style",
        place="Residual Adapters in CartoonGAN",
        why="no generator without adapters is trained on the cartoons of several styles at once",
    ),
    Untested(
        words="adapters in the discriminator, too, help to learn several styles",
        place="Residual Adapters in CartoonGAN",
        why="every style here has a discriminator of its own; none has adapters",
    ),
    Untested(
        words="batch norm is to be replaced by instance norm for stylisation with adapters",
        place="Residual Adapters in CartoonGAN",
        why="no style is trained with batch norm in its adapters; in CartoonGAN alone the two are compared",
    ),
)

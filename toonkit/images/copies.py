"""Which pictures are copies of each other: a perceptual hash that compares shapes and colours.

A copy is the same picture at another size or in another file format, stretched, a little darker or lighter (up to a
fifth of the range), or cut by a percent or two at its edges. A mirrored picture is no copy, nor is a negative, one that
was recoloured or made grey (as far as it had colours), or a flat picture of another colour.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from scipy.fft import dctn
from torch import Tensor

from toonkit.images.resize import fit_picture

FREQUENCIES = 8  # the lowest 8x8 cosine frequencies of the grey picture: its shapes
FIELDS = 6  # the mean colours of 6x6 fields: where its colours lie
LEAST_SHARE = 0.15  # of the picture's root mean square frequency: what differs by less is noise of scaling and JPEG
LEAST_FREQUENCY = 0.0006  # of the range [-1, 1], for flat pictures: as above
LUMA_CHANGE = 0.4  # of the range [-1, 1]: fields whose brightness differs by more are not the same
CHROMA_CHANGE = 0.025  # as above for a field's colour ...
CHROMA_SHARE = 0.3  # ... beside this share of the colour itself: darker copies are paler


def perceptual_hash(pictures: Tensor) -> Tensor:
    """Describe (N, 3, H, W) in [-1, 1] by (N, 64 + 3 * 36) numbers, to be compared by `hash_distance`.

    First the lowest 8x8 cosine frequencies of the grey picture at 32x32 pixels, less their median; then brightness and
    two colour differences (Y, Cb, Cr of ITU-R BT.601) of 6x6 fields.
    Sources: Zauner, Implementation and benchmarking of perceptual image hash functions, 2010 (the frequencies);
    Kasutani and Yamada, The MPEG-7 color layout descriptor, ICIP 2001 (the fields).
    """
    grey = luma(fit_picture(pictures.float(), 32, "stretch")).cpu().double().numpy()
    cosines = dctn(grey, axes=(1, 2), norm="ortho")[:, :FREQUENCIES, :FREQUENCIES].reshape(len(grey), -1) / 32
    cosines = cosines - np.median(cosines[:, 1:], axis=1, keepdims=True)  # without the mean brightness
    fields = fit_picture(pictures.float(), FIELDS, "stretch").cpu()
    brightness = luma(fields)
    blue = 0.564 * (fields[:, 2] - brightness)
    red = 0.713 * (fields[:, 0] - brightness)
    layout = torch.stack([brightness, blue, red], 1).flatten(1)
    return torch.cat([torch.from_numpy(cosines).float(), layout], 1)


def hash_distance(one: Tensor, other: Tensor) -> Tensor:
    """Count in how many numbers hashes (..., 172) differ clearly, (...) int64; shapes are broadcast.

    A frequency differs where its sign does, by more than the noise of scaling and JPEG: in a mirror-symmetric drawing
    half of them are nothing but noise. A field differs where its brightness or a colour difference changed by more than
    a copy's light changes it. Copies are 0 or 1 apart, up to 9 where their edges were cut; other pictures, with few
    exceptions, more than 20.
    """
    count = FREQUENCIES**2
    return _differing_frequencies(one[..., 1:count], other[..., 1:count]) + _differing_fields(
        one[..., count:], other[..., count:]
    )


def find_copy(hashes: Sequence[Tensor], candidate: Tensor, limit: float) -> tuple[int, float] | None:
    """Return (index, distance) of the one of `hashes` that is nearest to `candidate`, or None if none is near enough.

    Each is (S, 172): S pictures, as the panels of one page, are compared one by one. Their mean distance is at most
    `limit`.
    """
    if not hashes:
        return None
    distance, nearest = hash_distance(torch.stack(list(hashes)), candidate).double().mean(1).min(0)
    return (int(nearest), distance.item()) if distance <= limit else None


def luma(pictures: Tensor) -> Tensor:
    """(N, 3, H, W) -> (N, H, W), the brightness of ITU-R BT.601, in the range of the pictures."""
    weights = torch.tensor([0.299, 0.587, 0.114], device=pictures.device).view(3, 1, 1)
    return (pictures * weights).sum(1)


def _differing_frequencies(one: Tensor, other: Tensor) -> Tensor:
    strength = torch.maximum(_root_mean_square(one), _root_mean_square(other))
    noise = (LEAST_SHARE * strength).clamp(min=LEAST_FREQUENCY)
    return (((one > 0) != (other > 0)) & ((one - other).abs() > noise)).sum(-1)


def _root_mean_square(values: Tensor) -> Tensor:
    return values.square().mean(-1, keepdim=True).sqrt()


def _differing_fields(one: Tensor, other: Tensor) -> Tensor:
    change = (one - other).abs()
    brightness, colours = change[..., : FIELDS**2], change[..., FIELDS**2 :]
    strongest = torch.maximum(one.abs(), other.abs())[..., FIELDS**2 :]
    recoloured = colours > CHROMA_CHANGE + CHROMA_SHARE * strongest
    return (brightness > LUMA_CHANGE).sum(-1) + recoloured.sum(-1)

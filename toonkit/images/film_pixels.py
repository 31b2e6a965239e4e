"""The pixels of a film's frame: as a screen shows them, and as an encoder wants them."""

from __future__ import annotations

import av
import numpy as np
from av.sidedata.sidedata import Type

HIGH = 720  # lines from which a film that names no colour matrix is taken for BT.709, as players do
UNNAMED = 2  # the colour matrix "unspecified" of ITU-T H.273
BT709 = 1  # the same table's number for primaries, transfer and matrix of high definition
BT601 = 6


def pixels_of(frame: av.VideoFrame) -> np.ndarray:
    """The pixels (H, W, 3), uint8 RGB, of a decoded frame, turned and mirrored as its display matrix says."""
    matrix = frame.colorspace
    if matrix == UNNAMED and frame.format.is_planar and not frame.format.is_rgb:
        matrix = BT709 if frame.height >= HIGH else BT601
    return upright(frame.to_ndarray(format="rgb24", src_colorspace=matrix), display_matrix(frame))


def display_matrix(frame: av.VideoFrame) -> tuple[int, int, int, int]:
    """The signs (a, b, c, d) of how a frame is to be turned: x' = a x + c y, y' = b x + d y, x rightwards, y down."""
    side_data = frame.side_data.get(Type.DISPLAYMATRIX)
    if side_data is None:
        return 1, 0, 0, 1
    rows = np.frombuffer(bytes(side_data)[:36], np.int32).reshape(3, 3).astype(np.int64)  # 16.16 fixed point
    (a, b), (c, d) = rows[:2, :2]
    if abs(a) + abs(d) >= abs(b) + abs(c):
        return (1 if a >= 0 else -1), 0, 0, (1 if d >= 0 else -1)
    return 0, (1 if b >= 0 else -1), (1 if c >= 0 else -1), 0


def upright(pixels: np.ndarray, turn: tuple[int, int, int, int]) -> np.ndarray:
    """Turn and mirror pixels (H, W, 3) by a `display_matrix`; by the nearest quarter turn where it names another."""
    a, b, c, d = turn
    if a == 0:
        pixels = pixels.transpose(1, 0, 2)
    across = a or c
    down = d or b
    return np.ascontiguousarray(pixels[::down, ::across])


def even(pixels: np.ndarray) -> np.ndarray:
    """Repeat the last column and row of (H, W, 3) where a side is odd: the encoder shares colour between 2x2 pixels."""
    height, width = pixels.shape[:2]
    if height % 2 == 0 and width % 2 == 0:
        return pixels
    return np.pad(pixels, ((0, height % 2), (0, width % 2), (0, 0)), mode="edge")


def frame_of(pixels: np.ndarray) -> av.VideoFrame:
    """A frame for the encoder out of (H, W, 3), uint8 RGB, even sides: yuv420p, BT.709, 16 to 235."""
    frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(pixels), "rgb24")
    return frame.reformat(format="yuv420p", dst_colorspace="ITU709", dst_color_range="MPEG")

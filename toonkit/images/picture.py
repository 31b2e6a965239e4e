"""One picture read and written safely.

In memory a picture is a float32 tensor (3, H, W), RGB, in [-1, 1]. Files may hold much else; it is converted by rules:
16-bit values are scaled, not clipped; transparent pixels are laid over white; greyscale, palette and CMYK become RGB by
Pillow's formulas (colour profiles are not applied); EXIF rotation is applied; an animation gives its first frame.
"""

from __future__ import annotations

import io
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from toonkit.images.decoding import count_frames, decode, in_one_sentence, open_image
from toonkit.images.resize import fit_picture
from toonkit.project.atomic import refuse_existing, write_atomically
from toonkit.project.errors import PictureError

WRITERS: dict[str, tuple[str, dict]] = {  # extension -> Pillow's format and its settings
    ".png": ("PNG", {"compress_level": 6}),
    ".jpg": ("JPEG", {"quality": 95, "subsampling": 0}),  # 4:4:4: colour subsampling bleeds across ink lines
    ".jpeg": ("JPEG", {"quality": 95, "subsampling": 0}),
    ".webp": ("WEBP", {"quality": 95}),
    ".bmp": ("BMP", {}),
    ".tif": ("TIFF", {"compression": "tiff_deflate"}),
    ".tiff": ("TIFF", {"compression": "tiff_deflate"}),
    ".gif": ("GIF", {}),  # 256 colours: the only one that rounds beyond 8 bits a channel or JPEG's and WebP's coding
}
EXTENSIONS = tuple(WRITERS)
WHITE_16 = 65535  # the greatest value of 16 bits
LABEL_MODES = ("1", "L", "P", "I;16", "I;16B", "I")  # Pillow's, with one number a pixel
SHOWN = 5  # unknown labels that an error names


@dataclass(frozen=True)
class PictureFacts:
    """What a file says of itself before it is decoded; width and height are in pixels, as stored.

    `frames` is None where a damaged frame stops the counting; the first may be sound all the same.
    """

    format: str
    mode: str
    width: int
    height: int
    frames: int | None


def read_picture(path: str | Path, size: int | tuple[int, int] | None = None, rule: str = "crop") -> Tensor:
    """Read a picture file into (3, H, W) float32 in [-1, 1], RGB; with `size`, fitted by `fit_picture`.

    Raises PictureError for a file that is missing, empty, a folder, not a picture, truncated or damaged, of more than
    PIXEL_LIMIT pixels, or of a kind with no agreed range (floating point, 32-bit values).
    """
    with open_image(path) as image, in_one_sentence(path, "cannot be converted to RGB"):
        picture = _to_rgb(decode(image, path), path)
    return picture if size is None else fit_picture(picture, size, rule)


def read_mask(path: str | Path, size: tuple[int, int] | None = None, known: Collection[int] | None = None) -> Tensor:
    """Read a label picture (grey or palette, 8 or 16 bits) into (H, W) int64, its values unchanged.

    Raises as read_picture does; also where the mask is not of `size` (height, width), that of its picture, and where it
    holds a label that is not among the `known`.
    """
    with open_image(path) as image:
        labels = decode(image, path)
        if labels.mode not in LABEL_MODES:
            raise PictureError(
                f"{path} is a {labels.mode} picture; a mask holds one label a pixel: save it as grey or palette"
            )
        mask = torch.from_numpy(np.asarray(labels).astype(np.int64))  # (H, W)
    _check_mask(mask, path, size, known)
    return mask


def _check_mask(mask: Tensor, path: str | Path, size: tuple[int, int] | None, known: Collection[int] | None) -> None:
    if size is not None and mask.shape != size:
        given = "{}x{} pixels (height x width), its picture {}x{}".format(*mask.shape, *size)
        raise PictureError(f"{path} is {given}; a mask has its picture's size, so fetch or make it again")
    strange = [] if known is None else sorted(set(mask.unique().tolist()) - set(known))
    if strange:
        shown = ", ".join(map(str, strange[:SHOWN])) + (" ..." if len(strange) > SHOWN else "")
        raise PictureError(
            f"{path} holds the label {shown}, none of the {len(known)} known, {min(known)} to {max(known)}; "
            "correct the mask, or write its unlabelled pixels with the number for them"
        )


def picture_facts(path: str | Path) -> PictureFacts:
    """Return the format, mode, size and number of frames of a picture file. Raises PictureError, as read_picture."""
    with open_image(path) as image:
        return PictureFacts(str(image.format), image.mode, image.width, image.height, count_frames(image))


def write_picture(path: str | Path, picture: Tensor, overwrite: bool = False) -> None:
    """Write (3, H, W) in [-1, 1] as 8 bits a channel, in the format that the extension names (`EXTENSIONS`).

    The file appears whole or not at all. PNG, BMP and TIFF give 8-bit values back exactly. Raises PictureError for an
    unknown extension, an existing file without `overwrite`, a wrong shape, values out of range, and a full disk.
    """
    path = Path(path)
    if path.suffix.lower() not in WRITERS:
        raise PictureError(f"cannot write {path.name!r}: extension {path.suffix!r} is not one of {', '.join(WRITERS)}")
    refuse_existing(path, overwrite, PictureError)  # before the encoding, which takes longer
    pixels = to_bytes(picture).permute(1, 2, 0).cpu().numpy()
    format_name, settings = WRITERS[path.suffix.lower()]
    encoded = io.BytesIO()  # encoded in memory first: an encoder that meets a full disk hides the reason
    try:
        Image.fromarray(pixels, "RGB").save(encoded, format=format_name, **settings)
    except (OSError, ValueError) as error:
        height, width = pixels.shape[:2]
        raise PictureError(f"{format_name} cannot hold {path.name!r} ({width}x{height} pixels): {error}") from error
    write_atomically(path, encoded.getvalue(), overwrite, PictureError)


def to_bytes(picture: Tensor) -> Tensor:
    """Turn (3, H, W) float in [-1, 1] into uint8 0-255, rounded. Raises PictureError for other shapes and values."""
    if picture.ndim != 3 or picture.shape[0] != 3 or picture.numel() == 0:
        raise PictureError(f"a picture is (3, height, width), not {tuple(picture.shape)}")
    low, high = picture.min().item(), picture.max().item()
    if not (low >= -1.001 and high <= 1.001):  # written so that NaN fails too; 0.001 is a quarter of one 8-bit step
        raise PictureError(f"picture values run from {low:.4g} to {high:.4g}; bring them into [-1, 1] first")
    return ((picture.detach().float() + 1) * 127.5).round().clamp(0, 255).to(torch.uint8)


def _to_rgb(image: Image.Image, path: str | Path) -> Tensor:
    """Return (3, H, W) float32 in [-1, 1]."""
    if image.mode.startswith("I"):
        return _grey_to_rgb(np.asarray(image), image.info.get("transparency"), path)
    if image.mode == "F":
        raise PictureError(f"{path} holds floating-point values, which have no agreed white; save it with 8 or 16 bits")
    if image.mode in ("LA", "PA", "RGBA", "La", "RGBa") or "transparency" in image.info:
        image = image.convert("RGBA")
        image = Image.alpha_composite(Image.new("RGBA", image.size, "white"), image)
    pixels = torch.from_numpy(np.array(image.convert("RGB"))).permute(2, 0, 1)
    return pixels.contiguous().float().div_(127.5).sub_(1)  # contiguous while it still is a quarter of the size


def _grey_to_rgb(grey: np.ndarray, transparent: int | None, path: str | Path) -> Tensor:
    """Turn 16-bit grey (H, W) into (3, H, W) in [-1, 1]; pixels of the value `transparent` become white."""
    if grey.min() < 0 or grey.max() > WHITE_16:
        raise PictureError(f"{path} holds values from {grey.min()} to {grey.max()}; save it with 8 or 16 bits")
    if transparent is not None:
        grey = np.where(grey == transparent, WHITE_16, grey)
    return torch.from_numpy(grey.astype(np.float32)).div_(WHITE_16 / 2).sub_(1).repeat(3, 1, 1)

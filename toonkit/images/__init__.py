"""Real pictures: one picture read and written safely, folders, open sources, and the data steps of the five reports."""

from toonkit.images.listing import contact_sheet, list_pictures
from toonkit.images.picture import read_mask, read_picture, write_picture
from toonkit.images.resize import fit_picture

__all__ = ["contact_sheet", "fit_picture", "list_pictures", "read_mask", "read_picture", "write_picture"]

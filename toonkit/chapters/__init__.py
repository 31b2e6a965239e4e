"""Chapters: a folder for each training task, which alone knows it by name. `index.py` lists them."""

"""One module per subject, each with `measure(quick: bool = False) -> dict`; `toonkit bench NAME` records it."""

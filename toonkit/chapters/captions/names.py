"""Characters by name: in a cartoon, a caption may call the grey cat Tom and the brown mouse Jerry."""

from __future__ import annotations

CHARACTERS = {"a grey cat": "tom", "a brown mouse": "jerry"}  # as captions of ToonWorld name them
NAMED = tuple(CHARACTERS.values())


def named(caption: str) -> str:
    """A caption with the characters' names in place of the animals that they are."""
    for words, name in CHARACTERS.items():
        caption = caption.replace(words, name)
    return caption


def names_in(caption: str) -> set[str]:
    """The characters that a caption calls by name."""
    return set(caption.replace(",", " ").split()) & set(NAMED)

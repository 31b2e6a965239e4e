"""A tokenizer of whole words: ToonWorld's captions use a few dozen, and each is one token."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from toonkit.images.captions import normalise_caption
from toonkit.project.errors import ToonkitError

SPECIAL = ("[pad]", "[begin]", "[end]", "[unknown]")
PAD, BEGIN, END, UNKNOWN = range(len(SPECIAL))
COMMA = ","


def words_of(caption: str) -> list[str]:
    """The words of a caption in normal form; a comma is a word."""
    return normalise_caption(caption).replace(COMMA, f" {COMMA} ").split()


def vocabulary(captions: Sequence[str]) -> tuple[str, ...]:
    """The different words of captions, in alphabetical order."""
    return tuple(sorted({word for caption in captions for word in words_of(caption)}))


class Tokenizer:
    """Captions to numbers and back. Number n + len(SPECIAL) is the n-th of `words`; another word is UNKNOWN."""

    def __init__(self, words: Sequence[str]) -> None:
        self.words = (*SPECIAL, *words)
        self.numbers = {word: number for number, word in enumerate(self.words)}

    def __len__(self) -> int:
        return len(self.words)

    def encode(self, captions: Sequence[str], length: int) -> Tensor:
        """Tokens (N, length): BEGIN, the words, END, then PAD. Raises ToonkitError for a caption that does not fit."""
        rows = torch.full((len(captions), length), PAD)
        for row, caption in enumerate(captions):
            numbers = [BEGIN, *(self.numbers.get(word, UNKNOWN) for word in words_of(caption)), END]
            if len(numbers) > length:
                raise ToonkitError(f"{caption!r} has {len(numbers) - 2} words; at most {length - 2} fit")
            rows[row, : len(numbers)] = torch.tensor(numbers)
        return rows

    def decode(self, tokens: Tensor) -> list[str]:
        """Captions of tokens (N, L), each up to its END, as `normalise_caption` writes them."""
        captions = []
        for row in tokens.tolist():
            said = row[: row.index(END)] if END in row else row
            words = [self.words[number] for number in said if number not in (PAD, BEGIN)]
            captions.append(" ".join(words).replace(f" {COMMA}", COMMA))
        return captions

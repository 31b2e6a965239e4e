"""The loss of a captioner."""

from __future__ import annotations

import torch.nn.functional as F
from torch import Tensor


def next_word_loss(scores: Tensor, tokens: Tensor, pad: int, smoothing: float = 0.0) -> Tensor:
    """Cross-entropy of each next token, as BLIP has it: scores (N, L, words) and tokens (N, L); scalar.

    `pad` is the token that stands after a caption, of which nothing is asked; `smoothing` the share of a word's
    probability that is spread over all words.
    """
    wanted = tokens[:, 1:].masked_fill(tokens[:, 1:] == pad, -100)  # (N, L - 1)
    return F.cross_entropy(scores[:, :-1].flatten(0, 1), wanted.flatten(), ignore_index=-100, label_smoothing=smoothing)

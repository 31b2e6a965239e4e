"""BLIP, from transformers: a small one that is trained from scratch, or the published base."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from transformers import BlipConfig, BlipForConditionalGeneration

from toonkit.chapters.captions.words import BEGIN, END, PAD, Tokenizer
from toonkit.project.errors import ToonkitError

PATCH = 8  # pixels a side of a vision token; 16
BEAMS = 3  # of the search for a caption
INITIAL = 0.02  # deviation of the first weights; transformers' own of the vision part is 1e-10, made to be replaced


class Captioner(nn.Module):
    """A small BLIP: a vision transformer, and a text decoder that reads its tokens by cross-attention."""

    pad = PAD  # the token that stands after a caption
    smoothing = 0.0  # of the words that it is to say

    def __init__(self, words: tuple[str, ...], size: int, width: int, layers: int, heads: int, length: int) -> None:
        super().__init__()
        if width % heads:
            raise ToonkitError(f"{heads} attention heads do not divide {width} channels; choose a divisor of {width}")
        if size % PATCH:
            raise ToonkitError(
                f"a picture of {size} px is not cut into patches of {PATCH} px; use a multiple of {PATCH}"
            )
        self.tokenizer = Tokenizer(words)
        self.length = length
        self.size = size
        self.blip = BlipForConditionalGeneration(_small(len(self.tokenizer), size, width, layers, heads, length))

    def tokens_seen(self, pictures: Tensor) -> Tensor:
        """What BLIP sees in square pictures, resized to its own size: one token for all, one a patch, (N, L, width)."""
        if pictures.shape[-1] != self.size:
            pictures = F.interpolate(pictures, (self.size, self.size), mode="bilinear", antialias=True)
        return self.blip.vision_model(pixel_values=pictures).last_hidden_state

    def forward(self, pictures: Tensor, tokens: Tensor) -> Tensor:
        """Scores (N, L, words) of what follows each token of captions (N, L), given pictures (N, 3, size, size)."""
        mask = (tokens != PAD).long()
        return self.blip(pixel_values=pictures, input_ids=tokens, attention_mask=mask).logits

    @torch.no_grad()
    def caption(self, pictures: Tensor, beams: int = BEAMS) -> list[str]:
        """What pictures (N, 3, size, size) show, each in a sentence, by beam search (1 beam: greedy)."""
        tokens = self.blip.generate(pictures, max_length=self.length, num_beams=beams, do_sample=False)
        return self.tokenizer.decode(tokens)


def _small(words: int, size: int, width: int, layers: int, heads: int, length: int) -> BlipConfig:
    """The configuration of a small BLIP; both parts have the same width, layers and heads."""
    common = {
        "hidden_size": width,
        "intermediate_size": 4 * width,
        "num_hidden_layers": layers,
        "num_attention_heads": heads,
        "initializer_range": INITIAL,
    }
    text = {
        "vocab_size": words,
        "encoder_hidden_size": width,
        "max_position_embeddings": length,
        "bos_token_id": BEGIN,
        "eos_token_id": END,
        "sep_token_id": END,
        "pad_token_id": PAD,
    }
    vision = {"image_size": size, "patch_size": PATCH}
    untied = {"tie_word_embeddings": False}  # a file of weights holds no tensor twice
    return BlipConfig(text_config=common | text | untied, vision_config=common | vision, **untied)

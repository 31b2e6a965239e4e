"""The published BLIP, fine-tuned: the report's own captioner, for whoever has its weights on the machine."""

from __future__ import annotations

from collections.abc import Sequence

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from transformers import AutoProcessor, BlipForConditionalGeneration
from transformers.image_utils import OPENAI_CLIP_MEAN, OPENAI_CLIP_STD

from toonkit.images.captions import normalise_caption
from toonkit.networks.inputs import normalised
from toonkit.project.errors import SourceError

NAME = "Salesforce/blip-image-captioning-base"
BEAMS = 3


class PublishedTokenizer:
    """BLIP's own tokenizer, with the methods of `words.Tokenizer`."""

    def __init__(self) -> None:
        self.processor = _from_hub(AutoProcessor)

    def encode(self, captions: Sequence[str], length: int) -> Tensor:
        """Tokens (N, length) of captions; a longer one is cut."""
        whole = {"padding": "max_length", "truncation": True, "max_length": length, "return_tensors": "pt"}
        return self.processor.tokenizer(list(captions), **whole).input_ids

    def decode(self, tokens: Tensor) -> list[str]:
        """Captions of tokens (N, L), in normal form."""
        found = self.processor.tokenizer.batch_decode(tokens, skip_special_tokens=True)
        return [normalise_caption(caption) for caption in found]


class PublishedCaptioner(nn.Module):
    """BLIP as it was published, with the methods of `networks.Captioner`; pictures are resized to its own size."""

    def __init__(self, length: int) -> None:
        super().__init__()
        self.tokenizer = PublishedTokenizer()
        self.length = length
        self.blip = _from_hub(BlipForConditionalGeneration)

    def tokens_seen(self, pictures: Tensor) -> Tensor:
        """BLIP's encoding of pictures (N, 3, H, W): (N, 1 + patches, width)."""
        return self.blip.vision_model(pixel_values=self._prepared(pictures)).last_hidden_state

    def forward(self, pictures: Tensor, tokens: Tensor) -> Tensor:
        """Mean cross-entropy of each next word of captions, given pictures (N, 3, H, W) and tokens (N, L)."""
        pad = self.tokenizer.processor.tokenizer.pad_token_id
        labels = tokens.masked_fill(tokens == pad, -100)  # (N, L)
        mask = (tokens != pad).long()
        seen = self._prepared(pictures)
        return self.blip(pixel_values=seen, input_ids=tokens, attention_mask=mask, labels=labels).loss

    @torch.no_grad()
    def caption(self, pictures: Tensor, beams: int = BEAMS) -> list[str]:
        """What pictures (N, 3, H, W) show, each in a sentence."""
        prepared = self._prepared(pictures)
        tokens = self.blip.generate(prepared, max_length=self.length, num_beams=beams, do_sample=False)
        return self.tokenizer.decode(tokens)

    def _prepared(self, pictures: Tensor) -> Tensor:
        side = self.blip.config.vision_config.image_size
        resized = F.interpolate(pictures.float(), (side, side), mode="bicubic", antialias=True)
        return normalised(resized, OPENAI_CLIP_MEAN, OPENAI_CLIP_STD)  # which it was trained with


def _from_hub(kind: type) -> object:
    """A part of BLIP out of the local cache. Raises SourceError where it is not there."""
    try:
        return kind.from_pretrained(NAME, local_files_only=True)
    except (OSError, ValueError) as error:
        raise SourceError(
            f"{NAME} (BSD-3-Clause, 990 MB) is not in this machine's Hugging Face cache; fetch it once, with "
            f"`hf download {NAME}`, or use the network 'small'"
        ) from error

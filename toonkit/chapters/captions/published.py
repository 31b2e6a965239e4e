"""The published BLIP, to be fine-tuned: the report's own captioner, once `toonkit fetch blip-base` brought it."""

from __future__ import annotations

from collections.abc import Sequence

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from transformers import AutoTokenizer, BlipConfig, BlipForConditionalGeneration
from transformers.image_utils import OPENAI_CLIP_MEAN, OPENAI_CLIP_STD

from toonkit.images.captions import normalise_caption
from toonkit.images.sources import open_source
from toonkit.networks.inputs import normalised
from toonkit.networks.pretrained import network_files, pretrained
from toonkit.project.errors import WeightsError

NAME = "blip-base"  # Salesforce/blip-image-captioning-base
BEAMS = 3


class PublishedTokenizer:
    """BLIP's own tokenizer, with the methods of `words.Tokenizer`. Raises SourceError where it is not here."""

    def __init__(self) -> None:
        _, others = network_files(NAME)
        (folder,) = {open_source(NAME, entry.path) for entry in others}  # checks every file's digest
        self.tokenizer = AutoTokenizer.from_pretrained(folder, local_files_only=True)

    def encode(self, captions: Sequence[str], length: int) -> Tensor:
        """Tokens (N, length) of captions; a longer one is cut."""
        whole = {"padding": "max_length", "truncation": True, "max_length": length, "return_tensors": "pt"}
        return self.tokenizer(list(captions), **whole).input_ids

    def decode(self, tokens: Tensor) -> list[str]:
        """Captions of tokens (N, L), in normal form."""
        found = self.tokenizer.batch_decode(tokens, skip_special_tokens=True)
        return [normalise_caption(caption) for caption in found]


class PublishedCaptioner(nn.Module):
    """BLIP as it was published, with the methods of `networks.Captioner`; pictures are resized to its own size."""

    def __init__(self, length: int) -> None:
        super().__init__()
        self.tokenizer = PublishedTokenizer()
        self.pad: int = self.tokenizer.tokenizer.pad_token_id
        self.length = length
        self.blip = _published()
        self.smoothing: float = self.blip.config.text_config.label_smoothing

    def tokens_seen(self, pictures: Tensor) -> Tensor:
        """BLIP's encoding of pictures (N, 3, H, W): (N, 1 + patches, width)."""
        return self.blip.vision_model(pixel_values=self._prepared(pictures)).last_hidden_state

    def forward(self, pictures: Tensor, tokens: Tensor) -> Tensor:
        """Scores (N, L, words) of what follows each token of captions (N, L), given pictures (N, 3, H, W)."""
        mask = (tokens != self.pad).long()
        return self.blip(pixel_values=self._prepared(pictures), input_ids=tokens, attention_mask=mask).logits

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


def _published() -> BlipForConditionalGeneration:
    """BLIP with its published weights.

    Raises SourceError, naming the command, where they are not here, WeightsError where some are missing from the file.
    """
    config = BlipConfig.from_pretrained(open_source(NAME, "config.json"), local_files_only=True)
    network, found = BlipForConditionalGeneration.from_pretrained(
        None, config=config, state_dict=pretrained(NAME), output_loading_info=True
    )
    lacking = sorted(found["missing_keys"])
    if lacking:
        raise WeightsError(f"the weights of {NAME} lack {lacking[0]} and {len(lacking) - 1} more; fetch them again")
    return network

"""BLIP base and Stable Diffusion's autoencoder as the hub has them: the published layout, small, of random weights."""

from __future__ import annotations

import json
from pathlib import Path

import safetensors.torch
import torch
from diffusers import AutoencoderKL
from transformers import BlipConfig, BlipForConditionalGeneration

SIGNS = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]")
WORDS = (*SIGNS, "a", "cat", "mouse", "sits", "in", "room", "picture", "of", "[DEC]")
TINY = {"hidden_size": 16, "intermediate_size": 32, "num_hidden_layers": 1, "num_attention_heads": 2}
OLD_NAMES = {"to_q": "query", "to_k": "key", "to_v": "value", "to_out.0": "proj_attn"}  # which the published file has


def tiny_blip() -> BlipForConditionalGeneration:
    text = {"vocab_size": len(WORDS), "encoder_hidden_size": 16, "max_position_embeddings": 32}
    ends = {"bos_token_id": 13, "eos_token_id": 3, "sep_token_id": 3, "pad_token_id": 0}
    vision = TINY | {"image_size": 32, "patch_size": 8, "initializer_range": 0.02}
    torch.manual_seed(0)
    return BlipForConditionalGeneration(BlipConfig(text_config=TINY | text | ends, vision_config=vision)).eval()


def write_blip(network: BlipForConditionalGeneration, folder: Path, leave_out: str = "") -> None:
    """The files of the hub: configuration, tokenizer, and a state dict that ties the words and has old buffers."""
    network.config.to_json_file(folder / "config.json")
    (folder / "vocab.txt").write_text("\n".join(WORDS) + "\n")
    about = {"tokenizer_class": "BertTokenizer", "do_lower_case": True}
    (folder / "tokenizer_config.json").write_text(json.dumps(about))
    tensors = dict(network.state_dict()) | {"text_decoder.bert.embeddings.position_ids": torch.arange(32)[None]}
    torch.save({name: tensor for name, tensor in tensors.items() if name != leave_out}, folder / "pytorch_model.bin")


def tiny_autoencoder() -> AutoencoderKL:
    """Stable Diffusion's layout with few channels: four levels, attention in the middle."""
    torch.manual_seed(0)
    down, up = ("DownEncoderBlock2D",) * 4, ("UpDecoderBlock2D",) * 4
    widths = (8, 8, 16, 16)
    return AutoencoderKL(3, 3, down, up, widths, latent_channels=4, norm_num_groups=4, layers_per_block=2).eval()


def write_autoencoder(network: AutoencoderKL, folder: Path) -> None:
    network.save_config(folder)
    renamed = {}
    for name, tensor in network.state_dict().items():
        for new, old in OLD_NAMES.items():
            name = name.replace(f".{new}.", f".{old}.")
        renamed[name] = tensor
    safetensors.torch.save_file(renamed, folder / "diffusion_pytorch_model.safetensors")

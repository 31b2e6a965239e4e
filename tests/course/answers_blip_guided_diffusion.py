"""Right and wrong answers to the exercises of notebook 09."""

from __future__ import annotations

import torch
from diffusers import DDPMScheduler
from diffusers.models.attention_processor import Attention
from torch import Tensor


def share_by_product(t: int, first: float, last: float, steps: int) -> float:
    kept = 1.0
    for step in range(t + 1):
        root = first**0.5 + (last**0.5 - first**0.5) * step / (steps - 1)
        kept *= 1 - root**2
    return (1 - kept) ** 0.5


def share_by_diffusers(t: int, first: float, last: float, steps: int) -> Tensor:
    return (1 - DDPMScheduler(steps, first, last, beta_schedule="scaled_linear").alphas_cumprod[t]).sqrt()


def share_linear(t: int, first: float, last: float, steps: int) -> float:
    return float((1 - (1 - torch.linspace(first, last, steps))[: t + 1].prod()).sqrt())


def share_without_t(t: int, first: float, last: float, steps: int) -> float:
    betas = torch.linspace(first**0.5, last**0.5, steps) ** 2
    return float((1 - (1 - betas[:t]).prod()).sqrt())


def share_squared(t: int, first: float, last: float, steps: int) -> float:
    return share_by_product(t, first, last, steps) ** 2


def share_kept(t: int, first: float, last: float, steps: int) -> float:
    return (1 - share_by_product(t, first, last, steps) ** 2) ** 0.5


def heads_by_diffusers(q: Tensor, k: Tensor, v: Tensor, heads: int) -> Tensor:
    layer = Attention(query_dim=q.shape[2], heads=heads, dim_head=q.shape[2] // heads)
    q, k, v = (layer.head_to_batch_dim(part) for part in (q, k, v))
    return layer.batch_to_head_dim(torch.bmm(layer.get_attention_scores(q, k), v)).detach()


def heads_by_loop(q: Tensor, k: Tensor, v: Tensor, heads: int) -> Tensor:
    result, width = torch.empty_like(q), q.shape[2] // heads
    for head in range(heads):
        own = slice(head * width, (head + 1) * width)
        scores = torch.einsum("nlc,nmc->nlm", q[..., own], k[..., own]) / width**0.5
        result[..., own] = torch.einsum("nlm,nmc->nlc", scores.softmax(-1), v[..., own])
    return result


def one_head(q: Tensor, k: Tensor, v: Tensor, heads: int) -> Tensor:
    return ((q @ k.transpose(1, 2)) / q.shape[2] ** 0.5).softmax(2) @ v


def heads_of_whole_width(q: Tensor, k: Tensor, v: Tensor, heads: int) -> Tensor:
    parts = zip(q.chunk(heads, 2), k.chunk(heads, 2), v.chunk(heads, 2), strict=True)
    return torch.cat([((a @ b.transpose(1, 2)) / q.shape[2] ** 0.5).softmax(2) @ c for a, b, c in parts], 2)


def heads_over_queries(q: Tensor, k: Tensor, v: Tensor, heads: int) -> Tensor:
    parts = zip(q.chunk(heads, 2), k.chunk(heads, 2), v.chunk(heads, 2), strict=True)
    return torch.cat([((a @ b.transpose(1, 2)) / a.shape[2] ** 0.5).softmax(1) @ c for a, b, c in parts], 2)


def heads_interleaved(q: Tensor, k: Tensor, v: Tensor, heads: int) -> Tensor:
    result = torch.empty_like(q)
    for head in range(heads):
        a, b, c = (part[..., head::heads] for part in (q, k, v))
        result[..., head::heads] = ((a @ b.transpose(1, 2)) / a.shape[2] ** 0.5).softmax(2) @ c
    return result


def teaches_by_grad(loss: Tensor, parameters: list[Tensor]) -> bool:
    if loss.grad_fn is None:
        return False
    slopes = torch.autograd.grad(loss, parameters, allow_unused=True, retain_graph=True)
    return any(slope is not None and bool(slope.any()) for slope in slopes)


def teaches_by_backward(loss: Tensor, parameters: list[Tensor]) -> Tensor:
    for parameter in parameters:
        parameter.grad = torch.zeros_like(parameter)
    if loss.requires_grad:
        loss.backward()
    return torch.stack([parameter.grad.abs().max() for parameter in parameters]).max() > 0


def teaches_if_it_hangs(loss: Tensor, parameters: list[Tensor]) -> bool:
    return loss.requires_grad


def teaches_by_sum(loss: Tensor, parameters: list[Tensor]) -> bool:
    if not loss.requires_grad:
        return False
    slopes = torch.autograd.grad(loss, parameters, allow_unused=True)
    return any(slope is not None and abs(float(slope.sum())) > 1e-9 for slope in slopes)


def teaches_all(loss: Tensor, parameters: list[Tensor]) -> bool:
    if not loss.requires_grad:
        return False
    slopes = torch.autograd.grad(loss, parameters, allow_unused=True)
    return all(slope is not None and bool(slope.any()) for slope in slopes)


def teaches_by_value(loss: Tensor, parameters: list[Tensor]) -> bool:
    return loss.requires_grad and teaches_by_grad(loss, parameters) and float(loss.detach()) != 0


def teaches_upwards(loss: Tensor, parameters: list[Tensor]) -> bool:
    if not loss.requires_grad:
        return False
    slopes = torch.autograd.grad(loss, parameters, allow_unused=True)
    return any(slope is not None and float(slope.max()) > 0 for slope in slopes)


RIGHT = {
    "noise_share": {"a product in a loop": share_by_product, "diffusers' scheduler": share_by_diffusers},
    "many_heads": {"diffusers' layer": heads_by_diffusers, "a loop with einsum": heads_by_loop},
    "can_teach": {"autograd.grad": teaches_by_grad, "backward": teaches_by_backward},
}
WRONG = {
    "noise_share": {
        "betas that rise evenly": share_linear,
        "one step short": share_without_t,
        "the variance": share_squared,
        "what is kept": share_kept,
    },
    "many_heads": {
        "one head": one_head,
        "the root of the whole width": heads_of_whole_width,
        "softmax over the queries": heads_over_queries,
        "every heads-th channel": heads_interleaved,
    },
    "can_teach": {
        "whatever hangs on something": teaches_if_it_hangs,
        "slopes that cancel": teaches_by_sum,
        "all parameters": teaches_all,
        "a loss of 0": teaches_by_value,
        "slopes above 0": teaches_upwards,
    },
}

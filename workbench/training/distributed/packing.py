"""Tensors as bytes, as the processes of a training send them to each other."""

from __future__ import annotations

from collections.abc import Mapping

import safetensors.torch
from torch import Tensor


def packed(tensors: Mapping[str, Tensor]) -> bytes:
    """Returns tensors as bytes, from any device, and those too that share memory."""
    plain = {name: tensor.detach().cpu().contiguous().clone() for name, tensor in tensors.items()}
    return safetensors.torch.save(plain)


def unpacked(data: bytes) -> dict[str, Tensor]:
    """Returns the tensors that were packed, on the CPU."""
    return safetensors.torch.load(data)

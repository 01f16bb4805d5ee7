"""A copy of tensors in memory that is kept for the next one: no allocation, and so no page faults, at every copy."""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor


class KeptCopy:
    """Buffers on the CPU, filled again and again; whoever reads them is done before the next copy."""

    def __init__(self) -> None:
        self._buffers: dict[str, Tensor] = {}

    def of(self, tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
        """Returns contiguous copies of the tensors as they are now; they are overwritten by the next call."""
        with torch.no_grad():
            return {name: self._buffer(name, tensor).copy_(tensor) for name, tensor in tensors.items()}

    def _buffer(self, name: str, tensor: Tensor) -> Tensor:
        kept = self._buffers.get(name)
        if kept is None or kept.shape != tensor.shape or kept.dtype != tensor.dtype:
            kept = self._buffers[name] = torch.empty(tensor.shape, dtype=tensor.dtype)
        return kept

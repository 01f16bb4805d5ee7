"""Tensors that are sent are those that arrive, whatever memory they lie in."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor

from workbench.training.distributed.packing import packed, unpacked

BASE = torch.arange(12, dtype=torch.float64).reshape(3, 4)


@pytest.mark.parametrize(
    "tensors",
    [
        {"whole": BASE, "the same": BASE, "a part": BASE[1:], "turned": BASE.T},
        {"learnt": BASE.clone().requires_grad_(), "numbers": torch.tensor([3, -1]), "truth": torch.tensor(True)},
        {"empty": torch.zeros(0, 3), "scalar": torch.tensor(2.5, dtype=torch.bfloat16)},
        {},
    ],
)
def test_what_is_packed_is_unpacked(tensors: dict[str, Tensor]) -> None:
    found = unpacked(packed(tensors))
    assert found.keys() == tensors.keys()
    for name, tensor in tensors.items():
        assert found[name].dtype == tensor.dtype
        assert torch.equal(found[name], tensor)

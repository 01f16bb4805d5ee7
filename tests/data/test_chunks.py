"""Large arrays have memory of their own."""

from __future__ import annotations

import mmap

import numpy as np

from workbench.data.chunks import LARGE, zeros


def test_large_arrays_have_memory_of_their_own() -> None:
    large, small = zeros((LARGE // 64, 8, 8)), zeros((3, 5))
    base = large
    while isinstance(base, np.ndarray) and base.base is not None:
        base = base.base
    owner = base.obj if isinstance(base, memoryview) else base
    assert isinstance(owner, mmap.mmap)
    assert small.flags.owndata
    for array, shape in ((large, (LARGE // 64, 8, 8)), (small, (3, 5))):
        assert array.shape == shape
        assert array.dtype == np.uint8
        assert array.flags.writeable
        assert not array.any()
        array[-1] = 7
        assert array[-1].min() == 7

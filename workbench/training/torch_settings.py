"""What of torch's own settings a run changes while it is on."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

import torch


@contextlib.contextmanager
def torch_settings(threads: int, device: torch.device) -> Iterator[None]:
    """Thread count and, where the device has others, deterministic algorithms, for as long as a run is on."""
    before = torch.get_num_threads(), torch.get_deterministic_debug_mode()
    deterministic: Any = torch.utils.deterministic  # its one setting is no declared attribute
    fills = deterministic.fill_uninitialized_memory
    torch.set_num_threads(threads)
    # Not use_deterministic_algorithms, which sets the same but loads torch's compiler, in a second.
    torch.set_deterministic_debug_mode("default" if device.type == "cpu" else "warn")
    deterministic.fill_uninitialized_memory = False  # its NaN filling costs a pass over every tensor
    try:
        yield
    finally:
        torch.set_num_threads(before[0])
        torch.set_deterministic_debug_mode(before[1])
        deterministic.fill_uninitialized_memory = fills

"""torch's optimisers without torch's compiler, which they load at their first use though only compiled code needs it.

Loading `torch._dynamo` takes a second of CPU time and 170 MB, before the first step of every training.
"""

from __future__ import annotations

import inspect
from typing import Any

import torch
from torch.optim import Optimizer

# What a decorator of torch looks for on the function that it wraps, before it loads the compiler to make it.
_DISABLED = "__dynamo_disable"


def spare_compiler() -> None:
    """Lets the methods of optimisers run as they are; where torch is built otherwise, nothing is changed."""
    for method in (Optimizer.add_param_group, Optimizer.zero_grad, Optimizer.state_dict, Optimizer.load_state_dict):
        inner = getattr(method, "__wrapped__", None)
        if inner is not None and not hasattr(inner, _DISABLED):
            setattr(inner, _DISABLED, inner)


def forget_gradients(optimizer: Optimizer) -> None:
    """Does what `zero_grad` does, past the profiling round it."""
    for group in optimizer.param_groups:
        for weight in group["params"]:
            weight.grad = None


def step(optimizer: Optimizer) -> None:
    """Makes one step, by the optimiser's own rule but past the wrappers round it: hooks, profiling and the compiler."""
    rule: Any = inspect.unwrap(type(optimizer).step)
    with torch.no_grad():
        rule(optimizer)

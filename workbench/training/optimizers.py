"""The optimiser of a run, and its state by parameter name."""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor, nn

from workbench.training.config import TrainingConfig

PREFIX = "optimizer."


def make_optimizer(config: TrainingConfig, weights: Mapping[str, nn.Parameter]) -> torch.optim.Optimizer:
    """The optimiser that the settings name, over the given weights."""
    parameters = [{"params": list(weights.values())}]  # which may be none: some modules learn by a rule of their own
    if config.optimizer == "SGD":
        nesterov = config.nesterov and config.momentum > 0
        return torch.optim.SGD(
            parameters, config.lr, config.momentum, weight_decay=config.weight_decay, nesterov=nesterov, foreach=True
        )
    cls = torch.optim.AdamW if config.optimizer == "AdamW" else torch.optim.Adam
    betas = (config.momentum, config.beta2)
    return cls(parameters, config.lr, betas, weight_decay=config.weight_decay, foreach=True)


def state_tensors(optimizer: torch.optim.Optimizer, weights: Mapping[str, nn.Parameter]) -> dict[str, Tensor]:
    """The optimiser's state as `optimizer.<weight>.<quantity>`."""
    return {
        f"{PREFIX}{name}.{quantity}": value
        for name, weight in weights.items()
        for quantity, value in optimizer.state.get(weight, {}).items()
        if isinstance(value, Tensor)
    }


def load_state_tensors(
    optimizer: torch.optim.Optimizer, weights: Mapping[str, nn.Parameter], tensors: Mapping[str, Tensor]
) -> None:
    """Puts back what `state_tensors` gave; memory formats follow the weights, so that going on is bit-identical."""
    for key, tensor in tensors.items():
        if key.startswith(PREFIX):
            name, _, quantity = key.removeprefix(PREFIX).rpartition(".")
            weight = weights[name]
            if tensor.shape == weight.shape and quantity != "step":
                tensor = torch.empty_like(weight, requires_grad=False).copy_(tensor)
            optimizer.state[weight][quantity] = tensor


def check_state(config: TrainingConfig, optimizer: torch.optim.Optimizer, weights: Mapping[str, nn.Parameter]) -> None:
    """Refuses a state that the optimiser could not go on with; it would find out in the midst of a step.

    Raises:
        ValueError: a quantity is missing, not the optimiser's own, or of another shape than its weight.
    """
    probe = nn.Parameter(torch.zeros(1))
    probe.grad = torch.zeros(1)
    own = make_optimizer(config, {"probe": probe})
    own.step()
    quantities = set(own.state[probe])
    for name, weight in weights.items():
        state = optimizer.state.get(weight, {})
        if state and set(state) != quantities:
            raise ValueError(
                f"the optimiser keeps {sorted(quantities)} of each weight, but there is {sorted(state)} of {name}"
            )
        for quantity, value in state.items():
            shape = () if quantity == "step" else tuple(weight.shape)
            if isinstance(value, Tensor) and tuple(value.shape) != shape:
                raise ValueError(f"{quantity} of {name} has the shape {tuple(value.shape)} instead of {shape}")

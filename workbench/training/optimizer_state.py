"""The optimiser of a run, and its state by parameter name."""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor, nn

from workbench.training.config import TrainingConfig
from workbench.training.light_optimizer import spare_compiler, step

PREFIX = "optimizer."


def make_optimizer(config: TrainingConfig, weights: Mapping[str, nn.Parameter]) -> torch.optim.Optimizer:
    """Returns the optimiser that the settings name, over the given weights."""
    spare_compiler()
    groups = [{"params": list(weights.values())}]  # which may be none: some modules learn by a rule of their own
    return config.chosen_optimizer.make(groups, lr=config.lr, weight_decay=config.weight_decay)


def state_tensors(optimizer: torch.optim.Optimizer, weights: Mapping[str, nn.Parameter]) -> dict[str, Tensor]:
    """The optimiser's state as `optimizer.<weight>.<quantity>`."""
    return {
        f"{PREFIX}{name}.{quantity}": value
        for name, weight in weights.items()
        for quantity, value in optimizer.state.get(weight, {}).items()
        if isinstance(value, Tensor)
    }


def load_state_tensors(
    config: TrainingConfig,
    optimizer: torch.optim.Optimizer,
    weights: Mapping[str, nn.Parameter],
    tensors: Mapping[str, Tensor],
) -> None:
    """Puts back what `state_tensors` gave; memory formats follow the weights, so that going on is bit-identical.

    Raises:
        KeyError: a tensor belongs to no weight.
        ValueError: the optimiser could not go on with it, which it would find out in the midst of a step: a quantity is
            missing, not its own, or of another shape than its weight.
    """
    per_weight = _quantities(config)
    for key, tensor in tensors.items():
        if key.startswith(PREFIX):
            name, _, quantity = key.removeprefix(PREFIX).rpartition(".")
            weight = weights[name]
            if per_weight.get(quantity) and tensor.shape == weight.shape:
                tensor = torch.empty_like(weight, requires_grad=False).copy_(tensor)
            optimizer.state[weight][quantity] = tensor
    for name, weight in weights.items():
        _check_state(name, weight, optimizer.state.get(weight, {}), per_weight)


def _check_state(name: str, weight: nn.Parameter, state: Mapping[str, object], per_weight: Mapping[str, bool]) -> None:
    if state and set(state) != set(per_weight):
        raise ValueError(
            f"the optimiser keeps {sorted(per_weight)} of each weight, but there is {sorted(state)} of {name}"
        )
    for quantity, value in state.items():
        shape = tuple(weight.shape) if per_weight[quantity] else ()
        if isinstance(value, Tensor) and tuple(value.shape) != shape:
            raise ValueError(f"{quantity} of {name} has the shape {tuple(value.shape)} instead of {shape}")


def _quantities(config: TrainingConfig) -> dict[str, bool]:
    """What the optimiser keeps of each weight, and whether it is as large as the weight or a single number."""
    probe = nn.Parameter(torch.zeros(2, 3))
    probe.grad = torch.zeros(2, 3)
    own = make_optimizer(config, {"probe": probe})
    step(own)
    return {
        quantity: isinstance(value, Tensor) and value.shape == probe.shape
        for quantity, value in own.state[probe].items()
    }

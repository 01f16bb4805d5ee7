"""A moving average of the weights: it answers better than any of the weights that it is made of.

Polyak & Juditsky 1992; as an exponential average with a decay that rises in the beginning, as in Adam's followers.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import torch
from torch import Tensor, nn

from workbench.training.config import TrainingConfig


class Averaged:
    """The average of a network's weights and statistics over the steps of a run.

    Attributes:
        count: how often weights were taken in; the first time all are taken as they are.
    """

    def __init__(self, modules: nn.Module, *, decay: float, every: int, count: int = 0) -> None:
        """Begins with the weights as they are.

        Args:
            modules: the network.
            decay: the share of the old average that stays each time, once many were taken in.
            every: after how many steps weights are taken in.
            count: how often that was done before, for a run that goes on.
        """
        self._modules, self._decay, self._every, self.count = modules, decay, every, count
        self._weights = {name: tensor.detach().clone() for name, tensor in modules.state_dict().items()}

    def after_step(self, step: int) -> None:
        """Takes the weights in, if it is the turn of this step."""
        if step % self._every:
            return
        # As many weights as there are count alike at first: the average would else be that of the beginning.
        decay = min(self._decay, (1 + self.count) / (10 + self.count)) if self.count else 0.0
        self.count += 1
        current = self._modules.state_dict()
        floats = [name for name, tensor in current.items() if tensor.is_floating_point()]
        with torch.no_grad():
            torch._foreach_lerp_(
                [self._weights[name] for name in floats], [current[name] for name in floats], 1 - decay
            )
            for name in current.keys() - set(floats):
                self._weights[name].copy_(current[name])

    def tensors(self) -> dict[str, Tensor]:
        """Returns the average, by state_dict key; it goes on changing."""
        return self._weights

    def load(self, tensors: Mapping[str, Tensor]) -> None:
        """Puts back what `tensors` gave.

        Raises:
            KeyError: it is of another network.
            RuntimeError: a shape is another one.
        """
        for name, tensor in self._weights.items():
            tensor.copy_(tensors[name])

    @contextmanager
    def applied(self) -> Iterator[None]:
        """Puts the average into the network, and the weights that learn back afterwards."""
        current = self._modules.state_dict()
        kept = {name: tensor.clone() for name, tensor in current.items()}
        with torch.no_grad():
            for name, tensor in current.items():
                tensor.copy_(self._weights[name])
        try:
            yield
        finally:
            with torch.no_grad():
                for name, tensor in current.items():
                    tensor.copy_(kept[name])


def average_notes(config: TrainingConfig) -> list[str]:
    """Returns a sentence about which weights a run is judged and used by, where that is not plain."""
    if config.average_decay is None:
        return []
    return [
        f"Validation, test, Look and predictions use a moving average of the weights (decay {config.average_decay:g}, "
        f"every {config.average_steps} steps), not the weights of the last step."
    ]

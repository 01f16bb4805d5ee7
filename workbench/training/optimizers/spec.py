"""How an optimiser is declared: one class, whose fields are its own settings by torch's names.

See `sgd.py` for the shortest one. Learning rate and weight decay are settings of every training, and are handed over.
Nothing here loads torch before an optimiser is made.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

from pydantic import BaseModel, ConfigDict

from workbench.core.registry import Registry

if TYPE_CHECKING:
    import torch

REGISTRY: Registry[type[Optimizer]] = Registry("workbench.training.optimizers")
O = TypeVar("O", bound="type[Optimizer]")  # noqa: E741
Groups = list[dict[str, Any]]


class Optimizer(BaseModel):
    """One way for weights to follow their gradients; subclasses are declared with the decorator `@optimizer`.

    Attributes:
        title: what people read.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False, defer_build=True)

    title: ClassVar[str] = ""

    def make(self, groups: Groups, *, lr: float, weight_decay: float) -> torch.optim.Optimizer:
        """Makes the optimiser.

        Args:
            groups: the weights as torch takes them, `[{"params": [...]}]`; there may be none in a group.
            lr: the learning rate that it begins with.
            weight_decay: how strongly weights are pulled towards zero.
        """
        raise NotImplementedError


def optimizer(*, title: str) -> Callable[[O], O]:
    """Registers an optimiser by the name of its class, which is the name that torch has for it."""
    return REGISTRY.declares(title=title)

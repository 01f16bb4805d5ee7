"""What the losses have in common that compare vectors of one sample with each other."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import Field

from workbench.core.values import Value
from workbench.layers.base_loss import Loss
from workbench.layers.spec import SetWidth, ShapeError


class EmbeddingLoss(Loss):
    """Compares vectors that a network makes of several things; the subclasses say which and how."""

    stem: ClassVar[str] = "loss"
    takes_scores: ClassVar[str] = ""

    reduction: Literal["mean", "sum"] = Field("mean", description="Mean or sum over the batch")

    def divisor(self, value: Value, samples: int) -> float:
        """Each sample has one distance."""
        return super().divisor(value.reshaped(), samples)


def check_alike(first: Value, others: dict[str, Value]) -> None:
    """Refuses vectors of unequal length.

    Args:
        first: the vector that the others are compared with.
        others: by their ports.

    Raises:
        ShapeError: one has another length.
    """
    for port, other in others.items():
        if other.shape != first.shape:
            raise ShapeError(
                f"compares vectors of {first} and {other}; they must have one length.",
                port=port,
                found=str(other),
                needed=str(first),
                fixes=(SetWidth(first.channels),),
                fits=first,
            )

"""Class probabilities of a sample, from the scores that a network gives."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workbench.model.plan import Term

if TYPE_CHECKING:
    from torch import Tensor


def gives_probabilities(term: Term, scores: Tensor) -> bool:
    """Whether a loss makes probabilities of one class for each sample from these scores, (1, C)."""
    return term.layer.activation == "softmax" and scores.dim() == 2


def class_probabilities(term: Term, scores: Tensor) -> tuple[tuple[str, float], ...]:
    """Returns names and probabilities in the order of the classes; classes without names are called by their numbers.

    Args:
        term: the loss that the scores go to.
        scores: of one sample, (1, C).
    """
    import torch

    shares = torch.softmax(scores[0], 0).tolist()
    names = term.classes if len(term.classes) == len(shares) else tuple(map(str, range(len(shares))))
    return tuple(zip(names, shares, strict=True))

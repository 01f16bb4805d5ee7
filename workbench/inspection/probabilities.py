"""Class probabilities of a sample, from the scores that a network gives."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workbench.model.plan import Term
from workbench.training.metrics.spec import tells_labels

if TYPE_CHECKING:
    from torch import Tensor


def gives_probabilities(term: Term, scores: Tensor) -> bool:
    """Whether a loss makes probabilities of one class for each sample from these scores, (1, C)."""
    return term.layer.activation == "softmax" and scores.dim() == 2


def gives_labels(term: Term, scores: Tensor) -> bool:
    """Whether a loss makes of these scores, (1, C), for each of several labels how likely it is there."""
    is_told = term.answer is not None and tells_labels(term.layer, term.value, term.answer)
    return is_told and scores.dim() == 2 and len(term.classes) == scores.shape[1]


def label_probabilities(term: Term, scores: Tensor) -> tuple[tuple[str, float], ...]:
    """Returns names and probabilities of labels, each of which may be there, in their order.

    Args:
        term: the loss that the scores go to.
        scores: of one sample, (1, C).
    """
    import torch

    return tuple(zip(term.classes, torch.sigmoid(scores[0]).tolist(), strict=True))


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

"""What a network says of one sample, as people are shown it: probabilities, or masks over the picture."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from workbench.core.graph import Port
from workbench.data.spec import Array
from workbench.inspection.mask_overlays import Overlay, overlays
from workbench.inspection.portraits import Pixels
from workbench.inspection.predicting import best_classes, mask_classes, mask_result
from workbench.inspection.probabilities import (
    class_probabilities,
    gives_labels,
    gives_probabilities,
    label_probabilities,
)

if TYPE_CHECKING:
    from torch import Tensor

    from workbench.model.network import Network


def overlays_of(
    network: Network,
    known: Mapping[Port, Tensor],
    image: Pixels | None,
    true_mask: tuple[Array, tuple[str, ...]] | None,
) -> dict[str, Overlay]:
    """Returns a sample with the mask that a network predicts, and with the true one where it is known.

    Args:
        network: with its weights.
        known: what its ports give for the sample, (1, ...).
        image: the sample, (H, W, 3); None where it is no picture.
        true_mask: the true classes (H, W), and the names of all.
    """
    name = mask_result(network)
    scores = known.get(network.results[name]) if name else None
    if scores is None or image is None:
        return {}
    true, names = true_mask or (None, mask_classes(network, name))
    return overlays(image, true, best_classes(scores[0].float().cpu().numpy(), *image.shape[:2]), names)


def shares_of(network: Network, known: Mapping[Port, Tensor]) -> tuple[tuple[str, float], ...]:
    """Returns class names and probabilities, in the order of the classes; of several labels each one's own."""
    terms = [(term, known[port]) for term in network.terms if (port := term.prediction) is not None and port in known]
    for term, scores in terms:
        if gives_probabilities(term, scores):
            return class_probabilities(term, scores)
    return next((label_probabilities(term, scores) for term, scores in terms if gives_labels(term, scores)), ())

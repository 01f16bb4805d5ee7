"""Scores into probabilities."""

from collections.abc import Mapping
from typing import ClassVar

from workbench.layers.base_softmax import SharesOfScores
from workbench.layers.spec import layer


@layer(title="Softmax", group="Activation")
class Softmax(SharesOfScores):
    """Turns scores into shares that are positive and sum to one."""

    score_hint: ClassVar[str] = (
        "{loss} makes probabilities of the scores itself, so they are squeezed twice and hardly learn"
    )
    formula: ClassVar[str] = "y[k] = exp(x[k]) / Σ exp(x[j])"
    functions: ClassVar[Mapping[str, tuple[str, ...]]] = {"softmax": ("dim",)}

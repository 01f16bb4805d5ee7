"""Scores into logarithms of probabilities."""

from collections.abc import Mapping
from typing import ClassVar

from workbench.layers.base_softmax import SharesOfScores
from workbench.layers.spec import layer


@layer(title="Log-softmax", group="Activation")
class LogSoftmax(SharesOfScores):
    """Turns scores into logarithms of shares that sum to one, as the negative log-likelihood wants them."""

    score_hint: ClassVar[str] = "{loss} makes probabilities of the scores itself, and wants them as they are"
    formula: ClassVar[str] = "y[k] = x[k] − log Σ exp(x[j])"
    functions: ClassVar[Mapping[str, tuple[str, ...]]] = {"log_softmax": ("dim",)}

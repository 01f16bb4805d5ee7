"""Dropout for self-normalising networks (Klambauer et al. 2017)."""

from typing import ClassVar

from workbench.layers.base_dropout import RandomlySilent
from workbench.layers.spec import layer


@layer(title="Alpha dropout", group="Regularisation")
class AlphaDropout(RandomlySilent):
    """Sets a random share of its values to SELU's lowest while training, and keeps mean and variance."""

    formula: ClassVar[str] = "training: y = a · (x · keep − 1.7581 · (1 − keep)) + b, a and b by p; else y = x"

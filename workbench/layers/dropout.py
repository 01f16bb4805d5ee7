"""Dropout (Srivastava et al. 2014)."""

from collections.abc import Mapping
from typing import ClassVar

from workbench.layers.base_dropout import RandomlySilent
from workbench.layers.spec import layer


@layer(title="Dropout", group="Regularisation")
class Dropout(RandomlySilent):
    """Silences a random share of its values while training, so that no unit relies on another."""

    formula: ClassVar[str] = "training: y = x · keep / (1 − p), keep is 0 with probability p; else y = x"
    functions: ClassVar[Mapping[str, tuple[str, ...]]] = {"dropout": ("p", "training", "inplace")}

"""Dropout of whole channels of maps (Tompson et al. 2015)."""

from typing import ClassVar

from workbench.layers.base_dropout import RandomlySilent
from workbench.layers.spec import In, layer


@layer(title="Dropout 2D", group="Regularisation")
class Dropout2d(RandomlySilent):
    """Silences whole channels at random while training, since neighbouring positions tell much the same."""

    inputs: ClassVar[tuple[In, ...]] = (In("x", kinds={"map"}, axes=(3,)),)
    formula: ClassVar[str] = "training: y[c] = x[c] · keep[c] / (1 − p), keep[c] is 0 with probability p; else y = x"

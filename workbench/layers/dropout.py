"""Dropout (Srivastava et al. 2014)."""

from typing import ClassVar

from pydantic import Field

from workbench.core.values import Value
from workbench.layers.call import Call, call
from workbench.layers.spec import Layer, layer


@layer(title="Dropout", group="Regularisation")
class Dropout(Layer):
    """Silences a random share of its values while training, so that no unit relies on another."""

    linear: ClassVar[bool] = True
    score_hint: ClassVar[str] = "it silences scores of {loss} at random, so right answers are punished"
    formula: ClassVar[str] = "training: y = x · keep / (1 − p), keep is 0 with probability p; else y = x"

    p: float = Field(0.5, ge=0, lt=1, description="Share of the values that is silenced")

    def output(self, x: Value) -> Value:
        return x

    def module(self, x: Value) -> Call:
        return call("nn.Dropout", self.p)

"""What the layers share that silence something at random while training, and pass everything else."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import Field

from workbench.core.values import Value
from workbench.layers.call import Call, call
from workbench.layers.spec import Layer


class RandomlySilent(Layer):
    """Silences a share of what comes in; the subclasses say of what, and are called as torch's modules."""

    stem: ClassVar[str] = "dropout"
    linear: ClassVar[bool] = True
    deconvnet: ClassVar[Literal["vjp", "rectify", "pass"]] = "pass"
    score_hint: ClassVar[str] = "it silences scores of {loss} at random, so right answers are punished"

    p: float = Field(0.5, ge=0, lt=1, description="Share that is silenced")

    def output(self, x: Value) -> Value:
        return x

    def module(self, x: Value) -> Call:
        return call(f"nn.{type(self).__name__}", self.p)

"""Noise on what comes in, to learn what a picture without it looks like."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import Field

from workbench.core.values import Value
from workbench.layers.call import Call, call
from workbench.layers.spec import Layer, layer


@layer(title="Gaussian noise", group="Regularisation")
class GaussianNoise(Layer):
    """Adds noise, drawn anew at each step of the training; a prediction always gets the same noise."""

    stem: ClassVar[str] = "noise"
    deconvnet: ClassVar[Literal["vjp", "rectify", "pass"]] = "pass"
    formula: ClassVar[str] = "y = x + std · n, n drawn from a normal distribution"
    score_hint: ClassVar[str] = "it changes scores of {loss} at random, so right answers are punished"

    std: float = Field(0.1, ge=0, le=100, description="Standard deviation of the noise; pixels are between 0 and 1")

    def output(self, x: Value) -> Value:
        return x

    def module(self, x: Value) -> Call:
        return call("GaussianNoise", x.shape, self.std, home="workbench.layers.gaussian_noise.module")

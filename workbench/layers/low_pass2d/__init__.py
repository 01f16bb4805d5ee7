"""A Gaussian low-pass that parts a picture into what is coarse and what is fine."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from workbench.core.values import Value
from workbench.layers.call import Call, call
from workbench.layers.spec import In, Layer, layer
from workbench.layers.windows import Sliding, Windows


@layer(title="Low-pass 2D", group="Normalisation")
class LowPass2d(Layer):
    """Parts a map into what a Gaussian leaves of it (low) and the fine rest (high), which add up to it again."""

    inputs: ClassVar[tuple[In, ...]] = (In("x", kinds={"map"}, axes=(3,)),)
    output_ports: ClassVar[tuple[str, ...]] = ("low", "high")
    linear: ClassVar[bool] = True
    formula: ClassVar[str] = "low[c] = Gaussian ∗ x[c], high = x − low"

    sigma: float = Field(4.0, ge=0.5, le=250, description="Standard deviation of the Gaussian, in pixels")

    @property
    def window(self) -> int:
        """Height and width of the Gaussian, which is cut off at four standard deviations."""
        return 2 * int(4 * self.sigma + 0.5) + 1

    def outputs(self, *values: Value) -> dict[str, Value]:
        (x,) = values
        return {"low": x, "high": x}

    def module(self, x: Value) -> Call:
        return call("LowPass2d", sigma=self.sigma, home="workbench.layers.low_pass2d.module")

    def macs(self, x: Value) -> int:
        return 2 * self.window * x.elements

    def windows(self, x: Value) -> tuple[Windows, ...]:
        return ((Sliding(self.window, padding=self.window // 2, margin="reflect"),) * 2,)

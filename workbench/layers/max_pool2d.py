"""Maximum pooling, which can also give the place of each maximum."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from pydantic import Field

from workbench.core.values import Value
from workbench.layers.base_pooling import Pooling
from workbench.layers.call import Call, call
from workbench.layers.settings import Size2, per_axis
from workbench.layers.spec import In, layer


@layer(title="Max pooling 2D", group="Pooling")
class MaxPool2d(Pooling):
    """Keeps the largest value of each window, and on request where it stood (its switches)."""

    stem: ClassVar[str] = "pool"
    inputs: ClassVar[tuple[In, ...]] = (In("x", kinds={"map"}, axes=(3,)),)
    output_ports: ClassVar[tuple[str, ...]] = ("y", "switches")
    optional_outputs: ClassVar[frozenset[str]] = frozenset({"switches"})
    formula: ClassVar[str] = "y[c, i, j] = max of x[c] in the window at (i·stride, j·stride)"
    functions: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "max_pool2d": ("kernel_size", "stride", "padding", "dilation", "ceil_mode")
    }

    dilation: Size2 = Field(1, description="Distance of the window's taps, in pixels")

    def _dilation(self) -> tuple[int, ...]:
        return per_axis(self.dilation, 2)

    def outputs(self, *values: Value) -> dict[str, Value]:
        (x,) = values
        y = self.pooled(x)
        return {"y": y, "switches": Value(y.shape, "switches", "int64", unpooled=x.shape, windows=self._settings())}

    def module(self, x: Value) -> Call:
        return call(
            "nn.MaxPool2d",
            self.kernel_size,
            stride=self.step(),
            padding=self.padding,
            dilation=self.dilation,
            ceil_mode=self.ceil_mode,
        )

    def call_kwargs(self, wanted: frozenset[str]) -> dict[str, Any]:
        return {"return_indices": True} if "switches" in wanted else {}

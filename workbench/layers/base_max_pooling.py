"""What max pooling of one, two and three axes shares: the module, and the switches that say where each maximum was."""

from __future__ import annotations

from typing import Any, ClassVar

from workbench.core.values import Value
from workbench.layers.base_pooling import Pooling
from workbench.layers.call import Call, call


class MaxPooling(Pooling):
    """Keeps the largest value of each window (...); the subclasses are called as torch's modules."""

    output_ports: ClassVar[tuple[str, ...]] = ("y", "switches")
    optional_outputs: ClassVar[frozenset[str]] = frozenset({"switches"})

    dilation: Any = None

    def spacing(self) -> int | tuple[int, ...]:
        """Returns the setting `dilation`."""
        spacing: int | tuple[int, ...] = self.dilation
        return spacing

    def outputs(self, *values: Value) -> dict[str, Value]:
        (x,) = values
        y, windows = self.output(x), self.pooling_windows().numbers
        return {"y": y, "switches": Value(y.shape, "switches", "int64", unpooled=x.shape, windows=windows)}

    def module(self, x: Value) -> Call:
        return call(
            f"nn.{type(self).__name__}",
            self.kernel_size,
            stride=self.step(),
            padding=self.padding,
            dilation=self.dilation,
            ceil_mode=self.ceil_mode,
        )

    def call_kwargs(self, wanted: frozenset[str]) -> dict[str, Any]:
        return {"return_indices": True} if "switches" in wanted else {}

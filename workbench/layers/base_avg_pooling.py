"""What average pooling of one, two and three axes shares: what the sum of a window is divided by."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from workbench.core.values import Value
from workbench.layers.base_pooling import Pooling
from workbench.layers.call import Call, call

LARGEST_DIVISOR = 10**9


class AvgPooling(Pooling):
    """Replaces each window by its mean; the subclasses are called as torch's modules."""

    linear: ClassVar[bool] = True

    count_include_pad: bool = Field(True, description="Count the margin's zeros in the mean")

    def module(self, x: Value) -> Call:
        divisor = getattr(self, "divisor_override", None)  # along one axis torch has none
        return call(
            f"nn.{type(self).__name__}",
            self.kernel_size,
            stride=self.step(),
            padding=self.padding,
            ceil_mode=self.ceil_mode,
            count_include_pad=self.count_include_pad,
            **({} if divisor is None else {"divisor_override": divisor}),
        )

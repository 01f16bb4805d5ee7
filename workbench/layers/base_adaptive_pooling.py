"""What adaptive pooling of one, two and three axes shares: an output size that is given, whatever comes in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from workbench.core.values import Value
from workbench.layers.call import Call, call
from workbench.layers.settings import per_axis
from workbench.layers.spec import Layer
from workbench.layers.windows import Regions, Windows

if TYPE_CHECKING:
    from torch import nn


class AdaptivePooling(Layer):
    """Pools each map to a fixed size along `axes` axes; the subclasses are called as torch's modules."""

    axes: ClassVar[int] = 0
    stem: ClassVar[str] = "pool"

    output_size: Any = None

    def output(self, x: Value) -> Value:
        return x.reshaped(x.channels, *per_axis(self.output_size, self.axes))

    def module(self, x: Value) -> Call:
        return call(f"nn.{type(self).__name__}", self.output_size)

    def windows(self, x: Value) -> tuple[Windows, ...]:
        sizes = zip(x.spatial, per_axis(self.output_size, self.axes), strict=True)
        return (tuple(Regions(*each) for each in sizes),)

    @classmethod
    def from_module(cls, module: nn.Module) -> Layer:
        """The layer of a module that pools to one size and gives the pooled maps alone.

        Raises:
            ValueError: the module keeps the size of an axis, whatever it is, or gives places of maxima.
        """
        size: Any = getattr(module, "output_size", None)
        if size is None or (isinstance(size, (tuple, list)) and None in size):
            raise ValueError(f"a {cls.__name__} that keeps the size of an axis (None) cannot be drawn")
        if getattr(module, "return_indices", False):
            raise ValueError(f"a {cls.__name__} that gives the places of its maxima cannot be drawn")
        return cls.model_validate({"output_size": size})

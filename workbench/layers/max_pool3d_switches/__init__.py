"""Maximum pooling over pixels and neighbouring maps, by magnitude, which can also give the place of each maximum."""

from __future__ import annotations

from typing import Any, ClassVar

from pydantic import Field

from workbench.core.values import Value
from workbench.layers.base_convolution import divisor_below
from workbench.layers.call import Call, call
from workbench.layers.settings import MOST_CHANNELS
from workbench.layers.spec import In, Layer, ShapeError, SuggestParam, layer
from workbench.layers.windows import Windows, sliding, window_text


@layer(title="Max pooling 3D with switches", group="Deconvolutional")
class MaxPool3dSwitches(Layer):
    """Keeps the value of largest magnitude of each block of neighbouring maps and pixels, and where it stood."""

    inputs: ClassVar[tuple[In, ...]] = (In("x", kinds={"map"}, axes=(3,)),)
    output_ports: ClassVar[tuple[str, ...]] = ("y", "switches")
    optional_outputs: ClassVar[frozenset[str]] = frozenset({"switches"})
    formula: ClassVar[str] = "y[g, i, j] = the x of largest |x| in group g of maps and block (i, j) of pixels"

    kernel_size: int = Field(2, ge=1, le=1024, description="Height and width of a block, in pixels")
    maps: int = Field(2, ge=1, le=MOST_CHANNELS, description="How many neighbouring maps a block takes in")

    def outputs(self, *values: Value) -> dict[str, Value]:
        (x,) = values
        if x.channels % self.maps:
            raise ShapeError(
                f"maps = {self.maps} must divide the {x.channels} maps that come in.",
                found=f"{x.channels} maps",
                needed=f"a multiple of {self.maps}",
                fixes=(SuggestParam("maps", divisor_below(self.maps, x.channels)),),
            )
        if min(x.spatial) < self.kernel_size:
            raise ShapeError(
                f"its block of {self.kernel_size}×{self.kernel_size} does not fit into {x}.",
                found=str(x),
                needed=f"at least {self.kernel_size}×{self.kernel_size}",
                fixes=(SuggestParam("kernel_size", min(x.spatial)),),
            )
        y = x.reshaped(x.channels // self.maps, *(size // self.kernel_size for size in x.spatial))
        return {"y": y, "switches": Value(y.shape, "switches", "int64", unpooled=x.shape, windows=self._blocks())}

    def module(self, x: Value) -> Call:
        home = "workbench.layers.max_pool3d_switches.module"
        return call("MaxPool3dSwitches", self.kernel_size, maps=self.maps, home=home)

    def call_kwargs(self, wanted: frozenset[str]) -> dict[str, Any]:
        return {"return_switches": True} if "switches" in wanted else {}

    def windows(self, x: Value) -> tuple[Windows, ...]:
        return (sliding(*self._blocks()),)

    def _blocks(self) -> tuple[tuple[int, int], ...]:
        """Kernel, stride, padding and dilation, each for both axes."""
        return (self.kernel_size,) * 2, (self.kernel_size,) * 2, (0, 0), (1, 1)

    def explain(self, x: Value) -> str:
        rows = [window_text(size, self.kernel_size, self.kernel_size, 0) for size in x.spatial]
        return "; ".join(dict.fromkeys(rows))

"""Average pooling of volumes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from pydantic import Field

from workbench.core.values import Value, shape_text
from workbench.layers.base_avg_pooling import LARGEST_DIVISOR, AvgPooling
from workbench.layers.settings import Margin3, Size3, per_axis
from workbench.layers.spec import In, ShapeError, SuggestParam, layer


@layer(title="Average pooling 3D", group="Pooling")
class AvgPool3d(AvgPooling):
    """Replaces each window of a volume by its mean."""

    axes: ClassVar[int] = 3
    inputs: ClassVar[tuple[In, ...]] = (In("x", kinds={"map"}, axes=(4,)),)
    formula: ClassVar[str] = "y[c, h, i, j] = mean of x[c] in the window at (h·stride, i·stride, j·stride)"
    functions: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "avg_pool3d": ("kernel_size", "stride", "padding", "ceil_mode", "count_include_pad", "divisor_override")
    }

    kernel_size: Size3 = Field(2, description="Depth, height and width of the window, in voxels")
    stride: Size3 | None = Field(None, description="Step between windows; as large as the window if not given")
    padding: Margin3 = Field(0, description="Margin around the volume, in voxels: at most half a window")
    divisor_override: int | None = Field(
        None, ge=1, le=LARGEST_DIVISOR, description="Divide each window's sum by this instead of by how many it counts"
    )

    def output(self, x: Value) -> Value:
        """torch takes no margin into account when it asks whether the window fits, unlike for pictures and series."""
        kernel = per_axis(self.kernel_size, 3)
        if any(size < k for size, k in zip(x.spatial, kernel, strict=True)):
            window = shape_text(kernel)
            raise ShapeError(
                f"its window of {window} does not fit into {x}, whose margin does not count.",
                found=str(x),
                needed=f"at least {window} without the margin",
                fixes=(SuggestParam("kernel_size", min(x.spatial)),),
            )
        return super().output(x)

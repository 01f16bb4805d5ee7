"""Transposed convolution over depth, height and width: the way up in decoders of volumes."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from workbench.layers.base_transposed_convolution import TransposedConvolution
from workbench.layers.settings import Margin3, Size3
from workbench.layers.spec import In, layer


@layer(title="Transposed convolution 3D", group="Convolution")
class ConvTranspose3d(TransposedConvolution):
    """Spreads every voxel over a learnt patch: the adjoint of a convolution, mostly used to enlarge."""

    axes: ClassVar[int] = 3
    inputs: ClassVar[tuple[In, ...]] = (In("x", kinds={"map"}, axes=(4,)),)
    formula: ClassVar[str] = "y[o] = bias[o] + Σ over inputs i: x[i] spread by weight[i, o] every stride voxels"

    kernel_size: Size3 = Field(2, description="Depth, height and width of a patch, in voxels")
    stride: Size3 = Field(2, description="How many times larger the output is, about")
    padding: Margin3 = Field(0, description="How many voxels are cut off at each border")
    output_padding: Margin3 = Field(0, description="Extra voxels at the far end of each axis")
    dilation: Size3 = Field(1, description="Distance of a patch's taps, in voxels")

"""Convolution over depth, height and width: volumes, and pictures that follow one another."""

from typing import ClassVar

from pydantic import Field

from workbench.layers.base_convolution import Convolution
from workbench.layers.settings import MarginOrSame3, Size3
from workbench.layers.spec import In, layer


@layer(title="Convolution 3D", group="Convolution")
class Conv3d(Convolution):
    """Slides a bank of learnt filters through the volume."""

    stem: ClassVar[str] = "conv"
    axes: ClassVar[int] = 3
    inputs: ClassVar[tuple[In, ...]] = (In("x", kinds={"map"}, axes=(4,)),)

    kernel_size: Size3 = Field(3, description="Depth, height and width of a filter, in voxels")
    stride: Size3 = Field(1, description="Step between filter positions, in voxels")
    padding: MarginOrSame3 = Field(1, description='Margin around the volume, in voxels, or "same" to keep its size')
    dilation: Size3 = Field(1, description="Distance of a filter's taps, in voxels")

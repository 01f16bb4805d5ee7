"""Convolution over height and width, the layer that convolutional networks are named after."""

from typing import ClassVar

from pydantic import Field

from workbench.layers.base_convolution import Convolution
from workbench.layers.settings import MarginOrSame2, Size2
from workbench.layers.spec import In, layer


@layer(title="Convolution 2D", group="Convolution")
class Conv2d(Convolution):
    """Slides a bank of learnt filters over the image."""

    stem: ClassVar[str] = "conv"
    axes: ClassVar[int] = 2
    inputs: ClassVar[tuple[In, ...]] = (In("x", kinds={"map"}, axes=(3,)),)

    kernel_size: Size2 = Field(3, description="Height and width of a filter, in pixels")
    stride: Size2 = Field(1, description="Step between filter positions, in pixels")
    padding: MarginOrSame2 = Field(1, description='Margin around the image, in pixels, or "same" to keep its size')
    dilation: Size2 = Field(1, description="Distance of a filter's taps, in pixels")

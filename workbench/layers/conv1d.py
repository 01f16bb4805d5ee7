"""Convolution along one axis: series and sequences of features."""

from typing import ClassVar

from pydantic import Field

from workbench.layers.base_convolution import Convolution
from workbench.layers.settings import MarginOrSame1, Size1, Step1
from workbench.layers.spec import In, layer


@layer(title="Convolution 1D", group="Convolution")
class Conv1d(Convolution):
    """Slides a bank of learnt filters along a series."""

    stem: ClassVar[str] = "conv"
    axes: ClassVar[int] = 1
    inputs: ClassVar[tuple[In, ...]] = (In("x", kinds={"map"}, axes=(2,)),)

    kernel_size: Size1 = Field(3, description="Length of a filter, in steps")
    stride: Step1 = Field(1, description="Step between filter positions")
    padding: MarginOrSame1 = Field(1, description='Margin around the series, or "same" to keep its length')
    dilation: Step1 = Field(1, description="Distance of a filter's taps")

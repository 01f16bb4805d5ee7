"""Transposed convolution over height and width: the way up in decoders."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from workbench.layers.base_transposed_convolution import TransposedConvolution
from workbench.layers.settings import Margin2, Size2
from workbench.layers.spec import In, layer


@layer(title="Transposed convolution 2D", group="Convolution")
class ConvTranspose2d(TransposedConvolution):
    """Spreads every pixel over a learnt patch: the adjoint of a convolution, mostly used to enlarge."""

    axes: ClassVar[int] = 2
    inputs: ClassVar[tuple[In, ...]] = (In("x", kinds={"map"}, axes=(3,)),)
    formula: ClassVar[str] = "y[o] = bias[o] + Σ over inputs i: x[i] spread by weight[i, o] every stride pixels"

    kernel_size: Size2 = Field(2, description="Height and width of a patch, in pixels")
    stride: Size2 = Field(2, description="How many times larger the output is, about")
    padding: Margin2 = Field(0, description="How many pixels are cut off at each border")
    output_padding: Margin2 = Field(0, description="Extra pixels at the right and lower border")
    dilation: Size2 = Field(1, description="Distance of a patch's taps, in pixels")

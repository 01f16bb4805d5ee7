"""Transposed convolution along one axis: the way up in decoders of series."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from workbench.layers.base_transposed_convolution import TransposedConvolution
from workbench.layers.settings import Margin1, Size1, Step1
from workbench.layers.spec import In, layer


@layer(title="Transposed convolution 1D", group="Convolution")
class ConvTranspose1d(TransposedConvolution):
    """Spreads every step over a learnt patch: the adjoint of a convolution, mostly used to lengthen."""

    axes: ClassVar[int] = 1
    inputs: ClassVar[tuple[In, ...]] = (In("x", kinds={"map"}, axes=(2,)),)
    formula: ClassVar[str] = "y[o] = bias[o] + Σ over inputs i: x[i] spread by weight[i, o] every stride steps"

    kernel_size: Size1 = Field(2, description="Length of a patch, in steps")
    stride: Step1 = Field(2, description="How many times longer the output is, about")
    padding: Margin1 = Field(0, description="How many steps are cut off at each end")
    output_padding: Margin1 = Field(0, description="Extra steps at the end")
    dilation: Step1 = Field(1, description="Distance of a patch's taps, in steps")

"""Residual block with its activations first."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from workbench.core.graph import Port
from workbench.project.blocks.spec import Block, block
from workbench.project.templates.base_imagenet import KAIMING
from workbench.project.templates.spec import GraphBuilder


@block(name="preact", title="Residual, pre-activation")
class PreActivation(Block):
    """Normalisation and ReLU before each of two convolutions, so that the shortcut stays clear (He et al. 2016b)."""

    out_channels: int | None = Field(None, title="Channels", ge=1, le=65_536, description="None: as many as come in")
    stride: int = Field(1, title="Stride", ge=1, le=8, description="How many times smaller the map becomes")

    def build(self, builder: GraphBuilder, name: str, x: Port, channels: int) -> Port:
        width = self.out_channels or channels
        settings: dict[str, Any] = {
            "out_channels": width,
            "kernel_size": 3,
            "padding": 1,
            "bias": False,
            "init": KAIMING,
        }
        y = builder.add("ReLU", f"{name}.relu1", builder.add("BatchNorm2d", f"{name}.bn1", x))
        if width != channels or self.stride > 1:  # the projection sees what the first convolution does (section 3.2)
            one: dict[str, Any] = {
                "out_channels": width,
                "kernel_size": 1,
                "stride": self.stride,
                "padding": 0,
                "bias": False,
            }
            x = builder.add("Conv2d", f"{name}.downsample", y, init=KAIMING, **one)
        y = builder.add("Conv2d", f"{name}.conv1", y, stride=self.stride, **settings)
        y = builder.add("ReLU", f"{name}.relu2", builder.add("BatchNorm2d", f"{name}.bn2", y))
        y = builder.add("Conv2d", f"{name}.conv2", y, **settings)
        return builder.add("Add", f"{name}.add", y, x)

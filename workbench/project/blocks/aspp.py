"""Atrous spatial pyramid pooling."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from workbench.core.graph import Port
from workbench.project.blocks.spec import Block, block, value_at
from workbench.project.templates.base_imagenet import KAIMING, conv_bn
from workbench.project.templates.spec import GraphBuilder


@block(name="aspp", title="ASPP")
class Aspp(Block):
    """Atrous spatial pyramid pooling: dilated convolutions side by side, and the mean of the whole map (DeepLabv3)."""

    out_channels: int = Field(256, title="Channels", ge=1, le=65_536, description="Of each branch, and of the end")
    rates: tuple[int, ...] = Field(
        (6, 12, 18), title="Dilations", min_length=1, max_length=8, description="Of the 3×3 convolutions"
    )

    def build(self, builder: GraphBuilder, name: str, x: Port, channels: int) -> Port:
        width = self.out_channels
        branches = [
            self._last(builder, f"{name}.one", conv_bn(builder, f"{name}.one.conv", f"{name}.one.bn", x, width, 1))
        ]
        for number, rate in enumerate(self.rates, start=1):
            of = f"{name}.rate{number}"
            settings: dict[str, Any] = {
                "out_channels": width,
                "kernel_size": 3,
                "padding": rate,
                "dilation": rate,
                "bias": False,
            }
            y = builder.add("BatchNorm2d", f"{of}.bn", builder.add("Conv2d", f"{of}.conv", x, init=KAIMING, **settings))
            branches.append(self._last(builder, of, y))
        size = value_at(builder, x).spatial
        y = builder.add("AdaptiveAvgPool2d", f"{name}.pooled.pool", x, output_size=1)
        y = conv_bn(builder, f"{name}.pooled.conv", f"{name}.pooled.bn", y, width, 1)
        y = self._last(builder, f"{name}.pooled", y)
        branches.append(builder.add("Interpolate", f"{name}.pooled.resize", y, size=size, scale_factor=None))
        y = builder.add("Concat", f"{name}.concat", *branches)
        return self._last(builder, name, conv_bn(builder, f"{name}.project", f"{name}.bn", y, width, 1))

    @staticmethod
    def _last(builder: GraphBuilder, name: str, x: Port) -> Port:
        return builder.add("ReLU", f"{name}.relu", x)

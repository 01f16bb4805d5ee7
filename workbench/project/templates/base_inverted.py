"""Inverted residual blocks: wide inside, narrow between, each channel filtered by itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from workbench.core.graph import Port
from workbench.project.templates.base_imagenet import KAIMING_AND_ZERO, ImageNetClassifier, classified, conv_bn
from workbench.project.templates.spec import GraphBuilder


def activated(
    builder: GraphBuilder, name: str, x: Port, width: int, kernel: int, stride: int = 1, act: str = "", **settings: Any
) -> Port:
    """A convolution, its batch normalisation and its activation if there is one, called 0, 1 and 2 within a name.

    Args:
        builder: draws them.
        name: of what they are in.
        x: what comes in.
        width: how many channels it gives.
        kernel: height and width of its filters.
        stride: step between their places.
        act: the layer that is the activation; "" for none.
        settings: as of `conv_bn`.
    """
    y = conv_bn(builder, f"{name}.0", f"{name}.1", x, width, kernel, stride, **settings)
    return builder.add(act, f"{name}.2", y) if act else y


def squeeze_excite(builder: GraphBuilder, name: str, x: Port, widths: tuple[int, int], layers: tuple[str, str]) -> Port:
    """Weighs each channel by what all of them are on average (Hu et al. 2018).

    Args:
        builder: draws it.
        name: of what it is in.
        x: what comes in.
        widths: of the channels, and of what they are squeezed to.
        layers: the activation within, and the one that makes weights between 0 and 1.
    """
    wide, narrow = widths
    y = builder.add("AdaptiveAvgPool2d", f"{name}.avgpool", x)
    settings: dict[str, Any] = {"kernel_size": 1, "padding": 0, "init": KAIMING_AND_ZERO}
    y = builder.add(layers[0], f"{name}.activation", builder.add("Conv2d", f"{name}.fc1", y, out_channels=narrow,
                                                                 **settings))  # fmt: skip
    y = builder.add("Conv2d", f"{name}.fc2", y, out_channels=wide, **settings)
    return builder.add("Multiply", f"{name}.multiply", builder.add(layers[1], f"{name}.scale_activation", y), x)


@dataclass(frozen=True)
class InvertedBlock:
    """An inverted residual block.

    Attributes:
        narrow: how many channels come in.
        wide: how many it has inside.
        width: how many it gives.
        kernel: height and width of the filters of single channels.
        stride: how many times smaller the map becomes.
        squeezed: to how many numbers the channels are squeezed to be weighed; 0 if they are not.
        act: the layer that is its activation.
        gate: the layer that makes the weights of channels.
        norm: settings of its batch normalisations.
        drop: probability that all of it is silenced while training; None if never.
    """

    narrow: int
    wide: int
    width: int
    kernel: int = 3
    stride: int = 1
    squeezed: int = 0
    act: str = "ReLU6"
    gate: str = "Sigmoid"
    norm: Mapping[str, Any] = field(default_factory=dict)
    drop: float | None = None

    @property
    def is_residual(self) -> bool:
        """Whether what comes in is added to what it gives."""
        return self.stride == 1 and self.narrow == self.width


def inside_of(builder: GraphBuilder, name: str, x: Port, block: InvertedBlock) -> tuple[Port, int]:
    """What is wide of a block, its parts numbered within a name; gives how many parts there are too."""
    number = 0
    if block.wide != block.narrow:
        x = activated(builder, f"{name}.{number}", x, block.wide, 1, act=block.act, **block.norm)
        number += 1
    settings: dict[str, Any] = {"groups": block.wide, **block.norm}
    x = activated(builder, f"{name}.{number}", x, block.wide, block.kernel, block.stride, block.act, **settings)
    number += 1
    if block.squeezed:
        inner = "SiLU" if block.act == "SiLU" else "ReLU"
        x = squeeze_excite(builder, f"{name}.{number}", x, (block.wide, block.squeezed), (inner, block.gate))
        number += 1
    return x, number


def inverted_residual(builder: GraphBuilder, name: str, x: Port, block: InvertedBlock) -> Port:
    """The block as a folded group, with the names of torchvision's MobileNetV3 and EfficientNet."""
    y, number = inside_of(builder, f"{name}.block", x, block)
    y = activated(builder, f"{name}.block.{number}", y, block.width, 1, **block.norm)
    builder.fold(name)
    if not block.is_residual:
        return y
    if block.drop is not None:
        y = builder.add("StochasticDepth", f"{name}.stochastic_depth", y, p=block.drop)
    return builder.add("Add", f"{name}.add", y, x)


class Inverted(ImageNetClassifier):
    """A network of inverted residual blocks between a strided convolution and a wide one of single pixels."""

    def stem(self, builder: GraphBuilder, width: int, act: str, **norm: Any) -> Port:
        """The first convolution."""
        x = activated(builder, "features.0", builder.image(), width, 3, 2, act, **norm)
        builder.fold("features.0")
        return x

    def top(self, builder: GraphBuilder, name: str, x: Port, width: int, act: str, **norm: Any) -> Port:
        """The last convolution, averaged over all places and flat."""
        x = activated(builder, name, x, width, 1, act=act, **norm)
        builder.fold(name)
        return builder.add("Flatten", "flatten", builder.add("AdaptiveAvgPool2d", "avgpool", x))

    def dropped_out(self, builder: GraphBuilder, x: Port, init: Mapping[str, str]) -> None:
        """The head: a dropout, and the scores."""
        classified(builder, builder.add("Dropout", "classifier.0", x, p=0.2), "classifier.1", init=init)

"""What residual networks have in common: He et al. 2016 with torchvision's names."""

from collections.abc import Mapping
from typing import ClassVar

from workbench.core.graph import Port
from workbench.core.values import Json
from workbench.project.templates.base_imagenet import ImageNetClassifier, classified, conv_bn
from workbench.project.templates.spec import GraphBuilder

WIDTHS = (64, 128, 256, 512)
EXPANSION = 4  # of a bottleneck: how many times as wide it ends


def basic_block(builder: GraphBuilder, name: str, x: Port, width: int, stride: int, *, projects: bool) -> Port:
    """The two-convolution block of He et al. 2016."""
    y = conv_bn(builder, f"{name}.conv1", f"{name}.bn1", x, width, 3, stride)
    y = builder.add("ReLU", f"{name}.relu1", y)
    y = conv_bn(builder, f"{name}.conv2", f"{name}.bn2", y, width, 3)
    if projects:
        x = conv_bn(builder, f"{name}.downsample.0", f"{name}.downsample.1", x, width, 1, stride)
    return builder.add("ReLU", f"{name}.relu2", builder.add("Add", f"{name}.add", y, x))


def bottleneck(
    builder: GraphBuilder, name: str, x: Port, widths: tuple[int, int], stride: int, *, projects: bool, groups: int = 1
) -> Port:
    """The three-convolution block, the stride in its middle one as torchvision has it.

    Args:
        builder: draws it.
        name: of the block.
        x: what comes in.
        widths: of the middle and of the end.
        stride: how many times smaller the map becomes.
        projects: whether the shortcut is a convolution.
        groups: of the middle convolution; more than one make it a block of ResNeXt (Xie et al. 2017).
    """
    inner, outer = widths
    y = conv_bn(builder, f"{name}.conv1", f"{name}.bn1", x, inner, 1)
    y = builder.add("ReLU", f"{name}.relu1", y)
    y = conv_bn(builder, f"{name}.conv2", f"{name}.bn2", y, inner, 3, stride, groups=groups)
    y = builder.add("ReLU", f"{name}.relu2", y)
    y = conv_bn(builder, f"{name}.conv3", f"{name}.bn3", y, outer, 1)
    if projects:
        x = conv_bn(builder, f"{name}.downsample.0", f"{name}.downsample.1", x, outer, 1, stride)
    return builder.add("ReLU", f"{name}.relu3", builder.add("Add", f"{name}.add", y, x))


class Residual(ImageNetClassifier):
    """Four stages of residual blocks behind a stem that makes the picture four times smaller.

    Attributes:
        blocks: how many blocks each stage has.
        has_bottlenecks: whether its blocks have three convolutions and not two.
        widening: how many times as wide the middle of a bottleneck is as in ResNet-50.
        folds_stages: whether stages are folded too, and not only blocks.
    """

    training: ClassVar[Mapping[str, Json]] = {"epochs": 30, "optimizer": "SGD", "lr": 0.05, "weight_decay": 1e-4}
    blocks: ClassVar[tuple[int, ...]] = (2, 2, 2, 2)
    has_bottlenecks: ClassVar[bool] = False
    widening: ClassVar[int] = 1
    folds_stages: ClassVar[bool] = True

    def build(self, builder: GraphBuilder) -> None:
        x = conv_bn(builder, "conv1", "bn1", builder.image(), 64, 7, 2)
        x = builder.add("ReLU", "relu", x)
        x = builder.add("MaxPool2d", "maxpool", x, kernel_size=3, stride=2, padding=1)
        for stage, count in enumerate(self.blocks, start=1):
            for block in range(count):
                x = self._block(builder, f"layer{stage}.{block}", x, stage, is_first=block == 0)
                builder.fold(f"layer{stage}.{block}")
            if self.folds_stages:
                builder.fold(f"layer{stage}")
        x = builder.add("Flatten", "flatten", builder.add("AdaptiveAvgPool2d", "avgpool", x, output_size=1))
        classified(builder, x, "fc")

    def _block(self, builder: GraphBuilder, name: str, x: Port, stage: int, *, is_first: bool) -> Port:
        width, stride = WIDTHS[stage - 1], 2 if is_first and stage > 1 else 1
        if not self.has_bottlenecks:
            return basic_block(builder, name, x, width, stride, projects=stride > 1)
        widths = (width * self.widening, width * EXPANSION)
        return bottleneck(builder, name, x, widths, stride, projects=is_first)

"""MobileNetV2."""

from collections.abc import Mapping
from typing import ClassVar

from workbench.core.graph import Port
from workbench.core.values import Json
from workbench.project.templates.base_imagenet import SMALL_LINEAR, conv_bn
from workbench.project.templates.base_inverted import Inverted, InvertedBlock, inside_of
from workbench.project.templates.spec import GraphBuilder, template

# How many times as wide inside, width, how many blocks, stride of the first one.
STAGES = ((1, 16, 1, 1), (6, 24, 2, 2), (6, 32, 3, 2), (6, 64, 4, 2), (6, 96, 3, 1), (6, 160, 3, 2), (6, 320, 1, 1))


@template(name="mobilenet_v2", title="MobileNetV2")
class MobileNetV2(Inverted):
    """Sandler et al. 2018 with torchvision's names: 3,504,872 parameters for 1000 classes."""

    rank: ClassVar[int] = 41
    training: ClassVar[Mapping[str, Json]] = {"epochs": 30, "optimizer": "SGD", "lr": 0.05, "weight_decay": 4e-5}

    def build(self, builder: GraphBuilder) -> None:
        x, narrow, number = self.stem(builder, 32, "ReLU6"), 32, 1
        for times, width, count, first in STAGES:
            for index in range(count):
                block = InvertedBlock(narrow, times * narrow, width, stride=first if index == 0 else 1)
                x = self._block(builder, f"features.{number}", x, block)
                narrow, number = width, number + 1
        self.dropped_out(builder, self.top(builder, f"features.{number}", x, 1280, "ReLU6"), SMALL_LINEAR)

    @staticmethod
    def _block(builder: GraphBuilder, name: str, x: Port, block: InvertedBlock) -> Port:
        """The block as a folded group; torchvision numbers its last convolution otherwise than in later networks."""
        y, number = inside_of(builder, f"{name}.conv", x, block)
        y = conv_bn(builder, f"{name}.conv.{number}", f"{name}.conv.{number + 1}", y, block.width, 1)
        builder.fold(name)
        return builder.add("Add", f"{name}.add", x, y) if block.is_residual else y

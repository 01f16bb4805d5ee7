"""What the residual networks for small pictures have in common (He et al. 2016, section 4.2)."""

from collections.abc import Mapping
from typing import ClassVar

from workbench.core.graph import Port
from workbench.core.values import Json
from workbench.project.templates.base_imagenet import conv_bn
from workbench.project.templates.spec import GraphBuilder, Template

WIDTHS = (16, 32, 64)


class SmallResidual(Template):
    """Three stages of blocks of two convolutions; shortcuts to wider maps have no weights (the paper's option A).

    They take every other pixel and fill up with channels of zeros, so that the parameters are those of the paper.

    Attributes:
        blocks: how many each stage has; the network has six times as many layers, and two.
    """

    training: ClassVar[Mapping[str, Json]] = {"epochs": 30, "optimizer": "SGD", "lr": 0.1, "weight_decay": 1e-4}
    smallest: ClassVar[int] = 4
    blocks: ClassVar[int] = 0

    def build(self, builder: GraphBuilder) -> None:
        x = builder.add("ReLU", "relu", conv_bn(builder, "conv1", "bn1", builder.image(), WIDTHS[0], 3))
        for stage, width in enumerate(WIDTHS, start=1):
            for block in range(self.blocks):
                x = self._block(builder, f"layer{stage}.{block}", x, width, is_wider=stage > 1 and block == 0)
            builder.fold(f"layer{stage}")
        x = builder.add("Flatten", "flatten", builder.add("AdaptiveAvgPool2d", "avgpool", x))
        builder.classify(builder.add("Linear", "fc", x, out_features=builder.samples.scores))

    @staticmethod
    def _block(builder: GraphBuilder, name: str, x: Port, width: int, *, is_wider: bool) -> Port:
        y = conv_bn(builder, f"{name}.conv1", f"{name}.bn1", x, width, 3, 2 if is_wider else 1)
        y = conv_bn(builder, f"{name}.conv2", f"{name}.bn2", builder.add("ReLU", f"{name}.relu1", y), width, 3)
        if is_wider:
            x = builder.add("MaxPool2d", f"{name}.every_other", x, kernel_size=1, stride=2)
            x = builder.add("Pad", f"{name}.fill_up", x, padding=(0, 0, 0, 0, width // 4, width // 4))
        builder.fold(name)
        return builder.add("ReLU", f"{name}.relu2", builder.add("Add", f"{name}.add", y, x))

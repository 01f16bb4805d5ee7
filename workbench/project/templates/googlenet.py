"""GoogLeNet."""

from collections.abc import Mapping
from typing import ClassVar

from workbench.core.graph import Port
from workbench.core.values import Json
from workbench.project.templates.base_imagenet import ImageNetClassifier, classified
from workbench.project.templates.spec import GraphBuilder, template

TRUNCATED = {"weight": "trunc_normal_(0, 0.01, -2, 2)"}
# Widths of each block: 1×1; 1×1 and 3×3; 1×1 and what is 5×5 in the paper; 1×1 behind the pooling.
STAGES: tuple[Mapping[str, tuple[int, ...]], ...] = (
    {"3a": (64, 96, 128, 16, 32, 32), "3b": (128, 128, 192, 32, 96, 64)},
    {
        "4a": (192, 96, 208, 16, 48, 64), "4b": (160, 112, 224, 24, 64, 64), "4c": (128, 128, 256, 24, 64, 64),
        "4d": (112, 144, 288, 32, 64, 64), "4e": (256, 160, 320, 32, 128, 128),
    },
    {"5a": (256, 160, 320, 32, 128, 128), "5b": (384, 192, 384, 48, 128, 128)},
)  # fmt: skip


def _convolved(builder: GraphBuilder, name: str, x: Port, width: int, kernel: int, stride: int = 1) -> Port:
    """A convolution, its batch normalisation and its ReLU."""
    settings = {"out_channels": width, "kernel_size": kernel, "stride": stride, "padding": kernel // 2}
    x = builder.add("Conv2d", f"{name}.conv", x, bias=False, init=TRUNCATED, **settings)
    return builder.add("ReLU", f"{name}.relu", builder.add("BatchNorm2d", f"{name}.bn", x, eps=1e-3))


def inception(builder: GraphBuilder, name: str, x: Port, widths: tuple[int, ...]) -> Port:
    """Four branches side by side, each a group within that of the block."""
    one, two, three, narrow, wide, last = widths
    first = _convolved(builder, f"{name}.branch1", x, one, 1)
    second = _convolved(builder, f"{name}.branch2.0", x, two, 1)
    second = _convolved(builder, f"{name}.branch2.1", second, three, 3)
    third = _convolved(builder, f"{name}.branch3.0", x, narrow, 1)
    third = _convolved(builder, f"{name}.branch3.1", third, wide, 3)
    pooled = builder.add("MaxPool2d", f"{name}.branch4.0", x, kernel_size=3, stride=1, padding=1, ceil_mode=True)
    fourth = _convolved(builder, f"{name}.branch4.1", pooled, last, 1)
    for number in range(1, 5):
        builder.fold(f"{name}.branch{number}")
    builder.fold(name)
    return builder.add("Concat", f"{name}.concat", first, second, third, fourth)


@template(name="googlenet", title="GoogLeNet")
class GoogLeNet(ImageNetClassifier):
    """Szegedy et al. 2015 with torchvision's names, without helping heads: 6,624,904 parameters for 1000 classes.

    As in torchvision there is batch normalisation, and 3×3 where the paper has 5×5.
    """

    rank: ClassVar[int] = 15
    training: ClassVar[Mapping[str, Json]] = {"epochs": 30, "optimizer": "SGD", "lr": 0.02, "weight_decay": 1e-4}

    def build(self, builder: GraphBuilder) -> None:
        x = _convolved(builder, "conv1", builder.image(), 64, 7, 2)
        builder.fold("conv1")
        x = builder.add("MaxPool2d", "maxpool1", x, kernel_size=3, stride=2, ceil_mode=True)
        for name, width, kernel in (("conv2", 64, 1), ("conv3", 192, 3)):
            x = _convolved(builder, name, x, width, kernel)
            builder.fold(name)
        for number, blocks in enumerate(STAGES, start=2):
            size = 2 if number == len(STAGES) + 1 else 3
            x = builder.add("MaxPool2d", f"maxpool{number}", x, kernel_size=size, stride=2, ceil_mode=True)
            for name, widths in blocks.items():
                x = inception(builder, f"inception{name}", x, widths)
        x = builder.add("Flatten", "flatten", builder.add("AdaptiveAvgPool2d", "avgpool", x))
        classified(builder, builder.add("Dropout", "dropout", x, p=0.2), "fc", init=TRUNCATED)

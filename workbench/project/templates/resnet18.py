"""ResNet-18."""

from collections.abc import Mapping
from typing import ClassVar

from workbench.core.graph import Port
from workbench.core.values import Json
from workbench.project.templates.spec import IMAGENET, IMAGENET_DATA, GraphBuilder, Samples, Template, template

KAIMING = {"weight": "kaiming_normal_"}


def conv_bn(builder: GraphBuilder, conv: str, bn: str, x: Port, width: int, kernel: int, stride: int) -> Port:
    """A convolution without bias and its batch normalisation; the size is kept but for the stride."""
    settings = {"out_channels": width, "kernel_size": kernel, "stride": stride, "padding": kernel // 2, "bias": False}
    return builder.add("BatchNorm2d", bn, builder.add("Conv2d", conv, x, init=KAIMING, **settings))


def basic_block(builder: GraphBuilder, name: str, x: Port, width: int, stride: int, *, projects: bool) -> Port:
    """The two-convolution block of He et al. 2016, with torchvision's names."""
    y = conv_bn(builder, f"{name}.conv1", f"{name}.bn1", x, width, 3, stride)
    y = builder.add("ReLU", f"{name}.relu1", y)
    y = conv_bn(builder, f"{name}.conv2", f"{name}.bn2", y, width, 3, 1)
    if projects:
        x = conv_bn(builder, f"{name}.downsample.0", f"{name}.downsample.1", x, width, 1, stride)
    return builder.add("ReLU", f"{name}.relu2", builder.add("Add", f"{name}.add", y, x))


@template(name="resnet18", title="ResNet-18")
class ResNet18(Template):
    """He et al. 2016 with torchvision's names: 11,689,512 parameters for 1000 classes."""

    rank: ClassVar[int] = 3
    data: ClassVar[Mapping[str, Json]] = IMAGENET_DATA
    training: ClassVar[Mapping[str, Json]] = {"epochs": 30, "optimizer": "SGD", "lr": 0.05, "weight_decay": 1e-4}
    samples: ClassVar[Samples | None] = IMAGENET
    smallest: ClassVar[int] = 32

    def build(self, builder: GraphBuilder) -> None:
        x = conv_bn(builder, "conv1", "bn1", builder.image(), 64, 7, 2)
        x = builder.add("ReLU", "relu", x)
        x = builder.add("MaxPool2d", "maxpool", x, kernel_size=3, stride=2, padding=1)
        for stage, width in enumerate((64, 128, 256, 512), start=1):
            for block in (0, 1):
                is_first = stage > 1 and block == 0
                x = basic_block(builder, f"layer{stage}.{block}", x, width, 2 if is_first else 1, projects=is_first)
                builder.fold(f"layer{stage}.{block}")
        x = builder.add("AdaptiveAvgPool2d", "avgpool", x, output_size=1)
        x = builder.add("Flatten", "flatten", x)
        x = builder.add("Linear", "fc", x, out_features=builder.samples.scores)
        builder.classify(x)

"""SqueezeNet 1.1."""

from collections.abc import Mapping
from typing import ClassVar

from workbench.core.graph import Port
from workbench.core.values import Json
from workbench.project.templates.base_imagenet import SMALL_LINEAR, ImageNetClassifier
from workbench.project.templates.spec import GraphBuilder, template

UNIFORM = {"weight": "kaiming_uniform_", "bias": "zeros_"}
FIRES = {
    3: (16, 64),
    4: (16, 64),
    6: (32, 128),
    7: (32, 128),
    9: (48, 192),
    10: (48, 192),
    11: (64, 256),
    12: (64, 256),
}
POOLED = (2, 5, 8)


def fire(builder: GraphBuilder, name: str, x: Port, squeezed: int, expanded: int) -> Port:
    """The fire module of Iandola et al. 2016 as a folded group.

    Args:
        builder: draws it.
        name: of the group.
        x: what comes in.
        squeezed: channels behind the first convolution.
        expanded: channels of each of the two branches.
    """

    def convolved(part: str, source: Port, width: int, kernel: int) -> Port:
        settings = {"out_channels": width, "kernel_size": kernel, "padding": kernel // 2}
        y = builder.add("Conv2d", f"{name}.{part}", source, init=UNIFORM, **settings)
        return builder.add("ReLU", f"{name}.{part}_activation", y)

    x = convolved("squeeze", x, squeezed, 1)
    wide = (convolved("expand1x1", x, expanded, 1), convolved("expand3x3", x, expanded, 3))
    builder.fold(name)
    return builder.add("Concat", f"{name}.concat", *wide)


@template(name="squeezenet1_1", title="SqueezeNet 1.1")
class SqueezeNet(ImageNetClassifier):
    """Iandola et al. 2016, AlexNet's accuracy in a fiftieth of its size: 1,235,496 parameters for 1000 classes.

    Each fire module squeezes what comes in to few maps before 1×1 and 3×3 filters expand them. The names are
    torchvision's.
    """

    rank: ClassVar[int] = 40
    training: ClassVar[Mapping[str, Json]] = {"epochs": 30, "optimizer": "SGD", "lr": 0.01, "weight_decay": 2e-4}

    def build(self, builder: GraphBuilder) -> None:
        settings = {"out_channels": 64, "stride": 2, "padding": 0}
        x = builder.add("Conv2d", "features.0", builder.image(), init=UNIFORM, **settings)
        x = builder.add("ReLU", "features.1", x)
        for number in range(2, 13):
            name = f"features.{number}"
            if number in POOLED:
                x = builder.add("MaxPool2d", name, x, kernel_size=3, stride=2, ceil_mode=True)
            else:
                x = fire(builder, name, x, *FIRES[number])
        x = builder.add("Dropout", "classifier.0", x)
        scores = {"out_channels": builder.samples.scores, "kernel_size": 1, "padding": 0}
        x = builder.add("ReLU", "classifier.2", builder.add("Conv2d", "classifier.1", x, init=SMALL_LINEAR, **scores))
        builder.classify(builder.add("Flatten", "flatten", builder.add("AdaptiveAvgPool2d", "classifier.3", x)))

"""AlexNet."""

from collections.abc import Mapping
from typing import Any, ClassVar

from workbench.core.values import Json
from workbench.project.templates.base_imagenet import ImageNetClassifier, classified
from workbench.project.templates.spec import GraphBuilder, template

# Number, width, kernel and padding of the convolutions behind the first one.
CONVOLUTIONS = ((3, 192, 5, 2), (6, 384, 3, 1), (8, 256, 3, 1), (10, 256, 3, 1))
POOLED = (3, 10)  # convolutions with a pooling behind their ReLU


@template(name="alexnet", title="AlexNet")
class AlexNet(ImageNetClassifier):
    """Krizhevsky 2014, the one-column AlexNet, with torchvision's names: 61,100,840 parameters for 1000 classes.

    For pictures below 64×64 the first convolution is 3×3 without a stride, and the head has two layers of 512.
    """

    rank: ClassVar[int] = 0
    training: ClassVar[Mapping[str, Json]] = {"epochs": 30, "optimizer": "SGD", "lr": 0.01, "weight_decay": 5e-4}
    smallest: ClassVar[int] = 15

    def build(self, builder: GraphBuilder) -> None:
        is_small = builder.samples.is_small
        first: dict[str, Any] = {"kernel_size": 3} if is_small else {"kernel_size": 11, "stride": 4, "padding": 2}
        x = builder.add("Conv2d", "features.0", builder.image(), out_channels=64, **first)
        x = builder.add("ReLU", "features.1", x)
        x = builder.add("MaxPool2d", "features.2", x, kernel_size=3, stride=2)
        for number, width, kernel, padding in CONVOLUTIONS:
            settings: dict[str, Any] = {"out_channels": width, "kernel_size": kernel, "padding": padding}
            x = builder.add("Conv2d", f"features.{number}", x, **settings)
            x = builder.add("ReLU", f"features.{number + 1}", x)
            if number in POOLED:
                x = builder.add("MaxPool2d", f"features.{number + 2}", x, kernel_size=3, stride=2)
        x = builder.add("AdaptiveAvgPool2d", "avgpool", x, output_size=1 if is_small else 6)
        x = builder.add("Flatten", "flatten", x)
        for number in (0, 3):
            x = builder.add("Dropout", f"classifier.{number}", x)
            x = builder.add("Linear", f"classifier.{number + 1}", x, out_features=512 if is_small else 4096)
            x = builder.add("ReLU", f"classifier.{number + 2}", x)
        classified(builder, x, "classifier.6")

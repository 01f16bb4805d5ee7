"""What the VGG networks have in common."""

from collections.abc import Mapping
from typing import ClassVar

from workbench.core.graph import Port
from workbench.core.values import Json
from workbench.project.templates.base_imagenet import KAIMING_AND_ZERO, ImageNetClassifier, classified, wide_head
from workbench.project.templates.spec import GraphBuilder

WIDTHS = (64, 128, 256, 512, 512)


class Vgg(ImageNetClassifier):
    """Stages of 3×3 convolutions with a pooling after each (Simonyan & Zisserman 2015), with torchvision's names.

    Attributes:
        convolutions: how many each stage has.
    """

    training: ClassVar[Mapping[str, Json]] = {
        "epochs": 30, "optimizer": "SGD", "lr": 0.02, "weight_decay": 5e-4, "clip_grad_norm": 5.0,
    }  # fmt: skip
    convolutions: ClassVar[tuple[int, ...]] = ()

    def build(self, builder: GraphBuilder) -> None:
        x = self._features(builder, builder.image())
        x = builder.add("AdaptiveAvgPool2d", "avgpool", x, output_size=1 if builder.samples.is_small else 7)
        x = wide_head(builder, builder.add("Flatten", "flatten", x), "classifier.0", "classifier.3")
        classified(builder, x, "classifier.6")

    def _features(self, builder: GraphBuilder, x: Port) -> Port:
        number = 0
        for width, count in zip(WIDTHS, self.convolutions, strict=True):
            for _ in range(count):
                x = builder.add("Conv2d", f"features.{number}", x, out_channels=width, init=KAIMING_AND_ZERO)
                x = builder.add("ReLU", f"features.{number + 1}", x)
                number += 2
            x = builder.add("MaxPool2d", f"features.{number}", x, kernel_size=2, stride=2)
            number += 1
        return x

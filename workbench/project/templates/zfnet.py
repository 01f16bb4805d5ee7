"""ZFNet."""

from collections.abc import Mapping
from typing import Any, ClassVar

from workbench.core.values import Json
from workbench.project.templates.base_imagenet import ImageNetClassifier, classified, wide_head
from workbench.project.templates.spec import GraphBuilder, template

STEMS: tuple[Mapping[str, Any], ...] = (
    {"out_channels": 96, "kernel_size": 7, "stride": 2, "padding": 1},
    {"out_channels": 256, "kernel_size": 5, "stride": 2, "padding": 0},
)
SMALL_STEMS: tuple[Mapping[str, Any], ...] = ({"out_channels": 96}, {"out_channels": 256})
WIDTHS = (384, 384, 256)


@template(name="zfnet", title="ZFNet")
class ZfNet(ImageNetClassifier):
    """Zeiler & Fergus 2014, figure 3, the network they looked into: 62,357,608 parameters for 1000 classes.

    AlexNet with smaller filters and strides. Responses are normalised across neighbouring maps. For pictures below
    64×64 the first two convolutions are 3×3 without a stride, and the head has two layers of 512.
    """

    rank: ClassVar[int] = 1
    training: ClassVar[Mapping[str, Json]] = {"epochs": 30, "optimizer": "SGD", "lr": 0.01, "weight_decay": 5e-4}
    smallest: ClassVar[int] = 9

    def build(self, builder: GraphBuilder) -> None:
        x = builder.image()
        for number, stem in enumerate(SMALL_STEMS if builder.samples.is_small else STEMS, start=1):
            x = builder.add("ReLU", f"relu{number}", builder.add("Conv2d", f"conv{number}", x, **stem))
            x = builder.add("MaxPool2d", f"pool{number}", x, kernel_size=3, stride=2, padding=1)
            x = builder.add("LocalResponseNorm", f"norm{number}", x, k=2.0)
        for number, width in enumerate(WIDTHS, start=3):
            x = builder.add("ReLU", f"relu{number}", builder.add("Conv2d", f"conv{number}", x, out_channels=width))
        x = builder.add("Flatten", "flatten", builder.add("MaxPool2d", "pool5", x, kernel_size=3, stride=2))
        classified(builder, wide_head(builder, x, "classifier.0", "classifier.3"), "classifier.6")

"""VGG-11."""

from collections.abc import Mapping
from typing import ClassVar

from workbench.core.values import Json
from workbench.project.templates.spec import IMAGENET, IMAGENET_DATA, GraphBuilder, Samples, Template, template

WIDTHS = (64, "pool", 128, "pool", 256, 256, "pool", 512, 512, "pool", 512, 512, "pool")
SMALL_PICTURE = 64
KAIMING = {"weight": "kaiming_normal_", "bias": "zeros_"}


@template(name="vgg11", title="VGG-11")
class Vgg11(Template):
    """Simonyan & Zisserman 2015, configuration A, with torchvision's names: 132,863,336 parameters for 1000 classes.

    For pictures below 64×64 the head is smaller, as is usual there: pooling to 1×1 and two layers of 512.
    """

    rank: ClassVar[int] = 4
    data: ClassVar[Mapping[str, Json]] = IMAGENET_DATA
    training: ClassVar[Mapping[str, Json]] = {
        "epochs": 30, "optimizer": "SGD", "lr": 0.02, "weight_decay": 5e-4, "clip_grad_norm": 5.0,
    }  # fmt: skip
    samples: ClassVar[Samples | None] = IMAGENET
    smallest: ClassVar[int] = 32

    def build(self, builder: GraphBuilder) -> None:
        x = builder.image()
        number = 0
        for width in WIDTHS:
            if width == "pool":
                x = builder.add("MaxPool2d", f"features.{number}", x, kernel_size=2, stride=2)
                number += 1
                continue
            x = builder.add(
                "Conv2d", f"features.{number}", x, out_channels=width, kernel_size=3, padding=1, init=KAIMING
            )
            x = builder.add("ReLU", f"features.{number + 1}", x)
            number += 2
        is_small = min(builder.samples.shape[1:]) < SMALL_PICTURE
        x = builder.add("AdaptiveAvgPool2d", "avgpool", x, output_size=1 if is_small else 7)
        x = builder.add("Flatten", "flatten", x)
        for first in (0, 3):
            x = builder.add("Linear", f"classifier.{first}", x, out_features=512 if is_small else 4096)
            x = builder.add("ReLU", f"classifier.{first + 1}", x)
            x = builder.add("Dropout", f"classifier.{first + 2}", x)
        x = builder.add("Linear", "classifier.6", x, out_features=builder.samples.scores)
        builder.classify(x)

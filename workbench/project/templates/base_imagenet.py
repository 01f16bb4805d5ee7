"""What networks that were made for ImageNet have in common: what they are drawn for, and bricks that most of them use."""

from collections.abc import Mapping
from typing import Any, ClassVar

from workbench.core.graph import Port
from workbench.core.values import Json
from workbench.project.templates.spec import IMAGENET, IMAGENET_DATA, IMAGENET_NETWORKS, GraphBuilder, Samples, Template

KAIMING = {"weight": "kaiming_normal_"}
KAIMING_AND_ZERO = KAIMING | {"bias": "zeros_"}
SMALL_LINEAR = {"weight": "normal_(0, 0.01)", "bias": "zeros_"}


def conv_bn(
    builder: GraphBuilder, conv: str, bn: str, x: Port, width: int, kernel: int, stride: int = 1, **settings: Any
) -> Port:
    """A convolution without bias and its batch normalisation; the size is kept but for the stride.

    Args:
        builder: draws them.
        conv: name of the convolution.
        bn: name of its batch normalisation.
        x: what comes in.
        width: how many channels it gives.
        kernel: height and width of its filters.
        stride: step between their places.
        settings: `groups` of the convolution; `eps` and `momentum` of the normalisation.
    """
    of_norm = {key: settings.pop(key) for key in ("eps", "momentum") if key in settings}
    y = builder.add(
        "Conv2d", conv, x, out_channels=width, kernel_size=kernel, stride=stride, padding=kernel // 2, bias=False,
        init=KAIMING, **settings,
    )  # fmt: skip
    return builder.add("BatchNorm2d", bn, y, **of_norm)


class ImageNetClassifier(Template):
    """A network for photographs of 224×224 pixels and 1000 classes, which also takes smaller pictures."""

    data: ClassVar[Mapping[str, Json]] = IMAGENET_DATA
    samples: ClassVar[Samples | None] = IMAGENET
    smallest: ClassVar[int] = 32
    group: ClassVar[str] = IMAGENET_NETWORKS

"""What networks that were made for ImageNet share: what they are drawn for, and bricks that most of them use."""

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


def classified(builder: GraphBuilder, x: Port, name: str, **settings: Any) -> None:
    """The scores of all classes, by a layer of that name and with such settings, and what they are compared with."""
    builder.classify(builder.add("Linear", name, x, out_features=builder.samples.scores, **settings))


def wide_head(builder: GraphBuilder, x: Port, first: str, second: str) -> Port:
    """Two hidden layers, each a Linear, a ReLU and a Dropout after it; smaller ones for small pictures.

    Args:
        builder: draws them.
        x: what comes in, flat.
        first: name of the first layer, `GROUP.NUMBER`; what follows it has the next numbers.
        second: name of the second one.
    """
    for name in (first, second):
        group, _, number = name.rpartition(".")
        x = builder.add("Linear", name, x, out_features=512 if builder.samples.is_small else 4096)
        x = builder.add("ReLU", f"{group}.{int(number) + 1}", x)
        x = builder.add("Dropout", f"{group}.{int(number) + 2}", x)
    return x


class ImageNetClassifier(Template):
    """A network for photographs of 224×224 pixels and 1000 classes, which also takes smaller pictures."""

    data: ClassVar[Mapping[str, Json]] = IMAGENET_DATA
    samples: ClassVar[Samples | None] = IMAGENET
    smallest: ClassVar[int] = 32
    group: ClassVar[str] = IMAGENET_NETWORKS

"""DenseNet-121."""

from collections.abc import Mapping
from typing import ClassVar

from workbench.core.graph import Port
from workbench.core.values import Json
from workbench.project.templates.base_imagenet import KAIMING, ImageNetClassifier, classified
from workbench.project.templates.spec import GraphBuilder, template

LAYERS = (6, 12, 24, 16)
GROWTH = 32
NARROW = 4  # times the growth: what a layer reduces all that comes in to


def _convolved(builder: GraphBuilder, names: tuple[str, str, str], x: Port, width: int, kernel: int) -> Port:
    """Batch normalisation, ReLU and a convolution behind them, under their names."""
    norm, relu, conv = names
    x = builder.add("ReLU", relu, builder.add("BatchNorm2d", norm, x))
    settings = {"out_channels": width, "kernel_size": kernel, "padding": kernel // 2, "bias": False}
    return builder.add("Conv2d", conv, x, init=KAIMING, **settings)


def dense_layer(builder: GraphBuilder, name: str, x: Port, growth: int) -> Port:
    """The maps that a layer adds to those that come in, behind 1×1 filters that reduce them."""
    for part, width, kernel in ((1, NARROW * growth, 1), (2, growth, 3)):
        names = (f"{name}.norm{part}", f"{name}.relu{part}", f"{name}.conv{part}")
        x = _convolved(builder, names, x, width, kernel)
    return x


def transition(builder: GraphBuilder, name: str, x: Port, width: int) -> Port:
    """Half as many maps, of half the height and width."""
    x = _convolved(builder, (f"{name}.norm", f"{name}.relu", f"{name}.conv"), x, width, 1)
    builder.fold(name)
    return builder.add("AvgPool2d", f"{name}.pool", x, kernel_size=2, stride=2)


@template(name="densenet121", title="DenseNet-121")
class DenseNet121(ImageNetClassifier):
    """Huang et al. 2017: each layer gets the maps of all before it; 7,978,856 parameters for 1000 classes.

    The names are torchvision's. A block is a folded group, and so is each layer in it.
    """

    rank: ClassVar[int] = 30
    training: ClassVar[Mapping[str, Json]] = {"epochs": 30, "optimizer": "SGD", "lr": 0.05, "weight_decay": 1e-4}

    def build(self, builder: GraphBuilder) -> None:
        stem = {"out_channels": 64, "kernel_size": 7, "stride": 2, "padding": 3, "bias": False}
        x = builder.add("Conv2d", "features.conv0", builder.image(), init=KAIMING, **stem)
        x = builder.add("ReLU", "features.relu0", builder.add("BatchNorm2d", "features.norm0", x))
        x = builder.add("MaxPool2d", "features.pool0", x, kernel_size=3, stride=2, padding=1)
        width = 64
        for number, count in enumerate(LAYERS, start=1):
            x = self._block(builder, f"features.denseblock{number}", x, count)
            width += count * GROWTH
            if number < len(LAYERS):
                width //= 2
                x = transition(builder, f"features.transition{number}", x, width)
        x = builder.add("ReLU", "relu", builder.add("BatchNorm2d", "features.norm5", x))
        x = builder.add("Flatten", "flatten", builder.add("AdaptiveAvgPool2d", "avgpool", x))
        classified(builder, x, "classifier", init={"bias": "zeros_"})

    def _block(self, builder: GraphBuilder, name: str, x: Port, count: int) -> Port:
        """Layers in a chain, each behind a joint of what the one before got and gave."""
        known = x
        for number in range(1, count + 1):
            layer = f"{name}.denselayer{number}"
            if number > 1:
                known = builder.add("Concat", f"{layer}.concat", known, x)
            x = dense_layer(builder, layer, known, GROWTH)
            builder.fold(layer)
        builder.fold(name)
        return builder.add("Concat", f"{name}.concat", known, x)

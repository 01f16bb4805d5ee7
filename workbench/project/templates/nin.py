"""Network in network."""

from collections.abc import Mapping
from typing import ClassVar

from workbench.core.graph import Port
from workbench.core.values import Json
from workbench.project.templates.spec import GraphBuilder, Template, template

NORMAL = {"weight": "normal_(0, 0.05)", "bias": "zeros_"}


@template(name="nin", title="Network in network")
class Nin(Template):
    """Lin et al. 2014: after each convolution 1×1 ones, and no layer that weighs all places; 966,986 parameters.

    That is their network for CIFAR-10, pictures of 32×32 in colour and ten classes.
    """

    rank: ClassVar[int] = 6
    training: ClassVar[Mapping[str, Json]] = {"epochs": 20, "optimizer": "AdamW", "lr": 1e-3, "weight_decay": 0.01}
    smallest: ClassVar[int] = 6

    def build(self, builder: GraphBuilder) -> None:
        x = self._block(builder, "mlpconv1", builder.image(), (192, 160, 96), 5)
        x = builder.add("MaxPool2d", "pool1", x, kernel_size=3, stride=2, ceil_mode=True)
        x = self._block(builder, "mlpconv2", builder.add("Dropout", "dropout1", x), (192, 192, 192), 5)
        x = builder.add("AvgPool2d", "pool2", x, kernel_size=3, stride=2, ceil_mode=True)
        widths = (192, 192, builder.samples.scores)
        x = self._block(builder, "mlpconv3", builder.add("Dropout", "dropout2", x), widths, 3)
        builder.classify(builder.add("Flatten", "flatten", builder.add("AdaptiveAvgPool2d", "pool3", x)))

    @staticmethod
    def _block(builder: GraphBuilder, name: str, x: Port, widths: tuple[int, int, int], kernel: int) -> Port:
        """A convolution and two of single pixels, as one folded group."""
        for number, (width, size) in enumerate(zip(widths, (kernel, 1, 1), strict=True), start=1):
            settings = {"out_channels": width, "kernel_size": size, "padding": size // 2}
            x = builder.add("Conv2d", f"{name}.conv{number}", x, init=NORMAL, **settings)
            x = builder.add("ReLU", f"{name}.relu{number}", x)
        builder.fold(name)
        return x

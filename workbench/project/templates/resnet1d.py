"""A residual network for series."""

from typing import ClassVar

from workbench.core.graph import Port
from workbench.project.templates.base_series import SeriesClassifier
from workbench.project.templates.spec import GraphBuilder, template

WIDTHS = (64, 128, 128)
KERNELS = (8, 5, 3)


@template(name="resnet1d", title="ResNet for series")
class ResNet1d(SeriesClassifier):
    """Wang et al. 2017: three residual blocks of three convolutions each, and a mean over all steps.

    504,645 parameters for one channel and five classes. A block whose width changes has a convolution of single steps
    in its shortcut; batch normalisation is in each.
    """

    rank: ClassVar[int] = 2

    def build(self, builder: GraphBuilder) -> None:
        x, narrow = builder.given(), 0
        for number, width in enumerate(WIDTHS, start=1):
            x = self._block(builder, f"block{number}", x, width, is_wider=width != narrow)
            narrow = width
        self.classified(builder, x)

    def _block(self, builder: GraphBuilder, name: str, x: Port, width: int, *, is_wider: bool) -> Port:
        y = x
        for number, kernel in enumerate(KERNELS, start=1):
            y = self.conv_bn(builder, f"{name}.conv{number}", f"{name}.bn{number}", y, width, kernel)
            y = builder.add("ReLU", f"{name}.relu{number}", y) if number < len(KERNELS) else y
        if is_wider:
            x = self.conv_bn(builder, f"{name}.shortcut.conv", f"{name}.shortcut.bn", x, width, 1)
        else:
            x = builder.add("BatchNorm1d", f"{name}.shortcut.bn", x)
        builder.fold(name)
        return builder.add("ReLU", f"{name}.relu{len(KERNELS)}", builder.add("Add", f"{name}.add", y, x))

"""Wide ResNet-50-2."""

from typing import ClassVar

from workbench.project.templates.base_residual import Residual
from workbench.project.templates.spec import template


@template(name="wide_resnet50_2", title="Wide ResNet-50-2")
class WideResNet50(Residual):
    """Zagoruyko & Komodakis 2016, with torchvision's names: 68,883,240 parameters for 1000 classes."""

    rank: ClassVar[int] = 23
    blocks: ClassVar[tuple[int, ...]] = (3, 4, 6, 3)
    has_bottlenecks: ClassVar[bool] = True
    widening: ClassVar[int] = 2

"""ResNet-50."""

from typing import ClassVar

from workbench.project.templates.base_residual import Residual
from workbench.project.templates.spec import template


@template(name="resnet50", title="ResNet-50")
class ResNet50(Residual):
    """He et al. 2016 in bottlenecks, with torchvision's names: 25,557,032 parameters for 1000 classes."""

    rank: ClassVar[int] = 22
    blocks: ClassVar[tuple[int, ...]] = (3, 4, 6, 3)
    has_bottlenecks: ClassVar[bool] = True

"""ResNet-34."""

from typing import ClassVar

from workbench.project.templates.base_residual import Residual
from workbench.project.templates.spec import template


@template(name="resnet34", title="ResNet-34")
class ResNet34(Residual):
    """He et al. 2016 with torchvision's names: 21,797,672 parameters for 1000 classes."""

    rank: ClassVar[int] = 21
    blocks: ClassVar[tuple[int, ...]] = (3, 4, 6, 3)

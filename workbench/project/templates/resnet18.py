"""ResNet-18."""

from typing import ClassVar

from workbench.project.templates.base_residual import Residual
from workbench.project.templates.spec import template


@template(name="resnet18", title="ResNet-18")
class ResNet18(Residual):
    """He et al. 2016 with torchvision's names: 11,689,512 parameters for 1000 classes."""

    rank: ClassVar[int] = 20
    folds_stages: ClassVar[bool] = False

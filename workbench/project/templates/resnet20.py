"""ResNet-20."""

from typing import ClassVar

from workbench.project.templates.base_small_residual import SmallResidual
from workbench.project.templates.spec import template


@template(name="resnet20", title="ResNet-20")
class ResNet20(SmallResidual):
    """He et al. 2016, section 4.2, for pictures of about 32×32: 269,722 parameters for ten classes in colour."""

    rank: ClassVar[int] = 4
    blocks: ClassVar[int] = 3

"""ResNet-56."""

from typing import ClassVar

from workbench.project.templates.base_small_residual import SmallResidual
from workbench.project.templates.spec import template


@template(name="resnet56", title="ResNet-56")
class ResNet56(SmallResidual):
    """He et al. 2016, section 4.2, for pictures of about 32×32: 853,018 parameters for ten classes in colour."""

    rank: ClassVar[int] = 5
    blocks: ClassVar[int] = 9

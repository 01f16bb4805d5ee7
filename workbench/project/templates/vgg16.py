"""VGG-16."""

from typing import ClassVar

from workbench.project.templates.base_vgg import Vgg
from workbench.project.templates.spec import template


@template(name="vgg16", title="VGG-16")
class Vgg16(Vgg):
    """Simonyan & Zisserman 2015, configuration D, with torchvision's names: 138,357,544 parameters for 1000 classes.

    For pictures below 64×64 the head is smaller, as is usual there: pooling to 1×1 and two layers of 512.
    """

    rank: ClassVar[int] = 11
    convolutions: ClassVar[tuple[int, ...]] = (2, 2, 3, 3, 3)

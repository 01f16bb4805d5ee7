"""VGG-11."""

from typing import ClassVar

from workbench.project.templates.base_vgg import Vgg
from workbench.project.templates.spec import template


@template(name="vgg11", title="VGG-11")
class Vgg11(Vgg):
    """Simonyan & Zisserman 2015, configuration A, with torchvision's names: 132,863,336 parameters for 1000 classes.

    For pictures below 64×64 the head is smaller, as is usual there: pooling to 1×1 and two layers of 512.
    """

    rank: ClassVar[int] = 10
    convolutions: ClassVar[tuple[int, ...]] = (1, 1, 2, 2, 2)

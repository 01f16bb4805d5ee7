"""VGG-19."""

from typing import ClassVar

from workbench.project.templates.base_vgg import Vgg
from workbench.project.templates.spec import template


@template(name="vgg19", title="VGG-19")
class Vgg19(Vgg):
    """Simonyan & Zisserman 2015, configuration E, with torchvision's names: 143,667,240 parameters for 1000 classes.

    For pictures below 64×64 the head is smaller, as is usual there: pooling to 1×1 and two layers of 512.
    """

    rank: ClassVar[int] = 12
    convolutions: ClassVar[tuple[int, ...]] = (2, 2, 4, 4, 4)

"""MobileNetV3, small."""

from typing import ClassVar

from workbench.project.templates.base_mobilenet_v3 import MobileNetV3
from workbench.project.templates.spec import template


@template(name="mobilenet_v3_small", title="MobileNetV3 small")
class MobileNetV3Small(MobileNetV3):
    """Howard et al. 2019, small, with torchvision's names: 2,542,856 parameters for 1000 classes."""

    rank: ClassVar[int] = 42
    hidden: ClassVar[int] = 1024
    blocks: ClassVar[tuple[tuple[int, int, int, bool, bool, int], ...]] = (
        (3, 16, 16, True, False, 2),
        (3, 72, 24, False, False, 2),
        (3, 88, 24, False, False, 1),
        (5, 96, 40, True, True, 2),
        (5, 240, 40, True, True, 1),
        (5, 240, 40, True, True, 1),
        (5, 120, 48, True, True, 1),
        (5, 144, 48, True, True, 1),
        (5, 288, 96, True, True, 2),
        (5, 576, 96, True, True, 1),
        (5, 576, 96, True, True, 1),
    )

"""MobileNetV3, large."""

from typing import ClassVar

from workbench.project.templates.base_mobilenet_v3 import MobileNetV3
from workbench.project.templates.spec import template


@template(name="mobilenet_v3_large", title="MobileNetV3 large")
class MobileNetV3Large(MobileNetV3):
    """Howard et al. 2019, large, with torchvision's names: 5,483,032 parameters for 1000 classes."""

    rank: ClassVar[int] = 43
    hidden: ClassVar[int] = 1280
    blocks: ClassVar[tuple[tuple[int, int, int, bool, bool, int], ...]] = (
        (3, 16, 16, False, False, 1),
        (3, 64, 24, False, False, 2),
        (3, 72, 24, False, False, 1),
        (5, 72, 40, True, False, 2),
        (5, 120, 40, True, False, 1),
        (5, 120, 40, True, False, 1),
        (3, 240, 80, False, True, 2),
        (3, 200, 80, False, True, 1),
        (3, 184, 80, False, True, 1),
        (3, 184, 80, False, True, 1),
        (3, 480, 112, True, True, 1),
        (3, 672, 112, True, True, 1),
        (5, 672, 160, True, True, 2),
        (5, 960, 160, True, True, 1),
        (5, 960, 160, True, True, 1),
    )

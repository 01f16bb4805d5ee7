"""An inverse graphics network for pictures of about 64×64 pixels."""

from collections.abc import Mapping
from typing import ClassVar

from workbench.core.values import Json
from workbench.project.templates.base_inverse_graphics import InverseGraphics, Widths
from workbench.project.templates.dcign32 import Dcign32
from workbench.project.templates.spec import template


@template(name="dcign64", title="Inverse graphics network (DC-IGN 64×64)")
class Dcign64(InverseGraphics):
    """Learns a code of pose, light and identity from larger pictures, in which small turns can be seen."""

    rank: ClassVar[int] = 3
    data: ClassVar[Mapping[str, Json]] = {"source": "heads", "options": {"size": 64}, "batch_size": 20}
    training: ClassVar[Mapping[str, Json]] = Dcign32.training
    smallest: ClassVar[int] = 16
    encoder: ClassVar[Widths] = ((16, 5), (24, 3), (32, 3), (32, 3))
    hidden: ClassVar[int] = 128
    decoder: ClassVar[Widths] = ((32, 3), (24, 3), (16, 3), (1, 5))

"""A small inverse graphics network, for pictures of about 32×32 pixels and no more than a processor."""

from collections.abc import Mapping
from typing import ClassVar

from workbench.core.values import Json
from workbench.project.templates.base_inverse_graphics import InverseGraphics, Widths
from workbench.project.templates.spec import template


@template(name="dcign32", title="Inverse graphics network, small (DC-IGN 32×32)")
class Dcign32(InverseGraphics):
    """Learns a code in which pose, light and identity have latents of their own, and draws pictures from it."""

    rank: ClassVar[int] = 2
    data: ClassVar[Mapping[str, Json]] = {"source": "heads", "options": {"batches": 300}, "batch_size": 20}
    training: ClassVar[Mapping[str, Json]] = {
        "epochs": 8,
        "optimizer": "Adam",
        "lr": 0.002,
        "schedule": "cosine",
        "schedules": {"cosine": {"warmup": 0.0}},
        "accumulate": 4,
    }
    smallest: ClassVar[int] = 8
    encoder: ClassVar[Widths] = ((16, 5), (24, 3), (32, 3))
    hidden: ClassVar[int] = 128
    decoder: ClassVar[Widths] = ((24, 3), (16, 3), (1, 5))

"""What networks for brain waves share."""

from collections.abc import Mapping
from typing import ClassVar

from workbench.core.values import Json
from workbench.project.templates.spec import OTHER_DATA, Template

XAVIER = {"weight": "xavier_uniform_"}


class BrainWaves(Template):
    """Tells recordings of electrodes apart: maps of 1 × electrodes × samples."""

    rank: ClassVar[int] = 5
    group: ClassVar[str] = OTHER_DATA
    reads: ClassVar[str] = "recordings of electrodes"
    data: ClassVar[Mapping[str, Json]] = {"batch_size": 16}
    training: ClassVar[Mapping[str, Json]] = {"epochs": 100, "optimizer": "AdamW", "lr": 1e-3}

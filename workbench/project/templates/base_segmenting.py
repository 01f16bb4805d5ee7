"""What networks share that say of each pixel what it belongs to."""

from collections.abc import Mapping
from typing import ClassVar

from workbench.core.values import Json
from workbench.project.templates.spec import SEGMENT, GraphBuilder, Template

VGG16 = ((64, 2), (128, 2), (256, 3), (512, 3), (512, 3))  # width and how many convolutions of its stages


class Segmenting(Template):
    """Learns from pictures with masks: rendered heads and their parts, until other data is chosen."""

    group: ClassVar[str] = SEGMENT
    data: ClassVar[Mapping[str, Json]] = {
        "source": "heads", "options": {"parts": True, "size": 64, "batches": 20, "test": 300}, "batch_size": 20,
    }  # fmt: skip

    @staticmethod
    def scores(builder: GraphBuilder) -> int:
        """How many scores each pixel gets."""
        return len(builder.samples.parts) or builder.samples.scores

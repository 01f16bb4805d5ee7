"""What networks share that give back a picture better than it came in."""

from collections.abc import Mapping
from typing import ClassVar

from workbench.core.graph import Port
from workbench.core.values import Json
from workbench.project.templates.spec import RESTORE, GraphBuilder, Template

TIMES = 2  # how many times smaller a picture is made, and larger again


class Restoring(Template):
    """Learns from any pictures: what it is to mend is done to them within the network, by a node of its own.

    That node is bypassed once the network is to work on pictures that are bad already. Where the data has pairs of bad
    pictures and good ones there is no such node.
    """

    group: ClassVar[str] = RESTORE
    training: ClassVar[Mapping[str, Json]] = {"epochs": 10, "optimizer": "AdamW", "lr": 1e-3}

    @staticmethod
    def channels(builder: GraphBuilder) -> int:
        """How many channels the picture to arrive at has."""
        return (builder.samples.clean_shape or builder.samples.shape)[0]

    @staticmethod
    def made_smaller(builder: GraphBuilder) -> Port:
        """The picture at half of its height and width, as a coarser camera would take it."""
        image = builder.image(normalised=False)
        return builder.add("AvgPool2d", "smaller", image, kernel_size=TIMES, ceil_mode=True)

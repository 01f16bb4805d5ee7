"""One layer of sparse codes: learns edges, and draws a picture without its noise."""

from collections.abc import Mapping
from typing import ClassVar

from workbench.core.values import Json
from workbench.project.templates.base_deconvolutional import Deconvolutional
from workbench.project.templates.spec import GraphBuilder, template


@template(name="deconv1", title="Deconvolutional network, one layer")
class Deconv1(Deconvolutional):
    """Learns the strokes that natural pictures are made of, without labels, and draws pictures from few of them."""

    rank: ClassVar[int] = 0
    training: ClassVar[Mapping[str, Json]] = {"epochs": 20, "schedule": "constant"}

    def build(self, builder: GraphBuilder) -> None:
        self.coded(builder, "layer1", self.picture(builder), out_channels=16, kernel_size=7, lam=1.5, iterations=15)

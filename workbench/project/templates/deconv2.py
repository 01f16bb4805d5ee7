"""Two layers of sparse codes as in Zeiler et al. 2010: the second one explains the codes of the first."""

from collections.abc import Mapping
from typing import ClassVar

from workbench.core.values import Json
from workbench.project.templates.base_deconvolutional import Deconvolutional, layer_by_layer
from workbench.project.templates.spec import GraphBuilder, template


@template(name="deconv2", title="Deconvolutional network, two layers (2010)")
class Deconv2(Deconvolutional):
    """Learns strokes and then what they join to, a layer at a time (Zeiler et al. 2010: 9 and 45 maps)."""

    rank: ClassVar[int] = 1
    training: ClassVar[Mapping[str, Json]] = {"schedule": "constant", "stages": layer_by_layer(15, 8)}

    def build(self, builder: GraphBuilder) -> None:
        settings = {"kernel_size": 7, "iterations": 10}
        codes = self.coded(builder, "layer1", self.picture(builder), out_channels=9, lam=1.5, **settings)
        self.coded(builder, "layer2", codes, out_channels=45, connectivity="singles_doubles", lam=10.0, **settings)

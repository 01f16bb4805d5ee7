"""Sparse codes that draw a picture without its noise."""

from collections.abc import Mapping
from typing import ClassVar

from workbench.core.graph import Port
from workbench.core.values import Json
from workbench.project.templates.base_deconvolutional import Deconvolutional
from workbench.project.templates.spec import GraphBuilder, template


@template(name="denoiser", title="Denoiser of sparse codes")
class Denoiser(Deconvolutional):
    """Takes the noise out of pictures of any size: what is fine is drawn anew from few strokes learnt on clean ones.

    Noise needs many strokes, edges few. `lam` says how strong the noise is that the network is for: a stroke is drawn
    where it is stronger than 1 / lam, which is twice the noise of 0.1 that it is set to. A search that is broken off
    early leaves out what noise would ask for last.
    """

    rank: ClassVar[int] = 4
    training: ClassVar[Mapping[str, Json]] = {"epochs": 10, "schedule": "constant"}
    smallest: ClassVar[int] = 1

    def build(self, builder: GraphBuilder) -> None:
        low = builder.add("LowPass2d", "coarse", builder.image(normalised=False), sigma=4.0)
        fine = Port(low.node, "high")
        codes = self.coded(builder, "layer1", fine, out_channels=16, kernel_size=7, lam=5.0, iterations=12)
        clean = builder.add("Add", "clean", low, Port(codes.node, "reconstruction"))
        builder.add("Output", "denoised", clean)

"""Batch normalisation of vectors and series."""

from typing import ClassVar

from workbench.layers.base_batch_norm import BatchNorm
from workbench.layers.spec import In, layer


@layer(title="Batch normalisation 1D", group="Normalisation")
class BatchNorm1d(BatchNorm):
    """Centres and scales each feature over the batch, so that deep networks train faster."""

    stem: ClassVar[str] = "bn"
    inputs: ClassVar[tuple[In, ...]] = (In("x", kinds={"vector", "map"}, axes=(1, 2)),)

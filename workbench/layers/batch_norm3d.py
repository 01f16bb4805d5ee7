"""Batch normalisation of volumes."""

from typing import ClassVar

from workbench.layers.base_batch_norm import BatchNorm
from workbench.layers.spec import In, layer


@layer(title="Batch normalisation 3D", group="Normalisation")
class BatchNorm3d(BatchNorm):
    """Centres and scales each channel over the batch and all voxels, so that deep networks train faster."""

    stem: ClassVar[str] = "bn"
    inputs: ClassVar[tuple[In, ...]] = (In("x", kinds={"map"}, axes=(4,)),)

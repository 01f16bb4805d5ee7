"""Instance normalisation of volumes."""

from typing import ClassVar

from workbench.layers.base_instance_norm import InstanceNorm
from workbench.layers.spec import In, layer


@layer(title="Instance normalisation 3D", group="Normalisation")
class InstanceNorm3d(InstanceNorm):
    """Centres and scales each channel of each sample over all its voxels, so that contrast no longer matters."""

    inputs: ClassVar[tuple[In, ...]] = (In("x", kinds={"map"}, axes=(4,)),)

"""Instance normalisation of images."""

from typing import ClassVar

from workbench.layers.base_instance_norm import InstanceNorm
from workbench.layers.spec import In, layer


@layer(title="Instance normalisation 2D", group="Normalisation")
class InstanceNorm2d(InstanceNorm):
    """Centres and scales each channel of each sample over all its pixels, so that contrast no longer matters."""

    inputs: ClassVar[tuple[In, ...]] = (In("x", kinds={"map"}, axes=(3,)),)

"""Instance normalisation of series."""

from typing import ClassVar

from workbench.layers.base_instance_norm import InstanceNorm
from workbench.layers.spec import In, layer


@layer(title="Instance normalisation 1D", group="Normalisation")
class InstanceNorm1d(InstanceNorm):
    """Centres and scales each channel of each sample over its length, so that contrast no longer matters."""

    inputs: ClassVar[tuple[In, ...]] = (In("x", kinds={"map"}, axes=(2,)),)

"""The same network as `dcign32` without its clamp: what inverse graphics is compared with."""

from typing import ClassVar

from workbench.project.templates.dcign32 import Dcign32
from workbench.project.templates.spec import template


@template(name="vae32", title="Variational autoencoder (entangled baseline)")
class Vae32(Dcign32):
    """Learns a code to draw pictures from, without being told which latent stands for what."""

    rank: ClassVar[int] = 1
    needs_factors: ClassVar[bool] = False
    is_entangled: ClassVar[bool] = True

"""DnCNN."""

from typing import ClassVar

from workbench.project.templates.base_denoising import NoiseLearner
from workbench.project.templates.spec import template


@template(name="dncnn", title="DnCNN")
class DnCnn(NoiseLearner):
    """Zhang et al. 2017: learns the noise of a picture, which is then taken off; 17 layers.

    556,097 parameters for grey pictures. The node `noise` puts noise of 0.1 on the pictures to learn from; bypass it to
    clean pictures that are noisy. Data of noisy pictures with their clean ones needs no such node. The picture without
    the noise that was found is compared with the one before, which comes to the same as comparing the noise. Unlike the
    paper's the last layer begins near zero, so that a picture is left as it is at first.
    """

    rank: ClassVar[int] = 0

"""U-Net."""

from collections.abc import Mapping
from typing import ClassVar

from workbench.core.graph import Port
from workbench.core.values import Json
from workbench.project.templates.base_segmenting import Segmenting
from workbench.project.templates.spec import GraphBuilder, template

WIDTHS = (64, 128, 256, 512)
LOWEST = 1024
KAIMING = {"weight": "kaiming_normal_", "bias": "zeros_"}


def two_convolutions(builder: GraphBuilder, name: str, x: Port, width: int) -> Port:
    """Two convolutions that keep the size, each with its ReLU."""
    for number in (1, 2):
        x = builder.add("Conv2d", f"{name}.conv{number}", x, out_channels=width, init=KAIMING)
        x = builder.add("ReLU", f"{name}.relu{number}", x)
    return x


def enlarged(builder: GraphBuilder, name: str, x: Port, skip: tuple[Port, int], size: tuple[int, ...]) -> Port:
    """Enlarges a map to a size, joins it with the one from the way down, and convolves both.

    Args:
        builder: draws it.
        name: of the group.
        x: the coarser map.
        skip: the map from the way down, and its channels.
        size: height and width of that map.
    """
    other, width = skip
    margins = tuple(side % 2 for side in size)
    x = builder.add(
        "ConvTranspose2d", f"{name}.enlarge", x, out_channels=width, kernel_size=2, stride=2, output_padding=margins,
        init=KAIMING,
    )  # fmt: skip
    return two_convolutions(builder, name, builder.add("Concat", f"{name}.concat", other, x), width)


@template(name="unet", title="U-Net")
class UNet(Segmenting):
    """Says of each pixel what it belongs to, by going down to coarse maps and up again (Ronneberger et al. 2015).

    31.0 million parameters, as the paper's, for grey pictures and two classes: 31,030,658. On its way up each map is
    enlarged by a transposed convolution and joined with the one of its size from the way down. Convolutions keep the
    size (padding 1), so that the answer is as large as the picture, where the paper's lose a margin; the dropout at the
    end of the way down is the paper's. Sizes that cannot be halved four times leave a row or column over on the way
    down, which is put back on the way up before maps are joined.
    """

    rank: ClassVar[int] = 0
    training: ClassVar[Mapping[str, Json]] = {"epochs": 20, "optimizer": "AdamW", "lr": 3e-4}
    smallest: ClassVar[int] = 16

    def build(self, builder: GraphBuilder) -> None:
        x, shape = builder.image(), builder.samples.shape[1:]
        sizes, skips = [], []
        for level, width in enumerate(WIDTHS, start=1):
            name = f"down{level}"
            if level > 1:
                x = builder.add("MaxPool2d", f"{name}.pool", x, kernel_size=2)
                shape = tuple(side // 2 for side in shape)
            x = two_convolutions(builder, name, x, width)
            builder.fold(name)
            skips.append(x)
            sizes.append(shape)
        x = builder.add("MaxPool2d", "bottom.pool", x, kernel_size=2)
        x = two_convolutions(builder, "bottom", x, LOWEST)
        builder.fold("bottom")
        x = builder.add("Dropout", "dropout", x)
        for level in range(len(WIDTHS), 0, -1):
            skip = (skips[level - 1], WIDTHS[level - 1])
            x = enlarged(builder, f"up{level}", x, skip, sizes[level - 1])
            builder.fold(f"up{level}")
        scores = self.scores(builder)
        builder.segment(builder.add("Conv2d", "head", x, out_channels=scores, kernel_size=1, padding=0))

"""ConvNCF."""

from collections.abc import Mapping
from typing import Any, ClassVar

from workbench.core.graph import Port
from workbench.core.values import Json, Value
from workbench.project.templates.spec import OTHER_DATA, GraphBuilder, Samples, Template, template

SIZE = 64  # of the vectors of users and items
LEVELS, MAPS = 6, 32
KNOWN = 1000  # users and items, where the data does not say how many there are


@template(name="convncf", title="ConvNCF")
class ConvNcf(Template):
    """He et al. 2018: foretells ratings from a map of all products of a user's and an item's numbers.

    Six strided convolutions bring the map of 64×64 down to one place; 20,833 parameters besides the vectors of users
    and items. It learns ratings by their squared error, where the paper learns which of two items a user prefers.
    """

    rank: ClassVar[int] = 6
    group: ClassVar[str] = OTHER_DATA
    reads: ClassVar[str] = "numbers of users and items"
    data: ClassVar[Mapping[str, Json]] = {"batch_size": 256}
    training: ClassVar[Mapping[str, Json]] = {"epochs": 20, "optimizer": "AdamW", "lr": 1e-3}
    samples: ClassVar[Samples | None] = Samples(
        fields={"user": Value((1,), "tokens", "int64"), "item": Value((1,), "tokens", "int64")}
    )

    def build(self, builder: GraphBuilder) -> None:
        user, item = (self._vector(builder, number) for number in (0, 1))
        user = builder.add("Permute", "turned", user, dims=(0, 2, 1))
        x = builder.add("Unsqueeze", "map", builder.add("MatMul", "products", user, item), dim=1)
        for number in range(1, LEVELS + 1):
            settings: dict[str, Any] = {"out_channels": MAPS, "kernel_size": 2, "stride": 2, "padding": 0}
            x = builder.add("ReLU", f"relu{number}", builder.add("Conv2d", f"conv{number}", x, **settings))
        x = builder.add("Linear", "score", builder.add("Flatten", "flatten", x), out_features=1)
        rating = builder.add("Target", "rating", depth=builder.depth(x), field="rating", kind="scalar")
        builder.add("MSELoss", "loss", x, rating)

    @staticmethod
    def _vector(builder: GraphBuilder, number: int) -> Port:
        """The learnt vector of the user or of the item."""
        name, value = list(builder.samples.fields.items())[number]
        settings: dict[str, Any] = {"num_embeddings": len(value.classes) or KNOWN, "embedding_dim": SIZE}
        return builder.add("Embedding", f"{name}_vector", builder.given(number), init={"weight": "normal_(0, 0.1)"},
                           **settings)  # fmt: skip

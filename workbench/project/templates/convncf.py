"""ConvNCF."""

from collections.abc import Mapping
from typing import Any, ClassVar

from workbench.core.values import Json
from workbench.project.templates.base_recommending import Recommender
from workbench.project.templates.spec import GraphBuilder, template

SIZE = 64  # of the vectors of users and items
LEVELS, MAPS = 6, 32


@template(name="convncf", title="ConvNCF")
class ConvNcf(Recommender):
    """He et al. 2018: foretells ratings from a map of all products of a user's and an item's numbers.

    Six strided convolutions bring the map of 64×64 down to one place; 20,833 parameters besides the vectors of users
    and items. It learns ratings by their squared error, where the paper learns which of two items a user prefers, and
    adds a number of the user and one of the item. The last layer begins with zeros, so that these two are learnt first.
    """

    rank: ClassVar[int] = 6
    training: ClassVar[Mapping[str, Json]] = {
        "epochs": 12, "optimizer": "AdamW", "lr": 1e-2, "weight_decay": 0.1, "average_decay": 0.98,
    }  # fmt: skip

    def build(self, builder: GraphBuilder) -> None:
        user, item = (self.learnt(builder, number, "vector", SIZE, "normal_(0, 0.05)") for number in (0, 1))
        user = builder.add("Permute", "turned", user, dims=(0, 2, 1))
        x = builder.add("Unsqueeze", "map", builder.add("MatMul", "products", user, item), dim=1)
        for number in range(1, LEVELS + 1):
            settings: dict[str, Any] = {"out_channels": MAPS, "kernel_size": 2, "stride": 2, "padding": 0}
            x = builder.add("ReLU", f"relu{number}", builder.add("Conv2d", f"conv{number}", x, **settings))
        first = {**self.first_answer(builder), "weight": "zeros_"}
        self.rated(
            builder, builder.add("Linear", "score", builder.add("Flatten", "flatten", x), out_features=1, init=first)
        )

"""Matrix factorisation."""

from collections.abc import Mapping
from typing import ClassVar

from workbench.core.values import Json
from workbench.project.templates.base_recommending import Recommender
from workbench.project.templates.spec import GraphBuilder, template

SIZE = 8  # of the vectors of users and items


@template(name="factors", title="Matrix factorisation")
class MatrixFactors(Recommender):
    """Foretells ratings by the product of a user's and an item's 8 numbers and what both add (Koren et al. 2009)."""

    rank: ClassVar[int] = 7
    training: ClassVar[Mapping[str, Json]] = {
        "epochs": 20, "optimizer": "AdamW", "lr": 1e-2, "weight_decay": 0.1, "average_decay": 0.98,
    }  # fmt: skip

    def build(self, builder: GraphBuilder) -> None:
        user, item = (self.learnt(builder, number, "vector", SIZE, "normal_(0, 0.05)") for number in (0, 1))
        product = builder.add("Flatten", "products", builder.add("Multiply", "both", user, item))
        score = builder.add("Linear", "score", product, out_features=1, init=self.first_answer(builder))
        self.rated(builder, score)

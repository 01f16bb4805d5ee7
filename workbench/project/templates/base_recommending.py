"""What networks share that foretell ratings: users and items as vectors, and what each adds to a rating by itself."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from workbench.core.graph import Port
from workbench.core.values import Json, Value
from workbench.project.templates.spec import OTHER_DATA, GraphBuilder, Samples, Template

KNOWN = 1000  # users and items, where the data does not say how many there are
USUAL = 3.5  # a rating, which the first answer is near to
SELDOM = -1.5  # the log-odds of an item that is chosen in one of about five cases


class Recommender(Template):
    """Foretells a rating by a score of both, to which are added a number of the user and one of the item."""

    group: ClassVar[str] = OTHER_DATA
    reads: ClassVar[str] = "numbers of users and items"
    data: ClassVar[Mapping[str, Json]] = {"batch_size": 256}
    samples: ClassVar[Samples | None] = Samples(
        fields={"user": Value((1,), "tokens", "int64"), "item": Value((1,), "tokens", "int64")}
    )

    @staticmethod
    def first_answer(builder: GraphBuilder) -> dict[str, str]:
        """How the bias of the score begins: near a usual rating, or near what is seldom chosen."""
        return {"bias": f"constant_({SELDOM if builder.samples.is_choice else USUAL})"}

    @staticmethod
    def learnt(builder: GraphBuilder, number: int, what: str, size: int, init: str) -> Port:
        """Adds what is learnt of the user (0) or the item (1): so many numbers."""
        name, value = list(builder.samples.fields.items())[number]
        settings: dict[str, Any] = {"num_embeddings": len(value.classes) or KNOWN, "embedding_dim": size}
        return builder.add("Embedding", f"{name}_{what}", builder.given(number), init={"weight": init}, **settings)

    def rated(self, builder: GraphBuilder, score: Port) -> None:
        """Adds the biases to a score, and compares the sum with the rating."""
        biases = [
            builder.add("Flatten", f"{name}_flat", self.learnt(builder, number, "bias", 1, "zeros_"))
            for number, name in enumerate(builder.samples.fields)
        ]
        x = builder.add("Add", "sum", score, *biases)
        if builder.samples.is_choice:
            chosen = builder.add("Target", "chosen", depth=builder.depth(x), field="chosen", kind="scalar")
            builder.add("BCEWithLogitsLoss", "loss", x, chosen)
            return
        rating = builder.add("Target", "rating", depth=builder.depth(x), field="rating", kind="scalar")
        builder.add("MSELoss", "loss", x, rating)

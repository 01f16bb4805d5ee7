"""The loss of embeddings by triplets (Schroff et al. 2015)."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from workbench.core.values import Value
from workbench.layers.base_embedding_loss import EmbeddingLoss, check_alike
from workbench.layers.call import Call, call
from workbench.layers.spec import In, layer


@layer(title="Triplet margin", group="Loss")
class TripletMarginLoss(EmbeddingLoss):
    """Measures how much nearer a vector is to one like it than to one unlike it, up to a margin."""

    inputs: ClassVar[tuple[In, ...]] = tuple(In(name, kinds={"vector"}) for name in ("anchor", "positive", "negative"))
    formula: ClassVar[str] = "loss = max(‖anchor − positive‖ − ‖anchor − negative‖ + margin, 0)"

    margin: float = Field(1.0, gt=0, le=1e6, description="How much nearer is near enough")
    p: float = Field(2.0, ge=1, le=16, description="Power in the distance: 2 for the usual one")
    eps: float = Field(1e-6, gt=0, le=1, description="Added to differences, so that the distance has a slope at zero")
    swap: bool = Field(False, description="Take the distance of positive and negative where that is the smaller one")

    def output(self, anchor: Value, positive: Value, negative: Value) -> Value:
        check_alike(anchor, {"positive": positive, "negative": negative})
        return Value((), "loss")

    def module(self, anchor: Value, positive: Value, negative: Value) -> Call:
        return call("nn.TripletMarginLoss", **self.of_module())

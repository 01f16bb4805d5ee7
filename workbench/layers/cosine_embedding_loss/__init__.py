"""The loss of pairs of vectors that belong together or do not."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from workbench.core.values import Value
from workbench.layers.base_embedding_loss import EmbeddingLoss, check_alike
from workbench.layers.call import Call, call
from workbench.layers.spec import In, ShapeError, layer


@layer(title="Cosine embedding", group="Loss")
class CosineEmbeddingLoss(EmbeddingLoss):
    """Measures the angle of two vectors that belong together, and how near two are that do not."""

    inputs: ClassVar[tuple[In, ...]] = (
        In("x1", kinds={"vector"}),
        In("x2", kinds={"vector"}),
        In("target", kinds={"class", "vector", "scalar"}, default_source="Target"),
    )
    formula: ClassVar[str] = "loss = 1 − cos(x1, x2) where target is 1, else max(cos(x1, x2) − margin, 0)"

    margin: float = Field(0.0, ge=-1, le=1, description="Cosine up to which two that do not belong together are apart")

    def output(self, x1: Value, x2: Value, target: Value) -> Value:
        check_alike(x1, {"x2": x2})
        if target.shape not in ((), (1,)):
            raise ShapeError(
                f"needs one number for each pair, 1 where both belong together, but the target is {target}.",
                port="target",
                found=str(target),
                needed="a class of two, or a single number",
            )
        return Value((), "loss")

    def module(self, x1: Value, x2: Value, target: Value) -> Call:
        home = "workbench.layers.cosine_embedding_loss.module"
        return call("PairsLoss", home=home, **self.of_module())

"""The tokens of a sample as one vector."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Literal

from pydantic import Field

from workbench.core.values import Value
from workbench.layers.base_embedding import LookedUp
from workbench.layers.call import Call, call
from workbench.layers.spec import layer

if TYPE_CHECKING:
    pass


@layer(title="Embedding bag", group="Sequence")
class EmbeddingBag(LookedUp):
    """Turns all tokens of a sample into one vector, whatever their order."""

    formula: ClassVar[str] = "y = mean, sum or largest of weight[x[i]] over all i"

    mode: Literal["mean", "sum", "max"] = Field("mean", description="What is taken of the vectors of a sample's tokens")

    def output(self, x: Value) -> Value:
        self.check_tokens(x)
        return Value((self.embedding_dim,), "vector")

    def module(self, x: Value) -> Call:
        return call("nn.EmbeddingBag", self.num_embeddings, self.embedding_dim, **self.of_module())

"""Tokens as vectors, one by one."""

from typing import ClassVar

from workbench.core.values import Value
from workbench.layers.base_embedding import LookedUp
from workbench.layers.call import Call, call
from workbench.layers.spec import layer
from workbench.layers.windows import Window, Windows


@layer(title="Embedding", group="Sequence")
class Embedding(LookedUp):
    """Turns each token, such as a word's number, into a learnt vector."""

    formula: ClassVar[str] = "y[i] = weight[x[i]]"

    def output(self, x: Value) -> Value:
        self.check_tokens(x)
        return Value((*x.shape, self.embedding_dim), "sequence")

    def text_windows(self, x: Value) -> tuple[Windows, ...]:
        """Each vector is of its own token alone."""
        return ((Window(),),)

    def module(self, x: Value) -> Call:
        return call("nn.Embedding", self.num_embeddings, self.embedding_dim, **self.of_module())

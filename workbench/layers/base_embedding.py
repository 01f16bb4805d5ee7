"""What the layers share that look vectors up by whole numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from pydantic import Field

from workbench.core.values import Shape, Value
from workbench.layers.settings import MOST_CHANNELS
from workbench.layers.spec import In, Layer, ShapeError, SuggestParam

if TYPE_CHECKING:
    from torch import nn

MOST_TOKENS = 10_000_000


class LookedUp(Layer):
    """Has one learnt vector for each token; the subclasses say what becomes of those of a sample."""

    stem: ClassVar[str] = "embed"
    inputs: ClassVar[tuple[In, ...]] = (In("x", kinds={"tokens"}, axes=(1,), below="num_embeddings"),)
    trains: ClassVar[bool] = True
    width_setting: ClassVar[str] = "embedding_dim"

    num_embeddings: int = Field(1000, ge=1, le=MOST_TOKENS, description="How many different tokens there are")
    embedding_dim: int = Field(64, ge=1, le=MOST_CHANNELS, description="How many numbers each token becomes")
    padding_idx: int | None = Field(
        None, ge=0, le=MOST_TOKENS, description="Token that fills short samples: it counts nothing and learns nothing"
    )

    def check_tokens(self, x: Value) -> None:
        """Refuses a padding token that is none, and data with more tokens than there are vectors.

        Raises:
            ShapeError: one of these.
        """
        if self.padding_idx is not None and self.padding_idx >= self.num_embeddings:
            raise ShapeError(
                f"padding_idx = {self.padding_idx} is none of the {self.num_embeddings} tokens, which begin with 0.",
                port="",
                found=f"padding_idx {self.padding_idx}",
                needed=f"at most {self.num_embeddings - 1}",
                fixes=(SuggestParam("padding_idx", None),),
            )
        if len(x.classes) > self.num_embeddings:
            raise ShapeError(
                f"has vectors for {self.num_embeddings} tokens, but the data has {len(x.classes)}.",
                found=f"{len(x.classes)} tokens",
                needed=f"at most {self.num_embeddings}",
                fixes=(SuggestParam("num_embeddings", len(x.classes)),),
            )

    def of_module(self) -> dict[str, Any]:
        """The settings that torch knows by name and that are not its defaults."""
        fields = type(self).model_fields
        names = [name for name in fields if name not in ("num_embeddings", "embedding_dim")]
        return {name: getattr(self, name) for name in names if getattr(self, name) != fields[name].default}

    def parameters(self, x: Value) -> dict[str, Shape]:
        return {"weight": (self.num_embeddings, self.embedding_dim)}

    def windows(self, *values: Value) -> None:
        """Tokens are no positions in a picture."""
        return

    @classmethod
    def from_module(cls, module: nn.Module) -> Layer:
        """Raises: ValueError: the module cuts its vectors to a length."""
        if getattr(module, "max_norm", None) is not None:
            raise ValueError(f"{cls.__name__} with max_norm cannot be drawn")
        return super().from_module(module)

"""Self-attention of several heads (Vaswani et al. 2017)."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from pydantic import Field

from workbench.core.values import Shape, Value
from workbench.layers.base_convolution import divisor_below
from workbench.layers.call import Call, call
from workbench.layers.spec import In, Layer, ShapeError, SuggestParam, layer

if TYPE_CHECKING:
    from torch import nn


@layer(title="Multi-head self-attention", group="Sequence")
class MultiheadAttention(Layer):
    """Mixes all positions of a sample, each head by how well their queries and keys agree."""

    stem: ClassVar[str] = "attention"
    inputs: ClassVar[tuple[In, ...]] = (In("x", kinds={"map", "sequence"}),)
    trains: ClassVar[bool] = True
    formula: ClassVar[str] = "y = concat over heads of softmax(Q · Kᵀ / √d) · V, projected; Q, K, V from x"

    num_heads: int = Field(4, ge=1, le=1024, description="How many heads share the channels")
    dropout: float = Field(0.0, ge=0, lt=1, description="Share of the attention that is silenced while training")
    bias: bool = Field(True, description="Learn offsets in the projections")

    @staticmethod
    def _sizes(x: Value) -> tuple[int, int]:
        """How many channels there are, and how many positions."""
        channels = x.shape[-1] if x.kind == "sequence" else x.channels
        return channels, x.elements // channels

    def output(self, x: Value) -> Value:
        channels, _ = self._sizes(x)
        if channels % self.num_heads:
            raise ShapeError(
                f"cannot share {channels} channels among {self.num_heads} heads.",
                found=f"{channels} channels",
                needed=f"a multiple of {self.num_heads}",
                fixes=(SuggestParam("num_heads", divisor_below(self.num_heads, channels)),),
            )
        return x

    def module(self, x: Value) -> Call:
        fields = type(self).model_fields
        settings = {
            name: getattr(self, name) for name in ("dropout", "bias") if getattr(self, name) != fields[name].default
        }
        if x.kind == "sequence":
            settings["channels_last"] = True
        home = "workbench.layers.multihead_attention.module"
        return call("SelfAttention", self._sizes(x)[0], self.num_heads, home=home, **settings)

    def parameters(self, x: Value) -> dict[str, Shape]:
        channels, _ = self._sizes(x)
        weights = {"in_proj_weight": (3 * channels, channels), "out_proj.weight": (channels, channels)}
        return {**weights, "in_proj_bias": (3 * channels,), "out_proj.bias": (channels,)} if self.bias else {**weights}

    def macs(self, x: Value) -> int:
        """Four projections of each position, and each pair of positions twice."""
        channels, positions = self._sizes(x)
        return 4 * channels * channels * positions + 2 * channels * positions * positions

    def windows(self, *values: Value) -> None:
        """Every position sees every other."""
        return

    @classmethod
    def from_module(cls, module: nn.Module) -> Layer:
        """The layer of a torch module whose queries, keys and values are one thing.

        Raises:
            ValueError: keys or values have another width, or positions of their own.
        """
        sizes = {getattr(module, name) for name in ("embed_dim", "kdim", "vdim")}
        if len(sizes) > 1 or getattr(module, "bias_k", None) is not None or getattr(module, "add_zero_attn", False):
            raise ValueError("an attention whose keys or values are not those of the positions cannot be drawn")
        settings = {name: getattr(module, name) for name in ("num_heads", "dropout")}
        return cls.model_validate({**settings, "bias": getattr(module, "in_proj_bias", None) is not None})

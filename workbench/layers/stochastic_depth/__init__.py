"""Stochastic depth (Huang et al. 2016): whole branches of residual blocks are silenced."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar, Literal

from pydantic import Field

from workbench.core.values import Value
from workbench.layers.base_dropout import RandomlySilent
from workbench.layers.call import Call, call
from workbench.layers.spec import layer


@layer(title="Stochastic depth", group="Regularisation")
class StochasticDepth(RandomlySilent):
    """Silences all that comes in at random while training, at the end of a residual block's branch."""

    stem: ClassVar[str] = "drop_path"
    formula: ClassVar[str] = "training: y = x · keep / (1 − p), one keep for each sample or batch; else y = x"
    functions: ClassVar[Mapping[str, tuple[str, ...]]] = {"stochastic_depth": ("p", "mode", "training")}

    p: float = Field(0.1, ge=0, lt=1, description="Probability that all is silenced")
    mode: Literal["row", "batch"] = Field("row", description="Drawn for each sample (row), or once for the whole batch")

    def module(self, x: Value) -> Call:
        home = "workbench.layers.stochastic_depth.module"
        return call("StochasticDepth", self.p, self.mode, home=home)

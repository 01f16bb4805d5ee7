"""A draw from a normal distribution whose mean and log-variance the network gives."""

from __future__ import annotations

from typing import ClassVar

from workbench.core.values import Value
from workbench.layers.call import Call, call
from workbench.layers.spec import In, Layer, RequiredLoss, RequiredLosses, SetWidth, ShapeError, layer

LATENT = frozenset({"vector", "map"})


def check_pair(mu: Value, logvar: Value) -> None:
    """Refuses a log-variance of another shape than its mean.

    Raises:
        ShapeError: they differ.
    """
    if mu.shape != logvar.shape:
        fixes = (SetWidth(mu.channels),) if mu.shape[1:] == logvar.shape[1:] else ()
        raise ShapeError(
            f"gets a mean of {mu} but a log-variance of {logvar}; they must have one shape.",
            port="logvar",
            found=str(logvar),
            needed=str(mu),
            fixes=fixes,
        )


@layer(title="Gaussian sample", group="Generative")
class GaussianSample(Layer):
    """Draws a code from its mean and log-variance in training, and gives the mean otherwise."""

    stem: ClassVar[str] = "z"
    inputs: ClassVar[tuple[In, ...]] = (In("mu", kinds=LATENT), In("logvar", kinds=LATENT))
    required_losses: ClassVar[RequiredLosses | None] = RequiredLosses(
        (RequiredLoss("GaussianKL", "kl", {"mu": "mu", "logvar": "logvar"}),),
        "nothing keeps its noise from being learnt away",
    )
    formula: ClassVar[str] = "z = mu + exp(logvar / 2)·ε, ε normal with mean 0 and variance 1"

    def output(self, mu: Value, logvar: Value) -> Value:
        check_pair(mu, logvar)
        return mu

    def module(self, mu: Value, logvar: Value) -> Call:
        return call("GaussianSample", home="workbench.layers.gaussian_sample.module")

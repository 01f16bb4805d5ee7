"""From a unit back to the pixels: deconvnet (Zeiler & Fergus 2014), gradient and guided backpropagation.

All three send a signal down through the network; they differ in what a rectifier does with it. The gradient masks by
the sign that the forward signal had, the deconvnet by the sign of the signal coming down, guided backpropagation by
both. Everything else is linear in eval mode, and its adjoint is autograd's vector-Jacobian product: transposed filters
without biases, batch norm folded to its scale, switches of max pooling with scatter-add (overlapping windows lose
nothing), spread averages, sums where branches meet.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

import torch
from torch import Tensor, nn

from workbench.core.errors import UsageError
from workbench.core.graph import Graph, Port
from workbench.insight.probe import Recorder, Rule, activations, predicting
from workbench.insight.spots import seeds_of, strongest_spots
from workbench.layers.spec import find
from workbench.model.network import Network

Mode = Literal["deconvnet", "gradient", "guided"]


class _Signal(torch.autograd.Function):
    """Gives what the module gave, and on the way down what the mode's rule makes of the signal."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, y: Tensor, rule: str, mode: str) -> Tensor:
        ctx.save_for_backward(x)
        ctx.rule, ctx.mode = rule, mode
        return y.clone()

    @staticmethod
    def backward(ctx: Any, signal: Tensor) -> tuple[Tensor | None, ...]:
        (x,) = ctx.saved_tensors
        if ctx.rule == "rectify":
            signal = signal.clamp(min=0)
            if ctx.mode == "guided":
                signal = signal * (x > 0)
        return signal, None, None, None


def _rule(kind: str, mode: Mode) -> Rule:
    def run(module: nn.Module, inputs: tuple[Tensor, ...]) -> Any:
        (x,) = inputs
        with torch.no_grad():
            y = module(x)
        return _Signal.apply(x, y, kind, mode)

    return run


def rules_of(graph: Graph, mode: Mode) -> dict[str, Rule]:
    """For each node whose layer does not take the vector-Jacobian product in this mode, what happens instead."""
    found: dict[str, Rule] = {}
    for node in graph:
        cls = find(node.layer)
        kind = cls.deconvnet if cls else "vjp"
        if (mode == "deconvnet" and kind != "vjp") or (mode == "guided" and kind == "rectify"):
            found[node.name] = _rule(kind, mode)
    return found


class DownwardPass:
    """The way down from a port for one sample, which goes up once, however many signals come down.

    Attributes:
        output: what the port gives, (1, ...).
    """

    def __init__(
        self,
        network: Network,
        graph: Graph,
        fields: Mapping[str, Tensor],
        port: Port,
        mode: Mode = "deconvnet",
        onto: Port | None = None,
    ) -> None:
        """Sends the sample up.

        Args:
            network: with its weights, which must not change as long as the way is used.
            graph: that it was built from.
            fields: one sample for each field, (1, ...) in floats between 0 and 1.
            port: where the signals start.
            mode: how rectifiers treat the signal.
            onto: the port below where they end; the first field that the network takes if none is given. Where that
                is of tokens, which have no slope, they end at the tokens' vectors, and each token's share is what its
                vector has of them (the sum of signal times vector).
        """
        inputs = [fields[name].clone() for name in network.inputs]
        given: dict[Port, Tensor] = {}
        if onto is not None:
            given[onto] = activations(network, fields, frozenset({onto}))[onto].clone()
        self._vectors: Tensor | None = None
        if onto is None and not inputs[0].is_floating_point():
            onto = vectors_of(network, graph)
            self._vectors = given[onto] = activations(network, fields, frozenset({onto}))[onto].clone()
        self._end = (given[onto] if onto is not None else inputs[0]).requires_grad_(True)
        with predicting(network), torch.enable_grad():
            recorder = Recorder(network, frozenset({port}), rules_of(graph, mode), given)
            self.output = recorder.record(*inputs)[port]

    def down(self, seeds: Tensor) -> Tensor:
        """Sends signals down.

        Args:
            seeds: one for each picture wanted, (K, ...) in the port's shape: zero but for the chosen unit.

        Returns:
            The K pictures, (K, ...). The last stage, the pixels, is not rectified.
        """
        pictures = self._end.new_zeros(len(seeds), *self._end.shape[1:]).detach()
        if self.output.requires_grad:
            for picture, seed in zip(pictures, seeds, strict=True):
                found = torch.autograd.grad(self.output, self._end, seed[None], allow_unused=True, retain_graph=True)
                if found[0] is not None:
                    picture.copy_(found[0][0])
        if self._vectors is not None:
            return (pictures * self._vectors.detach()).sum(-1)[:, None]
        return pictures


def vectors_of(network: Network, graph: Graph) -> Port:
    """Returns the port that gives the vectors of the tokens which a network takes first.

    Raises:
        UsageError: the tokens lead to no vectors.
    """
    first = next(iter(network.inputs))
    for node in graph:
        sources = [graph.nodes[port.node] for port in graph.incoming[node.id].values()]
        cls = find(node.layer)
        if cls is not None and any(source.params.get("field", "image") == first for source in sources):
            return Port(node.id, cls.output_ports[0])
    raise UsageError(f"The field {first} leads to nothing that a signal could come back from.")


def backproject(
    network: Network,
    graph: Graph,
    fields: Mapping[str, Tensor],
    port: Port,
    seeds: Tensor,
    mode: Mode = "deconvnet",
    onto: Port | None = None,
) -> Tensor:
    """Sends signals from a port down to the pixels, through whole maps: `DownwardPass.down` once."""
    return DownwardPass(network, graph, fields, port, mode, onto).down(seeds)


def strongest(
    activation: Tensor, units: Sequence[int], *, by_magnitude: bool = False, are_scores: bool = False
) -> Tensor:
    """Returns seeds for units (channels) at their strongest position, as `strongest_spots` finds them: (K, C, ...)."""
    spots = strongest_spots(activation, units, by_magnitude=by_magnitude, are_scores=are_scores)
    return seeds_of(spots, activation)

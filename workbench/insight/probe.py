"""The one place where activations are recorded. Nothing is hung onto the network, so nothing can be left behind."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, fx, nn

from workbench.core.graph import Port
from workbench.model.network import Network

Rule = Callable[[nn.Module, tuple[Tensor, ...]], Any]


class Recorder(fx.Interpreter):
    """Runs the predicting program node by node, keeps what is asked for, and stops when it has everything.

    Args:
        network: what is run.
        wanted: output ports to keep.
        rules: name of a node → what is computed in place of its module.
        given: output port → what it is to give, whatever comes in; what only leads there is not run.
    """

    def __init__(
        self,
        network: Network,
        wanted: frozenset[Port],
        rules: Mapping[str, Rule] | None = None,
        given: Mapping[Port, Tensor] | None = None,
    ) -> None:
        super().__init__(network.predict_program, garbage_collect_values=False)
        self._ports = {port: network.predict_ports[port] for port in wanted}
        self._rules = rules or {}
        self._given = {network.predict_ports[port]: tensor for port, tensor in (given or {}).items()}

    def record(self, *inputs: Tensor) -> dict[Port, Tensor]:
        """What the wanted ports give for these inputs."""
        self.args_iter = iter(inputs)
        missing = set(self._ports.values())
        needed = self._needed(missing) if self._given else None
        for node in network_nodes(self.module):
            if not missing:
                break
            if node in self._given:
                self.env[node] = self._given[node]
            elif needed is None or node in needed or node.op == "placeholder":
                self.env[node] = self.run_node(node)
            missing.discard(node)
        return {port: self.env[node] for port, node in self._ports.items()}

    def _needed(self, ends: set[fx.Node]) -> set[fx.Node]:
        """What has to run for these steps, as far as nothing is given."""
        found: set[fx.Node] = set()
        waiting = list(ends)
        while waiting:
            node = waiting.pop()
            if node not in found and node not in self._given:
                found.add(node)
                waiting.extend(node.all_input_nodes)
        return found

    def call_module(self, target: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        rule = self._rules.get(target)
        if rule is not None:
            return rule(self.fetch_attr(target), args)
        return super().call_module(target, args, kwargs)


def network_nodes(program: nn.Module) -> list[fx.Node]:
    """The steps of a program, in order."""
    assert isinstance(program, fx.GraphModule)
    return list(program.graph.nodes)


@contextlib.contextmanager
def predicting(network: Network) -> Iterator[None]:
    """The network as it predicts (no dropout, running statistics); every module's mode is put back afterwards."""
    modes = {module: True for module in network.modules.modules() if module.training}
    if modes:
        network.set_training(False)
    try:
        yield
    finally:
        for module, mode in modes.items():
            module.training = mode


def as_tensors(arrays: Mapping[str, NDArray[Any]]) -> dict[str, Tensor]:
    """Fields as a network takes them, (N, ...) in floats; bytes become numbers between 0 and 1, tokens stay numbers."""
    found = {}
    for name, array in arrays.items():
        tensor = torch.from_numpy(np.ascontiguousarray(array))
        found[name] = tensor.float() / 255 if tensor.dtype == torch.uint8 else tensor.float()
        if tensor.dtype == torch.int64:
            found[name] = tensor
    return found


def activations(network: Network, fields: Mapping[str, Tensor], ports: frozenset[Port]) -> dict[Port, Tensor]:
    """What the given ports give for a batch: (N, ...) each. The network is left as it was.

    Raises:
        KeyError: a field that the network takes is not given.
    """
    with predicting(network), torch.no_grad():
        return Recorder(network, ports).record(*(fields[name] for name in network.inputs))


def continued(
    network: Network, fields: Mapping[str, Tensor], given: Mapping[Port, Tensor], ports: frozenset[Port]
) -> dict[Port, Tensor]:
    """What ports give where others are given by hand, such as a code that was changed: (N, ...) each.

    Args:
        network: with its weights; it is left as it was.
        fields: a sample for each field, (1, ...), or as many as are given.
        given: output port → its values, (N, ...); the way there is not run.
        ports: what is wanted.
    """
    count = len(next(iter(given.values())))
    inputs = [fields[name].expand(count, *fields[name].shape[1:]) for name in network.inputs]
    with predicting(network), torch.no_grad():
        return Recorder(network, ports, given=given).record(*inputs)

"""How long each node of a network takes to go forward, measured."""

from __future__ import annotations

import statistics
import time
from collections.abc import Iterator, Mapping
from typing import Any

import torch
from torch import fx

from workbench.core.graph import Graph
from workbench.model.network import Network

REPEATS = 7
BATCH = 8
WARM_UP = 1  # runs whose times do not count


class _Timed(fx.Interpreter):
    """Runs a program and keeps how long each step took."""

    def __init__(self, program: fx.GraphModule) -> None:
        super().__init__(program, garbage_collect_values=True)
        self.seconds: dict[fx.Node, float] = {}

    def run_node(self, n: fx.Node) -> Any:
        begin = time.perf_counter()
        result = super().run_node(n)
        self.seconds[n] = time.perf_counter() - begin
        return result


def node_times(graph: Graph, batch: int = BATCH, repeats: int = REPEATS) -> Iterator[Mapping[str, float]]:
    """Yields the seconds that each node needs for one sample, by node id, after each repetition: the median so far.

    The network has its first random weights and gets noise; on the processor, in eval mode.

    Args:
        graph: the network.
        batch: how many samples go through at once.
        repeats: how often.

    Raises:
        PlanError: the network has problems.
    """
    network = Network(graph)
    network.set_training(False)
    generator = torch.Generator().manual_seed(0)
    values = {name: torch.rand(batch, *shape, generator=generator) for name, shape in network.inputs.items()}
    program = network.predict_program
    inputs = [values[node.target] for node in program.graph.nodes if node.op == "placeholder"]
    owner = _owners(network, graph)
    found: dict[str, list[float]] = {}
    for number in range(repeats + WARM_UP):
        run = _Timed(program)
        with torch.inference_mode():
            run.run(*inputs)
        if number < WARM_UP:
            continue
        once: dict[str, float] = {}
        for step, seconds in run.seconds.items():
            if (id_ := owner.get(step)) is not None:
                once[id_] = once.get(id_, 0.0) + seconds / batch
        for id_, seconds in once.items():
            found.setdefault(id_, []).append(seconds)
        yield {id_: statistics.median(each) for id_, each in found.items()}


def _owners(network: Network, graph: Graph) -> dict[fx.Node, str]:
    """The node of the drawing that each step of the predicting program belongs to."""
    owners = {step: port.node for port, step in network.predict_ports.items() if isinstance(step, fx.Node)}
    for step in network.predict_program.graph.nodes:
        if step.op == "call_module" and str(step.target) in graph.by_name:
            owners[step] = graph.named(str(step.target)).id
        elif step.op in ("placeholder", "output"):
            owners.pop(step, None)
    return owners

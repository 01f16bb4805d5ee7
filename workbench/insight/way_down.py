"""The deconvnet's way down for one sample: in windows of the receptive field where the layers allow it.

What a unit sends down from one position is zero outside of its receptive field. Where every layer below has a step of
its own (`insight.adjoints`), signals go down in windows that grow by kernels and strides, many of them at once,
and the sample need not go up again: what it gave on its way up is known. Anywhere else autograd sends whole maps down
one by one (`insight.backproject`), on a graph that is recorded once. Both give the same picture.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import torch
from torch import Tensor, fx

from workbench.core.graph import Graph, Port
from workbench.insight.adjoints import Adjoint, MaxPoolAdjoint, PassedOn, Sides, Signal, adjoint_of, whole
from workbench.insight.backproject import DownwardPass
from workbench.insight.probe import activations, network_nodes
from workbench.insight.spots import Spot, seeds_of
from workbench.insight.window_signal import WindowSignal
from workbench.layers.spec import find
from workbench.model.network import Network

AT_ONCE = 1 << 20  # numbers that signals may have together on the widest place of their way; more go down in parts


class WayDown:
    """The way down from a port, for one sample and one state of the weights, which must not change meanwhile."""

    def __init__(
        self, network: Network, graph: Graph, fields: Mapping[str, Tensor], port: Port, known: Mapping[Port, Tensor]
    ) -> None:
        """Looks at the layers; nothing is sent yet.

        Args:
            network: with its weights.
            graph: that it was built from.
            fields: one sample for each field, (1, ...) in floats between 0 and 1.
            port: where the signals start.
            known: what ports give for the sample, as far as that has been computed already.
        """
        self._network, self._graph, self._fields, self._port = network, graph, fields, port
        with torch.no_grad():
            self._windows = windowed_way(network, graph, fields, port, known)
        self._whole: DownwardPass | None = None

    @property
    def is_windowed(self) -> bool:
        """Whether signals go down in windows, many at once."""
        return self._windows is not None

    def down(self, spots: Sequence[Spot]) -> Tensor:
        """Sends signals down to the first field that the network takes, and returns what arrives.

        Returns:
            (K, C, H, W) of pixels, or as that field is; (K, 1, L) of tokens.
        """
        end = self._fields[next(iter(self._network.inputs))]
        is_counted = not end.is_floating_point()  # tokens: of each the share that its vector has of the signal
        shape, dtype = ((1, *end.shape[1:]), torch.float32) if is_counted else (end.shape[1:], end.dtype)
        pictures = torch.zeros(len(spots), *shape, dtype=dtype, device=end.device)
        sent = [number for number, spot in enumerate(spots) if spot.value != 0]
        if sent and self._windows is not None:
            for numbers, found in self._windows.down(spots, sent):
                pictures[numbers] = found
        elif sent:
            if self._whole is None:
                self._whole = DownwardPass(self._network, self._graph, self._fields, self._port)
            for number in sent:
                pictures[number] = self._whole.down(seeds_of([spots[number]], self._whole.output))[0]
        return pictures


class WindowedWay:
    """Steps of a program from a port down to the pixels."""

    def __init__(
        self, start: fx.Node, end: fx.Node, steps: Mapping[fx.Node, Adjoint], given: Mapping[fx.Node, Tensor]
    ) -> None:
        """Takes the way.

        Args:
            start: the step of the program whose output the signals start from.
            end: where the pixels come in.
            steps: how signals go down through each node on the way, the last that is computed first.
            given: what each of these nodes, and what feeds them, gives for the sample.
        """
        self._start, self._end, self._steps, self._like = start, end, steps, given[start]
        self._at_once = max(1, AT_ONCE // self._widest(given))

    def down(self, spots: Sequence[Spot], numbers: Sequence[int]) -> Iterator[tuple[list[int], Tensor]]:
        """Yields the pictures of those spots whose numbers are given, some of them at a time, with their numbers."""
        for first in range(0, len(numbers), self._at_once):
            part = list(numbers[first : first + self._at_once])
            with torch.no_grad():
                signal = self._sent([spots[number] for number in part])
            if signal is not None:
                yield part, whole(signal)

    def _sent(self, spots: Sequence[Spot]) -> Signal | None:
        """What reaches the pixels; None if nothing does."""
        signals = {self._start: self._seeds(spots)}
        for node, step in self._steps.items():
            signal = signals.pop(node, None)
            if signal is not None:
                for source, part in zip(sources_of(node), step.down(signal), strict=True):
                    signals[source] = added(signals[source], part) if source in signals else part
        return signals.get(self._end)

    def _seeds(self, spots: Sequence[Spot]) -> Signal:
        """Signals in windows of one position."""
        axes = self._like.dim() - 2
        seeds = self._like.new_zeros(len(spots), self._like.shape[1], *(1,) * axes)
        units = torch.tensor([spot.unit for spot in spots])
        seeds.view(len(spots), -1)[torch.arange(len(spots)), units] = seeds.new_tensor([spot.value for spot in spots])
        if axes == 0:
            return seeds
        size = self._like.shape[2], self._like.shape[3]
        return WindowSignal(seeds, tuple((spot.place[0], spot.place[1]) for spot in spots), size)

    def _widest(self, given: Mapping[fx.Node, Tensor]) -> int:
        """How many numbers one signal has on the widest place of its way."""
        sides: dict[fx.Node, Sides | None] = {self._start: (1, 1) if self._like.dim() == 4 else None}
        most = 1
        for node, step in self._steps.items():
            own = sides.pop(node, None)
            below = step.sides(own) if own is not None else None
            for source in sources_of(node):
                known = sides.get(source, below)
                both = None if known is None or below is None else (max(known[0], below[0]), max(known[1], below[1]))
                sides[source] = both
                shape = given.get(source, self._like).shape[1:]  # several outputs together have no shape
                most = max(most, shape[0] * both[0] * both[1] if both is not None else shape.numel())
        return most


def added(one: Signal, other: Signal) -> Signal:
    """Adds what comes down to one node from two others."""
    if isinstance(one, WindowSignal) and isinstance(other, WindowSignal):
        return one + other
    return whole(one) + whole(other)


def sources_of(node: fx.Node) -> list[fx.Node]:
    """What feeds a node of a program, one for each input."""
    return [each for each in node.args if isinstance(each, fx.Node)]


def windowed_way(
    network: Network, graph: Graph, fields: Mapping[str, Tensor], port: Port, known: Mapping[Port, Tensor]
) -> WindowedWay | None:
    """Returns the steps down from a port; None where a layer on the way has none. For what is given, see `WayDown`."""
    start, end = network.predict_ports[port], network_nodes(network.predict_program)[0]
    nodes = _between(network, start, end)
    ends = {network.predict_ports[each]: each for each in network.predict_ports}
    wanted = {ends[each] for node in nodes for each in (node, *sources_of(node)) if each in ends}
    missing = frozenset(wanted - known.keys())
    found = activations(network, fields, missing) if missing else {}
    given = {network.predict_ports[each]: known[each] if each in known else found[each] for each in wanted}
    given[end] = fields[next(iter(network.inputs))]
    if start not in given or given[start].dim() not in (2, 4):
        return None
    steps: dict[fx.Node, Adjoint] = {}
    for node in reversed(nodes):
        step = _step(network, graph, node, given)
        if step is None:
            return None
        steps[node] = step
    return WindowedWay(start, end, steps, given)


def _between(network: Network, start: fx.Node, end: fx.Node) -> list[fx.Node]:
    """The nodes of the program that lead from the pixels to where the signals start, in order."""
    order = network_nodes(network.predict_program)
    above, below = {end}, {start}
    for node in order:
        if above.intersection(sources_of(node)):
            above.add(node)
    for node in reversed(order):
        if node in below:
            below.update(sources_of(node))
    return [node for node in order if node in above and node in below and node is not end]


def _step(network: Network, graph: Graph, node: fx.Node, given: Mapping[fx.Node, Tensor]) -> Adjoint | None:
    """How signals go down through one node."""
    inputs = sources_of(node)
    if node.op == "call_function":  # one of several outputs
        return PassedOn(1) if node.args[1] == 0 else None
    cls = find(graph.by_name[str(node.target)].layer)
    if cls is None or any(each not in given for each in inputs):
        return None
    step = adjoint_of(cls, network.modules.get_submodule(str(node.target)), [given[each] for each in inputs])
    has_one_output = node in given
    return step if has_one_output or isinstance(step, MaxPoolAdjoint) else None  # its switches carry no signal

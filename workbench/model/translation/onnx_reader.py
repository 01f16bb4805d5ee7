"""An ONNX file as a graph: constants are folded, and each node becomes the layer that computes the same."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from workbench.core.graph import Graph, Node, Port
from workbench.core.values import Value
from workbench.layers.spec import REGISTRY, Layer
from workbench.model.translation.drafting import Draft, given_value, reason_of
from workbench.model.translation.imported import Unread
from workbench.model.translation.onnx_file import MOST_FOLDED, OnnxFile, OnnxNode, fold

BATCH = 1_048_583  # stands for the number of samples in shapes; a prime that no size is
FOLDED_SHARE = 4  # bytes that may be computed while reading for each that the file has of numbers
WEIGHT = re.compile(r"[._/]?(weight|kernel|filter|w|W)s?(_\d+)?$")
Array = np.ndarray[Any, Any]
Operator = Callable[["OnnxReader", OnnxNode], None]
OPERATORS: dict[str, Operator] = {}


def operator(*kinds: str) -> Callable[[Operator], Operator]:
    """Declares what becomes of ONNX's operators of these names."""

    def register(function: Operator) -> Operator:
        OPERATORS.update(dict.fromkeys(kinds, function))
        return function

    return register


class OnnxReader:
    """Goes through a file, node by node.

    Attributes:
        file: what is read.
        known: tensors whose numbers are known, by name.
        values: what the other tensors are, by name; absent where that is not known.
        weights: of the layers, by state_dict key.
        notes: sentences for people.
    """

    def __init__(self, file: OnnxFile) -> None:
        self.file = file
        self.known: dict[str, Array] = dict(file.tensors)
        self.values: dict[str, Value] = {}
        self.weights: dict[str, Array] = {}
        self.notes: list[str] = []
        self._room = MOST_FOLDED + FOLDED_SHARE * sum(each.nbytes for each in file.tensors.values())
        self._draft = Draft()
        self._ports: dict[str, Port] = {}
        self._uses: dict[str, list[OnnxNode]] = {}
        self._done: set[int] = set()
        self._owner: dict[tuple[str, ...], str] = {}  # layer and names of its tensors → id of the node that has them
        for node in file.nodes:
            for name in node.inputs:
                self._uses.setdefault(name, []).append(node)
        sizes = next(iter(file.inputs.values()), ())
        self.batch = sizes[0] if sizes else None

    @property
    def unread(self) -> tuple[Unread, ...]:
        """What is kept as a placeholder."""
        return tuple(self._draft.unread)

    def read(self) -> Graph:
        """Returns the whole file as a graph, without places."""
        for node in self.file.nodes:
            if id(node) not in self._done:
                self._step(node)
        return self._draft.graph()

    def outputs(self) -> dict[str, Port]:
        """Returns where the file's outputs come from, by their names."""
        return {name: self._ports[name] for name in self.file.outputs if name in self._ports}

    def blocks(self) -> tuple[str, ...]:
        """Returns the prefixes of names."""
        return self._draft.blocks()

    def add_input(self, name: str, layer: Layer, node: str) -> None:
        """Adds the Input node for one of the file's inputs."""
        self._ports[name] = self._draft.add(layer, node)
        self.values[name] = layer.output()

    def only_use(self, name: str) -> OnnxNode | None:
        """Returns the node that a tensor goes into, where it is the only one and the tensor is no output."""
        uses = self._uses.get(name, [])
        return uses[0] if len(uses) == 1 and name not in self.file.outputs else None

    def is_tensor(self, name: str) -> bool:
        """Whether a name is that of something that is computed from samples."""
        return name in self._ports

    def value(self, name: str) -> Value:
        """Returns what a tensor is.

        Raises:
            ValueError: it is not known, since it comes from something that was not understood.
        """
        if name not in self.values:
            raise ValueError("what comes in is not known")
        return self.values[name]

    def number(self, node: OnnxNode, at: int) -> Array:
        """Returns the numbers of an input.

        Raises:
            ValueError: they are only known when it runs.
        """
        if at >= len(node.inputs) or node.inputs[at] not in self.known:
            raise ValueError(f"its input {at + 1} is not fixed, as it has to be here")
        return self.known[node.inputs[at]]

    def optional(self, node: OnnxNode, at: int) -> Array | None:
        """Returns the numbers of an input that may be left out; None where it is."""
        return self.number(node, at) if at < len(node.inputs) and node.inputs[at] else None

    def put(
        self,
        node: OnnxNode,
        layer: str,
        settings: Mapping[str, Any],
        sources: Sequence[str],
        weights: Mapping[str, Array] | None = None,
        *,
        gives: str = "",
        name: str = "",
    ) -> None:
        """Adds the layer that stands for a node.

        Args:
            node: the node.
            layer: name of the layer.
            settings: of the layer.
            sources: names of the tensors that come in.
            weights: of the layer, by their names there.
            gives: name of the tensor that it gives; the node's first one if empty.
            name: what the new node is called; made from the file's names if empty.

        Raises:
            ValueError: the layer cannot be set so, or what comes in does not fit it.
        """
        made = REGISTRY[layer].model_validate(dict(settings))
        gives = gives or node.outputs[0]
        value = self._value_of(made, sources)
        key = (layer, *(each for each in node.inputs if each in self.file.tensors)) if weights else ()
        shared = self._owner.get(key, "")
        ports = [self._ports[each] for each in sources]
        port = self._draft.add(made, name or self.path(node, made), ports, share_with=shared)
        self._ports[gives] = port
        if value is not None:
            self.values[gives] = value
        if weights and not shared:
            self._owner |= {key: port.node} if len(key) > 1 else {}
            own = self._draft.nodes[port.node].name
            self.weights.update({f"{own}.{each}": array for each, array in weights.items()})

    def _value_of(self, layer: Layer, sources: Sequence[str]) -> Value | None:
        """What a layer gives; None where it is not known what comes in.

        Raises:
            ValueError: what comes in does not fit.
        """
        if any(name not in self.values for name in sources):
            return None
        return given_value(layer, [self.values[name] for name in sources])

    def skip(self, node: OnnxNode, source: str, *, gives: str = "", value: Value | None = None) -> None:
        """Lets a node give what comes in."""
        gives = gives or node.outputs[0]
        self._ports[gives] = self._ports[source]
        found = value or self.values.get(source)
        if found is not None:
            self.values[gives] = found

    def finish(self, *nodes: OnnxNode) -> None:
        """Marks nodes that another one has dealt with."""
        self._done.update(map(id, nodes))

    def drawn(self, name: str) -> Node | None:
        """Returns the node that gives a tensor."""
        return self._draft.nodes.get(self._ports[name].node) if name in self._ports else None

    def set_bias(self, name: str, bias: Array) -> None:
        """Gives the layer behind a tensor an offset that it did not have."""
        node = self._draft.nodes[self._ports[name].node]
        params = {key: value for key, value in node.params.items() if key != "bias"}
        self._draft.nodes[node.id] = replace(node, params=params)
        self.weights[f"{node.name}.bias"] = bias

    def path(self, node: OnnxNode, layer: Layer) -> str:
        """Returns what a node is called: by the module that its writer made it of, or by its weight."""
        parts = [part for part in re.split(r"[/:]+", node.name) if part]
        weight = next((name for name in node.inputs[1:] if name in self.file.tensors), "")
        stem = type(layer).stem or type(layer).__name__.lower()
        if weight and weight.endswith(".weight"):
            return weight.removesuffix(".weight")
        if len(parts) > 1:
            whole = ""
            for part in parts[:-1]:
                whole = part if part.startswith(f"{whole}.") or not whole else f"{whole}.{part}"
            is_module = bool(weight) or node.kind in ("Relu", "MaxPool", "Clip", "Sigmoid")
            return whole if is_module else f"{whole}.{stem}"
        if weight and not weight.isdecimal() and "onnx::" not in weight:
            named = WEIGHT.sub("", weight.rsplit("/", 1)[-1])
            if named:
                return named
        return parts[0] if parts and not parts[0].isdecimal() else f"{stem}1"

    def _step(self, node: OnnxNode) -> None:
        folded = fold(node, self._for_one_sample(node), self.file.opset, self._room)
        if folded:
            self._room -= sum(each.nbytes for each in folded.values())
            self.known.update(folded)
            return
        if not any(name in self._ports for name in node.inputs):
            self._keep(node, "nothing that is computed from samples comes in, and it cannot be computed beforehand")
            return
        read = OPERATORS.get(node.kind)
        try:
            if read is None:
                raise ValueError("no layer of this program computes it")
            read(self, node)
        except (ValueError, KeyError, IndexError, TypeError, OverflowError) as error:
            self._keep(node, reason_of(error))

    def _for_one_sample(self, node: OnnxNode) -> Mapping[str, Array]:
        """The known tensors; numbers that are stretched over all samples are so for one, which fits any number."""
        shape = self.known.get(node.inputs[1]) if node.kind == "Expand" and len(node.inputs) == 2 else None
        if shape is None or not shape.size or shape.reshape(-1)[0] != BATCH:
            return self.known
        one = shape.copy()
        one.reshape(-1)[0] = 1
        given = node.inputs[0]
        return {node.inputs[1]: one} | ({given: self.known[given]} if given in self.known else {})

    def _keep(self, node: OnnxNode, reason: str) -> None:
        """Keeps a node as a placeholder."""
        kind = node.kind.rpartition(".")[2]
        sources = [self._ports[name] for name in node.inputs if name in self._ports]
        name = ".".join(part for part in re.split(r"[/:]+", node.name) if part) or kind.lower()
        port = self._draft.placeholder(kind, reason, name, sources)
        for number, output in enumerate(node.outputs):
            self._ports[output] = port if number == 0 else Port(port.node, f"y{number}")

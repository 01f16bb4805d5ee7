"""A Keras network as a graph: channels first, margins as Keras counts them, vectors in the order of torch.

Keras has the channels last. Maps are drawn with the channels first, so a vector that a map was flattened to holds its
values in another order: the layer that weighs them has its columns sorted anew.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from workbench.core.graph import Graph, Port
from workbench.core.values import Shape, Value
from workbench.layers.spec import REGISTRY, Layer
from workbench.model.translation.drafting import Draft, given_value, reason_of
from workbench.model.translation.imported import Unread
from workbench.model.translation.keras_file import Array, KerasFile, KerasLayer

Kind = Callable[["KerasReader", KerasLayer], None]
KINDS: dict[str, Kind] = {}


def kind(*names: str) -> Callable[[Kind], Kind]:
    """Declares what becomes of Keras's layers of these classes."""

    def register(function: Kind) -> Kind:
        KINDS.update(dict.fromkeys(names, function))
        return function

    return register


class KerasReader:
    """Goes through a file, layer by layer.

    Attributes:
        file: what is read.
        values: what each layer gives, by its name.
        weights: of the drawn layers, by state_dict key.
        orders: names of layers whose vectors hold a flattened map → the shape of that map, channels first.
    """

    def __init__(self, file: KerasFile) -> None:
        self.file = file
        self.values: dict[str, Value] = {}
        self.weights: dict[str, Array] = {}
        self.orders: dict[str, Shape] = {}
        self._draft = Draft([layer.name for layer in file.layers if layer.weights])
        self._ports: dict[str, Port] = {}
        self._inputs = 0

    @property
    def unread(self) -> tuple[Unread, ...]:
        """What is kept as a placeholder."""
        return tuple(self._draft.unread)

    def read(self) -> Graph:
        """Returns the whole file as a graph, without places."""
        for layer in self.file.layers:
            try:
                if layer.kind not in KINDS:
                    raise ValueError(CODE if layer.kind == "Lambda" else "no layer of this program computes it")
                KINDS[layer.kind](self, layer)
            except (ValueError, KeyError, IndexError, TypeError, AttributeError) as error:
                self._keep(layer, reason_of(error))
        return self._draft.graph()

    def outputs(self) -> dict[str, Port]:
        """Returns where the results come from, by the names of their layers."""
        return {name: self._ports[name] for name in self.file.outputs if name in self._ports}

    def blocks(self) -> tuple[str, ...]:
        """Returns the prefixes of names."""
        return self._draft.blocks()

    def value(self, layer: KerasLayer, at: int = 0) -> Value:
        """Returns what comes into a layer.

        Raises:
            ValueError: it is not known, since it comes from something that was not understood.
        """
        if at >= len(layer.sources) or layer.sources[at] not in self.values:
            raise ValueError("what comes in is not known")
        return self.values[layer.sources[at]]

    def add_input(self, layer: KerasLayer, shape: Shape) -> None:
        """Adds an Input node for samples of that shape, channels first."""
        name = f"image{self._inputs + 1 if self._inputs else ''}"
        self._inputs += 1
        settings: dict[str, Any] = {"shape": shape, "kind": "vector" if len(shape) == 1 else "map"}
        if name != "image":
            settings["field"] = name
        made = REGISTRY["Input"].model_validate(settings)
        self._ports[layer.name] = self._draft.add(made, name)
        self.values[layer.name] = made.output()

    def put(
        self,
        layer: KerasLayer,
        drawn: str,
        settings: Mapping[str, Any],
        weights: Mapping[str, Array] | None = None,
        *,
        sources: Sequence[str] = (),
        name: str = "",
        gives: str = "",
    ) -> None:
        """Adds the layer that stands for one of the file, or for a part of it.

        Args:
            layer: of the file.
            drawn: name of the layer here.
            settings: of the layer here.
            weights: of the layer here, by their names there.
            sources: names of what comes in; those of the file's layer if empty.
            name: of the new node; that of the file's layer if empty.
            gives: name of what it gives; that of the file's layer if empty.

        Raises:
            ValueError: the layer cannot be set so, or what comes in does not fit it.
        """
        made: Layer = REGISTRY[drawn].model_validate(dict(settings))
        sources = sources or layer.sources
        gives = gives or layer.name
        if any(each not in self.values for each in sources):
            raise ValueError("what comes in is not known")
        value = given_value(made, [self.values[each] for each in sources])
        ports = [self._ports[each] for each in sources]
        port = self._draft.add(made, name or layer.name, ports, is_reserved=bool(weights) and not name)
        self._ports[gives], self.values[gives] = port, value
        own = self._draft.nodes[port.node].name
        self.weights.update({f"{own}.{key}": np.array(array, order="C") for key, array in (weights or {}).items()})

    def skip(self, layer: KerasLayer, source: str = "") -> None:
        """Lets a layer give what comes in."""
        source = source or layer.sources[0]
        self._ports[layer.name], self.values[layer.name] = self._ports[source], self.values[source]

    def keep_order(self, layer: KerasLayer, source: str = "") -> None:
        """Remembers that a vector still holds a flattened map in the order of its channels."""
        order = self.orders.get(source or layer.sources[0])
        if order is not None:
            self.orders[layer.name] = order

    def _keep(self, layer: KerasLayer, reason: str) -> None:
        """Keeps a layer as a placeholder."""
        sources = [self._ports[name] for name in layer.sources if name in self._ports]
        name = f"{layer.name}_" if layer.weights else layer.name
        self._ports[layer.name] = self._draft.placeholder(layer.kind, reason, name, sources)


CODE = "it holds code of its own, which is not run"

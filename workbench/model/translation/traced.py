"""A torch module as a graph: torch.fx records what it calls, and each call becomes the node that computes the same.

The structure is that of training, so that dropout and auxiliary heads are seen. Which of a call's arguments are sizes
of the batch, and what shape comes out, is found by running the record twice without numbers, with two batches.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, fx, nn

from workbench.core.errors import UsageError, printable
from workbench.core.graph import Graph, Port
from workbench.core.values import Shape
from workbench.layers.spec import REGISTRY, Layer
from workbench.model.translation.drafting import Draft, reason_of
from workbench.model.translation.imported import Unread
from workbench.model.translation.indexing import parts_of
from workbench.model.translation.tracing import BATCHES, Tracer, Values, layer_class


@dataclass(frozen=True)
class Traced:
    """What was read of a module.

    Attributes:
        graph: its nodes, without places; the input's node is named `image`.
        outputs: what it gives in training: name → port, the main one first.
        unread: what is kept as a placeholder.
        blocks: prefixes of names with nodes of their own.
    """

    graph: Graph
    outputs: Mapping[str, Port]
    unread: tuple[Unread, ...]
    blocks: tuple[str, ...]


def not_understood(kind: str, shape: Shape, *inputs: Tensor) -> Tensor:
    """Stands in a record for a step of which only the name and the shape of its result are known.

    Args:
        kind: what it is called where it comes from.
        shape: of one sample of its result.
        inputs: what goes in.
    """
    return torch.empty(inputs[0].shape[0] if inputs else 1, *shape, device="meta")


def without_numbers(make: Callable[[], nn.Module]) -> nn.Module:
    """Returns a module on the meta device; one that computes with tensors while it is made is moved there."""
    try:
        with torch.device("meta"):
            return make()
    except NotImplementedError:  # as the widths of RegNet are, which need numbers
        return make().to("meta")


def traced(module: nn.Module, layer: Layer, shape: Shape, name: str = "image") -> Traced:
    """Reads a module with one input.

    Args:
        module: on the meta device; it is run without numbers.
        layer: the Input node's layer.
        shape: of one sample.
        name: of the Input node.

    Raises:
        UsageError: torch.fx cannot record it, or it cannot take such samples.
    """
    module.train()
    try:
        return recorded(fx.GraphModule(module, Tracer(shape).trace(module)), layer, shape, name)
    except UsageError:
        raise
    except Exception as error:  # the module's own code runs, and raises what it likes
        raise _cannot_record(error) from None


def recorded(record: fx.GraphModule, layer: Layer, shape: Shape, name: str = "image") -> Traced:
    """Reads what torch.fx has recorded, as `traced` does.

    Raises:
        UsageError: it cannot take such samples.
    """
    record.train()
    try:
        values = [Values(record).of(torch.empty(batch, *shape, device="meta")) for batch in BATCHES]
    except Exception as error:
        raise _cannot_record(error) from None
    return _Reader(record, values).read(layer, name)


def _cannot_record(error: Exception) -> UsageError:
    told = (str(error).strip() or type(error).__name__).splitlines()[0]
    return UsageError(f"torch.fx cannot record this network, so it is not drawn: {printable(told)}")


class _Reader:
    """Goes through a record, step by step."""

    def __init__(self, record: fx.GraphModule, values: Sequence[Mapping[fx.Node, Any]]) -> None:
        self._modules = dict(record.named_modules(remove_duplicate=False))
        self._record = record
        self._values = values
        called = [str(node.target) for node in record.graph.nodes if node.op == "call_module"]
        with_weights = {path for path in called if next(iter(self._modules[path].state_dict()), None) is not None}
        bare = {str(node.target) for node in record.graph.nodes if node.op == "get_attr"}
        self._owners = with_weights | bare
        self._draft = Draft(self._owners)
        self._ports: dict[fx.Node, Port] = {}
        self._first: dict[str, str] = {}  # path of a module with weights → id of the node that owns them

    def read(self, layer: Layer, name: str) -> Traced:
        """Reads the whole record."""
        outputs: dict[str, Port] = {}
        for node in self._record.graph.nodes:
            if node.op == "output":
                outputs = dict(self._outputs(node.args[0]))
            elif node.op == "placeholder":
                if not self._ports:
                    self._ports[node] = self._draft.add(layer, name)
            elif self._is_tensor(node):
                port = self._step(node)
                if port is not None:
                    self._ports[node] = port
        return Traced(self._draft.graph(), outputs, tuple(self._draft.unread), self._draft.blocks())

    def _outputs(self, value: Any, name: str = "") -> Iterator[tuple[str, Port]]:
        """The outputs by name: those of a named tuple or a table keep theirs."""
        if isinstance(value, fx.Node):
            if value in self._ports:
                yield name or "output", self._ports[value]
            elif names := getattr(value.target, "_fields", None):  # a named tuple is made in the module's last step
                for key, each in zip(names, value.args, strict=True):
                    yield from self._outputs(each, str(key))
        elif isinstance(value, Mapping):
            for key, each in value.items():
                yield from self._outputs(each, str(key))
        elif isinstance(value, Sequence) and not isinstance(value, str):
            for number, each in enumerate(value, start=1):
                yield from self._outputs(each, f"output{number}")

    def _is_tensor(self, node: fx.Node) -> bool:
        return isinstance(self._values[0].get(node), Tensor)

    def _step(self, node: fx.Node) -> Port | None:
        """The port of a step's result; None where it only changes how the numbers lie in memory."""
        name = self._name(node)
        inputs = [each for each in node.all_input_nodes if each in self._ports]
        sources = [self._ports[each] for each in self._tensors(node)]
        try:
            if node.op == "call_module":
                return self._module(node, sources)
            if node.op == "get_attr":
                return self._parameter(node)
            return self._function(node, name, sources)
        except (ValueError, KeyError) as error:
            kind = self._kind(node)
            every = [self._ports[each] for each in inputs]
            return self._draft.placeholder(kind, reason_of(error), self._path(node, kind.lower()), every)

    def _tensors(self, node: fx.Node) -> list[fx.Node]:
        """The steps whose tensors go in, each as often as it is named, in the order of the arguments."""
        found: list[fx.Node] = []
        fx.map_arg((node.args, node.kwargs), lambda each: found.append(each))
        return [each for each in found if each in self._ports]

    def _kind(self, node: fx.Node) -> str:
        return type(self._modules[str(node.target)]).__name__ if node.op == "call_module" else self._name(node)

    def _name(self, node: fx.Node) -> str:
        """What a function or method is called, without what says that it works in place."""
        if node.op == "call_module":
            return str(node.target)
        if node.target is not_understood:
            return str(node.args[0])
        name = node.target if isinstance(node.target, str) else getattr(node.target, "__name__", str(node.target))
        return name.partition(".")[0].strip("_")  # functions of torch.ops have their overload behind the name

    def _path(self, node: fx.Node, word: str) -> str:
        """The name of a step: the path of the module that takes it, and a word."""
        if node.op in ("call_module", "get_attr"):
            return str(node.target)
        stack = list((node.meta.get("nn_module_stack") or {}).values())
        path = str(stack[-1][0]) if stack else ""
        return f"{path}.{word}" if path else word

    def _module(self, node: fx.Node, sources: list[Port]) -> Port:
        path = str(node.target)
        module = self._modules[path]
        cls = layer_class(module)
        if cls is None:
            raise ValueError("no layer of this program is called so")
        layer = cls.from_module(module)
        if path not in self._owners:
            return self._draft.add(layer, path, sources)
        if path in self._first:
            return self._draft.add(layer, f"{path}_again", sources, share_with=self._first[path])
        port = self._draft.add(layer, path, sources, is_reserved=True)
        self._first[path] = port.node
        return port

    def _parameter(self, node: fx.Node) -> Port:
        path = str(node.target)
        shape = tuple(self._values[0][node].shape)
        kind = {1: "vector", 2: "sequence"}.get(len(shape), "map")
        layer = REGISTRY["Parameter"].model_validate({"shape": shape, "kind": kind})
        if path in self._first:
            return Port(self._first[path], type(layer).output_ports[0])
        port = self._draft.add(layer, path, is_reserved=True)
        self._first[path] = port.node
        return port

    def _function(self, node: fx.Node, name: str, sources: list[Port]) -> Port | None:
        """The node of a call of a function or method.

        Raises:
            ValueError: no layer computes this.
        """
        if node.target is not_understood:
            raise ValueError("no layer of this program computes it")
        if name in UNCHANGED or (name in ("cat", "concat", "concatenate") and len(sources) == 1):
            return sources[0] if sources else None
        made = tuple(self._values[0][node].shape)
        if name in ("reshape", "view") and self._is_constant(node) and made[0] == 1:
            return self._draft.add(
                REGISTRY["Reshape"].model_validate({"shape": made[1:]}), self._path(node, name), sources
            )
        if name == "getitem" and not isinstance(self._values[0].get(node.args[0]), Tensor):  # type: ignore[arg-type]
            return self._item(node)
        self._check_batch(node)
        if name == "getitem":
            return self._item(node)
        if name == "expand_as" and self._is_only_joined(node):
            return sources[0]  # Multiply does so by itself
        if name == "stack":
            return self._stacked(node, sources)
        if name in ("mul", "imul", "multiply", "div", "truediv") and len(sources) == 1:
            return self._scaled(node, name, sources)
        cls = next((each for _, each in REGISTRY.items() if name in each.functions), None)
        if cls is None:
            raise ValueError("no layer of this program computes it")
        given = [tuple(self._values[0][each].shape) for each in self._tensors(node)]
        settings = self._settings(node, cls.functions[name], cls)
        layer = cls.from_function(name, settings, given, made)
        return self._draft.add(layer, self._path(node, word_of(cls)), sources)

    def _settings(self, node: fx.Node, names: Sequence[str], cls: type[Layer]) -> dict[str, Any]:
        """The arguments behind the inputs, by their names, with numbers for what steps before have computed."""
        count = 1 if cls.inputs and cls.inputs[0].variadic and is_listed(node) else len(cls.inputs)
        count = max(count, sum(isinstance(each, fx.Node) and each in self._ports for each in node.args))
        plain = [self._plain(each) for each in node.args[count:]]
        if len(names) == 1 and len(plain) > 1:
            plain = [tuple(plain)]
        found = dict(zip(names, plain, strict=False))
        if len(plain) > len(names):
            raise ValueError(f"it is called with more than {cls.__name__} can be told")
        tensors = {"input", "x", "tensors", "other", "self"}
        own = {key for key in node.kwargs if key not in tensors and not key.startswith("_")}
        return found | {key: self._plain(node.kwargs[key]) for key in own}

    def _plain(self, value: Any) -> Any:
        """An argument as plain values."""
        first, second = (fx.map_arg(value, values.__getitem__) for values in self._values)
        if not isinstance(first, Tensor) and str(first) != str(second):
            return first  # it depends on the batch; only layers that go by shapes take such, and they do not look
        if isinstance(first, (list, tuple)):
            return tuple(first)
        return first

    def _check_batch(self, node: fx.Node) -> None:
        """Refuses what mixes samples, or has no batch.

        Raises:
            ValueError: the first axis is not the batch.
        """
        shapes = [tuple(values[node].shape) for values in self._values]
        if any(not shape or shape[0] != batch for shape, batch in zip(shapes, BATCHES, strict=True)):
            raise ValueError(f"its result, {shapes[0]}, has no axis of samples in front")

    def _is_constant(self, node: fx.Node) -> bool:
        """Whether a step has to do with numbers of the network alone, which are the same for every sample."""
        return all(each.op == "get_attr" for each in node.all_input_nodes)

    def _is_only_joined(self, node: fx.Node) -> bool:
        """Whether a tensor goes only into steps that bring it to the other's size themselves."""
        return all(self._name(user) in ("mul", "imul", "multiply") for user in node.users)

    def _stacked(self, node: fx.Node, sources: list[Port]) -> Port:
        """Tensors behind each other along a new axis.

        Raises:
            ValueError: it is the axis of samples.
        """
        whole = self._values[0][node]
        dim = self._plain(node.kwargs.get("dim", node.args[1] if len(node.args) > 1 else 0)) % whole.dim()
        if not dim:
            raise ValueError("it stacks samples")
        layers = {name: REGISTRY[name].model_validate({"dim": dim}) for name in ("Unsqueeze", "Concat")}
        ports = [self._draft.add(layers["Unsqueeze"], self._path(node, "unsqueeze"), [each]) for each in sources]
        return self._draft.add(layers["Concat"], self._path(node, "stack"), ports)

    def _item(self, node: fx.Node) -> Port:
        """A part of a tensor, or one of several that a step gave."""
        source, index = node.args[0], node.args[1]
        given = self._values[0][source]  # type: ignore[index]
        if isinstance(given, (tuple, list)):
            while self._name(source) == "getitem":  # type: ignore[arg-type]
                source = source.args[0]  # type: ignore[union-attr]
            return self._part(node, source, index)  # type: ignore[arg-type]
        port = self._ports[source]  # type: ignore[index]
        for layer in parts_of(self._plain(index), tuple(given.shape)):
            port = self._draft.add(layer, self._path(node, word_of(type(layer))), [port])
        return port

    def _part(self, node: fx.Node, several: fx.Node, index: int) -> Port:
        """One of the tensors that `chunk` or `split` gives, as the slice that it is."""
        tensors = list(self._tensors(several))
        if self._name(several) not in PARTED or len(tensors) != 1:
            return self._whole(several)
        whole, parts = self._values[0][tensors[0]], self._values[0][several]
        axis = next((at for at in range(1, whole.dim()) if parts[index].shape[at] != whole.shape[at]), 1)
        start = sum(each.shape[axis] for each in parts[:index])
        stop = start + parts[index].shape[axis]
        layer = REGISTRY["Slice"].model_validate({"dim": axis, "start": start, "stop": stop})
        return self._draft.add(layer, self._path(several, "slice"), [self._ports[tensors[0]]])

    def _whole(self, several: fx.Node) -> Port:
        """The placeholder of a step that gives several tensors, one for all of them."""
        if several not in self._ports:
            kind = self._kind(several)
            sources = [self._ports[each] for each in self._tensors(several)]
            reason = "no layer of this program computes it"
            self._ports[several] = self._draft.placeholder(kind, reason, self._path(several, kind.lower()), sources)
        return self._ports[several]

    def _scaled(self, node: fx.Node, name: str, sources: list[Port]) -> Port:
        """A product with a number.

        Raises:
            ValueError: the other factor is none.
        """
        others = [self._plain(each) for each in node.args if not (isinstance(each, fx.Node) and each in self._ports)]
        if len(others) != 1 or not isinstance(others[0], (int, float)) or node.args[0] not in self._ports:
            raise ValueError("it is no product with a number")
        factor = float(others[0]) if "mul" in name else 1.0 / float(others[0])
        return self._draft.add(REGISTRY["Scale"].model_validate({"factor": factor}), self._path(node, "scale"), sources)


PARTED = frozenset({"chunk", "split", "tensor_split", "unbind"})  # what gives parts of a tensor
UNCHANGED = frozenset({"contiguous", "clone", "detach", "to", "float", "identity"})


def word_of(cls: type[Layer]) -> str:
    """Returns what a node is called for whose call there is no name."""
    return cls.stem or cls.__name__.lower()


def is_listed(node: fx.Node) -> bool:
    """Returns whether a step gets its tensors as a list."""
    return bool(node.args) and isinstance(node.args[0], (list, tuple))

"""An exported graph made into a module again, of torch's own modules and of functions that layers compute.

A step of the file is only ever a name that is looked up in the tables here; everything else becomes a step that
stands for what is not understood, with the shape that the file has for it. The module is on the meta device and has no
numbers.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import torch
from torch import Tensor, fx, nn
from torch.nn import functional as F

from workbench.core.errors import UnreadableError, printable
from workbench.layers.spec import REGISTRY
from workbench.model.translation.pt2_file import Pt2File, Step
from workbench.model.translation.traced import not_understood

ATEN = "torch.ops.aten."
SAME = frozenset({"clone", "contiguous", "detach", "alias", "to", "_to_copy", "lift_fresh_copy"})
DROPOUTS: Mapping[str, Any] = {"dropout": nn.Dropout, "feature_dropout": nn.Dropout2d, "alpha_dropout": nn.AlphaDropout}
RESHAPES = frozenset({"view", "reshape", "_unsafe_view", "flatten", "unflatten"})
PARTS = frozenset({"chunk", "split", "split_with_sizes", "tensor_split", "unbind"})
WHOLE = 2**62  # a slice that ends there, or further, goes to the end


class Rebuilding:
    """Builds the module.

    Attributes:
        tensors: the numbers of the module's weights, by its own keys.
    """

    def __init__(self, file: Pt2File) -> None:
        self._file = file
        self._root = nn.Module()
        self._graph = fx.Graph()
        self._values: dict[str, fx.Node] = {}
        self._bare: dict[str, fx.Node] = {}
        self._turned: dict[str, str] = {}  # transposed weights: name in the graph → weight, as `addmm` takes them
        self.tensors: dict[str, Tensor] = {}

    def build(self) -> fx.GraphModule:
        """Returns the module with one input.

        Raises:
            UnreadableError: nothing goes in, or nothing comes out.
        """
        file = self._file
        if not file.inputs or not file.outputs:
            raise UnreadableError(file.path, "nothing goes into its network, or nothing comes out of it.")
        self._values[file.inputs[0]] = self._graph.placeholder("image")
        for step in file.steps:
            self._add(step)
        given = [self._values[name] for name in file.outputs if name in self._values]
        if not given:
            raise UnreadableError(file.path, "nothing that it gives depends on what goes in.")
        self._graph.output(given[0] if len(given) == 1 else tuple(given))
        record = fx.GraphModule(self._root, self._graph)
        record.graph.eliminate_dead_code()
        record.recompile()
        return record

    def _add(self, step: Step) -> None:
        """Adds a step; one that has to do with neither samples nor weights is left out."""
        name = self._name(step)
        tensors = [self._values[each] for each in _tensors_of(step) if each in self._values]
        if name in ("t", "permute", "transpose") and self._is_weight(step, "self"):
            self._turned[step.outputs[0]] = step.arguments["self"]["as_tensor"]["name"]
            return
        if not tensors or not step.outputs:
            return
        try:
            made = self._made(name, step)
        except (LookupError, TypeError, ValueError):
            made = None
        if made is None:
            for output in step.outputs:
                if output in self._file.shapes:
                    self._keep(step, output, self._unknown(step, output, tensors))
            return
        if step.several and name in PARTS:
            for number, output in enumerate(step.outputs):
                self._keep(step, output, self._graph.call_function(operator.getitem, (made, number)))
        else:
            self._keep(step, step.outputs[0], made)

    def _name(self, step: Step) -> str:
        return step.target.removeprefix(ATEN).partition(".")[0] if step.target.startswith(ATEN) else step.target

    def _keep(self, step: Step, name: str, node: fx.Node) -> None:
        if step.path:
            node.meta["nn_module_stack"] = {step.path: (step.path, "")}
        self._values[name] = node

    def _unknown(self, step: Step, output: str, tensors: list[fx.Node]) -> fx.Node:
        shape = tuple(1 if size is None else size for size in self._file.shapes[output][1:])
        kind = self._name(step)
        return self._graph.call_function(not_understood, (kind, shape, *tensors))

    def _made(self, name: str, step: Step) -> fx.Node | None:
        """The step as a call of a module or a function; None if neither is known."""
        plain = name.rstrip("_") if not name.startswith("_") else name
        if plain in MODULES:
            return self._module(*MODULES[plain](self, step))
        if plain in SAME:
            return self._graph.call_function(torch.clone, (self.source(step),))
        if plain in DROPOUTS:
            return self._dropout(DROPOUTS[plain], step)
        if plain in RESHAPES:
            shape = self._file.shapes[step.outputs[0]][1:]
            if None in shape:
                raise ValueError("a size depends on the batch")
            return self._graph.call_function(torch.reshape, (self.tensor(step, "self"), (-1, *shape)))
        if plain in FUNCTIONS:
            function, arguments = FUNCTIONS[plain](self, step)
            return self._graph.call_function(function, *arguments)
        if plain in _known_functions() | PARTS and hasattr(torch.ops.aten, plain):
            return self._aten(plain, step)
        return None

    def _aten(self, plain: str, step: Step) -> fx.Node:
        """A function of torch's own by its name; settings that layers do not know are refused later."""
        overload = step.target.removeprefix(ATEN).partition(".")[2]
        packet = getattr(torch.ops.aten, plain)
        if overload not in packet.overloads():
            raise LookupError(overload)
        function = getattr(packet, overload)
        leading: list[Any] = []
        named: dict[str, Any] = {}
        for key, argument in step.arguments.items():
            value = self._plain(argument)
            if key == "alpha" and plain in ("add", "sub"):
                if value != 1:
                    raise ValueError("alpha is no setting of the layer")
            elif key in ("self", "input", "other", "tensors", "mat2", "split_size", "split_sizes", "chunks"):
                leading.append(value)
            else:
                named[key] = value
        return self._graph.call_function(function, tuple(leading), named)

    def _dropout(self, kind: type[nn.Dropout], step: Step) -> fx.Node:
        """Dropout as a module: the file has what it does in training or without, the layer has both."""
        path = self._free(f"{step.path}.dropout" if step.path else "dropout")
        self._place(path, kind(float(self._plain(step.arguments["p"]))))
        return self._graph.call_module(path, (self.tensor(step, "input"),))

    def _free(self, path: str) -> str:
        """A path that no module of the network has."""
        taken, number, found = dict(self._root.named_modules()), 1, path
        while found in taken:
            number += 1
            found = f"{path}{number}"
        return found

    def _module(self, module: nn.Module, weights: Mapping[str, str], source: fx.Node) -> fx.Node:
        """A call of a module; its path is that of its first weight in the file.

        Args:
            module: without numbers.
            weights: its key → name in the graph.
            source: what goes in.
        """
        known = {key: self._file.weights[name] for key, name in weights.items()}
        first = known.get("weight") or next(iter(known.values()))
        path = first.rpartition(".")[0] or first
        if path not in dict(self._root.named_modules()):
            self._place(path, module)
        for key, own in known.items():
            self.tensors[f"{path}.{key}"] = self._numbers(own)
        return self._graph.call_module(path, (source,))

    def _numbers(self, name: str) -> Tensor:
        if name not in self._file.tensors:
            raise UnreadableError(self._file.path, f"the numbers of the weight {printable(name)} are missing in it.")
        found = self._file.tensors[name]
        return found.float() if found.is_floating_point() else found

    def _place(self, path: str, module: nn.Module) -> None:
        """Puts a module where its path says."""
        *outer, last = path.split(".")
        parent = self._root
        for part in outer:
            if part not in parent._modules:
                parent.add_module(part, nn.Module())
            parent = getattr(parent, part)
        parent.add_module(last, module)

    @property
    def own(self) -> Mapping[str, str]:
        """The file's weights: name in the graph → own name."""
        return self._file.weights

    def _is_weight(self, step: Step, key: str) -> bool:
        argument = step.arguments.get(key, {})
        return "as_tensor" in argument and argument["as_tensor"]["name"] in self._file.weights

    def weight(self, step: Step, key: str) -> Tensor:
        """The numbers of a weight that is an argument of a step.

        Raises:
            LookupError: it is none of the file's weights.
        """
        return self._file.tensors[self._file.weights[self.weight_name(step, key)]]

    def weight_name(self, step: Step, key: str) -> str:
        """The name in the graph of a weight that is an argument of a step, where it may be transposed.

        Raises:
            LookupError: it is none of the file's weights.
        """
        name: str = step.arguments[key]["as_tensor"]["name"]
        name = self._turned.get(name, name)
        if name not in self._file.weights:
            raise LookupError(name)
        return name

    def weights(self, step: Step, **keys: str) -> dict[str, str]:
        """The weights of a step: the module's key → name in the graph, without those that it does not have."""
        given = {own: step.arguments.get(key, {}) for own, key in keys.items()}
        return {own: self.weight_name(step, keys[own]) for own, each in given.items() if "as_tensor" in each}

    def source(self, step: Step) -> fx.Node:
        """What goes into a step first."""
        return self.tensor(step, "input" if "input" in step.arguments else "self")

    def shape(self, step: Step) -> tuple[int | None, ...]:
        """The shape of what goes into a step first, with its batch."""
        argument = step.arguments.get("input") or step.arguments["self"]
        return self._file.shapes[argument["as_tensor"]["name"]]

    def plain(self, step: Step, key: str, usual: Any) -> Any:
        """A setting of a step; what is usual where the file does not name it."""
        return self._plain(step.arguments[key]) if key in step.arguments else usual

    def tensor(self, step: Step, key: str) -> fx.Node:
        """The tensor that is an argument of a step.

        Raises:
            LookupError: it depends on nothing here.
            TypeError: the argument is no tensor.
        """
        value = self._plain(step.arguments[key])
        if not isinstance(value, fx.Node):
            raise TypeError(f"{key} is no tensor")
        return value

    def _plain(self, argument: Mapping[str, Any]) -> Any:
        """An argument of the file as a value.

        Raises:
            LookupError: a tensor that depends on nothing here.
            ValueError: a kind that no layer takes, such as a size of the batch.
        """
        ((kind, value),) = argument.items()
        if kind in ("as_tensor", "as_optional_tensor"):
            inner = value if "name" in value else next(iter(value.values()))
            return self._named(inner["name"]) if isinstance(inner, Mapping) else None
        if kind in ("as_tensors", "as_optional_tensors"):
            return [self._named(each["name"]) for each in value]
        if kind == "as_none":
            return None
        if kind in ("as_int", "as_float", "as_bool", "as_string", "as_ints", "as_floats", "as_bools", "as_strings"):
            return tuple(value) if isinstance(value, list) else value
        if kind == "as_sym_int":
            return int(value["as_int"])
        if kind == "as_sym_ints":
            return tuple(int(each["as_int"]) for each in value)
        raise ValueError(f"an argument is {kind}")

    def _named(self, name: str) -> fx.Node:
        """A tensor of the graph; a weight that is no module's stands for itself."""
        if name in self._values:
            return self._values[name]
        path = self._file.weights[name]
        if path not in self._bare:
            numbers = self._numbers(path)
            *outer, last = path.split(".")
            self._place_parameter(outer, last, numbers)
            self.tensors[path] = numbers
            self._bare[path] = self._graph.get_attr(path)
        return self._bare[path]

    def _place_parameter(self, outer: list[str], last: str, numbers: Tensor) -> None:
        parent = self._root
        for part in outer:
            if part not in parent._modules:
                parent.add_module(part, nn.Module())
            parent = getattr(parent, part)
        meta = torch.empty(numbers.shape, dtype=numbers.dtype, device="meta")
        parent.register_parameter(last, nn.Parameter(meta, requires_grad=False))


def _tensors_of(step: Step) -> Iterator[str]:
    """The names of all tensors that go into a step."""
    for argument in step.arguments.values():
        if "as_tensor" in argument:
            yield argument["as_tensor"]["name"]
        for each in argument.get("as_tensors", ()):
            yield each["name"]


def _known_functions() -> frozenset[str]:
    """The names of the functions that layers compute."""
    return frozenset(name for _, cls in REGISTRY.items() for name in cls.functions)


Made = tuple[nn.Module, dict[str, str], fx.Node]


def _convolution(axes: int, *, transposed: bool = False) -> Callable[[Rebuilding, Step], Made]:
    kind = getattr(nn, f"Conv{'Transpose' if transposed else ''}{axes}d")

    def made(on: Rebuilding, step: Step) -> Made:
        weight, groups = on.weight(step, "weight"), on.plain(step, "groups", 1)
        into, out = weight.shape[1] * groups, weight.shape[0]
        if transposed:
            into, out = weight.shape[0], weight.shape[1] * groups
        settings = {"stride": 1, "padding": 0, "dilation": 1} | ({"output_padding": 0} if transposed else {})
        given = {key: _spread(on.plain(step, key, usual), axes) for key, usual in settings.items()}
        weights = on.weights(step, weight="weight", bias="bias")
        module = kind(into, out, tuple(weight.shape[2:]), groups=groups, bias="bias" in weights, device="meta", **given)
        return module, weights, on.source(step)

    return made


def _spread(value: Any, axes: int) -> Any:
    return value if isinstance(value, str) or not isinstance(value, tuple) or len(value) == axes else value * axes


def _any_convolution(on: Rebuilding, step: Step) -> Made:
    """`aten.convolution`, which is one for all numbers of axes and both directions."""
    axes = on.weight(step, "weight").dim() - 2
    return _convolution(axes, transposed=on.plain(step, "transposed", usual=False))(on, step)


def _linear(on: Rebuilding, step: Step) -> Made:
    weight, weights = on.weight(step, "weight"), on.weights(step, weight="weight", bias="bias")
    return nn.Linear(weight.shape[1], weight.shape[0], "bias" in weights, device="meta"), weights, on.source(step)


def _addmm(on: Rebuilding, step: Step) -> Made:
    """`bias + x·weightᵀ`, as a linear layer is written once it is taken apart."""
    name = step.arguments["mat2"]["as_tensor"]["name"]
    if name in on.own:
        raise LookupError("the weight is not transposed")
    weight, weights = on.weight(step, "mat2"), on.weights(step, weight="mat2", bias="self")
    return nn.Linear(weight.shape[1], weight.shape[0], device="meta"), weights, on.tensor(step, "mat1")


def _batch_norm(on: Rebuilding, step: Step) -> Made:
    kind = {2: nn.BatchNorm1d, 3: nn.BatchNorm1d, 4: nn.BatchNorm2d, 5: nn.BatchNorm3d}[len(on.shape(step))]
    keys = {"weight": "weight", "bias": "bias", "running_mean": "running_mean", "running_var": "running_var"}
    weights = on.weights(step, **keys)
    channels = on.shape(step)[1]
    settings = {key: on.plain(step, key, usual) for key, usual in (("eps", 1e-5), ("momentum", 0.1))}
    has_statistics = "running_mean" in weights
    module = kind(channels, affine="weight" in weights, track_running_stats=has_statistics, device="meta", **settings)  # type: ignore[arg-type]
    return module, weights, on.source(step)


def _group_norm(on: Rebuilding, step: Step) -> Made:
    weights = on.weights(step, weight="weight", bias="bias")
    groups, eps = on.plain(step, "num_groups", 1), on.plain(step, "eps", 1e-5)
    module = nn.GroupNorm(groups, on.shape(step)[1], eps, "weight" in weights, device="meta")  # type: ignore[arg-type]
    return module, weights, on.source(step)


def _layer_norm(on: Rebuilding, step: Step) -> Made:
    weights = on.weights(step, weight="weight", bias="bias")
    shape, eps = on.plain(step, "normalized_shape", ()), on.plain(step, "eps", 1e-5)
    return nn.LayerNorm(shape, eps, "weight" in weights, "bias" in weights, device="meta"), weights, on.source(step)


def _embedding(on: Rebuilding, step: Step) -> Made:
    weight = on.weight(step, "weight")
    module = nn.Embedding(weight.shape[0], weight.shape[1], device="meta")
    return module, on.weights(step, weight="weight"), on.tensor(step, "indices")


def _prelu(on: Rebuilding, step: Step) -> Made:
    return (
        nn.PReLU(on.weight(step, "weight").numel(), device="meta"),
        on.weights(step, weight="weight"),
        on.source(step),
    )


# What has weights: name of the function in torch.ops.aten → the module that it is.
MODULES: Mapping[str, Callable[[Rebuilding, Step], Made]] = {
    **{f"conv{axes}d": _convolution(axes) for axes in (1, 2, 3)},
    **{f"conv_transpose{axes}d": _convolution(axes, transposed=True) for axes in (1, 2, 3)},
    "convolution": _any_convolution,
    "linear": _linear,
    "addmm": _addmm,
    "batch_norm": _batch_norm,
    "_native_batch_norm_legit_no_training": _batch_norm,
    "native_batch_norm": _batch_norm,
    "group_norm": _group_norm,
    "layer_norm": _layer_norm,
    "native_layer_norm": _layer_norm,
    "embedding": _embedding,
    "prelu": _prelu,
}
Called = tuple[Callable[..., Any], tuple[tuple[Any, ...], dict[str, Any]]]


def _hardtanh(on: Rebuilding, step: Step) -> Called:
    low, high = on.plain(step, "min_val", -1.0), on.plain(step, "max_val", 1.0)
    return _clipped(on, step, low, high)


def _clamp(on: Rebuilding, step: Step) -> Called:
    return _clipped(on, step, on.plain(step, "min", None), on.plain(step, "max", None))


def _clipped(on: Rebuilding, step: Step, low: Any, high: Any) -> Called:
    if not all(isinstance(each, (int, float)) for each in (low, high)):
        raise ValueError("only one end is cut off")
    if (low, high) == (0, 6):
        return F.relu6, ((on.source(step),), {})
    return F.hardtanh, ((on.source(step),), {"min_val": float(low), "max_val": float(high)})


def _padded(mode: str) -> Callable[[Rebuilding, Step], Called]:
    def called(on: Rebuilding, step: Step) -> Called:
        more = {"value": on.plain(step, "value", 0.0)} if mode == "constant" else {}
        margin = on.plain(step, "pad" if "pad" in step.arguments else "padding", ())
        return F.pad, ((on.source(step), margin), {"mode": on.plain(step, "mode", mode), **more})

    return called


def _resized(mode: str) -> Callable[[Rebuilding, Step], Called]:
    def called(on: Rebuilding, step: Step) -> Called:
        size, factors = on.plain(step, "output_size", None), on.plain(step, "scale_factors", None)
        settings = {"size": size} if size is not None else {"scale_factor": factors}
        if mode != "nearest":
            settings["align_corners"] = on.plain(step, "align_corners", usual=False)
        return F.interpolate, ((on.source(step),), {**settings, "mode": mode})

    return called


def _pooled_with_switches(axes: int) -> Callable[[Rebuilding, Step], Called]:
    def called(on: Rebuilding, step: Step) -> Called:
        keys = ("kernel_size", "stride", "padding", "dilation", "ceil_mode")
        named = {key: on.plain(step, key, None) for key in keys if key in step.arguments}
        return getattr(F, f"max_pool{axes}d"), ((on.source(step),), named)

    return called


def _adaptive_max(axes: int) -> Callable[[Rebuilding, Step], Called]:
    """Of its two results, the values; the places are not asked for by layers."""
    return lambda on, step: (
        getattr(F, f"adaptive_max_pool{axes}d"), ((on.source(step),), {"output_size": on.plain(step, "output_size", 1)})
    )  # fmt: skip


def _sliced(on: Rebuilding, step: Step) -> Called:
    """A slice that takes all is the same; another one is told by its bounds."""
    dim, start, end = (on.plain(step, key, usual) for key, usual in (("dim", 0), ("start", None), ("end", None)))
    if on.plain(step, "step", 1) != 1:
        raise ValueError("it takes every other value")
    if (start or 0) == 0 and (end is None or end >= WHOLE):
        return torch.clone, ((on.source(step),), {})
    stop = None if end is None or end >= WHOLE else end
    return torch.ops.aten.slice.Tensor, ((on.source(step), dim, start or 0, stop), {})


def _along(function: Callable[..., Any]) -> Callable[[Rebuilding, Step], Called]:
    """A function of an axis, which torch writes with one setting more."""
    return lambda on, step: (function, ((on.source(step),), {"dim": on.plain(step, "dim", -1)}))


# What has no weights and is called otherwise than layers know it.
FUNCTIONS: Mapping[str, Callable[[Rebuilding, Step], Called]] = {
    "hardtanh": _hardtanh,
    "clamp": _clamp,
    "pad": _padded("constant"),
    "constant_pad_nd": _padded("constant"),
    **{f"reflection_pad{axes}d": _padded("reflect") for axes in (1, 2, 3)},
    **{f"replication_pad{axes}d": _padded("replicate") for axes in (1, 2, 3)},
    **{f"upsample_nearest{axes}d": _resized("nearest") for axes in (1, 2, 3)},
    "upsample_linear1d": _resized("linear"),
    "upsample_bilinear2d": _resized("bilinear"),
    "upsample_bicubic2d": _resized("bicubic"),
    "upsample_trilinear3d": _resized("trilinear"),
    "max_pool2d_with_indices": _pooled_with_switches(2),
    "max_pool3d_with_indices": _pooled_with_switches(3),
    **{f"adaptive_max_pool{axes}d": _adaptive_max(axes) for axes in (1, 2, 3)},
    "slice": _sliced,
    "_softmax": _along(torch.softmax),
    "_log_softmax": _along(torch.log_softmax),
}

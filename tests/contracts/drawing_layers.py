"""Draws settings of a layer, and values and tensors that fit its ports, from nothing but its declaration."""

from __future__ import annotations

import types
from collections.abc import Iterator
from dataclasses import dataclass, replace
from math import inf, nan, prod
from typing import Annotated, Any, Literal, Union, get_args, get_origin

import torch
from hypothesis import assume
from hypothesis import strategies as st
from pydantic import ValidationError
from torch import nn

from workbench.core.values import Shape, Value
from workbench.layers.call import Call
from workbench.layers.settings import Bounds
from workbench.layers.sparse_code2d.module import Synthesis
from workbench.layers.spec import In, Insert, Layer, SetWidth, ShapeError, SuggestParam, check_kind

LARGEST = 6  # of the integers that are drawn, where the bounds allow more
KIND_AXES = {
    "map": (2, 3, 4),
    "vector": (1,),
    "sequence": (2,),
    "channels_last": (3,),
    "scalar": (0,),
    "class": (0,),
    "class_probs": (1,),
    "mask": (2,),
    "tokens": (1,),
    "code": (1,),
}
INTEGERS = ("class", "mask", "tokens", "switches")
ANYTHING = ("map", "vector", "sequence", "channels_last", "scalar")  # for a port that names no kinds


@dataclass(frozen=True)
class Limits:
    """The bounds of a setting, gathered from its pydantic metadata."""

    low: float = -inf
    high: float = inf
    above: float = -inf
    below: float = inf
    shortest: int = 0
    longest: int | None = None
    pattern: str = ""


def limits(metadata: tuple[Any, ...]) -> Limits:
    """The bounds that these metadata state."""
    found: dict[str, Any] = {}
    names = {"ge": "low", "le": "high", "gt": "above", "lt": "below", "min_length": "shortest", "max_length": "longest"}
    for each in metadata:
        if isinstance(each, Bounds):
            found |= {"low": each.low, "high": each.high}
        for theirs, ours in (names | {"pattern": "pattern"}).items():
            if getattr(each, theirs, None) is not None:
                found[ours] = getattr(each, theirs)
    return Limits(**found)


def leaves(annotation: Any, metadata: tuple[Any, ...]) -> Iterator[tuple[Any, Limits]]:
    """The types that a setting may have, each with its bounds; unions and `Annotated` are taken apart."""
    if get_origin(annotation) is Annotated:
        inner, *more = get_args(annotation)
        yield from leaves(inner, (*more, *metadata))
    elif get_origin(annotation) in (Union, types.UnionType):
        for each in get_args(annotation):
            yield from leaves(each, metadata)
    else:
        yield annotation, limits(metadata)


def types_of(cls: type[Layer], field: str) -> list[tuple[Any, Limits]]:
    """The types that a field may have, each with its bounds."""
    info = cls.model_fields[field]
    return list(leaves(info.annotation, tuple(info.metadata)))


def drawn(kind: Any, bounds: Limits) -> st.SearchStrategy[Any]:
    """Valid values of one type, small ones."""
    if kind is type(None):
        return st.none()
    if get_origin(kind) is Literal:
        return st.sampled_from(get_args(kind))
    if kind is bool:
        return st.booleans()
    if kind is int:
        low = int(max(bounds.low, -LARGEST))
        return st.integers(low, int(min(bounds.high, low + 2))) | st.integers(low, int(min(bounds.high, LARGEST)))
    if kind is float:
        low, high = max(bounds.low, bounds.above, -4.0), min(bounds.high, bounds.below, 4.0)
        numbers = st.floats(low, high, width=16, allow_subnormal=False)
        return numbers.filter(lambda number: bounds.above < number < bounds.below)
    if kind is str:
        letters = st.from_regex(bounds.pattern, fullmatch=True) if bounds.pattern else st.text(max_size=8)
        return letters.filter(lambda text: not text.endswith("\n")).map(lambda text: text[: bounds.longest])
    if get_origin(kind) is tuple:
        item, *others = get_args(kind)
        if others and others[0] is not Ellipsis:
            return st.tuples(*(drawn(each, bounds) for each in get_args(kind)))
        most = min(4, bounds.longest if bounds.longest is not None else 4)
        return st.lists(drawn(item, bounds), min_size=bounds.shortest, max_size=most).map(tuple)
    raise NotImplementedError(f"teach drawing_layers.drawn the type {kind}")


def outside(kind: Any, bounds: Limits) -> Iterator[Any]:
    """Values of the right type that lie just outside the bounds."""
    if kind is int:
        yield from (edge for edge in (bounds.low - 1, bounds.high + 1) if abs(edge) != inf)
    elif kind is float:
        yield from (nan, inf, -inf)
        edges = (bounds.low - 1e-6, bounds.high * (1 + 1e-6), bounds.above, bounds.below)
        yield from (edge for edge in edges if abs(edge) != inf)
    elif kind is str:
        yield from ("1 a\n",) if bounds.pattern else ()
        yield from ("a" * (bounds.longest + 1),) if bounds.longest is not None else ()
    elif get_origin(kind) is tuple:
        item, *others = get_args(kind)
        fine = {int: max(1, bounds.low), float: 1.0, str: "a"}[item]
        if others and others[0] is not Ellipsis:
            yield (fine,) * (len(others) + 2)
            for bad in outside(item, bounds):
                yield from ([bad, *(fine,) * len(others)], (*(fine,) * len(others), bad))
            return
        yield from ((bad,) for bad in outside(item, replace(bounds, longest=None)))
        yield from (((fine,) * (bounds.longest + 1),) if bounds.longest is not None else ())
        yield from (((fine,) * (bounds.shortest - 1),) if bounds.shortest else ())


def wrong_types(cls: type[Layer], field: str) -> Iterator[Any]:
    """Values that no setting of the field's types may take, though a lenient reader would."""
    kinds = [kind for kind, _ in types_of(cls, field)]
    tuples = [get_args(kind)[0] for kind in kinds if get_origin(kind) is tuple]
    yield from (object(), {}, b"1", "no such choice" if str not in kinds else 3)
    if bool not in kinds:
        yield True
    if bool in kinds:
        yield from (0, 1, "yes")
    if int in kinds:
        yield from ("3", 2.5)
    if float in kinds:
        yield "0.5"
    if type(None) not in kinds:
        yield None
    for item in tuples:
        yield from ([object()], "ab", [[1, 2]], [True, True], *([[1, 2]] if item is str else [["1", "2"]]))


@st.composite
def settings_of(draw: st.DrawFn, cls: type[Layer]) -> Layer:
    """A layer with valid settings."""
    chosen: dict[str, Any] = {}
    for name in cls.model_fields:
        if draw(st.booleans()):
            chosen[name] = draw(st.one_of([drawn(*each) for each in types_of(cls, name)]))
    try:
        return cls(**chosen)
    except ValidationError:  # a rule between settings, or one that only a validator knows
        assume(False)
        raise


@dataclass(frozen=True)
class Case:
    """A layer and what comes in at its ports."""

    layer: Layer
    values: tuple[Value, ...]

    @property
    def wires(self) -> list[tuple[In, str]]:
        """The port and the wire's name (`x` or `x.1`) of each value."""
        ports = self.layer.inputs
        found: list[tuple[In, str]] = []
        for port in ports:
            number = len(self.values) - len(ports) + 1 if port.variadic else 1
            found += [(port, f"{port.name}.{i}" if port.variadic else port.name) for i in range(number)]
        return found

    def outputs(self) -> dict[str, Value]:
        """What the shape rule says."""
        for (port, wire), value in zip(self.wires, self.values, strict=True):
            check_kind(port, wire, value)
        return self.layer.outputs(*self.values)

    def call(self, *, wanted: frozenset[str] = frozenset()) -> Call:
        """The module's call, with these optional outputs."""
        found = self.layer.module(*self.values)
        assert found is not None
        return replace(found, kwargs={**found.kwargs, **self.layer.call_kwargs(wanted)})

    def tensors(self, batch: int, dtype: torch.dtype = torch.float64) -> list[Any]:
        """Random inputs of the module; for a field of the data, the field itself."""
        values = self.values or tuple(self.outputs().values())
        found = [tensor(value, values[0], batch, dtype) for value in values]
        for number, (port, _) in enumerate(self.wires):
            if port.training_only:  # constant over the batch, and a number that every layer knows
                found[number] = torch.zeros_like(found[number])
            if port.below:
                found[number] %= getattr(self.layer, port.below)
            if port.unit_range and found[number].is_floating_point():
                found[number] = found[number].sigmoid()
            if port.positive and found[number].is_floating_point():
                found[number] = found[number].abs() + 0.1
        return found


def tensor(value: Value, first: Value, batch: int, dtype: torch.dtype) -> Any:
    """A random tensor of that value; class numbers fit the scores in the first value, a synthesis changes nothing."""
    shape = (batch, *value.shape)
    if value.kind == "synthesis":
        return Synthesis()
    if value.kind == "switches":
        return torch.randint(prod(value.unpooled[1:]), shape)
    if value.dtype == "int64":
        return torch.randint(len(value.classes) or (first.channels if first.shape else 2), shape)
    return torch.randn(shape, dtype=dtype)


@st.composite
def value_for(draw: st.DrawFn, port: In, first: Value | None, pictures: bool) -> Value:
    """A value that the port takes and that goes with the one at the first port."""
    if first is not None and port.kinds == {"switches"}:
        larger = tuple(size * draw(st.integers(1, 3)) + draw(st.integers(0, 1)) for size in first.spatial)
        return Value(first.shape, "switches", "int64", unpooled=(first.channels, *larger))
    if first is not None and port.kinds == {"synthesis"}:
        return replace(first, kind="synthesis", unpooled=first.shape)
    answers = port.kinds & {"mask" if first is not None and first.shape[1:] else "class"}
    if first is not None and first.shape and answers and (port.kinds <= {"class", "mask"} or draw(st.booleans())):
        named = tuple(f"class {i}" for i in range(first.channels)) if draw(st.booleans()) else ()
        return Value(first.shape[1:], "mask" if first.shape[1:] else "class", "int64", named)
    if first is not None and (not port.kinds or first.kind in port.kinds):
        return first
    kind = "map" if pictures else draw(st.sampled_from(sorted(port.kinds or ANYTHING)))
    axes = draw(st.sampled_from([n for n in KIND_AXES[kind] if not port.axes or n in port.axes]))
    axes = min(axes, max((3, *port.axes[:1]))) if pictures else axes  # volumes where nothing else is taken
    smallest, largest = {4: (3, 5)}.get(axes, (7, 11)) if pictures else (1, {3: 9, 4: 5}.get(axes, 12))
    shape = (draw(st.integers(1, LARGEST)), *(draw(st.integers(smallest, largest)) for _ in range(axes - 1)))
    return Value(shape[:axes], kind, "int64" if kind in INTEGERS else "float32")


@st.composite
def raw_cases(draw: st.DrawFn, cls: type[Layer], pictures: bool = False) -> Case:
    """Valid settings and likely inputs, which need not fit together."""
    layer = draw(settings_of(cls))
    values: list[Value] = []
    for port in cls.inputs:
        first = draw(value_for(port, values[0] if values else None, pictures))
        values.append(first)
        if port.variadic:
            wider = draw(st.integers(0, 3)) == 0 and len(first.shape) > 0
            another = first.reshaped(first.shape[0] + 1, *first.shape[1:]) if wider else first
            values += [another] * draw(st.integers(port.fewest - 1, port.fewest))
    return Case(layer, tuple(values))


def follow(case: Case, error: ShapeError) -> Case | None:
    """The case after the first fix of the error; None if there is none that could be followed here."""
    match error.fixes[:1]:
        case (SuggestParam(param, value),):
            cls = type(case.layer)
            return replace(case, layer=cls.model_validate({**case.layer.model_dump(), param: value}))
        case (SetWidth(width),):
            index = next(i for i, (_, wire) in enumerate(case.wires) if wire == error.port)
            values = list(case.values)
            values[index] = values[index].reshaped(width, *values[index].shape[1:])
            return replace(case, values=tuple(values))
        case (Insert(),):
            return None
    return None


def mended(case: Case) -> Case | None:
    """The case after its errors' fixes; None if they come to an end before it is accepted."""
    said: list[str] = []
    while len(said) < 8:
        try:
            case.outputs()
        except ShapeError as error:
            refusal = error
        else:
            return case
        said.append(str(refusal))
        assert said.count(said[-1]) == 1, f"the fix changes nothing: {refusal}"
        following = follow(case, refusal)
        if following is None:
            return None
        case = following
    raise AssertionError(f"the fixes of {case} lead nowhere: {said}")


@st.composite
def cases(draw: st.DrawFn, cls: type[Layer], pictures: bool = False) -> Case:
    """A layer with inputs that its shape rule accepts, small enough to compute; on request maps of some size."""
    case = mended(draw(raw_cases(cls, pictures)))
    assume(case is not None)
    assert case is not None
    assume(all(value.elements <= 20_000 for value in (*case.values, *case.outputs().values())))
    return case


def results(layer: Layer, given: Any, wanted: frozenset[str] = frozenset()) -> dict[str, torch.Tensor]:
    """The tensors that the module gave, by output port; a synthesis is none."""
    names = [name for name in layer.output_ports if name not in layer.optional_outputs or name in wanted]
    if wanted or len(names) > 1:
        assert isinstance(given, tuple)
        assert len(given) == len(names)
        found = dict(zip(names, given, strict=True))
        return {name: each for name, each in found.items() if not isinstance(each, Synthesis)}
    assert isinstance(given, torch.Tensor)
    return {names[0]: given}


def weights(module: nn.Module) -> dict[str, Shape]:
    """Names and shapes of a module's weights."""
    return {name: tuple(each.shape) for name, each in module.named_parameters()}

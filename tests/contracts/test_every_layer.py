"""The contract of every layer in the registry: a new layer file is held to it without a change here."""

from __future__ import annotations

import ast
import copy
import importlib
import json
import re
from collections import Counter
from itertools import product
from math import inf
from pathlib import Path
from typing import Any, Literal, get_args, get_origin

import pytest
import torch
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError
from torch import nn
from torch.utils.flop_counter import FlopCounterMode

import workbench.layers
from tests.contracts.drawing_layers import (
    Case,
    cases,
    mended,
    outside,
    raw_cases,
    results,
    settings_of,
    types_of,
    weights,
    wrong_types,
)
from workbench.core.values import KINDS, Value
from workbench.layers.spec import REGISTRY, Layer, count

LAYERS = [cls for _, cls in REGISTRY.items()]
COMPUTING = [cls for cls in LAYERS if cls.output_ports]
FIELDS = [(cls, name) for cls in LAYERS for name in cls.model_fields]
BOUNDED = [(cls, name) for cls, name in FIELDS if any(list(outside(*each)) for each in types_of(cls, name))]
ONE_MAP = [
    cls
    for cls in COMPUTING
    if [port.variadic for port in cls.inputs] == [False] and (not cls.inputs[0].kinds or "map" in cls.inputs[0].kinds)
]
MODULES = sorted(Path(workbench.layers.__path__[0]).glob("*/module.py"))
PORT = re.compile(r"[a-z][a-z0-9_]*\Z")

pytestmark = pytest.mark.filterwarnings("ignore:Using padding=:UserWarning")  # slower, not wrong
every_layer = pytest.mark.parametrize("cls", LAYERS, ids=lambda cls: cls.__name__)
every_computing = pytest.mark.parametrize("cls", COMPUTING, ids=lambda cls: cls.__name__)
some = settings(
    max_examples=20,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.too_slow, HealthCheck.data_too_large],
)


def seeded(seed: int) -> None:
    torch.manual_seed(seed)


def on_meta(given: Any) -> Any:
    """A tensor without its numbers; anything else as it is."""
    return given.to("meta") if torch.is_tensor(given) else given


seeds = st.integers(0, 2**16)


@every_layer
def test_it_is_described(cls: type[Layer]) -> None:
    assert REGISTRY[cls.__name__] is cls
    for text in (cls.title, cls.group):
        assert text[:1].isupper()
        assert text == text.strip()
    assert [other for other in LAYERS if other.title == cls.title] == [cls]
    assert cls.formula.strip()
    doc = cls.__dict__.get("__doc__") or ""
    assert cls.summary() == doc.strip(), "the docstring is one line: the tooltip"
    assert re.fullmatch(r"[A-Z][^.]*\.", cls.summary()), "one sentence"
    assert cls() == cls.model_validate({}), "the defaults are valid"
    for name, info in cls.model_fields.items():
        assert (info.description or "").strip(), f"{name} has no description"
        assert cls.model_validate({name: info.default}) == cls(), f"the default of {name} is not one of its values"


@every_layer
def test_its_ports_are_sound(cls: type[Layer]) -> None:
    names = [port.name for port in cls.inputs]
    assert len(set(names)) == len(names)
    assert len(set(cls.output_ports)) == len(cls.output_ports)
    assert all(PORT.match(name) for name in (*names, *cls.output_ports))
    assert cls.optional_outputs < set(cls.output_ports) or not cls.optional_outputs
    assert sum(port.variadic for port in cls.inputs) <= 1
    assert all(port.kinds <= KINDS.keys() for port in cls.inputs)
    assert bool(cls.inputs) + cls.data_field + cls.is_constant == 1
    assert not cls.data_field or "field" in cls.model_fields
    assert not cls.is_loss or {"weight", "reduction"} <= cls.model_fields.keys()
    assert not cls.width_setting or cls.width_setting in cls.model_fields


OF_EACH_KIND = (
    Value((4, 6), "map"), Value((4, 6, 5), "map"), Value((3, 4, 6, 5), "map"), Value((7,), "vector"),
    Value((6, 4), "sequence"), Value((6, 5, 4), "channels_last"),
)  # fmt: skip


@pytest.mark.parametrize("cls", LAYERS, ids=lambda cls: cls.__name__)
def test_where_it_is_the_way_to_another_kind_it_gives_that(cls: type[Layer]) -> None:
    for value, kind in product(OF_EACH_KIND, KINDS):
        settings = cls.conversion(value, {kind})
        if settings is not None:
            made = cls.model_validate(dict(settings)).outputs(value)[cls.output_ports[0]]
            assert (made.kind, made.elements) == (kind, value.elements)


def test_kinds_that_lead_to_one_another() -> None:
    every = product(OF_EACH_KIND, KINDS, LAYERS)
    ways = {(value.kind, kind, cls.__name__) for value, kind, cls in every if cls.conversion(value, {kind}) is not None}
    assert ways == {("map", "vector", "Flatten"), ("map", "sequence", "Permute"), ("map", "channels_last", "Permute"),
                    ("sequence", "map", "Permute"), ("channels_last", "map", "Permute")}  # fmt: skip


@pytest.mark.parametrize("cls", [cls for cls in LAYERS if not cls.output_ports], ids=lambda cls: cls.__name__)
@some
@given(data=st.data())
def test_what_gives_nothing_computes_nothing(cls: type[Layer], data: st.DataObject) -> None:
    case = data.draw(raw_cases(cls))
    assert case.outputs() == {}
    assert case.layer.module(*case.values) is None


@every_layer
def test_fixes_lead_to_acceptance_for_most_settings(cls: type[Layer]) -> None:
    counts: Counter[bool] = Counter()

    @some
    @given(raw_cases(cls))
    def look(case: Case) -> None:
        counts[mended(case) is not None] += 1

    look()
    assert counts[True] >= counts.total() / 3


@every_computing
@some
@given(data=st.data())
def test_shapes_and_weights_are_torchs(cls: type[Layer], data: st.DataObject) -> None:
    case = data.draw(cases(cls))
    outputs = case.outputs()
    if cls.width_setting:
        shape = outputs[cls.output_ports[0]].shape
        assert getattr(case.layer, cls.width_setting) in (shape[0], shape[-1])
    for wanted in {frozenset(), cls.optional_outputs}:
        with torch.device("meta"):
            module = case.call(wanted=wanted).build()
        tensors = [on_meta(each) for each in case.tensors(2, torch.float32)]
        for name, found in results(case.layer, module(*tensors), wanted).items():
            value = outputs[name]
            assert tuple(found.shape) == (() if value.kind == "loss" else (2, *value.shape))
            assert str(found.dtype) == f"torch.{value.dtype}"
            assert value.kind in KINDS
            assert (value.kind == "loss") == cls.is_loss
        assert weights(module) == case.layer.parameters(*case.values)
        assert sum(each.numel() for each in module.parameters()) == count(case.layer.parameters(*case.values))
        assert cls.trains or not weights(module)


@every_computing
@some
@given(data=st.data(), seed=seeds)
def test_results_and_gradients_are_finite(cls: type[Layer], data: st.DataObject, seed: int) -> None:
    case = data.draw(cases(cls))
    seeded(seed)
    module = case.call(wanted=cls.optional_outputs).build().double()
    tensors = case.tensors(3)
    leaves = [each.requires_grad_() for each in tensors if torch.is_tensor(each) and each.is_floating_point()]
    found = results(case.layer, module(*tensors), cls.optional_outputs)
    floats = [each for each in found.values() if each.is_floating_point()]
    assert all(each.isfinite().all() for each in found.values())
    if floats and not (cls.is_constant and not cls.trains):
        sum((each * torch.randn_like(each)).sum() for each in floats).backward()
    gradients = {name: each.grad for name, each in module.named_parameters()}
    if cls.exact_gradient:
        assert all(each is not None and each.isfinite().all() for each in gradients.values()), gradients
    assert all(each.grad is None or each.grad.isfinite().all() for each in leaves)


@every_computing
@some
@given(data=st.data(), seed=seeds)
def test_the_printed_line_builds_the_same_module(cls: type[Layer], data: st.DataObject, seed: int) -> None:
    case = data.draw(cases(cls))
    line = case.call()
    assert line.source().isascii()
    assert line.source().isprintable()
    names: dict[str, Any] = {"nn": nn}
    if line.home:
        assert line.home in {f"workbench.layers.{path.parent.name}.module" for path in MODULES}
        names[line.name] = getattr(importlib.import_module(line.home), line.name)
    seeded(seed)
    built = line.build()
    printed = eval(line.source(), {"__builtins__": {}}, names)
    assert type(printed) is type(built)
    assert repr(printed) == repr(built)
    assert weights(printed) == weights(built)
    printed.load_state_dict(built.state_dict())
    tensors = case.tensors(3)
    both = [results(case.layer, copy.deepcopy(each).double().eval()(*tensors)) for each in (built, printed)]
    assert all(torch.equal(both[0][name], both[1][name]) for name in both[0])


@every_computing
@some
@given(data=st.data())
def test_a_module_is_read_back(cls: type[Layer], data: st.DataObject) -> None:
    case = data.draw(cases(cls))
    read = cls.from_module(case.call().build())
    assert type(read) is cls
    for name in read.model_fields_set:
        assert getattr(read, name) == getattr(case.layer, name) or getattr(case.layer, name) is None, name
    unread = {name: getattr(case.layer, name) for name in cls.model_fields.keys() - read.model_fields_set}
    again = read.model_copy(update=unread)
    assert again.module(*case.values).source() == case.call().source()


@every_layer
@some
@given(data=st.data())
def test_settings_survive_json(cls: type[Layer], data: st.DataObject) -> None:
    layer = data.draw(settings_of(cls))
    assert cls.model_validate(json.loads(layer.model_dump_json())) == layer


@pytest.mark.parametrize(("cls", "field"), BOUNDED, ids=lambda each: getattr(each, "__name__", each))
def test_a_value_just_outside_a_bound_is_refused(cls: type[Layer], field: str) -> None:
    for kind, bounds in types_of(cls, field):
        for value in outside(kind, bounds):
            assert refused(cls, field, value) == field, f"{field} = {value!r}"


@pytest.mark.parametrize(("cls", "field"), FIELDS, ids=lambda each: getattr(each, "__name__", each))
def test_every_number_has_bounds(cls: type[Layer], field: str) -> None:
    """Forms, sliders and messages need both ends; lists of decimals are bounded in length alone."""
    for kind, bounds in types_of(cls, field):
        if kind in (int, float) or int in get_args(kind):
            assert max(bounds.low, bounds.above) > -inf, f"{field} has no lower bound (ge or gt)"
            assert min(bounds.high, bounds.below) < inf, f"{field} has no upper bound (le or lt)"
        elif get_origin(kind) is tuple or kind is str:
            assert bounds.longest is not None
        else:
            assert kind in (bool, type(None)) or get_origin(kind) is Literal


@pytest.mark.parametrize(("cls", "field"), FIELDS, ids=lambda each: getattr(each, "__name__", each))
def test_a_value_of_another_type_is_refused(cls: type[Layer], field: str) -> None:
    for value in wrong_types(cls, field):
        assert refused(cls, field, value) == field, f"{field} = {value!r}"


@every_layer
def test_an_unknown_setting_is_refused(cls: type[Layer]) -> None:
    assert refused(cls, "no_such_setting", 1) == "no_such_setting"


def refused(cls: type[Layer], field: str, value: object) -> str:
    """The setting that the refusal names, or "" if the value is taken."""
    try:
        cls.model_validate({field: value})
    except ValidationError as error:
        return str(error.errors()[0]["loc"][0])
    return ""


@pytest.mark.parametrize("cls", [cls for cls in COMPUTING if cls.linear], ids=lambda cls: cls.__name__)
@some
@given(data=st.data(), seed=seeds)
def test_what_is_called_linear_is(cls: type[Layer], data: st.DataObject, seed: int) -> None:
    case = data.draw(cases(cls))
    seeded(seed)
    module = case.call().build().double().eval()
    # A normalisation without running statistics divides by those of the batch, even in eval mode.
    assume(getattr(module, "track_running_stats", True))

    def mapped(tensors: list[torch.Tensor]) -> torch.Tensor:
        return next(iter(results(case.layer, module(*tensors)).values()))

    x = case.tensors(3)
    y = [fresh if fresh.is_floating_point() else kept for fresh, kept in zip(case.tensors(3), x, strict=True)]
    mixed = [2 * a - 3 * b if a.is_floating_point() else a for a, b in zip(x, y, strict=True)]
    offset = mapped([torch.zeros_like(a) if a.is_floating_point() else a for a in x])
    expected = 2 * (mapped(x) - offset) - 3 * (mapped(y) - offset)
    scale = max(1.0, float(expected.detach().abs().max()))
    assert torch.allclose(mapped(mixed) - offset, expected, rtol=0, atol=1e-10 * scale)


@every_computing
@some
@given(data=st.data())
def test_multiply_adds_are_what_torch_counts(cls: type[Layer], data: st.DataObject) -> None:
    case = data.draw(cases(cls))
    with torch.device("meta"):
        module = case.call().build()
    tensors = [on_meta(each) for each in case.tensors(2, torch.float32)]
    with FlopCounterMode(display=False) as counter:
        module(*tensors)
    assert counter.get_total_flops() == 2 * 2 * case.layer.macs(*case.values)


@every_computing
@some
@given(data=st.data())
def test_the_explanation_ends_with_the_result(cls: type[Layer], data: st.DataObject) -> None:
    case = data.draw(cases(cls))
    text = case.layer.explain(*case.values)
    stated = {int(number) for number in re.findall(r"= (\d+)(?:;|$)", text)}
    sizes = next(iter(case.outputs().values())).spatial if "=" in text else ()
    assert stated == set(sizes), text


@pytest.mark.parametrize("cls", ONE_MAP, ids=lambda cls: cls.__name__)
@settings(some, max_examples=12)
@given(data=st.data(), seed=seeds)
def test_its_windows_are_what_changes_an_output(cls: type[Layer], data: st.DataObject, seed: int) -> None:
    case = data.draw(cases(cls, pictures=True))
    (x,) = case.values
    found = case.layer.windows(x)
    if found is None:
        return
    assume(x.channels > 1)  # a softmax of one channel is constant
    (windows,) = found
    seeded(seed)
    module = case.call().build().double().eval()
    for each in module.parameters():
        each.data = each.data.abs() + 0.1
    touched = what_changes(module, x.shape)
    axes = len(x.spatial)
    for position in torch.cartesian_prod(*(torch.arange(n) for n in touched.shape[axes:])).reshape(-1, axes).tolist():
        rows = touched[(..., *position)].nonzero()
        parts = zip(windows, position, x.spatial, strict=True)
        seen = [window.seen(place, place, size) for window, place, size in parts]
        if None in seen:
            assert not len(rows), position
        else:
            assert list(zip(rows.amin(0).tolist(), rows.amax(0).tolist(), strict=True)) == seen, position


@every_layer
def test_a_loss_sees_everything(cls: type[Layer]) -> None:
    assert not cls.is_loss or cls().windows() is None


def what_changes(module: nn.Module, shape: tuple[int, ...]) -> torch.Tensor:
    """For each input position and output position, whether raising or lowering that input changes that output."""
    torch.set_grad_enabled(False)
    try:
        places = torch.Size(shape[1:]).numel()
        base = torch.rand(shape, dtype=torch.float64)
        before = first(module(base[None]))
        changed = torch.zeros(places, *before.shape[2:], dtype=torch.bool)
        for channel in range(shape[0]):
            pushed = base.repeat(2 * places, *(1 for _ in shape)).reshape(2, places, shape[0], places)
            for way, push in enumerate((50, -50)):  # what is cut off on one side shows the other way
                pushed[way, torch.arange(places), channel, torch.arange(places)] += push
            after = first(module(pushed.reshape(2 * places, *shape)))
            changed |= ((after - before).abs() > 1e-9).any(1).reshape(2, places, *after.shape[2:]).any(0)
    finally:
        torch.set_grad_enabled(True)
    return changed.reshape(*shape[1:], *changed.shape[1:])


def first(given: torch.Tensor | tuple[torch.Tensor, ...]) -> torch.Tensor:
    """What the first output port gives."""
    return given[0] if isinstance(given, tuple) else given


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.parent.name)
def test_code_that_is_exported_needs_torch_only(path: Path) -> None:
    tree = ast.parse(path.read_text("utf-8"))
    imported: list[str] = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            imported += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            imported.append("." * node.level + (node.module or ""))
    assert imported
    assert {name.split(".")[0] for name in imported} == {"torch"}

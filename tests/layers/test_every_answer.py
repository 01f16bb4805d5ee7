"""Every layer answers every question about itself, for inputs that fit it and for some that do not."""

from __future__ import annotations

import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.contracts.drawing_layers import Case, cases, raw_cases, results
from workbench.layers.spec import REGISTRY, Layer, ShapeError, count

COMPUTING = [cls for _, cls in REGISTRY.items() if cls.output_ports]
few = settings(
    max_examples=4,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.too_slow, HealthCheck.data_too_large],
)


def refusal(case: Case) -> ShapeError | None:
    try:
        case.outputs()
    except ShapeError as error:
        return error
    return None


@pytest.mark.parametrize("cls", COMPUTING, ids=lambda cls: cls.__name__)
@few
@given(data=st.data())
def test_answers_go_together(cls: type[Layer], data: st.DataObject) -> None:
    case = data.draw(cases(cls))
    layer, values, outputs = case.layer, case.values, case.outputs()
    module = case.call().build().double()
    assert count(layer.parameters(*values)) == sum(each.numel() for each in module.parameters())
    assert layer.macs(*values) >= 0
    assert isinstance(layer.explain(*values), str)
    if not any(value.kind == "switches" for value in values):  # drawn ones do not say by which windows
        windows = layer.windows(*values)
        assert windows is None or len(windows) == len(values)
    assert type(cls.from_module(module)) is cls
    found = results(layer, module(*case.tensors(2)))
    assert {name: tuple(each.shape[1:]) for name, each in found.items() if outputs[name].kind != "loss"} == {
        name: outputs[name].shape for name in found if outputs[name].kind != "loss"
    }
    assert all(torch.is_tensor(each) for each in found.values())


@pytest.mark.parametrize("cls", COMPUTING, ids=lambda cls: cls.__name__)
@few
@given(data=st.data())
def test_a_refusal_says_what_was_found(cls: type[Layer], data: st.DataObject) -> None:
    error = refusal(data.draw(raw_cases(cls)))
    assert error is None or (str(error) and error.found)

"""Names of nodes: what they may be, and that the table of taken ones is torch's."""

from __future__ import annotations

import time

import pytest
import torch
from torch import fx, nn

from workbench.core.names import LONGEST, TAKEN, TakenNames, clash, free_name, name_problem, prefixes

GOOD = ["conv1", "layer1.0.conv1", "features.0", "Mixed_5b.branch1x1", "a", "A.b_c.9", "match", "x" * LONGEST]
BAD = {
    "": "needs 1 to",
    "x" * (LONGEST + 1): "needs 1 to",
    "a b": "may only have",
    "a-b": "may only have",
    "a..b": "may only have",
    ".a": "may only have",
    "a.": "may only have",
    "a\n": "may only have",
    "größe": "may only have",
    "a.٣": "may only have",
    "_x": 'the part "_x"',
    "a.__class__": 'the part "__class__"',
    "forward": 'the part "forward"',
    "block.training": 'the part "training"',
    "1conv": "begin with a digit",
    "0.conv": "begin with a digit",
    "class": 'begin with "class"',
    "None": 'begin with "None"',
    "self.conv": 'begin with "self"',
    "nn": 'begin with "nn"',
    "F.relu": 'begin with "F"',
}


@pytest.mark.parametrize("name", GOOD)
def test_good_names(name: str) -> None:
    assert name_problem(name) == ""


@pytest.mark.parametrize("name", BAD, ids=ascii)
def test_bad_names(name: str) -> None:
    assert BAD[name] in name_problem(name)


def test_the_table_holds_every_public_attribute_of_torchs_containers() -> None:
    module = fx.symbolic_trace(nn.Sequential(nn.Linear(1, 1)))
    holders = (fx.GraphModule, module, nn.ModuleDict, nn.ModuleDict({"a": nn.Identity()}), nn.Module())
    public = {name for holder in holders for name in dir(holder) if not name.startswith("_")} - {"0", "a"}
    assert public - TAKEN == set()


@pytest.mark.parametrize("name", [name for name in GOOD if len(name) < LONGEST])
def test_a_good_name_can_be_a_submodule(name: str) -> None:
    root = fx.GraphModule(nn.Module(), fx.Graph())
    root.add_submodule(name, nn.Linear(1, 1))
    assert set(root.state_dict()) == {f"{name}.weight", f"{name}.bias"}
    assert root.get_submodule(name)(torch.zeros(1, 1)).shape == (1, 1)


def test_prefixes() -> None:
    assert prefixes("a.b.c") == ["a", "a.b"]
    assert prefixes("a") == []


@pytest.mark.parametrize(
    ("name", "others", "found"),
    [
        ("a", ["b", "a"], "a"),
        ("a.b", ["a"], "a"),
        ("a", ["a.b"], "a.b"),
        ("a.b", ["a.c", "a.bc", "ab"], ""),
        ("a", ["ab", "b.a"], ""),
        ("a", [], ""),
    ],
)
def test_no_name_begins_with_another(name: str, others: list[str], found: str) -> None:
    assert clash(name, others) == found


@pytest.mark.parametrize(
    ("wanted", "others", "free"),
    [
        ("relu", [], "relu"),
        ("relu", ["relu"], "relu2"),
        ("relu", ["relu", "relu2", "relu3"], "relu4"),
        ("relu2", ["relu2"], "relu3"),
        ("relu9", ["relu9"], "relu2"),
        ("layer", ["layer.0.conv"], "layer2"),
        ("layer.0", ["layer.0"], "layer.2"),
        ("layer.conv", ["layer"], "layer2.conv"),
        ("a.b.conv", ["a.b", "a.b2", "a.b3.conv"], "a.b4.conv"),
        ("7", ["7"], "72"),
    ],
)
def test_a_free_name_is_like_the_wish(wanted: str, others: list[str], free: str) -> None:
    assert free_name(wanted, others) == free


def test_a_free_name_is_no_longer_than_a_name_may_be() -> None:
    wanted = "x" * LONGEST
    taken = [wanted]
    for _ in range(12):
        taken.append(free_name(wanted, taken))
        assert name_problem(taken[-1]) == ""
    assert len(set(taken)) == 13


def test_thousands_of_one_name_are_numbered_at_once() -> None:
    taken, names, started = TakenNames(), [], time.process_time()
    for _ in range(5000):
        names.append(taken.free("relu"))
        taken.add(names[-1])
    assert time.process_time() - started < 2, "going through all of them for each number took minutes"
    assert names == ["relu", *(f"relu{number}" for number in range(2, 5001))]


@pytest.mark.parametrize("name", ["a", "a.b", "a.b.c", "a.x", "b", "ab", "a.b.d"])
def test_taken_names_clash_as_names_do(name: str) -> None:
    taken = ["a.b", "c.d.e"]
    assert TakenNames(taken).has_clash(name) == bool(clash(name, taken))

"""Which two edits in a row are one step for the user: of every kind of edit, one that is and one that is not."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from workbench.core.edits import (
    MISSING,
    AddEdge,
    AddNode,
    CompositeGraphEdit,
    Edit,
    GraphEdit,
    RemoveEdge,
    RemoveNode,
    SetField,
    SetFrame,
    SetGroup,
    SetParam,
)
from workbench.core.frames import Frame
from workbench.core.graph import Edge, Group, Node, Port
from workbench.project.document import CompositeEdit, SetSetting

NODE, WIRE = Node("a", "conv1", "Conv2d"), Edge(Port("a", "y"), Port("b", "x"))
GROUP, FRAME = Group(title="Block"), Frame(title="Stage", area=(0.0, 0.0, 200.0, 100.0))


def field(name: Any, before: Any, after: Any, node: str = "a") -> SetField:
    return SetField(node, name, before, after, "conv1")


def param(before: Any, after: Any, name: str = "stride", node: str = "a") -> SetParam:
    return SetParam(node, name, before, after, "conv1")


def group(before: int, after: int, prefix: str = "block") -> SetGroup:
    return SetGroup(prefix, replace(GROUP, position=(before, 0)), replace(GROUP, position=(after, 0)))


def frame(before: dict[str, Any], after: dict[str, Any], id_: str = "f") -> SetFrame:
    return SetFrame(id_, replace(FRAME, **before), replace(FRAME, **after))


def place(x: float) -> dict[str, Any]:
    return {"area": (x, 0.0, 200.0, 100.0)}


def size(width: float) -> dict[str, Any]:
    return {"area": (0.0, 0.0, width, 100.0)}


def setting(before: Any, after: Any, *path: str, section: Any = "training") -> SetSetting:
    return SetSetting(section, path, before, after)


def several(*edits: GraphEdit) -> CompositeGraphEdit:
    return CompositeGraphEdit(edits, "Move 2 nodes")


def together(*edits: Edit, label: str = "Set rate", merges: bool = True) -> CompositeEdit:
    return CompositeEdit(edits, label, merges)


ONE_STEP: list[tuple[Edit, Edit, Edit]] = [
    (param(1, 2), param(2, 3), param(1, 3)),
    (param(MISSING, 2), param(2, MISSING), param(MISSING, MISSING)),
    (field("position", (0, 0), (1, 0)), field("position", (1, 0), (2, 0)), field("position", (0, 0), (2, 0))),
    (group(0, 1), group(1, 5), group(0, 5)),
    (frame(place(0.0), place(1.0)), frame(place(1.0), place(2.0)), frame(place(0.0), place(2.0))),
    (frame(size(9.0), size(10.0)), frame(size(10.0), size(11.0)), frame(size(9.0), size(11.0))),
    (frame({"text": ""}, {"text": "a"}), frame({"text": "a"}, {"text": "ab"}), frame({"text": ""}, {"text": "ab"})),
    (setting(0.1, 0.2, "lr"), setting(0.2, 0.3, "lr"), setting(0.1, 0.3, "lr")),
    (
        setting(MISSING, {"shift": 1}, "augment", section="data"),
        setting(1, 2, "augment", "shift", section="data"),
        setting(MISSING, {"shift": 2}, "augment", section="data"),
    ),
    (several(param(1, 2), group(0, 1)), several(param(2, 3), group(1, 2)), several(param(1, 3), group(0, 2))),
    (
        together(setting(1, 2, "lr"), param(1, 2)),
        together(setting(2, 3, "lr"), param(2, 3)),
        together(setting(1, 3, "lr"), param(1, 3)),
    ),
]

TWO_STEPS: list[tuple[Edit, Edit]] = [
    (AddNode(NODE), AddNode(replace(NODE, id="b"))),
    (RemoveNode(NODE, 0), RemoveNode(replace(NODE, id="b"), 0)),
    (AddEdge(WIRE), AddEdge(replace(WIRE, target=Port("c", "x")))),
    (RemoveEdge(WIRE, 0), RemoveEdge(replace(WIRE, target=Port("c", "x")), 0)),
    (param(1, 2), param(1, 2, "padding")),
    (param(1, 2), param(1, 2, node="b")),
    (param(1, 2), field("position", (0, 0), (1, 0))),
    (field("bypass", False, True), field("bypass", True, False)),
    (field("name", "a", "b"), field("name", "b", "c")),
    (field("position", (0, 0), (1, 0)), field("position", (0, 0), (1, 0), "b")),
    (group(0, 1), group(0, 1, "other")),
    (SetGroup("block", MISSING, GROUP), SetGroup("block", GROUP, replace(GROUP, position=(1, 0)))),
    (SetGroup("block", GROUP, replace(GROUP, folded=True)), SetGroup("block", replace(GROUP, folded=True), GROUP)),
    (frame(place(0.0), place(1.0)), frame(place(0.0), place(1.0), "g")),
    (frame(place(0.0), place(1.0)), frame(size(9.0), size(10.0))),
    (frame({"title": "a"}, {"title": "b"}), frame({"title": "b"}, {"title": "c"})),
    (SetFrame("f", MISSING, FRAME), SetFrame("f", FRAME, replace(FRAME, text="x"))),
    (setting(1, 2, "lr"), setting(1, 2, "epochs")),
    (setting(1, 2, "seed"), setting(1, 2, "seed", section="data")),
    (setting((), ("a",), section="probes"), setting(("a",), ("b",), section="probes")),
    (setting({}, {"lr": 1}), setting(1, 2, "lr")),
    (setting("SGD", "Adam", "optimizer"), setting("Adam", "AdamW", "optimizer")),
    (setting(True, False, "nesterov"), setting(False, True, "nesterov")),
    (param("zeros", "reflect", "padding_mode"), param("reflect", "circular", "padding_mode")),
    (several(), several()),
    (CompositeGraphEdit((param(1, 2),), "Tidy", merges=False), several(param(2, 3))),
    (several(param(1, 2)), CompositeGraphEdit((param(2, 3),), "Tidy", merges=False)),
    (several(param(1, 2)), several(param(2, 3), group(0, 1))),
    (several(param(1, 2), AddNode(NODE)), several(param(2, 3), AddNode(NODE))),
    (together(setting(1, 2, "lr"), merges=False), together(setting(2, 3, "lr"), merges=False)),
    (together(setting(1, 2, "lr")), together(setting(2, 3, "lr"), label="Set optimizer")),
    (together(setting(1, 2, "lr"), AddNode(NODE)), together(setting(2, 3, "lr"), AddNode(NODE))),
    (together(setting(1, 2, "lr")), setting(2, 3, "lr")),
]


def name(edit: object) -> str:
    return type(edit).__name__


@pytest.mark.parametrize(("first", "later", "expected"), ONE_STEP, ids=name)
def test_what_changes_bit_by_bit_is_one_step(first: Edit, later: Edit, expected: Edit) -> None:
    merged = first.merged_with(later)
    assert merged == expected
    assert merged is not None
    assert merged.text == first.text


@pytest.mark.parametrize(("first", "later"), TWO_STEPS, ids=name)
def test_other_changes_stay_steps_of_their_own(first: Edit, later: Edit) -> None:
    assert first.merged_with(later) is None


def every_kind() -> set[str]:
    """Names of the classes, since each with slots is there twice."""
    waiting, found = [Edit], list[type[Edit]]()
    while waiting:
        kinds = waiting.pop().__subclasses__()
        waiting += kinds
        found += [kind for kind in kinds if not getattr(kind, "__abstractmethods__", None)]
    return {kind.__name__ for kind in found if kind.__module__.startswith("workbench.")}


def test_every_kind_of_edit_is_tried() -> None:
    assert every_kind() == {name(pair[0]) for pair in (*ONE_STEP, *TWO_STEPS)}


def test_an_edit_that_does_not_say_whether_it_merges_cannot_be_made() -> None:
    class Forgetful(Edit):
        @property
        def text(self) -> str:
            return "Forget"

        def inverse(self) -> Edit:
            return self

    with pytest.raises(TypeError, match="merged_with"):
        Forgetful()  # type: ignore[abstract]

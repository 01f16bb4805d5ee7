from __future__ import annotations

import random
from dataclasses import dataclass, replace
from typing import Any

import pytest

from tests.choices import quoted
from tests.graph_factories import drawn
from workbench.core import graph_edits as drawing
from workbench.core.edits import MISSING, CompositeGraphEdit, Edit, SetField, SetGroup
from workbench.core.errors import UsageError
from workbench.core.graph import Graph, GraphError, Group, Port
from workbench.core.names import free_name
from workbench.data.config import DataConfig
from workbench.project.document import Project, SetSetting, checked, setting
from workbench.project.format import dump
from workbench.training.config import TrainingConfig
from workbench.training.optimizers.spec import REGISTRY as OPTIMIZERS


def small() -> Project:
    return Project(
        "id",
        drawn("lenet5"),
        {"source": "digits", "augment": {"shift": 1.0}, "options": {}},
        {"epochs": 2, "lr": 0.1, "optimizer": "SGD"},
        notes="hello",
    )


@pytest.mark.parametrize(
    ("section", "path", "value", "text", "expected"),
    [
        ("training", ("lr",), 0.5, "Set learning rate", {"epochs": 2, "lr": 0.5, "optimizer": "SGD"}),
        ("training", ("lr",), MISSING, "Set learning rate", {"epochs": 2, "optimizer": "SGD"}),
        ("training", ("patience",), None, "Set early stopping (epochs)", small().training | {"patience": None}),
        ("data", ("augment", "shift"), 3.0, "Set shift (pixels)", small().data | {"augment": {"shift": 3.0}}),
        ("data", ("augment", "shift"), MISSING, "Set shift (pixels)", small().data | {"augment": {}}),
        ("data", ("options", "path"), "x", "Set data.options.path", small().data | {"options": {"path": "x"}}),
        ("data", ("options", "a", "b"), 1, "Set data.options.a", small().data | {"options": {"a": {"b": 1}}}),
        ("view", ("zoom",), 2.0, "Set view.zoom", {"zoom": 2.0}),
        ("view", ("a", "b", "c"), 2.0, "Set view.a", {"a": {"b": {"c": 2.0}}}),
        ("view", ("a", "b"), MISSING, "Set view.a", {}),
        ("notes", (), "new", "Set notes", "new"),
    ],
)
def test_a_setting_is_set_and_taken_back(
    section: Any, path: tuple[str, ...], value: Any, text: str, expected: Any
) -> None:
    project = small()
    edit = setting(project, section, path, value)
    assert edit.text == edit.inverse().text == text
    changed = project.apply(edit)
    assert getattr(changed, section) == expected
    assert changed.apply(edit.inverse()) == project
    assert dump(changed.apply(edit.inverse())) == dump(project)
    assert edit.inverse().inverse() == edit


def test_a_setting_below_a_number_is_refused() -> None:
    with pytest.raises(UsageError, match=r'training\.lr is 0\.1, so it has no setting "x"'):
        setting(small(), "training", ("lr", "x"), 1)


def test_an_edit_made_for_another_state_is_refused() -> None:
    for edit in (
        SetSetting("training", ("lr",), 0.2, 0.3),
        SetSetting("training", ("warmup",), 0.2, 0.3),
        SetSetting("data", (), {}, {"source": "npz"}),
        SetSetting("data", ("nothing", "there"), MISSING, 1),
        SetSetting("training", ("lr", "x"), MISSING, 1),
    ):
        with pytest.raises(GraphError):
            small().apply(edit)


def test_an_edit_of_something_else_is_a_mistake() -> None:
    @dataclass(frozen=True)
    class Odd(Edit):
        text = "Odd"

        def inverse(self) -> Edit:
            return self

        def merged_with(self, later: Edit) -> None:
            return None

    with pytest.raises(TypeError, match="no edit of a project"):
        small().apply(Odd())


def test_the_document_before_an_edit_stays_as_it_was() -> None:
    project = small()
    before = dump(project)
    project.apply(setting(project, "data", ("augment", "rotate"), 5.0))
    project.apply(drawing.remove(project.graph, project.graph.named("fc1")))
    assert dump(project) == before


def random_edit(dice: random.Random, project: Project) -> Edit:
    """Anything that a person might do to the project."""
    graph = project.graph
    node = dice.choice(list(graph))
    others = [each for each in graph if each.id != node.id]
    match dice.randrange(12):
        case 0 if len(graph.nodes) > 4:
            return drawing.remove(graph, node)
        case 1:
            name = dice.choice([f"n{dice.randrange(99)}", f"g.n{dice.randrange(99)}"])
            return drawing.rename(graph, node, free_name(name, [each.name for each in others]))
        case 2:
            value = dice.choice([1, [2, 2], "same", None, MISSING])
            return drawing.set_param(node, dice.choice(["kernel_size", "padding", "bias", "x"]), value)
        case 3:
            return SetField(node.id, "position", node.position, (dice.random(), 5.0), node.name)
        case 4:
            return SetField(node.id, "frozen", node.frozen, not node.frozen, node.name)
        case 5:
            new = {"weight": "ones_"} if not node.init else {}
            return SetField(node.id, "init", node.init, new, node.name)
        case 6 if graph.edges:
            port = dice.choice(graph.edges).target
            return drawing.insert(graph, port, "ReLU", "relu", {"inplace": False}, ("x", "y"))
        case 7:
            prefix = dice.choice(["g", "h.i"])
            before = graph.groups.get(prefix, MISSING)
            return SetGroup(prefix, before, Group(folded=dice.random() < 0.5) if before is MISSING else MISSING)
        case 8:
            earlier = graph.order[: graph.order.index(node.id)]
            if earlier:
                return drawing.connect(graph, Port(dice.choice(earlier), "y"), Port(node.id, "x"))
            return CompositeGraphEdit((), "Nothing")
        case 9:
            return setting(project, "notes", (), f"note {dice.randrange(99)}")
        case 10:
            path = dice.choice([("lr",), ("epochs",), ("patience",), ("future",)])
            return setting(project, "training", path, dice.choice([1, 0.5, None, MISSING]))
        case _:
            path = dice.choice(
                [("augment", "shift"), ("augment", "rotate"), ("options", "path"), ("batch_size",), ("x", "y", "z")]
            )
            return setting(project, "data", path, dice.choice([1, 2.5, "text", MISSING]))


@pytest.mark.parametrize("seed", range(4))
def test_three_hundred_edits_undone_and_redone(seed: int) -> None:
    dice = random.Random(seed)
    project = small()
    states, edits = [dump(project)], []
    while len(edits) < 300:
        edit = random_edit(dice, project)
        try:
            project = project.apply(edit)
        except GraphError:
            assert edit.text.startswith("Connect"), "only a wire may turn out to close a circle"
            continue
        edits.append(edit)
        states.append(dump(project))
    assert len(set(states)) > 200
    for number in reversed(range(300)):
        project = project.apply(edits[number].inverse())
        assert dump(project) == states[number], edits[number].text
    for number, edit in enumerate(edits):
        project = project.apply(edit)
        assert dump(project) == states[number + 1], edit.text


def test_settings_are_checked_and_unknown_ones_passed_over() -> None:
    project = replace(small(), training={"epochs": 3, "sharpness": 9}, data={"batch_size": 8, "colour": 1})
    assert project.training_config() == TrainingConfig(epochs=3)
    assert project.data_config() == DataConfig(batch_size=8)


@pytest.mark.parametrize(
    ("section", "settings", "message"),
    [
        ("training", {"epochs": 0}, "training.epochs must be at least 1, found 0."),
        (
            "training",
            {"optimizer": "Rprop"},
            f'training.optimizer must be {quoted(OPTIMIZERS)}, found "Rprop".',
        ),
        ("data", {"augment": {"shfit": 1}}, 'data.augment.shfit is not a setting; did you mean "shift"?'),
        ("data", {"batch_size": 2.5}, "data.batch_size must be a whole number, found 2.5."),
    ],
)
def test_a_wrong_setting_is_one_sentence(section: Any, settings: dict[str, Any], message: str) -> None:
    project = replace(small(), **{section: settings})
    with pytest.raises(UsageError) as caught:
        project.data_config() if section == "data" else project.training_config()
    assert str(caught.value) == message
    with pytest.raises(UsageError):
        checked({"data": DataConfig, "training": TrainingConfig}[section], settings, section)


def test_new_projects_have_identities_of_their_own() -> None:
    assert Project.new(Graph(), {}, {}).uuid != Project.new(Graph(), {}, {}).uuid

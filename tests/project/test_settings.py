"""Any setting by its path, as `--set` takes it."""

from __future__ import annotations

from typing import Any

import pytest

from tests.choices import owners, quoted
from tests.graph_factories import changed, default, drawn
from workbench.core.errors import UsageError, WorkbenchError
from workbench.core.graph import GraphError
from workbench.project.document import Project
from workbench.project.settings import assign, assign_all, parse_assignment, setting_edit
from workbench.project.short_paths import is_short, whole_path
from workbench.training.optimizers.spec import REGISTRY as OPTIMIZERS
from workbench.training.schedules.spec import REGISTRY as SCHEDULES

NAMES = quoted(SCHEDULES)


def project(template: str = "resnet18") -> Project:
    return Project("id", default(template), {"source": "digits"}, {"lr": 0.1})


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("training.lr=0.01", ("training.lr", 0.01)),
        ("conv1.kernel_size=[3, 5]", ("conv1.kernel_size", [3, 5])),
        ("fc.bias=false", ("fc.bias", False)),
        ("training.patience=null", ("training.patience", None)),
        ("data.source=npz", ("data.source", "npz")),
        (' data.options.path ="a=b"', ("data.options.path", "a=b")),
        ("data.options.path=a=b", ("data.options.path", "a=b")),
        ("notes=", ("notes", "")),
    ],
)
def test_an_assignment_is_read(text: str, expected: tuple[str, Any]) -> None:
    assert parse_assignment(text) == expected


@pytest.mark.parametrize("text", ["training.lr", "", "=3"])
def test_what_is_no_assignment(text: str) -> None:
    with pytest.raises(UsageError, match=r"is not of the form path=value, such as training\.lr=0\.01"):
        parse_assignment(text)


@pytest.mark.parametrize(
    ("path", "value", "text"),
    [
        ("conv1.out_channels", 8, "Set out_channels of conv1"),
        ("layer2.0.downsample.0.stride", [2, 1], "Set stride of layer2.0.downsample.0"),
        ("layer1.0.bn1.frozen", True, "Set frozen of layer1.0.bn1"),
        ("relu.bypass", True, "Set bypass of relu"),
        ("layer1.0.relu1.name", "first", "Rename to first"),
        ("training.lr", 0.5, "Set learning rate"),
        ("data.augment.rotate", 10, "Set rotate (degrees)"),
        ("data.options.path", "x", "Set data.options"),
        ("notes", "hello", "Set notes"),
    ],
)
def test_a_setting_is_reached_and_can_be_taken_back(path: str, value: Any, text: str) -> None:
    before = project()
    edit = setting_edit(before, path, value)
    assert edit.text == text
    after = before.apply(edit)
    assert after != before
    assert after.apply(edit.inverse()) == before


def test_values_arrive_where_they_belong() -> None:
    after = project()
    for path, value in (
        ("layer2.0.downsample.0.stride", 4),
        ("data.augment.rotate", 10),
        ("data.augment.shift", 2.5),
        ("training.schedule", "cosine"),
        ("conv1.frozen", True),
    ):
        after = assign(after, path, value)
    assert after.graph.named("layer2.0.downsample.0").params["stride"] == 4
    assert after.data == {"source": "digits", "augment": {"rotate": 10, "shift": 2.5}}
    assert after.training == {"lr": 0.1, "schedule": "cosine"}
    assert after.graph.named("conv1").frozen


@pytest.mark.parametrize(
    ("path", "value", "message"),
    [
        ("training.lrr", 1, 'training.lrr is not a setting; did you mean "lr"?'),
        ("training.lr", 0, "training.lr must be more than 0, found 0."),
        ("training.lr", "fast", 'training.lr must be a number, found "fast".'),
        ("training.lr.x", 1, 'training.lr is 0.1, so it has no setting "x".'),
        ("training.epochs.x", 1, 'training.epochs must be a whole number, found {"x": 1}.'),
        ("data.batch_sise", 8, 'data.batch_sise is not a setting; did you mean "batch_size"?'),
        ("data.augment.roatte", 8, 'data.augment.roatte is not a setting; did you mean "rotate"?'),
        ("data.augment.flip", 1, "data.augment.flip must be true or false, found 1."),
        ("conv1.strid", 2, 'conv1.strid is not a setting; did you mean "stride"?'),
        ("conv1.stride", 0, "conv1.stride must be 1 to 1024, found 0."),
        ("layer1.0.conv1.out_channels", 65537, "layer1.0.conv1.out_channels must be at most 65536, found 65537."),
        ("conv1.frozen", 1, "conv1.frozen must be true or false, found 1."),
        ("conv1", 1, '"conv1" is no setting: name a node and its setting (conv1.stride), data.… or training.….'),
        (
            "lr",
            1,
            '"lr" is no setting: name a node and its setting (conv1.stride), data.… or training.…. '
            'Did you mean "training.lr"?',
        ),
        ("data.labelled", 9, 'data.labelled is not a setting; did you mean "data.options.labelled"?'),
    ],
)
def test_a_wrong_one_is_answered_in_a_sentence(path: str, value: Any, message: str) -> None:
    with pytest.raises(WorkbenchError) as caught:
        assign(project(), path, value)
    assert str(caught.value) == message


def test_a_node_that_is_not_there_is_answered_with_those_that_are() -> None:
    with pytest.raises(GraphError, match=r'no node "conv9"\. The nodes are: image, conv1'):
        assign(Project("id", drawn("lenet5")), "conv9.stride", 1)


def test_a_layer_that_is_not_known_cannot_be_changed() -> None:
    odd = Project("id", changed(drawn("lenet5"), "relu1", layer="Swish9"))
    with pytest.raises(UsageError, match='relu1 is a "Swish9", which this version does not know'):
        assign(odd, "relu1.beta", 1)


@pytest.mark.parametrize("name", ["conv2", "1st", "class", "fc1.x"])
def test_a_name_that_cannot_be_is_refused(name: str) -> None:
    with pytest.raises(GraphError, match="cannot"):
        assign(Project("id", drawn("lenet5")), "conv1.name", name)


@pytest.mark.parametrize(
    ("training", "path", "whole"),
    [
        ({"optimizer": "SGD"}, "training.momentum", "training.optimizers.SGD.momentum"),
        ({"optimizer": "RMSprop"}, "training.momentum", "training.optimizers.RMSprop.momentum"),
        ({}, "training.beta2", "training.optimizers.AdamW.beta2"),
        ({}, "training.warmup", "training.schedules.one_cycle.warmup"),
        ({"schedule": "cosine"}, "training.warmup", "training.schedules.cosine.warmup"),
        ({"schedule": "step"}, "training.step_epochs", "training.schedules.step.step_size"),
        ({"schedule": "step"}, "training.step_factor", "training.schedules.step.gamma"),
        ({"schedule": "step"}, "training.gamma", "training.schedules.step.gamma"),
        ({"schedule": "step"}, "training.lr", "training.lr"),
        ({"optimizer": "SGD"}, "training.optimizers.Adam.beta1", "training.optimizers.Adam.beta1"),
        ({}, "data.momentum", "data.momentum"),
        ({}, "conv1.momentum", "conv1.momentum"),
        ({}, "training", "training"),
        ({}, "training.nonsense", "training.nonsense"),
    ],
)
def test_a_short_path_leads_to_what_is_chosen(training: dict[str, Any], path: str, whole: str) -> None:
    assert whole_path(path, training) == whole
    assert is_short(path) == (path != whole)


@pytest.mark.parametrize(
    ("training", "path", "message"),
    [
        (
            {},
            "training.momentum",
            "AdamW has no momentum; it has beta1, beta2, eps. There is one with "
            f"{owners(OPTIMIZERS, 'momentum')}: set training.optimizer too.",
        ),
        (
            {"optimizer": "SGD"},
            "training.beta2",
            f"SGD has no beta2; it has momentum, nesterov. There is one with {owners(OPTIMIZERS, 'beta2')}: set "
            "training.optimizer too.",
        ),
        (
            {"schedule": "constant"},
            "training.step_factor",
            "constant has no step_factor; it has no settings of its own. There is one with "
            f"{owners(SCHEDULES, 'gamma')}: set training.schedule too.",
        ),
        (
            {"optimizer": "Rprop"},
            "training.nesterov",
            "Rprop has no nesterov; it has no settings of its own. There is one with SGD: set training.optimizer too.",
        ),
    ],
)
def test_what_the_chosen_one_does_not_have_is_said_with_who_has_it(
    training: dict[str, Any], path: str, message: str
) -> None:
    with pytest.raises(UsageError) as caught:
        assign(Project("id", default("lenet5"), training=training), path, 0.5)
    assert str(caught.value) == message


@pytest.mark.parametrize(
    "wanted",
    [
        [("training.momentum", 0.8), ("training.optimizer", "SGD")],
        [("training.optimizer", "SGD"), ("training.momentum", 0.8)],
        [("training.momentum", 0.5), ("training.momentum", 0.8), ("training.optimizer", "SGD")],
        [("training.optimizer", "SGD"), ("training.optimizers.SGD.momentum", 0.1), ("training.momentum", 0.8)],
    ],
)
def test_short_paths_wait_for_what_is_chosen(wanted: list[tuple[str, Any]]) -> None:
    after = assign_all(project(), wanted)
    assert after.training == {"lr": 0.1, "optimizer": "SGD", "optimizers": {"SGD": {"momentum": 0.8}}}


@pytest.mark.parametrize(
    ("path", "value", "message"),
    [
        ("training.beta1", 1, "training.optimizers.AdamW.beta1 must be less than 1, found 1."),
        ("training.warmup", "long", 'training.schedules.one_cycle.warmup must be a number, found "long".'),
        ("training.optimizers.SDG.momentum", 0.5, 'training.optimizers.SDG is not a setting; did you mean "SGD"?'),
        ("training.schedules.step.gama", 0.5, 'training.schedules.step.gama is not a setting; did you mean "gamma"?'),
        ("training.optimizer", "sgd", f'training.optimizer must be {quoted(OPTIMIZERS)}, found "sgd".'),
        ("training.schedule", 5, f"training.schedule must be {NAMES}, found 5."),
    ],
)  # fmt: skip
def test_a_wrong_setting_of_a_choice_is_a_sentence(path: str, value: Any, message: str) -> None:
    with pytest.raises(UsageError) as caught:
        assign(project(), path, value)
    assert str(caught.value) == message


@pytest.mark.parametrize(
    ("training", "path", "value", "text"),
    [
        ({}, "training.optimizers.SGD.momentum", 0.8, "Set momentum of SGD"),
        ({"optimizers": {"Adam": {}}}, "training.optimizers.SGD.momentum", 0.8, "Set momentum of SGD"),
        ({"optimizers": {"SGD": {"momentum": 0.7}}}, "training.momentum", 0.8, "Set momentum of SGD"),
        ({}, "training.warmup", 0.1, "Set warm-up (share of the run) of one cycle"),
        ({}, "training.optimizer", "SGD", "Set optimiser"),
    ],
)
def test_undo_says_settings_in_words(training: dict[str, Any], path: str, value: Any, text: str) -> None:
    before = Project("id", training={"optimizer": "SGD", **training})
    edit = setting_edit(before, path, value)
    assert edit.text == edit.inverse().text == text
    assert before.apply(edit).apply(edit.inverse()) == before

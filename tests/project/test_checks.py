"""Network and data: what does not go together is told, and the fix beside it makes the network trainable on it."""

from __future__ import annotations

import unicodedata
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.graph_factories import changed, drawn
from workbench.core import graph_edits as drawing
from workbench.core.errors import UsageError
from workbench.core.graph import Graph, Port
from workbench.core.values import Value
from workbench.data.config import DataConfig
from workbench.data.spec import Dataset
from workbench.model.problems import Problem, find_problems
from workbench.model.shapes import infer
from workbench.project.checks import data_advice, data_problems, look_at_data, mend, project_problems
from workbench.project.document import Project
from workbench.project.runs import check_data
from workbench.training.config import TrainingConfig
from workbench.training.engine import TrainingJob, train
from workbench.training.run_folder import RunFolder


def data(shape: tuple[int, ...] = (1, 12, 12), classes: int = 3, name: str = "image", label: str = "label") -> Dataset:
    """Eight random pictures with classes named a, b, ..., and a number for each."""
    random = np.random.default_rng(0)
    names = tuple("abcdefghijklmnop"[:classes])
    arrays: dict[str, Any] = {
        name: random.integers(0, 256, (8, *shape), np.uint8),
        label: np.arange(8) % classes,
        "angle": random.random(8, np.float32),
    }
    fields = {
        name: Value(shape, "map" if len(shape) > 1 else "vector", "uint8"),
        label: Value((), "class", "int64", names),
        "angle": Value((), "scalar"),
    }
    return Dataset(fields, {"train": arrays})


def fitting() -> Graph:
    return changed(drawn("lenet5", (1, 12, 12), 3), "label", params={"classes": ["a", "b", "c"]})


def trains(graph: Graph, dataset: Dataset, folder: Path) -> bool:
    config = TrainingConfig(epochs=1, device="cpu")
    return (
        list(train(TrainingJob(graph, config, DataConfig(), dataset, RunFolder(folder / "run"))))[-1].reason
        == "finished"
    )


def mended(graph: Graph, dataset: Dataset) -> Graph:
    """First fixes, of data and network by turns, until all is well; each problem must have one."""
    for _ in range(6):
        problems = data_problems(graph, dataset) or find_problems(graph)
        if not problems:
            return graph
        graph = problems[0].fixes[0].edit.apply(graph)
    raise AssertionError(problems)


def first(graph: Graph, dataset: Dataset) -> Problem:
    return data_problems(graph, dataset)[0]


def test_what_fits_has_no_problem(tmp_path: Path) -> None:
    assert data_problems(fitting(), data()) == []
    check_data(fitting(), data())
    assert trains(fitting(), data(), tmp_path)


@pytest.mark.parametrize(
    ("graph", "dataset", "node", "found", "needed", "fix"),
    [
        (fitting(), data((3, 16, 20)), "image", "3×16×20", "1×12×12", "Set shape of image to [3, 16, 20]"),
        (fitting(), data(name="scan"), "image", "image", "scan, label, angle", "Set field of image to scan"),
        (fitting(), data(label="digit"), "label", "label", "image, digit, angle", "Set field of label to digit"),
        (fitting(), data(classes=4), "label", "a, b, c, d", "a, b, c",
             "Set classes of label to ['a', 'b', 'c', 'd'], then set out_features of fc3 to 4"),
        (drawn("lenet5", (1, 12, 12), 1), data(classes=1), "label", "a", "0", "Set classes of label to ['a']"),
        (
            changed(fitting(), "label", params={"classes": []}),
            data(classes=5),
            "label",
            "5 classes",
            "at most 3",
            "Set classes of label to ['a', 'b', 'c', 'd', 'e'], then set out_features of fc3 to 5",
        ),
        (
            changed(fitting(), "label", params={"field": "angle"}),
            data(),
            "label",
            "scalar",
            "class",
            "Set label to a single number, then make loss an MSELoss, then set out_features of fc3 to 1",
        ),
    ],
)  # fmt: skip
def test_a_mismatch_is_told(graph: Graph, dataset: Dataset, node: str, found: str, needed: str, fix: str) -> None:
    problem = first(graph, dataset)
    assert (problem.node, problem.found, problem.needed) == (node, found, needed)
    assert problem.message.startswith(f"{node} ")
    assert problem.fixes[0].text == fix
    with pytest.raises(UsageError, match=r"Either set .*, or choose other data"):
        check_data(graph, dataset)


@pytest.mark.parametrize(
    "dataset", [data((3, 16, 20)), data(name="scan", label="digit"), data(classes=5), data((3, 13, 12), 2, "x", "y")]
)
def test_the_fixes_make_it_trainable(dataset: Dataset, tmp_path: Path) -> None:
    graph = mended(fitting(), dataset)
    assert trains(graph, dataset, tmp_path)


def test_scores_that_nobody_counted_are_too_few(tmp_path: Path) -> None:
    graph = mended(changed(fitting(), "label", params={"classes": []}), data(classes=5))
    assert graph.named("fc3").params["out_features"] == 5
    assert trains(graph, data(classes=5), tmp_path)


def test_an_answer_of_another_kind(tmp_path: Path) -> None:
    """A picture that turns out to be a vector: kind and shape are set together, so the fix is no step back."""
    graph = changed(drawn("autoencoder", (1, 12, 12)), "picture", params={"field": "label"})
    problem = first(graph, data())
    assert (problem.found, problem.needed) == ("class", "map")
    after = problem.fixes[0].edit.apply(graph)
    assert not [each for each in find_problems(after) if each.node == "picture"]
    vector = first(changed(fitting(), "image", params={}), data((7,)))
    assert vector.fixes[0].edit.apply(fitting()).named("image").params["shape"] == [7]


def test_a_kind_that_the_node_cannot_have_has_no_fix() -> None:
    problem = first(changed(fitting(), "image", params={"field": "label"}), data())
    assert (problem.found, problem.fixes) == ("class", ())
    with pytest.raises(UsageError, match=r"but label is a class number\.$"):
        check_data(changed(fitting(), "image", params={"field": "label"}), data())


def test_a_node_that_is_wrong_itself_is_told_elsewhere() -> None:
    graph = changed(fitting(), "image", params={"kind": "vector"})
    assert data_problems(graph, data()) == []
    assert find_problems(graph)


def test_data_without_training_samples() -> None:
    empty = replace(data(), splits={"test": data().splits["train"]})
    with pytest.raises(UsageError, match="no training samples"):
        check_data(fitting(), empty)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"data": {"source": "npz"}}, "Data source npz: path is missing."),
        ({"data": {"source": "telepathy"}}, 'There is no data source "telepathy". There are: '),
        ({"data": {"batch_size": 0}}, "data.batch_size must be at least 1, found 0."),
        ({"training": {"lr": -1}}, "training.lr must be more than 0, found -1."),
    ],
)
def test_settings_of_a_project_are_checked_without_its_data(settings: dict[str, Any], message: str) -> None:
    (problem,) = project_problems(Project("id", fitting(), **settings))
    assert problem.message.startswith(message)
    assert (problem.node, problem.port) == ("", "")
    assert project_problems(Project("id", fitting(), {"source": "npz", "options": {"path": "not/there.npz"}})) == []


def stored(folder: Path, **settings: Any) -> Project:
    """A project on pictures of 12×12 in three classes that lie in the folder."""
    np.savez(folder / "a.npz", x=np.full((9, 12, 12), 200, np.uint8), y=np.arange(9) % 3)
    return Project("id", fitting(), {"source": "npz", "options": {"path": "a.npz"}, **settings})


def test_a_look_at_the_data_finds_what_does_not_fit_and_mends_it(tmp_path: Path) -> None:
    project = stored(tmp_path)
    look = look_at_data(project, tmp_path)
    (problem,) = look.problems(project)
    assert problem.message == 'label names its classes otherwise than the data does: "a" where it has "0".'
    mended, fixes = mend(project, look)
    assert [fix.text for fix in fixes] == ["Draw the network anew for the data"]
    assert look.problems(mended) == []
    own = replace(project, graph=changed(project.graph, "conv1", params={"out_channels": 7}))
    mended, fixes = mend(own, look)
    assert [fix.text for fix in fixes] == ["Set classes of label to ['0', '1', '2']"]
    assert look.problems(mended) == []
    assert mend(project)[1] == []  # nobody has looked at the data


def test_a_look_tells_why_there_was_none(tmp_path: Path) -> None:
    project = replace(stored(tmp_path), data={"source": "npz", "options": {"path": "gone.npz"}})
    look = look_at_data(project, tmp_path)
    assert look.problems(project) == []
    assert look.notes[0].startswith("The data was not looked at: ")
    assert "gone.npz: there is no such file" in look.notes[0]


@pytest.mark.parametrize("data", [{"source": "heads"}, {"source": "cloud"}, {"source": "npz", "options": {"path": 3}}])
def test_what_is_drawn_or_wrong_is_not_looked_at(tmp_path: Path, data: dict[str, Any]) -> None:
    project = replace(stored(tmp_path), data=data)
    assert look_at_data(project, tmp_path).notes == ()
    assert look_at_data(project, tmp_path).problems(project) == []


@pytest.mark.parametrize("names", [("Käfer", "Öl"), ("é", "ñ")])
def test_classes_are_the_same_however_their_letters_are_composed(names: tuple[str, str]) -> None:
    decomposed = [unicodedata.normalize("NFD", name) for name in names]
    graph = changed(drawn("lenet5", (1, 12, 12), 2), "label", params={"classes": decomposed})
    fields = {**data(classes=2).fields, "label": Value((), "class", "int64", names)}
    assert data_problems(graph, replace(data(classes=2), fields=fields)) == []


def fields_of(graph: Graph, **others: Value) -> Dataset:
    """Data that fits a network, but for these fields."""
    shapes = infer(graph)
    own = {
        str(getattr(layer, "field", "")): shapes.values[Port(id_, layer.output_ports[0])]
        for id_, layer in shapes.layers.items()
        if layer.data_field
    }
    return Dataset({**own, **others}, {})


def after_first_fix(graph: Graph, dataset: Dataset) -> tuple[str, Graph]:
    fix = data_problems(graph, dataset)[0].fixes[0]
    after = fix.edit.apply(graph)
    assert data_problems(after, dataset) == []
    assert find_problems(after) == []
    assert fix.edit.inverse().apply(after) == graph
    return fix.text, after


def test_one_fix_does_all_that_other_data_asks_for() -> None:
    graph = drawn("autoencoder")
    text, after = after_first_fix(graph, fields_of(graph, image=Value((3, 28, 28), dtype="uint8")))
    assert text.startswith("Set shape of image to [3, 28, 28], then set shape of picture to [3, 28, 28], then set ")
    assert after.named("reconstruction").params["out_channels"] == 3


def test_pictures_that_are_too_small_are_enlarged() -> None:
    graph = drawn("vgg11", (3, 64, 64))
    text, after = after_first_fix(graph, fields_of(graph, image=Value((3, 8, 8), dtype="uint8")))
    assert text == "Set shape of image to [3, 8, 8], then insert Interpolate to 64×64 behind image"
    assert infer(after).values[Port(after.named("features.0").id, "y")].spatial == (64, 64)


def test_many_classes_are_not_named_one_by_one() -> None:
    graph = fitting()
    names = tuple(map(str, range(100)))
    text, _ = after_first_fix(graph, fields_of(graph, label=Value((), "class", "int64", names)))
    assert text == "Set classes of label to the 100 of the data, then set out_features of fc3 to 100"


@pytest.mark.parametrize(
    ("dataset", "wanted"),
    [
        (data(label="label"), {"kind": "class", "classes": ["a", "b", "c"]}),
        (data(label="animal"), {"kind": "class", "field": "animal", "classes": ["a", "b", "c"]}),
        (data(classes=8, label="animal"), {"kind": "class", "field": "animal"}),  # the network has three scores
    ],
)
def test_a_target_that_a_fix_adds_reads_the_labels_of_the_data(dataset: Dataset, wanted: dict[str, Any]) -> None:
    whole = fitting()
    graph = drawing.remove(whole, whole.named("label")).apply(whole)
    problem = data_advice(graph, dataset, find_problems(graph))[0]
    added = problem.fixes[0].edit.apply(graph)
    (target,) = (node for node in added.nodes.values() if node.layer == "Target")
    assert target.params == wanted

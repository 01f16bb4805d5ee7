"""The contract of every template in the registry: a new template file is held to it without a change here."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

import workbench.project.templates
from workbench.core.errors import UsageError
from workbench.core.graph import Graph, Port
from workbench.core.groups import folded_over
from workbench.core.names import is_within
from workbench.core.values import Json, Value
from workbench.model.network import Network
from workbench.model.problems import find_problems
from workbench.model.shapes import Shapes, infer
from workbench.project import storage
from workbench.project.checks import project_problems
from workbench.project.document import Project, unknown_settings
from workbench.project.format import dump
from workbench.project.new_project import create
from workbench.project.templates.base_segmenting import Segmenting
from workbench.project.templates.spec import REGISTRY, GraphBuilder, Samples, Template

TEMPLATES = [cls for _, cls in REGISTRY.items()]
SHAPES = ((1, 28, 28), (3, 32, 32))
OTHER_DATA = [cls for cls in TEMPLATES if cls.reads]
OF_PICTURES = [cls for cls in TEMPLATES if not cls.reads]
FITTING = [(cls, shape) for cls in OF_PICTURES for shape in SHAPES if min(shape[1:]) >= cls.smallest]

every_template = pytest.mark.parametrize("cls", TEMPLATES, ids=lambda cls: cls.name)
every_one_of_pictures = pytest.mark.parametrize("cls", OF_PICTURES, ids=lambda cls: cls.name)
every_other = pytest.mark.parametrize("cls", OTHER_DATA, ids=lambda cls: cls.name)
every_size = pytest.mark.parametrize(
    ("cls", "shape"), FITTING, ids=[f"{cls.name}-{'x'.join(map(str, shape))}" for cls, shape in FITTING]
)


def graph_for(cls: type[Template], samples: Samples) -> Graph:
    builder = GraphBuilder(samples)
    cls().build(builder)
    return builder.graph()


def named(shape: tuple[int, ...], classes: int = 4) -> Samples:
    """Pictures with class names and statistics, as a data set gives them."""
    names = tuple(f"class {number}" for number in range(classes))
    channels = shape[0]
    return Samples(shape, classes=names, scores=classes, mean=(0.4,) * channels, std=(0.2,) * channels)


def batch(graph: Graph, size: int = 2) -> dict[str, torch.Tensor]:
    """What a network brings in: pictures as bytes, other numbers around 0, whole numbers below their counts."""
    generator = torch.Generator().manual_seed(0)
    shapes, fields = infer(graph), {}
    for id_, layer in shapes.layers.items():
        if layer.data_field:
            value, name = layer.output(), str(getattr(layer, "field", ""))
            below = min([count_of(graph, shapes, edge.target) for edge in graph.outgoing[id_]], default=2)
            if value.dtype == "int64":
                fields[name] = torch.randint(0, below, (size, *value.shape), generator=generator)
            elif value.is_picture:
                fields[name] = torch.randint(0, 256, (size, *value.shape), dtype=torch.uint8, generator=generator)
            else:
                fields[name] = torch.randn(size, *value.shape, generator=generator)
    return fields | {"factor": torch.zeros(size, dtype=torch.int64)}


def count_of(graph: Graph, shapes: Shapes, port: Port) -> int:
    """How many different whole numbers a port takes: as many as there are scores, or vectors of tokens."""
    scores = graph.incoming[port.node].get("prediction")
    return shapes.values[scores].channels if scores else int(graph.nodes[port.node].params.get("num_embeddings", 2))


def pictures(folder: Path, size: int, channels: int = 1) -> tuple[str, Mapping[str, Json]]:
    """A data set of eight pictures in two classes, as a choice of `create`."""
    random = np.random.default_rng(0)
    images = random.integers(0, 256, (8, channels, size, size), np.uint8)
    np.savez(folder / f"{size}.npz", images=images.transpose(0, 2, 3, 1), labels=np.arange(8) % 2)
    return "npz", {"path": f"{size}.npz"}


@every_template
def test_it_is_described(cls: type[Template]) -> None:
    assert REGISTRY[cls.name] is cls
    assert re.fullmatch(r"[a-z][a-z0-9_-]*", cls.name)
    assert cls.title.strip() == cls.title != ""
    assert [other for other in TEMPLATES if other.title == cls.title] == [cls]
    doc = cls.__dict__.get("__doc__") or ""
    assert re.match(r"\S.*\.(\n|$)", doc), "the first line is a sentence; `new --list` shows it"
    assert cls.smallest >= 1


def test_each_file_holds_one_template() -> None:
    files = {path.stem for path in Path(workbench.project.templates.__path__[0]).glob("*.py")} - {"__init__", "spec"}
    families = {base.__module__ for cls in TEMPLATES for base in cls.__mro__[1:] if base not in TEMPLATES}
    files -= {name.rpartition(".")[2] for name in families}
    assert {cls.__module__.rpartition(".")[2] for cls in TEMPLATES} == files


@every_template
def test_its_settings_are_right(cls: type[Template]) -> None:
    project = Project("id", graph_for(cls, cls.usual_samples()), cls.data, cls.training)
    assert project_problems(project) == []
    assert unknown_settings(project) == []


@every_size
def test_it_draws_without_problems(cls: type[Template], shape: tuple[int, ...]) -> None:
    for samples in (named(shape), Samples(shape), named(shape, classes=2), named((shape[0], shape[1], shape[2] + 5))):
        is_drawn_well(graph_for(cls, samples))


def is_drawn_well(graph: Graph) -> None:
    """Asserts that a network has no problems, and that every node and folded group has a place of its own."""
    assert find_problems(graph) == []
    assert all(np.isfinite(node.position).all() for node in graph)
    for level in ("", *(prefix for prefix, group in graph.groups.items() if group.folded)):
        hidden = folded_over(graph, level)
        within = [node for node in graph if not level or is_within(node.name, level)]
        boxes: dict[str, list[tuple[float, float]]] = {}
        for node in within:
            boxes.setdefault(hidden.get(node.id, node.id), []).append(node.position)
        places = [middle(each) for each in boxes.values()]
        assert len(set(places)) == len(places), f"no node or folded group hides another in {level!r}"


def middle(places: list[tuple[float, float]]) -> tuple[float, float]:
    """Where the box of a folded group stands whose nodes are at these places."""
    xs, ys = zip(*places, strict=True)
    return (min(xs) + max(xs)) / 2, (min(ys) + max(ys)) / 2


@every_template
def test_its_own_default_can_be_built(cls: type[Template]) -> None:
    graph = graph_for(cls, cls.usual_samples())
    assert find_problems(graph) == []
    with torch.device("meta"):
        network = Network(graph)
    assert network.trained() > 0
    assert network.terms


@every_size
def test_a_training_step_is_finite_and_reaches_every_weight(cls: type[Template], shape: tuple[int, ...]) -> None:
    learns(graph_for(cls, named(shape)))


@every_other
def test_what_reads_other_data_draws_and_learns_from_its_own(cls: type[Template]) -> None:
    assert cls.samples is not None
    assert cls.samples.fields
    is_drawn_well(graph_for(cls, cls.samples))
    volumes = {name for name, value in cls.samples.fields.items() if len(value.shape) == 4}
    small = {name: Value((3, 16, 32, 32)) for name in volumes}  # of the paper's size a step would take a minute
    graph = graph_for(cls, replace(cls.samples, fields={**cls.samples.fields, **small}))
    is_drawn_well(graph)
    learns(graph)


def learns(graph: Graph) -> None:
    """Asserts that a step of training is finite and that gradients or rules reach every weight."""
    network = Network(graph)
    fields = batch(graph)
    network.set_training(True)
    before = {name: weight.clone() for name, weight in network.modules.state_dict().items()}
    loss = network.objective(network.train_batch(fields).losses)
    assert loss.isfinite()
    loss.backward()
    for name, weight in network.named_parameters():
        assert weight.grad is not None, name
        assert weight.grad.isfinite().all(), name
    network.end_step()
    learnt = [name for name, weight in network.modules.state_dict().items() if not torch.equal(weight, before[name])]
    assert learnt or any(bool(weight.grad.any()) for _, weight in network.named_parameters() if weight.grad is not None)


@every_template
def test_the_same_samples_give_the_same_file(cls: type[Template], tmp_path: Path) -> None:
    size = max(28, cls.smallest)
    samples = cls.samples if cls.reads and cls.samples else named((1, size, size))
    one, two = (Project("id", graph_for(cls, samples)) for _ in range(2))
    assert dump(one) == dump(two)
    storage.save(one, tmp_path / "p.cnn")
    assert storage.load(tmp_path / "p.cnn") == one


@every_one_of_pictures
def test_its_smallest_picture_is_the_smallest(cls: type[Template], tmp_path: Path) -> None:
    def data(size: int) -> tuple[str, Mapping[str, Json]]:
        small = {"size": size, "batches": 1, "batch": 2, "people": 2, "test": 1}
        if issubclass(cls, Segmenting):
            return "heads", small | {"parts": True}
        return ("heads", small) if cls.needs_factors else pictures(tmp_path, size)

    project, _ = create(cls.name, data(cls.smallest), tmp_path)
    assert project_problems(project) == []
    if cls.smallest > 1:
        with pytest.raises(UsageError, match=f"at least {cls.smallest}×{cls.smallest} pixels; these have 1×"):
            create(cls.name, data(cls.smallest - 1), tmp_path)


@every_other
def test_what_reads_other_data_is_made_without_and_refuses_pictures(cls: type[Template], tmp_path: Path) -> None:
    project, notes = create(cls.name, None, tmp_path)
    assert find_problems(project.graph) == []
    (note,) = notes
    assert cls.reads in note
    with pytest.raises(UsageError, match=f"{re.escape(cls.reads)} .* but the data has image, label alone"):
        create(cls.name, pictures(tmp_path, 8), tmp_path)


def test_a_network_that_needs_factors_says_so_and_what_has_them(tmp_path: Path) -> None:
    with pytest.raises(
        UsageError, match=r"one factor of the scene varies, but the data source npz knows no factors\. T"
    ):
        create("dcign32", pictures(tmp_path, 32), tmp_path)

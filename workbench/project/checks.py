"""Everything that is wrong with a project, and whether its network and its data go together."""

from __future__ import annotations

from workbench.core.drawing import set_param
from workbench.core.errors import UsageError
from workbench.core.graph import Graph, Node
from workbench.core.values import KINDS, Value, shape_text
from workbench.data.spec import Dataset
from workbench.layers.spec import Layer
from workbench.model.problems import Fix, Problem, find_problems
from workbench.model.shapes import Shapes, infer
from workbench.project.document import Project


def project_problems(project: Project) -> list[Problem]:
    """Problems of the graph and of the settings, without looking at any data."""
    found = find_problems(project.graph)
    for read in (project.data_config, project.training_config):
        try:
            read()
        except UsageError as error:
            found.append(Problem("", "", str(error)))
    return found


def data_problems(graph: Graph, dataset: Dataset, shapes: Shapes | None = None) -> list[Problem]:
    """Where Input and Target nodes want something else than the data has."""
    shapes = shapes or infer(graph)
    found = []
    for id_, layer in shapes.layers.items():
        if layer.data_field:
            problem = _field_problem(graph.nodes[id_], layer, dataset)
            found += [problem] if problem else []
    return found


def _field_problem(node: Node, layer: Layer, dataset: Dataset) -> Problem | None:
    name = str(getattr(layer, "field", ""))
    value = dataset.fields.get(name)
    if value is None:
        have = ", ".join(dataset.fields)
        fixes = tuple(_fix(node, "field", each) for each in dataset.fields)
        message = f'{node.name} brings in the field "{name}", but the data has {have}.'
        return Problem(node.name, "", message, name, have, fixes)
    wanted = layer.output()
    if wanted.kind != value.kind:
        message = f"{node.name} brings in {KINDS[wanted.kind]}, but {name} is {KINDS[value.kind]}."
        return Problem(node.name, "", message, value.kind, wanted.kind, (_fix(node, "kind", value.kind),))
    if wanted.shape != value.shape:
        message = f"{node.name} is set to {wanted}, but {name} in the data is {value}."
        fix = _fix(node, "shape", list(value.shape))
        return Problem(node.name, "", message, shape_text(value.shape), shape_text(wanted.shape), (fix,))
    return _class_problem(node, wanted, value)


def _class_problem(node: Node, wanted: Value, value: Value) -> Problem | None:
    if not value.classes or not wanted.classes or wanted.classes == value.classes:
        return None
    fix = _fix(node, "classes", list(value.classes))
    if len(wanted.classes) != len(value.classes):
        message = f"{node.name} has {len(wanted.classes)} classes, but the data has {len(value.classes)}."
    else:
        message = f"{node.name} names its classes otherwise than the data does."
    return Problem(node.name, "", message, ", ".join(value.classes)[:200], ", ".join(wanted.classes)[:200], (fix,))


def _fix(node: Node, param: str, value: object) -> Fix:
    return Fix(f"Set {param} of {node.name} to {value}", set_param(node, param, value))

"""Everything that is wrong with a project, and whether its network and its data go together."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from pydantic import ValidationError

from workbench.core.edits import AddNode, CompositeGraphEdit, GraphEdit, SetParam
from workbench.core.errors import UnreadableError, UsageError, printable
from workbench.core.graph import Graph, Node, Port
from workbench.core.graph_edits import set_param
from workbench.core.values import KINDS, Json, Value, shape_text
from workbench.data.class_names import composed
from workbench.data.config import DataConfig
from workbench.data.loading import load, source_of
from workbench.data.spec import FACTOR, Dataset
from workbench.layers.spec import Insert, Layer
from workbench.layers.target import Target
from workbench.model.adapters import behind
from workbench.model.batch_needs import batch_problems
from workbench.model.hints import find_hints, score_hint
from workbench.model.mending import Families, Fix, Fixes, Search, together
from workbench.model.problems import Problem, find_problems
from workbench.model.shapes import Shapes, infer
from workbench.project.document import Project, setting
from workbench.project.memory_need import memory_problems
from workbench.project.monitoring import monitor_problems
from workbench.project.stages import stage_problems

MOST_FIXES = 100
ANSWER_KINDS = ("class", "vector", "scalar", "mask")  # of fields that can be learnt in the place of one another
MOST_NAMED = 10  # classes that the text of a fix names
NOT_LOOKED_AT = "The data was not looked at"  # how the note begins that says why


class MisfitError(UsageError):
    """A network and data that do not go together.

    Attributes:
        problem: the first thing that does not fit, with what would mend it.
    """

    def __init__(self, message: str, problem: Problem) -> None:
        self.problem = problem
        super().__init__(message)


def project_problems(project: Project) -> list[Problem]:
    """Problems of the graph and of the settings, without looking at any data."""
    found = find_problems(project.graph)
    for check in (lambda: source_of(project.data_config()), project.training_config):
        try:
            check()
        except UsageError as error:
            found.append(Problem("", "", str(error)))
    found += stage_problems(project) + monitor_problems(project) + _batch_size_problems(project)
    return found or memory_problems(project)


def project_hints(project: Project) -> list[Problem]:
    """What lets the network train but not learn well, without looking at any data."""
    return find_hints(project.graph)


def _batch_size_problems(project: Project) -> list[Problem]:
    """Layers that cannot learn from batches of a single sample, if that is what is set."""
    try:
        size = project.data_config().batch_size
    except UsageError:
        return []  # reported by whoever checks the settings
    if size > 1:
        return []
    usual = int(DataConfig.model_fields["batch_size"].default)
    fix = Fix(f"Set data.batch_size to {usual}", setting(project, "data", ("batch_size",), usual))
    found = batch_problems(project.graph, infer(project.graph), size)
    return [replace(problem, fixes=(fix, *problem.fixes)) for problem in found]


@dataclass(frozen=True)
class DataLook:
    """What a look at a project's data gave.

    Attributes:
        dataset: the data; None where it was not looked at.
        notes: what a person should know about it, also why it was not looked at.
    """

    dataset: Dataset | None = None
    notes: tuple[str, ...] = ()

    def problems(self, project: Project) -> list[Problem]:
        """Where the network and the data do not go together."""
        return [] if self.dataset is None else data_problems(project.graph, self.dataset)

    def hints(self, project: Project) -> list[Problem]:
        """Where they go together, but not well."""
        return [] if self.dataset is None else data_hints(project.graph, self.dataset)


def look_at_data(project: Project, folder: Path) -> DataLook:
    """Reads the data of a project to say what is wrong or odd with it.

    What the program draws by itself is not looked at, and settings that are wrong are `project_problems`' business.

    Args:
        project: the document.
        folder: where relative paths of the data start.
    """
    try:
        config = project.data_config()
        if source_of(config).is_drawn:
            return DataLook()
        dataset = load(config, folder)
    except UnreadableError as error:
        return DataLook(None, (f"{NOT_LOOKED_AT}: {error}",))
    except UsageError:
        return DataLook()
    return DataLook(dataset, dataset.notes)


def mend(project: Project, look: DataLook | None = None) -> tuple[Project, list[Fix]]:
    """Mends what is wrong with the network, its settings and, once looked at, its data, and follows the hints.

    A network that is still as its template drew it is drawn anew for the data.

    Returns:
        The project, and the fixes that were applied.
    """
    from workbench.project.drawn_again import LABEL, drawn_again  # brings NumPy in, which the window starts without

    look, anew = look or DataLook(), None
    if look.dataset is not None and look.problems(project):
        anew = drawn_again(project.graph, look.dataset)
    if anew is not None:
        project = project.apply(anew)
    project, fixes = mended(
        project,
        lambda each: project_problems(each) + look.problems(each) or project_hints(each) + look.hints(each),
    )
    return project, fixes if anew is None else [Fix(LABEL, anew), *fixes]


def mended(project: Project, find: Callable[[Project], list[Problem]]) -> tuple[Project, list[Fix]]:
    """Applies the first fix of the first problem, each fix once, until none is left: the project and the fixes."""
    applied: list[Fix] = []
    while len(applied) < MOST_FIXES:
        first = [problem.fixes[0] for problem in find(project) if problem.fixes]
        texts = [fix.text for fix in applied]
        fix = next((each for each in first if each.text not in texts), None)
        if fix is None:
            break
        project = project.apply(fix.edit)
        applied.append(fix)
    return project, applied


def fitted(project: Project, dataset: Dataset) -> tuple[Project, list[Fix]]:
    """Fits a network to its data: what does not go together, what mending that would break, and then what goes badly.

    Returns:
        The project, and the fixes that were applied.
    """
    known = {(problem.node, problem.port) for problem in find_problems(project.graph)}

    def find(each: Project) -> list[Problem]:
        caused = [found for found in find_problems(each.graph) if (found.node, found.port) not in known]
        return _misfits(each.graph, dataset) + caused or data_hints(each.graph, dataset)

    return mended(project, find)


def data_problems(graph: Graph, dataset: Dataset) -> list[Problem]:
    """Where Input and Target nodes want something else than the data has; the first fix mends all of it."""
    found = _misfits(graph, dataset)
    mendable = [problem for problem in found if problem.fixes]
    first = [problem.fixes[0] for problem in mendable]
    enlarged = [_enlarged(graph, problem) or problem.fixes[0] for problem in mendable]
    whole = [together(fixes) for fixes in (first, enlarged) if len(fixes) > 1]

    def search(problem: Problem) -> Problem:
        larger = _enlarged(graph, problem)
        families: Families = lambda: (whole[:1], problem.fixes, [larger] if larger else [], whole[1:])  # noqa: E731
        find = lambda each: [*find_problems(each), *_misfits(each, dataset)]  # noqa: E731
        return replace(problem, fixes=Fixes(families, Search(graph, problem, find).choose))

    return [search(problem) for problem in found]


def _enlarged(graph: Graph, problem: Problem) -> Fix | None:
    """The fix that gives a network for larger pictures those of the data, enlarged; None for anything else."""
    node, fix = graph.by_name[problem.node], problem.fixes[0] if problem.fixes else None
    edit = fix.edit if fix is not None else None
    if fix is None or node.layer != "Input" or not isinstance(edit, SetParam) or edit.param != "shape":
        return None
    wanted = infer(graph).values[Port(node.id, "y")]
    if not isinstance(edit.after, list) or not wanted.is_picture or len(edit.after) != len(wanted.shape):
        return None
    if all(have >= need for have, need in zip(edit.after[1:], wanted.spatial, strict=True)):
        return None
    size = Insert("Interpolate", {"size": list(wanted.spatial), "scale_factor": None, "mode": "bilinear"})
    return together((fix, behind(edit.apply(graph), Port(node.id, "y"), size)))


def _misfits(graph: Graph, dataset: Dataset) -> list[Problem]:
    """Where Input and Target nodes want something else than the data has, with what mends this alone."""
    shapes = infer(graph)
    found = []
    for id_, layer in shapes.layers.items():
        if layer.data_field and id_ not in shapes.faults:
            node = graph.nodes[id_]
            problem = _field_problem(node, layer, dataset) or _score_problem(graph, node, layer, dataset, shapes)
            found += [problem] if problem else []
    return found


def data_advice(graph: Graph, dataset: Dataset, problems: Sequence[Problem]) -> list[Problem]:
    """Problems and then hints of a network whose data is known.

    Args:
        graph: the network.
        dataset: its data.
        problems: of the network itself; a Target that one of their fixes adds takes its field and classes of the data.
    """
    named = [replace(each, fixes=_named(graph, dataset, each)) for each in problems]
    hints = data_hints(graph, dataset)
    return [*named, *(data_problems(graph, dataset) or hints)]


def _named(graph: Graph, dataset: Dataset, problem: Problem) -> Sequence[Fix]:
    """The fixes of a problem, with field and classes of the data in new Targets."""
    return Fixes(lambda: (), lambda _: tuple(with_classes(graph, dataset, fix) for fix in problem.fixes))


def with_classes(graph: Graph, dataset: Dataset, fix: Fix) -> Fix:
    """The fix whose new Target takes field and classes of the data; unnamed where there are not as many scores."""
    labels = [name for name, value in dataset.fields.items() if value.kind == "class" and name != FACTOR]
    if not labels or not isinstance(fix.edit, CompositeGraphEdit):
        return fix
    usual = str(Target.model_fields["field"].default)
    field = usual if usual in labels else labels[0]
    own: dict[str, Json] = {} if field == usual else {"field": field}
    for params in ({**own, "classes": list(dataset.fields[field].classes)}, own):
        edits = tuple(_for_classes(edit, params) for edit in fix.edit.edits)
        if edits == fix.edit.edits:
            continue
        named = CompositeGraphEdit(edits, fix.edit.label)
        unnamed, after = infer(fix.edit.apply(graph)).faults, infer(named.apply(graph)).faults
        if not set(after) - set(unnamed):
            return replace(fix, edit=named)
    return fix


def _for_classes(edit: GraphEdit, params: Mapping[str, Json]) -> GraphEdit:
    """The edit, with these settings where it adds a Target that is for classes and has none."""
    if not isinstance(edit, AddNode) or edit.node.layer != "Target":
        return edit
    has_own = edit.node.params.get("classes") or edit.node.params.get("kind", "class") != "class"
    return edit if has_own else AddNode(replace(edit.node, params={**edit.node.params, **params}), edit.index)


def sample_problems(graph: Graph, dataset: Dataset) -> list[Problem]:
    """Where a network cannot learn from so few training samples."""
    return batch_problems(graph, infer(graph), 1) if dataset.size("train") == 1 else []


def data_hints(graph: Graph, dataset: Dataset) -> list[Problem]:
    """Where network and data go together, but not well: more scores than there are classes."""
    shapes = infer(graph)
    found = []
    for id_, layer in shapes.layers.items():
        field = dataset.fields.get(str(getattr(layer, "field", ""))) if layer.data_field else None
        if field is None or not field.classes or id_ in shapes.faults or layer.output().kind != field.kind:
            continue
        for edge in graph.outgoing[id_]:
            loss = graph.nodes[edge.target.node]
            hint = score_hint(graph, shapes, loss, len(field.classes)) if edge.target.name == "target" else None
            if hint is not None:
                names = set_param(graph.nodes[id_], "classes", list(field.classes))
                found.append(replace(hint, fixes=tuple(_and(fix, names) for fix in hint.fixes)))
    return found


def _and(fix: Fix, edit: GraphEdit) -> Fix:
    """The fix, with a second change in the same step."""
    assert isinstance(fix.edit, GraphEdit)
    return replace(fix, edit=CompositeGraphEdit((fix.edit, edit), fix.text))


def _field_problem(node: Node, layer: Layer, dataset: Dataset) -> Problem | None:
    name = str(getattr(layer, "field", ""))
    value, wanted = dataset.fields.get(name), layer.output()
    if value is None:
        have = ", ".join(dataset.fields)
        fitting = [field for field, each in dataset.fields.items() if each.kind == wanted.kind]
        fixes = tuple(_fix(node, "field", each) for each in fitting) or _other_answers(node, layer, dataset)
        message = f'{node.name} brings in the field "{name}", but the data has {have}.'
        return Problem(node.name, "", message, name, have, fixes)
    if _is_number(wanted) and _is_number(value):
        return None
    if wanted.kind != value.kind:
        message = f"{node.name} brings in {KINDS[wanted.kind].text}, but {name} is {KINDS[value.kind].text}."
        return Problem(node.name, "", message, value.kind, wanted.kind, _kind_fixes(node, layer, value))
    if wanted.shape != value.shape:
        message = f"{node.name} is set to {wanted}, but {name} in the data is {value}."
        fix = _fix(node, "shape", list(value.shape))
        return Problem(node.name, "", message, shape_text(value.shape), shape_text(wanted.shape), (fix,))
    return _class_problem(node, wanted, value)


def _is_number(value: Value) -> bool:
    """Whether an entry is a single number to predict: arrays of (N,) and of (N, 1) mean the same."""
    return value.kind in ("scalar", "vector") and value.shape in ((), (1,))


def _class_problem(node: Node, wanted: Value, value: Value) -> Problem | None:
    if not value.classes or not wanted.classes or _are_same(wanted.classes, value.classes):
        return None
    fix = _fix(node, "classes", list(value.classes))
    if len(wanted.classes) != len(value.classes):
        message = f"{node.name} has {len(wanted.classes)} classes, but the data has {len(value.classes)}."
    else:
        theirs, ours = next(
            (a, b) for a, b in zip(wanted.classes, value.classes, strict=True) if not _are_same((a,), (b,))
        )
        message = (
            f'{node.name} names its classes otherwise than the data does: "{printable(theirs)}" where it has '
            f'"{printable(ours)}".'
        )
    return Problem(node.name, "", message, ", ".join(value.classes)[:200], ", ".join(wanted.classes)[:200], (fix,))


def _are_same(some: tuple[str, ...], others: tuple[str, ...]) -> bool:
    """Whether names are the same, whichever system composed their letters."""
    return some == others or tuple(map(composed, some)) == tuple(map(composed, others))


def _score_problem(graph: Graph, node: Node, layer: Layer, dataset: Dataset, shapes: Shapes) -> Problem | None:
    """Where the data has more classes than there are scores, and no class names in the graph that would show it."""
    classes = dataset.fields[str(getattr(layer, "field", ""))].classes
    for edge in () if layer.output().classes else graph.outgoing[node.id]:
        prediction = graph.incoming[edge.target.node].get("prediction")
        scores = shapes.values.get(prediction) if prediction else None
        if scores is not None and scores.channels < len(classes):
            loss = graph.nodes[edge.target.node].name
            message = f"{node.name} has {len(classes)} classes in the data, but {loss} gets {scores.channels} scores."
            found, needed = f"{len(classes)} classes", f"at most {scores.channels}"
            return Problem(node.name, "", message, found, needed, (_fix(node, "classes", list(classes)),))
    return None


def _other_answers(node: Node, layer: Layer, dataset: Dataset) -> tuple[Fix, ...]:
    """What a Target can bring in where the data has no answer of its kind: those of other kinds, and their classes."""
    fixes = []
    for field, value in dataset.fields.items():
        if node.layer != "Target" or value.kind not in ANSWER_KINDS or field == FACTOR:
            continue
        wanted: dict[str, Json] = {"field": field, "kind": value.kind, "shape": list(value.shape)}
        wanted["classes"] = list(value.classes)
        try:
            type(layer).model_validate({**node.params, **wanted})
        except ValidationError:
            continue
        text = f"Set {node.name} to the field {field}, {KINDS[value.kind].text}"
        edits = tuple(set_param(node, key, each) for key, each in wanted.items() if node.params.get(key) != each)
        fixes.append(Fix(text, CompositeGraphEdit(edits, text)))
    return tuple(fixes)


def _kind_fixes(node: Node, layer: Layer, value: Value) -> tuple[Fix, ...]:
    """Kind and shape as the data has them, if the layer takes them."""
    wanted = {"kind": value.kind, "shape": list(value.shape)}
    try:
        type(layer).model_validate({**node.params, **wanted})
    except ValidationError:
        return ()
    text = f"Set {node.name} to {KINDS[value.kind].text}"
    return (Fix(text, CompositeGraphEdit(tuple(set_param(node, key, each) for key, each in wanted.items()), text)),)


def _fix(node: Node, param: str, value: object) -> Fix:
    many = isinstance(value, list) and len(value) > MOST_NAMED
    said = f"the {len(value)} of the data" if many and isinstance(value, list) else value
    return Fix(f"Set {param} of {node.name} to {said}", set_param(node, param, value))

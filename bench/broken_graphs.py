"""Networks that are broken by one change, and whether one offered fix mends each of them.

python bench/broken_graphs.py --seed 1 --count 300

Each case draws one of the templates' networks (with --networks also imported ones, such as torchvision:resnet50) and
changes one thing of it: a node or a wire is taken away, a wire comes from elsewhere, a setting has another value, or
the data has other pictures or classes. A change that leaves no problem is no case; another one is drawn. A case is
mended if one of the offered fixes leaves no problem, removes, bypasses and leads past no node, runs forward and
backward in torch, and undo gives back the bytes of the file. Besides, no offered fix may add a problem. The exit code
is 0 where at least 95 % are mended and no fix adds a problem, else 1.
"""

from __future__ import annotations

import json
import random
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from typing import TYPE_CHECKING, Any

from campaign import MOST_TOLD, numbered, options

from workbench.core.edits import CompositeGraphEdit, Edit, RemoveEdge, RemoveNode, SetField
from workbench.core.graph import Graph, GraphError, Node, Port
from workbench.core.graph_edits import connect, remove, set_param
from workbench.core.values import Json, Value
from workbench.data.spec import FACTOR, Dataset
from workbench.layers.spec import find
from workbench.model.problems import Problem, find_problems
from workbench.model.shapes import infer
from workbench.project import format as file_format
from workbench.project.checks import data_advice
from workbench.project.document import CompositeEdit, Project
from workbench.project.templates.spec import REGISTRY, GraphBuilder, Samples

if TYPE_CHECKING:
    from torch import Tensor

GOAL = 0.95
MOST_DRAWN = 200  # changes that are tried until one breaks the network
LARGEST = 64  # height and width of a template's pictures, so that each case is run in a moment
SAMPLES = 2  # in the batch that a mended network is run on
WORDS = ("field", "classes", "factors", "mean", "std")  # settings that are not drawn: names, and what is of the data
SIDES = (8, 12, 16, 20, 24, 28, 31, 32, 33, 40, 48, 63, 64, 96)
NUMBERS = (0, 1, 2, 3, 4, 5, 6, 7, 8, 10, 12, 16, 24, 32, 64)


@dataclass(frozen=True)
class Broken:
    """A network that one change has broken.

    Attributes:
        source: the template's name, or what was imported.
        operator: the kind of the change.
        change: what was done, for people.
        graph: the network.
        dataset: the data that it is to learn from; None where it is not known.
    """

    source: str
    operator: str
    change: str
    graph: Graph
    dataset: Dataset | None = None

    def problems(self, graph: Graph) -> list[Problem]:
        """The problems of a network with this data; hints are none."""
        found = find_problems(graph)
        if self.dataset is not None:
            found = data_advice(graph, self.dataset, found)
        return [problem for problem in found if problem.severity == "error"]


@dataclass
class Outcome:
    """What became of a case.

    Attributes:
        broken: the case.
        problems: its problems.
        by: text of the fix that mends it, "" if none does.
        is_first: whether that is the first fix of the first problem.
        adding: texts of the fixes after which there is a problem that was not there before.
        wrong: what went wrong with a fix that leaves no problem.
    """

    broken: Broken
    problems: list[Problem]
    by: str = ""
    is_first: bool = False
    adding: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)

    def as_json(self) -> dict[str, Json]:
        """Returns the outcome as --json prints it."""
        case = self.broken
        return {
            "source": case.source, "operator": case.operator, "change": case.change, "mended_by": self.by,
            "first": self.is_first, "adding": self.adding, "wrong": self.wrong,
            "problems": [problem.as_json() for problem in self.problems],
        }  # fmt: skip


@cache
def network(source: str) -> Graph:
    """The network of a template for small pictures, or one that is imported."""
    if source not in REGISTRY:
        from workbench.project.importing import bring_in

        return bring_in(source).project.graph
    cls = REGISTRY[source]
    usual = cls.samples or Samples((1, 28, 28))
    if not usual.shape:  # of other data than pictures
        builder = GraphBuilder(usual)
        cls().build(builder)
        return builder.graph()
    shape = (usual.shape[0], *(max(cls.smallest, min(side, LARGEST)) for side in usual.shape[1:]))
    scores = min(usual.scores, 10)
    names = usual.classes or tuple(map(str, range(scores)))
    builder = GraphBuilder(replace(usual, shape=shape, classes=names, scores=len(names)))
    cls().build(builder)
    return builder.graph()


def _outputs(graph: Graph) -> list[Port]:
    """All ports that a wire may come from."""
    return [Port(node.id, name) for node in graph if (cls := find(node.layer)) for name in cls.output_ports]


def without_node(dice: random.Random, graph: Graph) -> tuple[str, Graph]:
    """Takes a node away."""
    node = dice.choice(list(graph))
    return f"{node.name} ({node.layer}) is gone", remove(graph, node).apply(graph)


def without_wire(dice: random.Random, graph: Graph) -> tuple[str, Graph]:
    """Takes a wire away."""
    edge = dice.choice(graph.edges)
    names = [graph.nodes[port.node].name for port in (edge.source, edge.target)]
    edit = RemoveEdge(edge, graph.edges.index(edge))
    return f"no wire from {names[0]} to {edge.target.name} of {names[1]}", edit.apply(graph)


def rewired(dice: random.Random, graph: Graph) -> tuple[str, Graph]:
    """Lets a wire come from elsewhere."""
    edge, source = dice.choice(graph.edges), dice.choice(_outputs(graph))
    names = [graph.nodes[port.node].name for port in (source, edge.target)]
    text = f"{source.name} of {names[0]} feeds {edge.target.name} of {names[1]}"
    return text, connect(graph, source, edge.target).apply(graph)


def reset(dice: random.Random, graph: Graph) -> tuple[str, Graph]:
    """Gives a setting of a node another value."""
    node = dice.choice([node for node in graph if _settings(node)])
    name = dice.choice(_settings(node))
    cls = find(node.layer)
    assert cls is not None
    value = _other(dice, node.params.get(name, cls.model_fields[name].default))
    return f"{name} of {node.name} ({node.layer}) is {value}", set_param(node, name, value).apply(graph)


def _settings(node: Node) -> list[str]:
    cls = find(node.layer)
    return [name for name in cls.model_fields if name not in WORDS] if cls else []


def _other(dice: random.Random, value: Any) -> Json:
    """A value of the same type."""
    if isinstance(value, bool) or value is None:
        return not value
    if isinstance(value, int):
        return dice.choice([number for number in (*NUMBERS, value + 1, value - 1, value * 2) if number != value])
    if isinstance(value, float):
        return dice.choice((value * 2, value / 2, value + 1, 0.5))
    if isinstance(value, (list, tuple)) and value:
        place = dice.randrange(len(value))
        return [_other(dice, each) if number == place else each for number, each in enumerate(value)]
    return dice.choice(("same", "mean", "sum", 1, [1, 2]))


OPERATORS: Mapping[str, Callable[[random.Random, Graph], tuple[str, Graph]]] = {
    "remove a node": without_node, "remove a wire": without_wire, "rewire": rewired, "change a setting": reset,
}  # fmt: skip
DATA = "change the data"
KINDS = (*OPERATORS, DATA)


def other_data(dice: random.Random, graph: Graph) -> tuple[str, Dataset]:
    """Data with pictures of another size, other channels or other classes than the network was drawn for."""
    shapes = infer(graph)
    fields = {
        str(getattr(layer, "field", "")): shapes.values[Port(id_, layer.output_ports[0])]
        for id_, layer in shapes.layers.items()
        if layer.data_field
    }
    shape = next((value.shape for value in fields.values() if len(value.shape) == 3), (1, 28, 28))
    what = dice.choice(("size", "channels", "classes"))
    side = dice.choice([side for side in SIDES if side != shape[-1]])
    new = {"size": (shape[0], side, side), "channels": (4 - shape[0] if shape[0] in (1, 3) else 3, *shape[1:])}
    count = dice.choice((2, 3, 7, 12, 47, 100))
    for name, value in fields.items():
        if value.shape == shape and what in new:
            fields[name] = replace(value, shape=new[what])
        elif value.kind in ("class", "mask") and what == "classes" and name != FACTOR:
            fields[name] = replace(value, classes=tuple(f"class {number}" for number in range(count)))
    text = f"{count} classes" if what == "classes" else f"pictures of {Value(new[what])}"
    return text, Dataset(fields, {})


def broken(seed: int, number: int, sources: Sequence[str]) -> Broken | None:
    """The case of that number; None where nothing that was drawn breaks the network."""
    dice = random.Random(f"{seed}/{number}")
    source = sources[number % len(sources)]
    graph = network(source)
    for _ in range(MOST_DRAWN):
        kind = KINDS[(number // len(sources) + number) % len(KINDS)] if _ < MOST_DRAWN // 2 else dice.choice(KINDS)
        try:
            if kind == DATA:
                text, dataset = other_data(dice, graph)
                case = Broken(source, kind, text, graph, dataset)
            else:
                text, changed = OPERATORS[kind](dice, graph)
                case = Broken(source, kind, text, changed)
        except GraphError:  # such as wires that go round in a circle, which nobody can draw
            continue
        if case.problems(case.graph):
            return case
    return None


def steps(edit: Edit) -> Iterator[Edit]:
    """The single changes that an edit is made of."""
    if isinstance(edit, (CompositeGraphEdit, CompositeEdit)):
        for each in edit.edits:
            yield from steps(each)
    else:
        yield edit


def is_evasive(case: Broken, edit: Edit, after: Graph) -> bool:
    """Whether a fix takes the culprit away, bypasses it or leads past it instead of mending it.

    Where a wire came from elsewhere, what it came from is meant to lose it; else nothing that led to a loss may be
    led past.
    """
    gone = any(
        isinstance(step, RemoveNode) or (isinstance(step, SetField) and step.field == "bypass" and step.after)
        for step in steps(edit)
    )
    return gone or (case.operator != "rewire" and not leading(case.graph) <= leading(after))


def leading(graph: Graph) -> frozenset[str]:
    """The nodes that lead to a loss."""
    return graph.ancestors(node.id for node in graph if (cls := find(node.layer)) and cls.is_loss)


def judged(case: Broken, *, runs: bool = True) -> Outcome:
    """Applies each offered fix, and says which one mends the case."""
    problems = case.problems(case.graph)
    outcome = Outcome(case, problems)
    project = Project.new(case.graph, {}, {})
    before = file_format.dump(project)
    offered = [fix for problem in problems for fix in problem.fixes]
    for number, fix in enumerate(offered):
        after = project.apply(fix.edit)
        left = case.problems(after.graph)
        if adds(case, after.graph, problems, left):
            outcome.adding.append(fix.text)
        if left or outcome.by or is_evasive(case, fix.edit, after.graph):
            continue
        if (wrong := error_of(case, after.graph) if runs else "") or (
            file_format.dump(after.apply(fix.edit.inverse())) != before and (wrong := "undo gives another file")
        ):
            outcome.wrong.append(f"{fix.text}: {wrong}")
            continue
        outcome.by, outcome.is_first = fix.text, number == 0
    return outcome


def adds(case: Broken, after: Graph, problems: Sequence[Problem], left: Sequence[Problem]) -> bool:
    """Whether there are more problems than before, or one at a node that was sound."""
    sound = {case.graph.nodes[id_].name for id_ in infer(case.graph).inputs} - {problem.node for problem in problems}
    known = set(case.graph.by_name)
    return len(left) > len(problems) or any(
        problem.node and (problem.node in sound or problem.node not in known) for problem in left
    )


def error_of(case: Broken, graph: Graph) -> str:
    """Runs a network forward and backward on a batch; what went wrong, or ""."""
    import torch

    from workbench.model.network import Network

    try:
        built = Network(graph)
        losses = built.train_batch(batch(graph, built.fields)).losses
        built.objective(losses).backward()  # type: ignore[no-untyped-call]
    except Exception as error:  # whatever torch has to say
        return f"{type(error).__name__}: {error}"
    learning = [weight for weight in built.modules.parameters() if weight.requires_grad]
    if learning and not any(weight.grad is not None for weight in learning):
        return "no weight gets a gradient"
    del built
    return "" if torch.is_grad_enabled() else "gradients are off"


def batch(graph: Graph, fields: Sequence[str]) -> dict[str, Tensor]:
    """Samples of the kind that a network's Input and Target nodes want."""
    import torch

    found: dict[str, Tensor] = {}
    for id_, layer in infer(graph).layers.items():
        if layer.data_field and (name := str(getattr(layer, "field", ""))) in fields:
            value = infer(graph).values[Port(id_, "y")]
            shape = (SAMPLES, *value.shape)
            whole = value.dtype == "int64"
            found[name] = torch.zeros(shape, dtype=torch.int64) if whole else torch.rand(shape)
    return found


def run(seed: int, first: int, count: int, sources: Sequence[str], *, runs: bool = True) -> list[Outcome]:
    """Runs cases, and returns what became of them."""
    found = []
    for number in numbered(first, count):
        case = broken(seed, number, sources)
        if case is not None:
            found.append(judged(case, runs=runs))
    return found


def share(outcomes: Sequence[Outcome]) -> float:
    """How many of the cases are mended, between 0 and 1."""
    return sum(bool(each.by) for each in outcomes) / len(outcomes) if outcomes else 1.0


def table(outcomes: Sequence[Outcome]) -> str:
    """The shares of what was mended, whole, by operator and by network."""
    rows = []
    for part in ("operator", "source"):
        names = Counter(str(getattr(each.broken, part)) for each in outcomes)
        for name, count in sorted(names.items()):
            some = [each for each in outcomes if getattr(each.broken, part) == name]
            rows.append(f"  {name:24} {share(some):6.1%} of {count}")
    first = sum(each.is_first for each in outcomes) / max(1, len(outcomes))
    bare = sum(not problem.fixes for each in outcomes for problem in each.problems)
    total = sum(len(each.problems) for each in outcomes)
    rows.append(f"mended by one fix: {share(outcomes):.1%} of {len(outcomes)}; by the first one offered: {first:.1%}")
    rows.append(f"problems without a fix: {bare} of {total}")
    return "\n".join(rows)


def told(outcome: Outcome) -> str:
    """A case that is not mended, or in which a fix adds a problem, for people."""
    case = outcome.broken
    lines = [f"{case.source}: {case.operator}: {case.change}"]
    for problem in outcome.problems:
        fixes = "; ".join(fix.text for fix in problem.fixes) or "nothing"
        lines.append(f"    {problem.message} Offered: {fixes}.")
    lines += [f"    adds a problem: {text}" for text in outcome.adding]
    return "\n".join([*lines, *(f"    wrong: {text}" for text in outcome.wrong)])


def main() -> int:
    """Breaks as many networks as asked for."""
    parser = options(__doc__ or "", count=300)
    parser.add_argument("--networks", nargs="*", default=[], help="what is imported besides, or templates' names")
    parser.add_argument("--only", action="store_true", help="no other networks than these")
    parser.add_argument("--no-torch", action="store_true", help="leave out the run in torch")
    parser.add_argument("--json", action="store_true", help="print JSON alone")
    asked = parser.parse_args()
    sources = [*([] if asked.only else REGISTRY), *asked.networks]
    outcomes = run(asked.seed, asked.first, asked.count, sources, runs=not asked.no_torch)
    failed = [each for each in outcomes if not each.by or each.adding or each.wrong]
    is_met = share(outcomes) >= GOAL and not any(each.adding for each in outcomes)
    if asked.json:
        rows = [each.as_json() for each in outcomes]
        print(json.dumps({"seed": asked.seed, "mended": share(outcomes), "cases": rows}, ensure_ascii=False))
        return 0 if is_met else 1
    for each in failed[:MOST_TOLD]:
        print(told(each))
    print(table(outcomes))
    return 0 if is_met else 1


if __name__ == "__main__":
    sys.exit(main())

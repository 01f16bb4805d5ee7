"""The predicting network as one readable Python file that needs torch and nothing of this program.

Names in it are checked identifiers and every text is a plain ASCII literal, so nothing that a project file says can
become code; the result is parsed once more before it is handed out.
"""

from __future__ import annotations

import ast
import importlib.util
import keyword
from collections.abc import Iterable, Mapping
from pathlib import Path

from workbench.core.graph import Graph, Port
from workbench.core.names import name_problem
from workbench.core.values import Value
from workbench.layers.call import Call, literal
from workbench.layers.spec import find
from workbench.model.plan import RESERVED, Plan, PlanError, Step, arguments, make_plan

HEADER = '''\
"""A network made with CNN Workbench. Runs with torch alone; weights are read from the .safetensors file beside it.

    network = load("{weights}")
    scores = network({arguments})

{inputs}
The state_dict has the keys that the layers have here.
"""
'''

FOOTER = '''

TYPES = {
    "F64": torch.float64, "F32": torch.float32, "F16": torch.float16, "BF16": torch.bfloat16, "BOOL": torch.bool,
    "I64": torch.int64, "I32": torch.int32, "I16": torch.int16, "I8": torch.int8, "U8": torch.uint8,
}


def read_weights(path: str) -> dict[str, torch.Tensor]:
    """The tensors of a .safetensors file: the length of its header, the header as JSON, the numbers."""
    data = bytearray(Path(path).read_bytes())
    begin = 8 + int.from_bytes(data[:8], "little")
    tensors = {}
    for name, entry in json.loads(data[8:begin].decode()).items():
        if name != "__metadata__":
            first, last = entry["data_offsets"]
            numbers = data[begin + first : begin + last]
            dtype = TYPES[entry["dtype"]]
            flat = torch.frombuffer(numbers, dtype=dtype) if numbers else torch.empty(0, dtype=dtype)
            tensors[name] = flat.reshape(entry["shape"])
    return tensors


def load(path: str | None = None) -> Network:
    """The network, ready to predict; with the weights in a .safetensors file if one is given."""
    network = Network()
    if path is not None:
        network.load_state_dict(read_weights(path))
    return network.eval()
'''


def python_source(graph: Graph, weights: str) -> str:
    """The network's source.

    Args:
        graph: the network as drawn; what its outputs do not need is left out of `forward`, but not of the weights.
        weights: name of the weights file, for the header.

    Raises:
        PlanError: the graph has problems, or a name in it cannot stand in Python.
    """
    plan = make_plan(graph, "predict")
    for name in plan.calls:
        if problem := name_problem(name):
            raise PlanError(f'"{name}" cannot stand in Python: it {problem}.')
    needed = {name: call for name, call in plan.calls.items() if not _is_for_training_only(plan, graph, name)}
    parts = [
        _header(plan, weights),
        "import json\nfrom pathlib import Path\n\nimport torch\nfrom torch import nn",
        _constants(plan, graph),
        *_helpers(needed.values()),
        _network(plan, needed),
    ]
    source = "\n\n".join(part for part in parts if part) + "\n" + FOOTER
    ast.parse(source)
    return source


def _is_for_training_only(plan: Plan, graph: Graph, name: str) -> bool:
    """What has no weights and no part in predicting, such as losses and answers."""
    used = {step.module for step in plan.steps}
    cls = find(graph.by_name[name].layer)
    return name not in used and cls is not None and not cls.trains


def _header(plan: Plan, weights: str) -> str:
    rows = []
    names = arguments(_inputs(plan))
    for name, value in _inputs(plan).items():
        rows.append(f"{names[name]}: (N, {', '.join(map(str, value.shape))}), bytes 0..255 or numbers 0..1.")
    safe = ascii(weights)[1:-1].replace('"', "").replace("\\", "/")
    return HEADER.format(weights=safe, arguments=", ".join(names.values()), inputs="\n".join(rows))


def _inputs(plan: Plan) -> dict[str, Value]:
    return {step.field: plan.values[Port(step.node.id, step.outputs[0])] for step in plan.steps if step.field}


def _constants(plan: Plan, graph: Graph) -> str:
    """Class names, where a Target has them."""
    classes = next((node.params.get("classes") for node in graph if node.layer == "Target"), None)
    return f"CLASSES = {literal([str(name) for name in classes])}" if classes else ""


def _helpers(calls: Iterable[Call]) -> list[str]:
    """The text of our own modules, as it stands in their files but for the imports."""
    texts = []
    for home in dict.fromkeys(call.home for call in calls if call.home):
        found = importlib.util.find_spec(home)
        assert found is not None
        assert found.origin is not None
        lines = Path(found.origin).read_text(encoding="utf-8").splitlines()
        texts.append("\n" + "\n".join(line for line in lines if not line.startswith(("import ", "from "))).strip())
    return texts


def _network(plan: Plan, calls: Mapping[str, Call]) -> str:
    """The class Network."""
    tree: dict[str, object] = {}
    for name, call in calls.items():
        *folders, last = name.split(".")
        inner = tree
        for folder in folders:
            inner = inner.setdefault(folder, {})  # type: ignore[assignment]
        inner[last] = call
    lines = ["", "class Network(nn.Module):", "    def __init__(self) -> None:", "        super().__init__()"]
    for name, content in tree.items():
        lines.append(f"        self.{name} = {_content(content, ' ' * 8)}")
    words = ", ".join(f"{name}: torch.Tensor" for name in arguments(_inputs(plan)).values())
    gives = "torch.Tensor" if len(plan.results) == 1 else "dict[str, torch.Tensor]"
    lines += ["", f"    def forward(self, {words}) -> {gives}:"]
    return "\n".join(lines + _forward(plan))


def _content(content: object, indent: str) -> str:
    """A module's call, or the ModuleDict of a group."""
    if isinstance(content, Call):
        return content.source()
    assert isinstance(content, dict)
    inner = indent + "    "
    rows = [f"{inner}{literal(name)}: {_content(each, inner)}," for name, each in content.items()]
    return "nn.ModuleDict({\n" + "\n".join(rows) + f"\n{indent}}})"


def _forward(plan: Plan) -> list[str]:
    """The body of forward: one line for each node."""
    names, fields = _variables(plan), arguments(_inputs(plan))
    lines = []
    for step in plan.steps:
        sources = [fields[step.field]] if step.field else [names[source] for source in step.sources]
        if step.layer.is_constant and fields:
            sources = [f"like={next(iter(fields.values()))}"]
        targets = [names[Port(step.node.id, output)] for output in step.outputs]
        if step.node.bypass:
            lines.append(f"        {targets[0]} = {sources[0]}")
        elif targets:
            lines.append(f"        {', '.join(targets)} = {_reference(step)}({', '.join(sources)})")
    if len(plan.results) == 1:
        lines.append(f"        return {names[next(iter(plan.results.values()))]}")
    else:
        rows = ", ".join(f"{literal(name)}: {names[port]}" for name, port in plan.results.items())
        lines.append(f"        return {{{rows}}}")
    return lines


def _reference(step: Step) -> str:
    first, *rest = step.module.split(".")
    return f"self.{first}" + "".join(f"[{literal(part)}]" for part in rest)


def _variables(plan: Plan) -> dict[Port, str]:
    """A Python variable for every port: the node's name, and the port's where there are several."""
    taken = {*RESERVED, *arguments(_inputs(plan)).values()}
    found = {}
    for step in plan.steps:
        for number, output in enumerate(step.outputs):
            stem = step.node.name.replace(".", "_") + (f"_{output}" if number else "")
            name = stem
            while name in taken or keyword.iskeyword(name):
                name += "_"
            taken.add(name)
            found[Port(step.node.id, output)] = name
    return found

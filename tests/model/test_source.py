"""Exported code does what the graph does, without this program, and nothing else whatever the names in it."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import safetensors.torch
import torch

from tests.graph_factories import changed, default, drawn, line, picture, wired
from workbench.core.errors import WorkbenchError
from workbench.core.graph import Graph, Node
from workbench.layers.spec import find
from workbench.model.cost import costs, total
from workbench.model.exports.python import Python
from workbench.model.network import Network
from workbench.model.plan import PlanError
from workbench.model.source import python_source
from workbench.project.templates.spec import REGISTRY

pytestmark = pytest.mark.slow  # all of them together

SHAPE = (3, 32, 32)

RUNNER = """
import importlib.util, pathlib, sys
import torch
from safetensors.torch import load_file, save_file

for name in ("workbench", "safetensors", "safetensors.torch", "torchvision"):
    sys.modules[name] = None  # as if it were not installed
torch.set_num_threads(int(sys.argv[1]))
for path in sorted(pathlib.Path(sys.argv[2]).glob("*.py")):
    spec = importlib.util.spec_from_file_location(path.stem, path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    network = module.load(str(path.with_suffix(".safetensors")))
    inputs = load_file(path.with_suffix(".inputs"))
    with torch.no_grad():
        result = network(*(inputs[str(number)] for number in range(len(inputs))))
    results = result if isinstance(result, dict) else {"": result}
    save_file({name: each.contiguous() for name, each in results.items()}, path.with_suffix(".outputs"))
foreign = ("torchvision", "pydantic", "workbench")
print(sorted(name for name, it in sys.modules.items() if it and name.split(".")[0] in foreign))
"""


def with_digits_and_two_results() -> Graph:
    """Groups called 0 and 10, a bypass, shared weights, switches and two outputs in one graph."""
    graph = line(
        picture(SHAPE),
        ("block.0.conv", "Conv2d", {"out_channels": 3}),
        ("block.0.drop", "Dropout", {}),
        ("block.10.conv", "Conv2d", {"out_channels": 3}),
        ("block.10.relu", "ReLU", {}),
        ("block_0_conv", "Sigmoid", {}),
        ("pool", "MaxPool2d", {}),
        ("unpool", "MaxUnpool2d", {}),
    )
    graph = changed(graph, "block.0.drop", bypass=True)
    graph = changed(graph, "block.10.conv", share_with="block.0.conv")
    for name, source in (("large", "unpool.y"), ("small", "pool.y")):
        graph = wired(replace(graph, nodes={**graph.nodes, name: Node(name, name, "Output")}), source, f"{name}.x")
    return wired(graph, "pool.switches", "unpool.switches")


FEW = 3_000_000  # weights; larger networks are made of the same layers
OTHER_BATCHES = ("textcnn", "convncf", "factors")  # their samples are no pixels


def small(name: str) -> bool:
    """Whether a template's network is quickly made and run for such pictures."""
    return total(costs(drawn(name, SHAPE)).values())["parameters"] < FEW


def graphs() -> dict[str, Graph]:
    found = {name: drawn(name, SHAPE) for name in REGISTRY if small(name) and name not in OTHER_BATCHES}
    assert {"shufflenet_v2_x1_0", "tcn", "eegnet", "resnet20", "lenet5"} <= set(found)
    return found | {"mixed": with_digits_and_two_results()}


def test_every_export_gives_the_same_bits_in_a_process_without_this_program(tmp_path: Path) -> None:
    torch.manual_seed(0)
    expected: dict[str, dict[str, torch.Tensor]] = {}
    for name, graph in graphs().items():
        network = Network(graph, seed=7)
        for key, tensor in network.modules.state_dict().items():
            if key.endswith("running_mean"):
                tensor.normal_()
        Python.write(network, graph, tmp_path / f"{name}.py")
        network.set_training(False)
        inputs = {
            field: torch.randint(0, 256, (2, *shape), dtype=torch.uint8) for field, shape in network.inputs.items()
        }
        safetensors.torch.save_file(
            {str(i): each for i, each in enumerate(inputs.values())}, tmp_path / f"{name}.inputs"
        )
        with torch.no_grad():
            expected[name] = network.predict(inputs)
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    quiet = ["-W", "ignore:Using padding"]  # of even kernels, which torch tells once
    command = [sys.executable, "-I", *quiet, "-c", RUNNER, str(torch.get_num_threads()), str(tmp_path)]
    done = subprocess.run(command, cwd=elsewhere, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.strip() == "[]"
    for name, results in expected.items():
        found = safetensors.torch.load_file(tmp_path / f"{name}.outputs")
        assert list(found) == sorted(results) if len(results) > 1 else list(found) == [""]
        for key, result in results.items():
            assert torch.equal(found[key if len(results) > 1 else ""], result), name


def hostile_names(canary: str) -> list[str]:
    """Texts that would become code, or break it, where they are put into source carelessly."""
    run = f"open({canary!r}, 'w')"
    return [
        "", " ", "'", '"', "'''", '"""', "\\", "\\'", '\\"', "\n", "\r", "\r\n", "\t", "\x00", "\x1b[2J", "\x7f",
        "\u2028", "\u2029", "\u202e", "\u200b", "\ufeff", "\ud800", "\U0001f642", "naïve_层", "ﬁ", "é", "a\u0300",
        "None", "class", "self", "__import__('os')", "{0.__class__}", "%s%n", "${HOME}", "$(touch x)", "`x`", "; x",
        "a" * 5000, "'" * 2000, "\\" * 999, "\\N{BULLET}", "\\u0022", "\\x27", "# coding: utf-7", "<b>x</b>", "../x",
        f"x'); {run}; ('", f'x"); {run}; ("', f"']; {run}; ['", f'"]\n{run}\n["', f'"""\n{run}\n"""',
        f"'''\n{run}\n'''", f"\n{run}\n", f"\r{run}\r", f"a\n        {run}\n        #",
        f"\u2028{run}", f"\\'); {run} #",
        f"{{{run}}}", f"x', None); {run}; ('", f"#\n{run}", f"\x0c{run}", f"\\\n{run}", f"__import__('os').{run}",
    ]  # fmt: skip


ALLOWED_IMPORTS = {"torch", "json", "pathlib"}
PURE = set("slice range set len max min sum abs float int any all zip enumerate reversed".split())
ALLOWED_NAMES = {"super", "tuple", "bool", "bytearray", "Path"} | PURE
MANY = 60  # nodes; larger networks say no more about names
FORBIDDEN = (
    ast.AsyncFunctionDef,
    ast.Await,
    ast.Delete,
    ast.Global,
    ast.Lambda,
    ast.Nonlocal,
    ast.Try,
    ast.While,
    ast.With,
)


def calls(tree: ast.AST) -> Iterator[ast.expr]:
    return (node.func for node in ast.walk(tree) if isinstance(node, ast.Call))


def check_shape(source: str) -> ast.Module:
    """Only imports of torch, only calls of torch, of what the file itself defines and of modules on self."""
    tree = ast.parse(source)
    classes = {node.name for node in ast.walk(tree) if isinstance(node, (ast.ClassDef, ast.FunctionDef))}
    classes |= {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
    for node in ast.walk(tree):
        assert not isinstance(node, FORBIDDEN)
        if isinstance(node, ast.Import):
            assert {alias.name for alias in node.names} <= ALLOWED_IMPORTS
        elif isinstance(node, ast.ImportFrom):
            assert node.module in ALLOWED_IMPORTS
        elif isinstance(node, ast.Attribute) and node.attr.startswith("__"):
            assert node.attr == "__init__"
    for func in calls(tree):
        root = func
        while isinstance(root, (ast.Attribute, ast.Subscript, ast.Call)):
            root = root.func if isinstance(root, ast.Call) else root.value
        # A method of something computed is a tensor's; of a table, a look-up.
        assert isinstance(root, (ast.Name, ast.BinOp, ast.BoolOp, ast.Compare, ast.Dict))
        if isinstance(func, ast.Name):
            assert func.id in ALLOWED_NAMES | classes
    for statement in tree.body:
        assert isinstance(statement, (ast.Import, ast.ImportFrom, ast.ClassDef, ast.FunctionDef, ast.Assign, ast.Expr))
        if isinstance(statement, ast.Expr):
            assert isinstance(statement.value, ast.Constant)
    return tree


def scored_by(graph: Graph) -> tuple[str, str]:
    """The node that makes the scores, and its setting that says how many: what is behind it keeps their number."""
    port = graph.incoming[graph.named("loss").id]["prediction"]
    while not (setting := find(graph.nodes[port.node].layer).width_setting):
        port = graph.incoming[port.node]["x"]
    return graph.nodes[port.node].name, setting


@pytest.mark.parametrize("template", [name for name in REGISTRY if len(default(name).nodes) < MANY])
def test_hostile_class_names_stay_texts(template: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    canary = tmp_path / "canary"
    names = hostile_names(str(canary))
    assert len(names) >= 60
    graph = drawn(template, SHAPE, scores=len(names))
    classifies = "label" in graph.by_name
    for names_here in [names, *([name, "other"] for name in names)]:
        drawing = graph
        if classifies:
            scores, setting = scored_by(graph)
            drawing = changed(drawing, "label", params={"classes": names_here})
            drawing = changed(drawing, scores, params={setting: len(names_here)})
        source = python_source(drawing, f"{names_here[0]}.safetensors")
        check_shape(source)
        assert all(line.isascii() for line in source.splitlines() if line.startswith("CLASSES"))
        namespace: dict[str, Any] = {"__name__": "exported"}
        exec(compile(source, "exported.py", "exec"), namespace)
        assert namespace.get("CLASSES", names_here) == names_here
    assert not canary.exists()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "name", ["a'b", "a\nb", "a b", "", "__init__", "forward", "class", "a.forward", "1a", "a..b", "é"]
)
def test_a_node_whose_name_could_be_code_is_refused(name: str) -> None:
    graph = changed(drawn("lenet5"), "conv1", name=name)
    with pytest.raises(WorkbenchError, match="cannot stand in Python"):
        python_source(graph, "w.safetensors")


@pytest.mark.parametrize("field", ["class", "self", "torch", "nn", "None", "load", "Network", "CLASSES", "conv1"])
def test_a_field_may_be_called_anything(field: str) -> None:
    graph = changed(drawn("lenet5"), "image", params={"field": field})
    namespace: dict[str, Any] = {}
    exec(python_source(graph, "w.safetensors"), namespace)
    assert namespace["load"]()(torch.zeros(2, 1, 28, 28)).shape == (2, 10)


def test_two_fields_whose_arguments_could_be_one() -> None:
    graph = line(("a", "Input", {"field": "class"}), ("add", "Add", {}))
    graph = Graph({**graph.nodes, "b": Node("b", "b", "Input", {"field": "class_"})})
    graph = wired(wired(graph, "a.y", "add.x.0"), "b.y", "add.x.1")
    namespace: dict[str, Any] = {}
    exec(python_source(graph, "w.safetensors"), namespace)
    one, two = torch.ones(1, 1, 28, 28), torch.full((1, 1, 28, 28), 2.0)
    assert torch.equal(namespace["load"]()(one, two), one + two)
    assert torch.equal(Network(graph).predict({"class": one, "class_": two})["add"], one + two)


def test_nodes_named_as_the_fields_of_others() -> None:
    """The node b brings in the field a, and the other way round: neither result may cover the other's argument."""
    graph = line(("b", "Input", {"field": "a"}), ("minus", "Add", {}))
    graph = Graph({**graph.nodes, "a": Node("a", "a", "Input", {"field": "b", "mean": [5.0], "std": [1.0]})})
    graph = wired(wired(graph, "b.y", "minus.x.0"), "a.y", "minus.x.1")
    namespace: dict[str, Any] = {}
    exec(python_source(graph, "w.safetensors"), namespace)
    network = Network(graph)
    fields = {"a": torch.ones(1, 1, 28, 28), "b": torch.full((1, 1, 28, 28), 7.0)}
    result = namespace["load"]()(*(fields[name] for name in network.inputs))
    assert torch.equal(result, network.predict(fields)["minus"])
    assert (result == 3).all()


def test_what_only_training_needs_is_left_out() -> None:
    source = python_source(drawn("lenet5"), "w.safetensors")
    assert "CrossEntropyLoss" not in source
    assert "Answer" not in source
    assert "label" not in source


def test_weights_beside_the_results_are_kept() -> None:
    """Keys of the state_dict stay, also of what the outputs do not need."""
    graph = drawn("lenet5")
    graph = replace(graph, nodes={**graph.nodes, "early": Node("early", "early", "Output")})
    graph = wired(graph, "pool2.y", "early.x")
    namespace: dict[str, Any] = {}
    exec(python_source(graph, "w.safetensors"), namespace)
    network = namespace["load"]()
    assert list(network.state_dict()) == list(Network(graph).modules.state_dict())
    assert network(torch.zeros(1, 1, 28, 28)).shape == (1, 16, 5, 5)


def test_it_reads_well() -> None:
    source = python_source(drawn("resnet18", SHAPE), "net.safetensors")
    assert source.startswith('"""A network made with CNN Workbench. Runs with torch alone')
    assert 'network = load("net.safetensors")' in source
    assert "image: (N, 3, 32, 32), bytes 0..255 or numbers 0..1." in source
    assert '        layer1_0_conv1 = self.layer1["0"]["conv1"](maxpool)' in source
    assert max(map(len, source.splitlines())) < 120


def test_a_network_with_problems_is_not_exported(tmp_path: Path) -> None:
    graph = changed(drawn("lenet5"), "conv1", params={"stride": 0})
    with pytest.raises(PlanError, match="conv1: stride must be"):
        Python.write(Network(drawn("lenet5")), graph, tmp_path / "net.py")
    assert list(tmp_path.iterdir()) == []

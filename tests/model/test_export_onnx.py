"""The ONNX export: what is in the file, and that it is not written where ONNX Runtime says something else."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnxruntime
import pytest
import torch

from tests.graph_factories import changed, default, drawn, line, picture
from workbench.core.errors import WorkbenchError
from workbench.core.graph import Edge, Node, Port
from workbench.model.exports import onnx as export
from workbench.model.exports.spec import REGISTRY
from workbench.model.network import Network
from workbench.project.importing import bring_in
from workbench.project.templates.spec import REGISTRY as TEMPLATES

WRITER = REGISTRY["onnx"]
PT2 = REGISTRY["pt2"]


def test_it_answers_for_any_batch_and_says_what_goes_in(tmp_path: Path) -> None:
    graph = changed(drawn("lenet5"), "image", params={"mean": [0.1307], "std": [0.3081]})
    network = Network(graph, seed=2)
    network.set_training(False)
    WRITER.write(network, graph, tmp_path / "net.onnx")
    session = onnxruntime.InferenceSession(tmp_path / "net.onnx", providers=["CPUExecutionProvider"])
    for count in (1, 5):
        x = torch.rand(count, 1, 28, 28)
        (found,) = session.run(None, {"image": x.numpy()})
        with torch.no_grad():
            assert np.allclose(found, next(iter(network.predict({"image": x}).values())).numpy(), atol=1e-5)
    known = {each.key: json.loads(each.value) for each in onnx.load(tmp_path / "net.onnx").metadata_props
             if each.key in ("inputs", "classes")}  # fmt: skip
    assert known["classes"] == [str(number) for number in range(10)]
    assert known["inputs"]["image"]["shape"] == [1, 28, 28]
    assert known["inputs"]["image"]["is_normalised_inside"]
    back = WRITER.read(tmp_path / "net.onnx")
    assert all(torch.equal(back[key], each) for key, each in network.modules.state_dict().items() if key in back)
    assert set(back) >= {"conv1.weight", "fc3.bias"}


@pytest.mark.parametrize("kind", ["onnx", "pt2"])
def test_parameters_and_shapes_leave_the_batch_free(kind: str, tmp_path: Path) -> None:
    """The number of samples in a batch is a size here and no number, which torch would write into the file."""
    graph = line(picture((1, 8, 8)), ("bend", "Reshape", {"shape": [4, 4, 4]}), ("scores", "Output", {}))
    bend, scores = (graph.named(name).id for name in ("bend", "scores"))
    scale = Node("scale", "scale", "Parameter", {"shape": [4, 1, 1], "kind": "map", "initial": "ones"})
    nodes = {**graph.nodes, "scale": scale, "weigh": Node("weigh", "weigh", "Multiply")}
    wires = [(Port(bend, "y"), "weigh.x.0"), (Port("scale", "y"), "weigh.x.1")]
    edges = [edge for edge in graph.edges if edge.target.node != scores]
    edges += [Edge(source, Port(*target.split(".", 1))) for source, target in wires]
    graph = replace(graph, nodes=nodes, edges=(*edges, Edge(Port("weigh", "y"), Port(scores, "x"))))
    network = Network(graph)
    network.set_training(False)
    out = tmp_path / f"net.{kind}"
    REGISTRY[kind].write(network, graph, out)
    x = torch.rand(5, 1, 8, 8)
    expected = next(iter(network.predict({"image": x}).values())).detach()
    if kind == "pt2":
        (found,) = torch.export.load(out).module()(x).values()
        assert torch.equal(found, expected)
    else:
        session = onnxruntime.InferenceSession(out, providers=["CPUExecutionProvider"])
        assert np.allclose(session.run(None, {"image": x.numpy()})[0], expected.numpy())


@pytest.mark.parametrize("template", ["textcnn", "convncf", "fcn1d", "resnet20", "srcnn", "squeezenet1_1"])
def test_it_writes_templates_of_every_kind(template: str, tmp_path: Path) -> None:
    """Those that take long are held to it by bench/template_onnx.py."""
    graph = default(template) if TEMPLATES[template].reads else drawn(template, (3, 32, 32))
    network = Network(graph)
    network.set_training(False)
    WRITER.write(network, graph, tmp_path / "net.onnx")  # refuses what ONNX Runtime answers otherwise
    back = WRITER.read(tmp_path / "net.onnx")
    assert all(torch.equal(back[key], each) for key, each in network.modules.state_dict().items() if key in back)


def test_codes_are_searched_with_the_step_that_the_weights_allow(tmp_path: Path) -> None:
    """The step follows from the filters' spectrum, which ONNX does not know, so it goes out as a number."""
    layer = ("codes", "SparseCode2d", {"out_channels": 3, "kernel_size": 3, "iterations": 4})
    graph = line(picture((1, 9, 9)), layer, ("scores", "Output", {}))
    network = Network(graph)
    network.set_training(False)
    for strength in (1.0, 3.0):
        with torch.no_grad():
            network.modules.get_parameter("codes.weight").mul_(strength)
        WRITER.write(network, graph, tmp_path / "net.onnx")


def test_what_it_has_written_comes_in_again(tmp_path: Path) -> None:
    graph = drawn("small-resnet", (3, 32, 32))
    network = Network(graph, seed=3)
    network.set_training(False)
    WRITER.write(network, graph, tmp_path / "net.onnx")
    brought = bring_in(str(tmp_path / "net.onnx"))
    assert brought.imported.unread == ()
    assert brought.problems == ()
    other = Network(brought.project.graph)
    other.modules.load_state_dict(dict(brought.tensors))
    other.set_training(False)
    x = torch.rand(2, 3, 32, 32)
    with torch.no_grad():
        ours, theirs = (next(iter(each.predict({"image": x}).values())) for each in (network, other))
    assert torch.allclose(ours, theirs, atol=1e-5)


def test_a_mean_of_maps_that_lie_channels_last_comes_in_again(tmp_path: Path) -> None:
    """ConvNeXt's end; torch would write such a mean as places in memory that are gathered."""
    graph = line(
        picture((3, 8, 8)), ("last", "Permute", {}), ("norm", "LayerNorm", {}),
        ("first", "Permute", {"dims": [0, 3, 1, 2]}), ("pool", "AdaptiveAvgPool2d", {}), ("out", "Output", {}),
    )  # fmt: skip
    network = Network(graph)
    network.set_training(False)
    WRITER.write(network, graph, tmp_path / "net.onnx")
    brought = bring_in(str(tmp_path / "net.onnx"))
    assert (brought.imported.unread, brought.problems) == ((), ())
    pools = [module for module in network.modules.modules() if isinstance(module, torch.nn.AdaptiveAvgPool2d)]
    assert [len(module._forward_pre_hooks) for module in pools] == [0]


def test_other_answers_are_not_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    graph = drawn("lenet5")
    network = Network(graph)
    network.set_training(False)
    monkeypatch.setattr(export, "AGREEMENT", -1.0)
    with pytest.raises(WorkbenchError, match="gives other numbers for"):
        WRITER.write(network, graph, tmp_path / "net.onnx")
    monkeypatch.setattr(export, "LARGEST", 1000)
    with pytest.raises(WorkbenchError, match="one file may have 1,000"):
        WRITER.write(network, graph, tmp_path / "net.onnx")
    assert list(tmp_path.iterdir()) == []


def test_what_torch_cannot_export_is_a_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: object, **__: object) -> None:
        raise RuntimeError("no such operator\nand more")

    monkeypatch.setattr(torch.onnx, "export", fails)
    network = Network(drawn("lenet5"))
    network.set_training(False)
    with pytest.raises(WorkbenchError, match=r"cannot export this network to ONNX: no such operator$"):
        WRITER.write(network, drawn("lenet5"), tmp_path / "net.onnx")


def test_the_preparation_of_pictures_comes_back_with_the_input(tmp_path: Path) -> None:
    settings = {"mean": [0.1, 0.2, 0.3], "std": [0.3, 0.4, 0.5]}
    graph = changed(drawn("lenet5", (3, 32, 32)), "image", params=settings)
    network = Network(graph, seed=2)
    WRITER.write(network, graph, tmp_path / "net.onnx")
    brought = bring_in(str(tmp_path / "net.onnx"))
    start = brought.project.graph.named("image")
    assert start.params["mean"] == pytest.approx(settings["mean"])
    assert start.params["std"] == pytest.approx(settings["std"])
    assert brought.tensors.keys() == network.modules.state_dict().keys()
    assert "It takes off a mean and divides first; the Input node does that now." in brought.report()


@pytest.mark.parametrize("layer", [("Reshape", {"shape": [4, 4, 16]}), ("StochasticDepth", {"p": 0.5})])
def test_any_number_of_samples_goes_through(tmp_path: Path, layer: tuple[str, dict[str, Any]]) -> None:
    graph = line(picture((1, 8, 8)), ("a", "Conv2d", {"out_channels": 4}), ("b", *layer), ("c", "Output", {}))
    network = Network(graph)
    network.set_training(False)
    WRITER.write(network, graph, tmp_path / "net.onnx")
    session = onnxruntime.InferenceSession(str(tmp_path / "net.onnx"))
    for count in (1, 5):
        (found,) = session.run(None, {"image": np.zeros((count, 1, 8, 8), np.float32)})
        assert len(found) == count
    PT2.write(network, graph, tmp_path / "net.pt2")


def test_a_version_that_torch_does_not_write_is_refused(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    graph = drawn("lenet5", (1, 32, 32))
    with pytest.raises(WorkbenchError, match=r"version 9 \(it needs"):
        WRITER.write(Network(graph), graph, tmp_path / "net.onnx", opset="9")
    assert not (tmp_path / "net.onnx").exists()
    assert capfd.readouterr().err == ""

"""diff: what two networks differ in, on the command line."""

from __future__ import annotations

from pathlib import Path

from tests.cli.conftest import Run
from tests.graph_factories import changed, drawn
from workbench.project import storage
from workbench.project.document import Project


def test_two_projects(cli: Run, tmp_path: Path) -> None:
    graph = drawn("lenet5")
    storage.save(Project("a", graph), tmp_path / "a.cnn")
    storage.save(Project("b", changed(graph, "fc1", params={"out_features": 60})), tmp_path / "b.cnn")
    answer = cli("diff", tmp_path / "a.cnn", tmp_path / "b.cnn")
    assert answer.code == 1
    assert answer.out.splitlines() == ["~ fc1: out_features 120 → 60", "parameters: 61,706 → 32,606",
                                       "macs: 416,520 → 387,480", "memory: 63,152 → 62,672"]  # fmt: skip
    found = cli("diff", tmp_path / "a.cnn", tmp_path / "b.cnn", "--json").json
    assert found["changes"] == [{"kind": "changed", "node": "fc1", "what": "out_features", "before": 120, "after": 60}]


def test_the_same_network(cli: Run, tmp_path: Path) -> None:
    storage.save(Project("a", drawn("lenet5")), tmp_path / "a.cnn")
    answer = cli("diff", tmp_path / "a.cnn", tmp_path / "a.cnn")
    assert (answer.code, answer.out) == (0, "a.cnn and a.cnn have the same network.\n")


def test_the_network_of_a_run(cli: Run, tmp_path: Path, tiny_data: Path) -> None:
    file = tmp_path / "net.cnn"
    assert cli("new", "lenet5", file, "--data", f"npz:{tiny_data}").code == 0
    assert cli("train", file, "--epochs", "1").code == 0
    project = storage.load(file)
    storage.save(Project(project.uuid, changed(project.graph, "conv1", params={"out_channels": 3}), project.data), file)
    answer = cli("diff", file, file, "--run-a", "run-001")
    assert "~ conv1: out_channels 6 → 3" in answer.out.splitlines()
    assert cli("diff", file, file, "--run-a", "run-009").code == 2

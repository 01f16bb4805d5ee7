"""One project of every file format ever written; each must open for good, whole, and go back as it was."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from tests.graph_factories import drawn
from workbench.core.edits import SetField
from workbench.core.frames import Frame
from workbench.core.framing import add_frame
from workbench.model.problems import find_problems
from workbench.project import storage
from workbench.project.checks import project_problems
from workbench.project.document import Project, unknown_settings
from workbench.project.migrations import FORMAT, STEPS

SAMPLES = sorted(Path(__file__).parent.glob("*.cnn"))
ONE, NEWEST = (Path(__file__).with_name(f"format-{number}.cnn") for number in (1, FORMAT))


def test_every_format_has_a_sample_that_says_so() -> None:
    numbers = set()
    for path in SAMPLES:
        match = re.fullmatch(r"format-(\d+)(-\w+)?", path.stem)
        assert match
        assert json.loads(path.read_text("utf-8"))["format"] == int(match[1])
        numbers.add(int(match[1]))
    assert sorted(numbers) == list(range(1, FORMAT + 1))
    assert sorted(STEPS) == list(range(1, FORMAT))


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_it_opens_and_goes_back(path: Path, tmp_path: Path) -> None:
    project = storage.load(path)
    storage.save(project, tmp_path / "again.cnn")
    again = storage.load(tmp_path / "again.cnn")
    assert again == project
    written = json.loads((tmp_path / "again.cnn").read_text("utf-8"))
    assert written["format"] == FORMAT
    if path.stem == f"format-{FORMAT}":
        assert written == json.loads(path.read_text("utf-8"))
        assert (tmp_path / "again.cnn").read_bytes() == path.read_bytes()


def keys(tree: Any) -> set[str]:
    """Every key at any depth."""
    if isinstance(tree, dict):
        return set(tree).union(*map(keys, tree.values()))
    return set().union(*map(keys, tree)) if isinstance(tree, list) else set()


@pytest.mark.parametrize("path", [ONE, NEWEST], ids=lambda path: path.stem)
def test_a_sample_holds_everything_that_a_file_may_hold(path: Path) -> None:
    tree = json.loads(path.read_text("utf-8"))
    assert {"bypass", "frozen", "init", "share_with", "folded", "ports", "block"} <= keys(tree)
    project = storage.load(path)
    assert project.extra
    assert project.graph.extra
    assert any(node.extra for node in project.graph)
    assert any(edge.extra for edge in project.graph.edges)
    assert any(group.extra for group in project.graph.groups.values())
    assert unknown_settings(project) == ["data.cache", "training.sharpness"]


def test_format_1_means_what_it_meant() -> None:
    project = storage.load(ONE)
    (unknown,) = find_problems(project.graph)
    assert unknown.message == 'stem.0.act: is a "GlowUnit", which this version does not know. It is kept as it is.'
    assert unknown in project_problems(project)
    node = project.graph.named("stem.0.act")
    known = project.apply(SetField(node.id, "bypass", False, True)).graph
    assert [problem.node for problem in find_problems(known)] == ["stem.0.act"]
    config = project.training_config()
    assert (config.optimizer, config.lr, config.schedule, config.seed) == ("SGD", 0.05, "cosine", 3)
    assert project.graph.named("label").params["classes"] == ['Größe "A"', "b\nc"]


def test_format_1_trains_once_its_layer_is_known() -> None:
    tree = json.loads(ONE.read_text("utf-8"))
    tree["graph"]["nodes"][2] |= {"layer": "LeakyReLU", "params": {}}
    import torch

    from workbench.model.network import Network
    from workbench.project.format import Reader

    graph = Reader("format-1.cnn").project(tree).graph
    assert find_problems(graph) == []
    network = Network(graph, seed=3)
    fields = {"image": torch.rand(2, 1, 28, 28), "label": torch.tensor([0, 1])}
    network.objective(network.train_batch(fields).losses).backward()
    assert {name.rpartition(".")[0] for name, _ in network.named_parameters()} == {"left", "fc"}
    assert list(network.predict(fields)) == ["scores"]


@pytest.mark.parametrize("name", ["lenet5", "small-resnet"])
def test_a_file_without_frames_has_no_word_of_them(name: str, tmp_path: Path) -> None:
    """Frames came later, within format 1: what is written without them is what was written before."""
    project = Project("id", drawn(name))
    storage.save(project, tmp_path / "plain.cnn")
    assert '"frames"' not in (tmp_path / "plain.cnn").read_text("utf-8")
    assert storage.load(ONE).graph.frames == {}
    framed = project.apply(add_frame(project.graph, Frame("Stem", area=(0.0, 0.0, 90.0, 50.0))))
    storage.save(framed, tmp_path / "framed.cnn")
    before, after = (json.loads((tmp_path / each).read_text("utf-8")) for each in ("plain.cnn", "framed.cnn"))
    (frame,) = after["graph"].pop("frames")
    assert after == before
    assert frame == {"id": frame["id"], "title": "Stem", "area": [0.0, 0.0, 90.0, 50.0]}

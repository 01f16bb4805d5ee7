"""The contract of every exporter in the registry: a new exporter file is held to it without a change here."""

from __future__ import annotations

import errno
import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import safetensors.torch
import torch

import workbench.model.exports
from tests.graph_factories import changed, drawn
from workbench.core.errors import UsageError
from workbench.core.files import WriteError
from workbench.core.graph import Graph
from workbench.model.exports.spec import REGISTRY, Exporter, chosen_options, exporter_for
from workbench.model.network import Network
from workbench.model.plan import PlanError

EXPORTERS = [cls for _, cls in REGISTRY.items()]
SMALL = ("lenet5", "small-resnet", "autoencoder", "vae32")
SHAPE = (1, 32, 32)
TABLES = ("csv", "markdown", "latex")
WEIGHTY = [cls for cls in EXPORTERS if cls.has_weights]
weighty_exporter = pytest.mark.parametrize("cls", WEIGHTY, ids=lambda cls: cls.name)
every_exporter = pytest.mark.parametrize("cls", EXPORTERS, ids=lambda cls: cls.name)


def network_of(graph: Graph, seed: int) -> Network:
    """A network whose running statistics differ from those that it begins with."""
    network = Network(graph, seed=seed)
    generator = torch.Generator().manual_seed(seed)
    for key, tensor in network.modules.state_dict().items():
        if key.endswith(("running_mean", "running_var")):
            tensor.uniform_(0.5, 1.5, generator=generator)
    network.set_training(False)
    return network


def answers(network: Network) -> dict[str, torch.Tensor]:
    generator = torch.Generator().manual_seed(9)
    inputs = {name: torch.rand(2, *shape, generator=generator) for name, shape in network.inputs.items()}
    with torch.no_grad():
        return network.predict(inputs)


def painted(graph: Graph, suffix: str, *, colours: str, background: str) -> bytes:
    """In the place of a picture, what it would be of."""
    return "\n".join([suffix, colours, background, *(f"{each.name} {dict(each.params)}" for each in graph)]).encode()


def write(cls: type[Exporter], graph: Graph, out: Path, **options: Any) -> list[Path]:
    """Writes a network as people would."""
    paint = {"paint": painted} if cls.is_picture else {}
    return cls.write(network_of(graph, 1) if cls.has_weights else None, graph, out, **options, **paint)


@every_exporter
def test_it_is_described(cls: type[Exporter]) -> None:
    assert REGISTRY[cls.name] is cls
    assert re.fullmatch(r"[a-z][a-z0-9_]*", cls.name)
    assert cls.name != "picture", "the canvas is exported by that name"
    assert cls.title[:1].isupper()
    assert [other for other in EXPORTERS if other.title == cls.title] == [cls]
    assert all(re.fullmatch(r"\.[a-z0-9]+", suffix) for suffix in (cls.suffix, *cls.beside))
    assert cls.summary().endswith(".")
    assert cls.summary() == (cls.__dict__.get("__doc__") or "").strip()


def test_each_file_holds_one_exporter() -> None:
    found = {path.stem for path in Path(workbench.model.exports.__path__[0]).glob("*.py")} - {"__init__", "spec"}
    found = {stem for stem in found if not stem.startswith("base_")}
    assert {cls.__module__.rpartition(".")[2] for cls in EXPORTERS} == found == {cls.name for cls in EXPORTERS}


@weighty_exporter
@pytest.mark.parametrize("template", SMALL)
def test_what_is_read_back_gives_equal_answers(cls: type[Exporter], template: str, tmp_path: Path) -> None:
    graph = drawn(template, SHAPE)
    network, out = network_of(graph, 3), tmp_path / f"net{cls.suffix}"
    before = {key: tensor.clone() for key, tensor in network.modules.state_dict().items()}
    written = cls.write(network, graph, out)
    assert written[0] == out
    assert [path.suffix for path in written] == [cls.suffix, *cls.beside]
    assert sorted(tmp_path.iterdir()) == sorted(written), "nothing else is written"
    other = network_of(graph, 4)
    assert not all(torch.equal(answers(other)[name], result) for name, result in answers(network).items())
    found = other.modules.load_state_dict(dict(cls.read(out)), strict=False)  # what no answer needs may be left out
    assert not found.unexpected_keys
    for name, result in answers(network).items():
        assert torch.equal(answers(other)[name], result)
    assert all(torch.equal(before[key], each) for key, each in network.modules.state_dict().items())


@every_exporter
def test_a_file_that_was_there_stays_whole_where_it_cannot_be_written(
    cls: type[Exporter], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    graph, out = drawn("lenet5", SHAPE), tmp_path / f"net{cls.suffix}"
    other = changed(graph, "fc1", params={"out_features": 12})
    written = write(cls, graph, out)
    before = {path: path.read_bytes() for path in written}

    def full(*_: Any, **__: Any) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "replace", full)
    with pytest.raises(WriteError):
        write(cls, other, out)
    assert {path: path.read_bytes() for path in tmp_path.iterdir()} == before
    monkeypatch.undo()
    write(cls, other, out)
    assert {path: path.read_bytes() for path in written} != before


@every_exporter
def test_one_name_is_one_file_whatever_its_letters(cls: type[Exporter]) -> None:
    assert exporter_for(cls.name, Path(f"a.b{cls.suffix}")) is cls
    assert exporter_for(cls.name, Path(f"A{cls.suffix.upper()}")) is cls
    for wrong in ("net", "net.zip", f"net{cls.suffix}.zip", "."):
        with pytest.raises(UsageError, match=re.escape(f"ends in {cls.suffix}, such as")):
            exporter_for(cls.name, Path(wrong))


def test_code_of_a_network_with_problems_is_not_written(tmp_path: Path) -> None:
    graph = changed(drawn("lenet5"), "conv1", params={"stride": 0})
    with pytest.raises(PlanError, match="conv1: stride must be"):
        REGISTRY["python"].write(Network(drawn("lenet5")), graph, tmp_path / "net.py")
    assert list(tmp_path.iterdir()) == []


def test_weights_have_the_keys_of_the_state_dict(tmp_path: Path) -> None:
    graph = drawn("small-resnet", SHAPE)
    network = network_of(graph, 5)
    REGISTRY["safetensors"].write(network, graph, tmp_path / "net.safetensors")
    found = safetensors.torch.load_file(tmp_path / "net.safetensors")
    ours = network.modules.state_dict()
    assert found.keys() == ours.keys()
    assert all(torch.equal(found[key], ours[key]) for key in ours)


RUNNER = """
import sys, torch
for name in ("workbench", "safetensors", "safetensors.torch", "numpy"):
    sys.modules[name] = None  # as if it were not installed
sys.path.insert(0, sys.argv[1])
import net
network = net.load(sys.argv[1] + "/net.safetensors")
with torch.no_grad():
    print(network(torch.full((1, 1, 32, 32), 0.25)).double().sum().item())
"""


def test_code_runs_in_a_process_without_this_program(tmp_path: Path) -> None:
    graph = drawn("lenet5", SHAPE)
    network = network_of(graph, 6)
    REGISTRY["python"].write(network, graph, tmp_path / "net.py")
    command = [sys.executable, "-I", "-W", "ignore", "-c", RUNNER, str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    with torch.no_grad():
        (expected,) = network.predict({"image": torch.full((1, 1, 32, 32), 0.25)}).values()
    assert float(done.stdout) == pytest.approx(float(expected.double().sum()), rel=1e-5)


@every_exporter
def test_every_choice_of_an_option_writes_a_file(cls: type[Exporter], tmp_path: Path) -> None:
    graph = drawn("lenet5", SHAPE)
    for option in cls.options:
        assert option.title[:1].isupper()
        assert len(option.choices) > 1
        for number, choice in enumerate(option.choices):
            (path, *_) = write(cls, graph, tmp_path / f"{option.name}{number}{cls.suffix}", **{option.name: choice})
            assert path.stat().st_size > 0
        files = {path.read_bytes() for path in tmp_path.glob(f"{option.name}*{cls.suffix}")}
        assert len(files) == len(option.choices)


def test_options_are_checked() -> None:
    assert chosen_options(REGISTRY["dot"], {}) == {"direction": "left to right"}
    with pytest.raises(UsageError, match='cannot be "up"; it is one of left to right, top to bottom'):
        chosen_options(REGISTRY["dot"], {"direction": "up"})
    with pytest.raises(UsageError, match='no option "opset"'):
        chosen_options(REGISTRY["csv"], {"opset": "17"})


def test_classes_and_preparation_are_beside_the_weights(tmp_path: Path) -> None:
    graph = changed(drawn("lenet5", SHAPE), "image", params={"mean": [0.1], "std": [0.3]})
    _, beside = write(REGISTRY["safetensors"], graph, tmp_path / "net.safetensors")
    found = json.loads(beside.read_text())
    assert found["weights"] == "net.safetensors"
    assert found["classes"] == [str(number) for number in range(10)]
    assert found["inputs"]["image"]["mean"] == [0.1]


def test_the_table_of_layers_as_text(tmp_path: Path) -> None:
    graph = drawn("lenet5", SHAPE)
    texts = {
        name: write(REGISTRY[name], graph, tmp_path / f"t{REGISTRY[name].suffix}")[0].read_text() for name in TABLES
    }
    assert "conv1,Conv2d,6×32×32,156,153600,24576,5×5" in texts["csv"].splitlines()
    assert "| conv1 | Conv2d | 6×32×32 | 156 | 153,600 | 24.6 kB | 5×5 |" in texts["markdown"].splitlines()
    assert (
        r"conv1 & Conv2d & 6$\times$32$\times$32 & 156 & 153,600 & 24.6 kB & 5$\times$5 \\"
        in texts["latex"].splitlines()
    )


def test_groups_are_clusters_for_graphviz(tmp_path: Path) -> None:
    (path,) = write(REGISTRY["dot"], drawn("resnet18", (3, 64, 64)), tmp_path / "net.dot")
    text = path.read_text()
    assert text.count("subgraph") == 8
    assert 'label="layer1.0"' in text
    assert '[label="64×32×32"]' in text
    assert text.count("{") == text.count("}")


def test_an_empty_cell_is_empty_and_a_formula_is_none(tmp_path: Path) -> None:
    graph = drawn("lenet5", SHAPE)
    (path,) = write(REGISTRY["csv"], graph, tmp_path / "t.csv")
    assert path.read_text().splitlines()[-1].startswith("total,,,")

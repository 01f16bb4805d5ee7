"""Archives of torch.export as graphs: real networks with their recorded answers, and damaged or hostile archives."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn import functional as F

from tests.graph_factories import changed, drawn
from tests.model.imported_answers import answers as all_answers
from workbench.core.errors import UnreadableError
from workbench.model.exports.spec import REGISTRY
from workbench.model.network import Network
from workbench.model.translation.imported import Imported
from workbench.project.importing import bring_in

RECORDED = {"plain_mnist": "plain_mnist", "resnet_mnist": "resnet_mnist", "resnet_mnist_fixed_batch": "resnet_mnist"}


def answers(imported: Imported, x: torch.Tensor) -> torch.Tensor:
    """What the first output gives."""
    return all_answers(imported, x)[0]


class Turned(nn.Module):
    """Reads a picture column by column."""

    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv1d(5, 3, 3)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        found: torch.Tensor = self.conv(x.squeeze(1).transpose(1, 2)).flatten(1)
        return found


def test_rows_that_were_exchanged_with_channels_are_a_map(tmp_path: Path) -> None:
    module = Turned()
    brought = bring_in(str(exported(tmp_path / "net.pt2", module, 1, 7, 5)))
    assert brought.problems == ()
    x = torch.randn(2, 1, 7, 5)
    with torch.no_grad():
        assert torch.allclose(answers(brought.imported, x), module(x), atol=1e-6)


def test_a_network_with_an_lstm_has_no_other_problem(shared_data: Path) -> None:
    brought = bring_in(str(shared_data / "models" / "conv_lstm_mnist.pt2"))
    assert not [text for text in brought.problems if text.startswith("conv:")]


def exported(path: Path, module: nn.Module, *shape: int, free_batch: bool = True) -> Path:
    """A module as torch.export writes it."""
    example = torch.randn(2, *shape)
    sizes = ({0: torch.export.Dim.AUTO},) if free_batch else None
    torch.export.save(torch.export.export(module.eval(), (example,), dynamic_shapes=sizes), path)
    return path


def agrees(path: Path, module: nn.Module, *shape: int) -> Imported:
    """Imports an archive, and holds what it gives to what the module gives."""
    brought = bring_in(str(path))
    assert brought.problems == ()
    x = torch.randn(3, *shape)
    with torch.no_grad():
        wanted = module.eval()(x)
    found = answers(brought.imported, x)
    assert (found - wanted).abs().max() <= 1e-5 * wanted.abs().max()
    return brought.imported


@pytest.mark.parametrize("name", RECORDED)
def test_a_real_network_gives_what_was_recorded(name: str, shared_data: Path) -> None:
    recorded = np.load(shared_data / "models" / f"{RECORDED[name]}.expected.npz")
    imported = bring_in(str(shared_data / "models" / f"{name}.pt2")).imported
    found = answers(imported, torch.from_numpy(recorded["input"])).numpy()
    assert np.abs(found - recorded["output"]).max() / np.abs(recorded["output"]).max() < 1e-4


def test_a_batch_that_was_fixed_is_free_and_said(shared_data: Path) -> None:
    notes = bring_in(str(shared_data / "models" / "resnet_mnist_fixed_batch.pt2")).report()
    assert "It was written for batches of exactly 2; here they may have any size." in notes


def test_what_is_not_understood_is_named_and_the_rest_drawn(shared_data: Path) -> None:
    brought = bring_in(str(shared_data / "models" / "conv_lstm_mnist.pt2"))
    assert [each.kind for each in brought.imported.unread] == ["lstm", "select"]
    assert {"Conv1d", "ReLU", "Linear"} <= {node.layer for node in brought.project.graph}


class Mixed(nn.Module):
    """Steps of every kind that the reader has a rule for."""

    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(3, 8, 3, stride=2, padding=1, groups=1)
        self.up = nn.ConvTranspose2d(8, 8, 2, stride=2)
        self.norms = nn.ModuleList([nn.BatchNorm2d(8), nn.GroupNorm(2, 8)])
        self.slope = nn.PReLU(8)
        self.gamma = nn.Parameter(torch.randn(8, 1, 1))
        self.fc = nn.Linear(8 * 4 * 4, 5)
        self.last = nn.LayerNorm(5)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = self.slope(self.norms[1](self.norms[0](self.up(self.conv(x))))) * self.gamma
        x = F.pad(x, (1, 2, 1, 2), mode="reflect") + F.hardtanh(F.pad(x, (1, 2, 1, 2)), -2.0, 2.0)
        x = F.interpolate(F.relu6(x), scale_factor=2.0, mode="bilinear", align_corners=False)
        first, second = torch.chunk(x, 2, dim=1)
        x = torch.cat([F.silu(first), torch.clamp(second, 0.0, 6.0)], dim=1)[:, :8]
        x = F.adaptive_avg_pool2d(F.max_pool2d(x, 2), 4) - 0.5 * F.adaptive_max_pool2d(x, 4)
        found: torch.Tensor = self.last(F.dropout(self.fc(x.flatten(1)), 0.1, self.training))
        return found


@pytest.mark.parametrize("free_batch", [True, False])
def test_every_kind_of_step_gives_what_torch_gives(tmp_path: Path, *, free_batch: bool) -> None:
    torch.manual_seed(0)
    module = Mixed()
    path = exported(tmp_path / "mixed.pt2", module, 3, 16, 16, free_batch=free_batch)
    imported = agrees(path, module, 3, 16, 16)
    assert {"Pad", "Interpolate", "ReLU6", "Hardtanh", "Slice", "PReLU", "Parameter"} <= {
        node.layer for node in imported.graph
    }


def test_what_was_taken_apart_into_core_operations_comes_together_again(tmp_path: Path) -> None:
    module = nn.Sequential(nn.Conv2d(1, 4, 3), nn.BatchNorm2d(4), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(36, 3))
    module.eval()
    program = torch.export.export(module, (torch.randn(2, 1, 8, 8),)).run_decompositions()
    torch.export.save(program, tmp_path / "core.pt2")
    imported = agrees(tmp_path / "core.pt2", module, 1, 8, 8)
    assert [node.layer for node in imported.graph if node.layer != "Input"] == [
        "Conv2d", "BatchNorm2d", "MaxPool2d", "Reshape", "Linear",
    ]  # fmt: skip


def rewritten(path: Path, out: Path, change: Callable[[dict[str, Any]], None], member: str = "model.json") -> Path:
    """A copy of an archive in which the JSON of one member is changed."""
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(out, "w") as new:
        for info in old.infolist():
            data = old.read(info)
            if info.filename.endswith(member):
                table = json.loads(data)
                change(table)
                data = json.dumps(table).encode()
            new.writestr(info.filename, data)
    return out


def _of_the_future(table: dict[str, Any]) -> None:
    table["schema_version"]["major"] = 99


def _without_steps(table: dict[str, Any]) -> None:
    del table["graph_module"]["graph"]["nodes"]


def _without_sizes(table: dict[str, Any]) -> None:
    table["graph_module"]["graph"]["tensor_values"] = {}


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (_of_the_future, "version 99"),
        (_without_steps, "not as torch.export writes it"),
        (_without_sizes, "not as torch.export writes it"),
    ],
)
def test_a_graph_that_is_odd_is_refused(tmp_path: Path, change: Callable[[dict[str, Any]], None], words: str) -> None:
    path = exported(tmp_path / "good.pt2", nn.Sequential(nn.Conv2d(1, 2, 3)), 1, 8, 8)
    with pytest.raises(UnreadableError, match=words):
        bring_in(str(rewritten(path, tmp_path / "odd.pt2", change)))


def _pickled(table: dict[str, Any]) -> None:
    table["config"]["0.weight"]["use_pickle"] = True


def _cut_short(table: dict[str, Any]) -> None:
    table["config"]["0.weight"]["tensor_meta"]["sizes"][0]["as_int"] = 200


def _from_before(table: dict[str, Any]) -> None:
    table["config"]["0.weight"]["tensor_meta"]["storage_offset"]["as_int"] = -4


@pytest.mark.parametrize(("change", "words"), [(_pickled, "pickled"), (_cut_short, "cut"), (_from_before, "cut")])
def test_weights_that_are_pickled_or_lie_about_their_size_are_refused(
    tmp_path: Path, change: Callable[[dict[str, Any]], None], words: str
) -> None:
    path = exported(tmp_path / "good.pt2", nn.Sequential(nn.Conv2d(1, 2, 3)), 1, 8, 8)
    with pytest.raises(UnreadableError, match=words):
        bring_in(str(rewritten(path, tmp_path / "odd.pt2", change, "model_weights_config.json")))


@pytest.mark.parametrize(
    "target", ["torch.ops.aten.from_file.default", "os.system", "torch.ops.aten.relu.__class__", "torch.ops.x.y.z"]
)
def test_no_step_of_a_file_is_called_that_no_layer_computes(tmp_path: Path, target: str) -> None:
    path = exported(tmp_path / "good.pt2", nn.Sequential(nn.Conv2d(1, 2, 3), nn.ReLU()), 1, 8, 8)

    def change(table: dict[str, Any]) -> None:
        table["graph_module"]["graph"]["nodes"][1]["target"] = target

    brought = bring_in(str(rewritten(path, tmp_path / "odd.pt2", change)))
    (unread,) = brought.imported.unread
    assert unread.kind in target


@pytest.mark.parametrize(
    ("members", "words"),
    [
        (("net/code/__torch__.py", "net/data.pkl"), "TorchScript"),
        (("net/data.pkl",), "weights without a network"),
        (("serialized_exported_program.json",), "torch 2.6 or earlier"),
        (("readme.txt",), "no archive of torch.export"),
    ],
)
def test_an_archive_of_another_kind_is_named(tmp_path: Path, members: tuple[str, ...], words: str) -> None:
    with zipfile.ZipFile(tmp_path / "net.pt2", "w") as archive:
        for name in members:
            archive.writestr(name, b"")
    with pytest.raises(UnreadableError, match=words):
        bring_in(str(tmp_path / "net.pt2"))


def test_an_archive_that_claims_more_than_it_can_hold_is_refused(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "bomb.pt2", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("models/model.json", b" " * (200 << 20))
    with pytest.raises(UnreadableError, match="far more than the file"):
        bring_in(str(tmp_path / "bomb.pt2"))


def test_a_file_that_is_no_archive_is_refused(tmp_path: Path) -> None:
    (tmp_path / "net.pt2").write_bytes(b"version https://git-lfs.github.com/spec/v1\n")
    with pytest.raises(UnreadableError, match="Git LFS"):
        bring_in(str(tmp_path / "net.pt2"))


def test_our_own_export_comes_back_as_it_was(tmp_path: Path) -> None:
    graph = changed(drawn("lenet5", (1, 32, 32)), "image", params={"mean": [0.1], "std": [0.3]})
    network = Network(graph, seed=3)
    REGISTRY["pt2"].write(network, graph, tmp_path / "own.pt2")
    brought = bring_in(str(tmp_path / "own.pt2"))
    start = brought.project.graph.named("image")
    assert start.params["mean"] == pytest.approx([0.1])
    assert start.params["std"] == pytest.approx([0.3])
    assert brought.tensors.keys() == network.modules.state_dict().keys()
    x = torch.rand(2, 1, 32, 32)
    with torch.no_grad():
        (wanted,) = network.predict({"image": x}).values()
    assert torch.allclose(answers(brought.imported, x), wanted, atol=1e-6)


def test_a_mean_that_something_else_uses_too_stays_a_node(tmp_path: Path) -> None:
    class Net(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.mean = nn.Parameter(torch.rand(3, 1, 1))
            self.conv = nn.Conv2d(3, 3, 3)

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            y = self.conv(x - self.mean) + x[:, :, 1:-1, 1:-1]
            return torch.flatten(F.adaptive_avg_pool2d(y, 1), 1)

    module = Net()
    imported = agrees(exported(tmp_path / "net.pt2", module, 3, 8, 8), module, 3, 8, 8)
    assert {"Subtract", "Parameter", "Slice"} <= {node.layer for node in imported.graph}

"""Networks in Python files: run only on request, in a process of their own."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
import torch
from torch import nn

from workbench.core.errors import UsageError, WorkbenchError
from workbench.model.imports.spec import question_before
from workbench.model.translation import run_file
from workbench.model.translation.passed import from_folder
from workbench.project.importing import bring_in

NET = """
from pathlib import Path
import torch
from torch import nn
Path(__file__).with_suffix(".ran").touch()
class Block(nn.Module):
    def __init__(self, width=8):
        super().__init__()
        self.conv = nn.Conv2d(width, width, 3, padding=1)
    def forward(self, x):
        return x + torch.relu(self.conv(x))
class Net(nn.Module):
    def __init__(self, classes=5):
        super().__init__()
        self.stem = nn.Conv2d(3, 8, 3, stride=2)
        self.blocks = nn.Sequential(Block(), Block())
        self.fc = nn.Linear(8 * 15 * 15, classes)
    def forward(self, x):
        return self.fc(torch.flatten(self.blocks(self.stem(x)), 1))
torch.manual_seed(3)
net = Net(7)
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "net.py"
    path.write_text(NET)
    return path


def test_a_file_is_not_run_unless_it_may_be(file: Path) -> None:
    assert "Do you trust it?" in question_before(str(file))
    with pytest.raises(UsageError, match="--trust"):
        bring_in(str(file))
    assert not file.with_suffix(".ran").exists()


def test_a_network_comes_with_its_weights_and_the_size_that_it_takes(file: Path) -> None:
    brought = bring_in(f"{file}:net", may_run=True)
    assert brought.problems == ()
    assert "It takes 3×32×32, which was found by trying; name another size behind it: :3×32×32." in brought.report()
    assert brought.tensors["fc.weight"].shape == (7, 1800)
    torch.manual_seed(3)
    assert torch.equal(brought.tensors["stem.weight"], torch.nn.Conv2d(3, 8, 3, stride=2).weight)
    assert {"blocks.0.conv", "blocks.1.conv", "fc"} <= set(brought.project.graph.by_name)


def test_a_class_is_made_without_arguments_and_with_a_size(file: Path) -> None:
    brought = bring_in(f"{file}:Net:3x32x32", may_run=True)
    assert brought.tensors["fc.weight"].shape == (5, 1800)
    assert not any("trying" in line for line in brought.report())


@pytest.mark.parametrize(
    ("what", "words"),
    [
        ("net.py", "several networks; name one: FILE.py:Net, FILE.py:net"),
        ("net.py:Nothing", "no network Nothing; there are: Block, Net, net"),
        ("net.py:Net:3x8x8", "torch.fx cannot record"),
        ("gone.py", "no such file"),
    ],
)
def test_what_cannot_be_read_is_a_sentence(file: Path, what: str, words: str) -> None:
    with pytest.raises(WorkbenchError, match=words):
        bring_in(str(file.parent / what), may_run=True)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("x = 1", "no network that can be made"),
        ("raise ValueError('no luck')", "fails with ValueError: no luck"),
        ("import os; os._exit(3)", "ended without a word"),
        ("import sys; sys.exit('bye')", "fails with SystemExit: bye"),
        ("def (", "fails with SyntaxError"),
        (
            "from torch import nn\nclass A(nn.Module):\n  def __init__(self, n): super().__init__()",
            "can be made without",
        ),
    ],
)
def test_a_file_that_fails_is_a_sentence(tmp_path: Path, text: str, words: str) -> None:
    path = tmp_path / "odd.py"
    path.write_text(text)
    with pytest.raises(WorkbenchError, match=words):
        bring_in(str(path), may_run=True)


def test_the_helper_passes_a_network_on(file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "path", list(sys.path))
    monkeypatch.setattr(sys, "argv", ["run_file", str(file), "Net", "3x32x32", str(tmp_path)])
    threads = torch.get_num_threads()
    try:
        assert run_file.main() == 0
    finally:
        torch.set_num_threads(threads)
    found = from_folder(tmp_path, "net.py")
    assert {"stem", "blocks.0.conv", "fc"} <= set(found.graph.by_name)
    assert found.weights["fc.weight"].shape == (5, 1800)


@pytest.mark.parametrize(("name", "size", "words"), [("Nothing", "", "no network Nothing"), ("Net", "3x8x8", "record")])
def test_the_helper_says_why_it_cannot(
    file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, name: str,
    size: str, words: str,
) -> None:  # fmt: skip
    monkeypatch.setattr(sys, "path", list(sys.path))
    monkeypatch.setattr(sys, "argv", ["run_file", str(file), name, size, str(tmp_path)])
    threads = torch.get_num_threads()
    try:
        assert run_file.main() == 1
    finally:
        torch.set_num_threads(threads)
    assert words in capsys.readouterr().err


def test_sizes_that_a_first_layer_may_take_are_tried() -> None:
    assert next(run_file.shapes_to_try(nn.Conv1d(4, 8, 3), "")) == (4, 128)
    assert next(run_file.shapes_to_try(nn.Conv3d(1, 8, 3), "")) == (1, 16, 112, 112)
    assert list(run_file.shapes_to_try(nn.Linear(7, 2), ""))[:2] == [(7,), (1, 224, 224)]
    assert list(run_file.shapes_to_try(nn.ReLU(), "")) == []
    with pytest.raises(UsageError, match="no layer from which the size"):
        run_file.read(nn.ReLU(), "")
    with pytest.raises(UsageError, match="needs arguments"):
        run_file.made(nn.Linear, "Linear")

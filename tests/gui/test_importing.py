"""Import… in the window: a network of elsewhere is read, reported, written as a project and opened."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from onnx import TensorProto, helper, numpy_helper
from PyQt6.QtCore import Qt
from pytestqt.qtbot import QtBot

from tests.gui.panels import panels_of
from tests.gui.test_file_drops import drop
from tests.gui.test_known_data import know_data
from workbench.gui.widgets.message_boxes import Button
from workbench.gui.window import weights_loading
from workbench.gui.window.import_dialog import ImportDialog
from workbench.gui.window.main_window import MainWindow
from workbench.model.network import Network
from workbench.model.weights import read_weights
from workbench.project import storage
from workbench.project.initial_weights import keep_weights, weights_file


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A small network with one node that nobody knows."""
    import numpy as np

    kernel = numpy_helper.from_array(np.ones((4, 1, 3, 3), np.float32), "conv.weight")
    nodes = [
        helper.make_node("Conv", ["x", "conv.weight"], ["c"]),
        helper.make_node("FancyBlend", ["c"], ["y"], domain="com.example"),
    ]
    graph = helper.make_graph(
        nodes,
        "net",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, ("n", 1, 9, 9))],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, None)],
        [kernel],
    )
    path = tmp_path / "net.onnx"
    path.write_bytes(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)]).SerializeToString())
    return path


def opened(qtbot: QtBot, file: Path) -> ImportDialog:
    """The dialog once it has read the file, and knows the names that may be typed."""
    dialog = ImportDialog(str(file))
    qtbot.addWidget(dialog)
    assert not dialog.save_button.isEnabled()
    dialog.show()
    qtbot.waitUntil(lambda: dialog.save_button.isEnabled() and dialog.what.completer() is not None, timeout=60_000)
    return dialog


def test_what_was_read_is_told_before_it_is_written(qtbot: QtBot, file: Path, tmp_path: Path) -> None:
    dialog = opened(qtbot, file)
    text = dialog.report.toPlainText()
    assert "read from net.onnx" in text
    assert "FancyBlend): no layer of this program computes it." in text
    dialog.write(tmp_path / "net.cnn")
    assert dialog.written == tmp_path / "net.cnn"
    assert {node.layer for node in storage.load(tmp_path / "net.cnn").graph} >= {"Conv2d", "FancyBlend"}
    assert weights_file(tmp_path / "net.cnn").is_file()


def test_another_name_forgets_what_was_read(qtbot: QtBot, file: Path) -> None:
    dialog = opened(qtbot, file)
    dialog.what.setText("torchvision:resnet500")
    assert not dialog.save_button.isEnabled()
    assert dialog.report.toPlainText() == ""
    dialog.read()
    qtbot.waitUntil(lambda: "Did you mean" in dialog.report.toPlainText(), timeout=60_000)
    assert not dialog.save_button.isEnabled()


@pytest.fixture
def answers(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What was asked, each answered with yes where that is a choice."""
    found: list[str] = []

    def yes(window: object, text: str, answers: dict[Button, str], *, more: str = "", **_: object) -> Button:
        found.append(f"{text} {more}")
        return Button.Yes if Button.Yes in answers else Button.Cancel

    monkeypatch.setattr(weights_loading, "ask", yes)
    monkeypatch.setattr(weights_loading, "tell", lambda window, text, more: found.append(f"{text}. {more}"))
    return found


def test_dropped_weights_are_compared_and_kept(
    window: MainWindow, qtbot: QtBot, tmp_path: Path, answers: list[str]
) -> None:
    network = Network(window.session.graph, seed=5)
    tensors = dict(network.modules.state_dict())
    first, *_ = tensors
    torch.save({f"module.{key}": each for key, each in tensors.items() if key != first}, tmp_path / "w.pth")
    drop(window, tmp_path / "w.pth")
    qtbot.waitUntil(lambda: bool(answers), timeout=60_000)
    assert answers[0].startswith("Not all weights fit. w.pth: ")
    assert f"1 is missing ({first})" in answers[0]
    kept = read_weights(weights_file(window.session.run_path))
    assert set(kept) == set(tensors)
    assert all(torch.equal(kept[key], each) for key, each in tensors.items() if key != first)
    assert window.session.project.training["pretrained"] is True


def test_weights_of_another_network_change_nothing(
    window: MainWindow, qtbot: QtBot, tmp_path: Path, answers: list[str]
) -> None:
    torch.save({"far.away": torch.zeros(3)}, tmp_path / "w.pt")
    window.projects.weights.read(tmp_path / "w.pt")
    qtbot.waitUntil(lambda: bool(answers), timeout=60_000)
    assert answers[0].startswith("Nothing of it fits by its names. ")
    assert not weights_file(window.session.run_path).exists()


def test_weights_with_names_of_elsewhere_are_matched_by_order(
    window: MainWindow, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[dict[Button, str]] = []

    def answer(_: object, text: str, choices: dict[Button, str], **__: object) -> Button:
        asked.append(choices)
        return Button.Retry if Button.Retry in choices else Button.Yes

    monkeypatch.setattr(weights_loading, "ask", answer)
    tensors = Network(window.session.graph, seed=5).modules.state_dict()
    torch.save({f"v{number}": each for number, each in enumerate(tensors.values())}, tmp_path / "w.pt")
    window.projects.weights.read(tmp_path / "w.pt")
    qtbot.waitUntil(lambda: weights_file(window.session.run_path).exists(), timeout=60_000)
    assert [list(choices.values()) for choices in asked] == [
        ["Match by order and shape", "Cancel"],
        ["Load", "Cancel"],
    ]
    kept = read_weights(weights_file(window.session.run_path))
    learnt = [key for key in tensors if not key.endswith("num_batches_tracked")]
    assert all(torch.equal(kept[key], tensors[key]) for key in learnt)


def test_a_network_with_weights_is_adapted_to_the_data_in_one_step(window: MainWindow, qtbot: QtBot) -> None:
    session = window.session
    window.menus.do("adapt_to_data")
    assert "stages" not in session.project.training, "the data is not known yet, and is shown"
    know_data(qtbot, window)
    keep_weights(session.run_path, Network(session.graph, seed=5).modules.state_dict())
    (loss,) = (node for node in session.graph if node.layer == "CrossEntropyLoss")
    head = session.graph.nodes[session.graph.incoming[loss.id]["prediction"].node]
    window.menus.do("adapt_to_data")
    assert session.project.training["pretrained"] is True
    stages = session.project.training["stages"]
    assert [stage.get("train") for stage in stages] == [[head.name], None]
    window.menus.do("undo")
    assert "stages" not in session.project.training
    assert "pretrained" not in session.project.training


def test_a_dropped_network_is_imported(window: MainWindow, file: Path, qtbot: QtBot) -> None:
    window.drops.import_requested.disconnect()
    with qtbot.waitSignal(window.drops.import_requested, timeout=5_000) as asked:
        drop(window, file)
    assert asked.args == [str(file)]


def test_loaded_weights_are_looked_at(window: MainWindow, qtbot: QtBot, tmp_path: Path, answers: list[str]) -> None:
    window.workspaces.show("Look")
    look = panels_of(window).look
    qtbot.waitUntil(lambda: look.answer is not None and not look.is_busy, timeout=60_000)
    assert look.answer is not None
    assert look.answer.origin == "not trained yet"
    torch.save(Network(window.session.graph, seed=5).modules.state_dict(), tmp_path / "w.pt")
    told: list[str] = []
    window.projects.weights.said.connect(told.append)
    window.projects.weights.read(tmp_path / "w.pt")
    qtbot.waitUntil(lambda: look.answer is not None and look.answer.is_trained, timeout=60_000)
    assert look.answer.origin == "weights.safetensors"
    assert told[-1] == "The weights of w.pt are loaded: they are those of this network now."


def test_a_click_beside_the_list_of_names_counts(qtbot: QtBot) -> None:
    dialog = ImportDialog()
    qtbot.addWidget(dialog)
    dialog._on_names([["torchvision:resnet18", "torchvision:resnet34"]])  # so that nobody looks for them
    dialog.show()
    completer = dialog.what.completer()
    assert completer is not None
    popup = completer.popup()
    assert popup is not None
    completer.setCompletionPrefix("torchvision:resnet")
    completer.complete()
    qtbot.waitUntil(popup.isVisible)
    clicked: list[bool] = []
    dialog.browse.clicked.disconnect()
    dialog.browse.clicked.connect(clicked.append)
    place = dialog.browse.mapToGlobal(dialog.browse.rect().center())
    qtbot.mouseClick(popup, Qt.MouseButton.LeftButton, pos=popup.mapFromGlobal(place))
    qtbot.waitUntil(lambda: bool(clicked))
    assert not popup.isVisible()

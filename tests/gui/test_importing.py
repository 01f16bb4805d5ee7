"""Import… in the window: a network of elsewhere is read, reported, written as a project and opened."""

from __future__ import annotations

from pathlib import Path

import pytest
from onnx import TensorProto, helper, numpy_helper
from pytestqt.qtbot import QtBot

from tests.gui.test_file_drops import drop
from workbench.gui.window.import_dialog import ImportDialog
from workbench.gui.window.main_window import MainWindow
from workbench.project import storage
from workbench.project.initial_weights import weights_file


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


def test_a_dropped_network_is_imported(window: MainWindow, file: Path, qtbot: QtBot) -> None:
    window.drops.import_requested.disconnect()
    with qtbot.waitSignal(window.drops.import_requested, timeout=5_000) as asked:
        drop(window, file)
    assert asked.args == [str(file)]

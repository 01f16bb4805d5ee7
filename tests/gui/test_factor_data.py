"""Data with factors in the Data panel: what varies with a sample, and how often each factor does."""

from __future__ import annotations

import numpy as np
import pytest
from PyQt6.QtCore import Qt
from pytestqt.qtbot import QtBot

from tests.gui.panels import panels_of
from workbench.core.values import Value
from workbench.data.factor_text import details, factors_of, is_grouped, value_text, varying
from workbench.data.spec import Dataset
from workbench.gui.data.panel import DataPanel
from workbench.gui.window.main_window import MainWindow
from workbench.inspection.browsing import samples_of, summary
from workbench.project.settings import setting_edit

HEADS = {"size": 8, "batches": 2, "batch": 3, "people": 4, "test": 5}


def lamps() -> Dataset:
    """Four pictures, two in a batch in which the lamp moves; the lamp's place is of two fields, the person a class."""
    fields = {
        "image": Value((1, 4, 4), "map", "uint8"),
        "factor": Value((), "class", "int64", ("lamp", "person")),
        "across": Value((), "scalar"),
        "down": Value((), "scalar"),
        "person": Value((), "class", "int64", ("ann", "bob")),
        "face": Value((6,), "vector"),
    }
    arrays = {
        "image": np.zeros((4, 1, 4, 4), np.uint8),
        "factor": np.array([0, 0, 1, 1]),
        "across": np.array([-0.25, 0.5, 0, 0], np.float32),
        "down": np.array([1, 2, 0, 0], np.float32),
        "person": np.array([1, 1, 0, 1]),
        "face": np.zeros((4, 6), np.float32),
    }
    groups = {"train": np.array([0, 0, -1, -1]), "test": np.full(4, -1)}
    return Dataset(fields, {"train": arrays, "test": arrays}, groups=groups, parts={"lamp": ("across", "down")})


def test_what_varies_and_where_it_stands() -> None:
    data = lamps()
    assert factors_of(data) == ("lamp", "person")
    assert [is_grouped(data, split) for split in ("train", "test", "validation")] == [True, False, False]
    assert [varying(data, "train", number) for number in range(4)] == ["lamp", "lamp", "", ""]
    assert value_text(data, "train", 0, "lamp") == "−0.25, 1.00"
    assert value_text(data, "train", 0, "person") == "bob"
    assert details(data, "train", 1) == "lamp: 0.50, 2.00 (varies in its batch)\nperson: bob"
    assert details(data, "test", 2) == "lamp: 0.00, 0.00\nperson: ann"
    assert [sample.label for sample in samples_of(data, "train", [0, 2])] == ["lamp\n−0.25, 1.00", "2"]
    assert "factor: one of lamp, person varies in a batch" in summary(data)


@pytest.fixture
def panel(qtbot: QtBot, window: MainWindow) -> DataPanel:
    """The Data panel with small rendered heads."""
    window.projects.use_data("heads", HEADS)
    window.menus.do("show_data")
    found = panels_of(window).data
    assert found is not None
    qtbot.waitUntil(lambda: found.dataset is not None and "factor" in found.dataset.fields, timeout=20_000)
    return found


def test_samples_of_heads_say_what_varies(panel: DataPanel) -> None:
    labels = [sample.label.split("\n") for sample, _ in panel.browser.grid._samples]
    assert {name for name, _ in labels} == {"azimuth", "elevation", "light", "identity"}
    assert all(float(value.replace("−", "-")) < 4 for name, value in labels if name != "identity")
    assert panel.browser.of_class.itemText(0) == "all factors"
    panel.browser.of_class.setCurrentIndex(panel.browser.of_class.findText("light"))
    assert {sample.label.split("\n")[0] for sample, _ in panel.browser.grid._samples} == {"light"}
    panel.browser.split.setCurrentIndex(panel.browser.split.findData("test"))
    assert not panel.browser.of_class.isEnabled()  # there all of them vary
    assert len(panel.browser.scrolled.numbers) == HEADS["test"]
    assert "test" not in panel.balance.rows[0][1]


def test_ratios_are_set_turned_off_and_undone(qtbot: QtBot, window: MainWindow, panel: DataPanel) -> None:
    form, dataset = panel.ratios, panel.dataset
    assert form.isVisible()
    assert form.in_turn.isChecked()
    assert not form._rows.isVisible()
    form.in_turn.setFocus()
    qtbot.keyClick(form.in_turn, Qt.Key.Key_Space)
    assert list(form.ratios) == ["azimuth", "elevation", "light", "identity"]
    field = form.ratios["identity"]
    field.setFocus()
    field.selectAll()
    qtbot.keyClicks(field, "10")
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert window.session.project.data["ratios"] == {"azimuth": 1, "elevation": 1, "light": 1, "identity": 10}
    assert window.session.project.data_config().ratios["identity"] == 10
    assert panel.dataset is dataset  # nothing is read again for it
    form.in_turn.click()
    assert window.session.project.data["ratios"] == {}
    assert window.session.undo_stack.undoText() == "Let factors take turns"
    window.menus.do("undo")
    assert not form.in_turn.isChecked()
    assert form.ratios["identity"].value() == 10
    window.menus.do("undo")
    assert form.ratios["identity"].value() == 1


def test_ratios_that_leave_nothing_are_said_and_mended(window: MainWindow, panel: DataPanel) -> None:
    form = panel.ratios
    window.session.push(setting_edit(window.session.project, "data.ratios", dict.fromkeys(form.ratios, 0.0)))
    assert "no factor to draw" in form._message.text()
    window.session.push(setting_edit(window.session.project, "data.ratios", {"angle": 1.0}))
    assert '"angle"' in form._message.text()
    form.fix.click()
    assert window.session.project.data["ratios"] == {}
    assert not form._message.isVisible()


def test_data_without_factors_has_no_ratios(qtbot: QtBot, window: MainWindow, panel: DataPanel) -> None:
    window.menus.do("undo")
    qtbot.waitUntil(lambda: panel.dataset is not None and "factor" not in panel.dataset.fields, timeout=20_000)
    assert not panel.ratios.isVisible()
    assert panel.browser.of_class.itemText(0) == "all classes"

"""The form for stages in the window: made, set, moved, undone, mended, and followed while a run is on."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from PyQt6.QtCore import QPoint, Qt
from PyQt6.QtWidgets import QListWidgetItem, QSpinBox, QStyle, QStyleOptionViewItem
from pytestqt.qtbot import QtBot

from tests.gui.test_training import press
from workbench.core.graph_edits import remove, rename
from workbench.gui.training.panel import STAGES_TAB, TrainPanel
from workbench.gui.training.stage_editor import LearnerList
from workbench.gui.training.stages_form import StagesForm
from workbench.gui.window.main_window import MainWindow

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def panel(window: MainWindow) -> TrainPanel:
    window.commands.show_train()
    assert window.train_panel is not None
    window.train_panel.tabs.setCurrentIndex(STAGES_TAB)
    return window.train_panel


@pytest.fixture
def form(panel: TrainPanel) -> StagesForm:
    return panel.stages


def stages(window: MainWindow) -> list[dict[str, Any]]:
    return list(window.session.project.training.get("stages", []))


def click(qtbot: QtBot, form: StagesForm, name: str) -> None:
    qtbot.mouseClick(form.buttons[name], LEFT)


def box_of(learners: LearnerList, item: QListWidgetItem) -> QPoint:
    """The middle of an item's check box."""
    option = QStyleOptionViewItem()
    learners.initViewItemOption(option)
    option.rect = learners.visualItemRect(item)
    option.features |= QStyleOptionViewItem.ViewItemFeature.HasCheckIndicator
    style = learners.style()
    assert style is not None
    return style.subElementRect(QStyle.SubElement.SE_ItemViewItemCheckIndicator, option, learners).center()


def check(qtbot: QtBot, form: StagesForm, text: str) -> None:
    learners = form.editor.learners
    (item,) = learners.findItems(text, Qt.MatchFlag.MatchExactly)
    qtbot.mouseClick(learners.viewport(), LEFT, pos=box_of(learners, item))


def test_stages_are_added_set_and_undone(qtbot: QtBot, window: MainWindow, panel: TrainPanel, form: StagesForm) -> None:
    assert not form.editor.isVisible()
    click(qtbot, form, "add")
    assert stages(window) == [{"epochs": 2}]  # as long as the training was
    click(qtbot, form, "add")
    assert form.chosen == 1
    epochs = form.editor.editors["epochs"].widget
    assert isinstance(epochs, QSpinBox)
    for _ in range(3):
        qtbot.keyClick(epochs, Qt.Key.Key_Up)
    assert window.session.undo_stack.undoText() == "Set epochs of stage 2"
    check(qtbot, form, "fc")
    assert window.session.undo_stack.undoText() == "Set what learns in stage 2"
    rate = form.editor.editors["lr"].widget
    rate.setFocus()
    qtbot.keyClicks(rate, "0.002")
    qtbot.keyClick(rate, Qt.Key.Key_Return)
    assert stages(window) == [{"epochs": 2}, {"epochs": 4, "train": ["fc"], "lr": 0.002}]
    assert panel.tabs.tabText(STAGES_TAB) == "Stages (2)"
    assert not panel.form.editors["epochs"].widget.isEnabled()
    assert "2 stages of 6 epochs" in panel._length.text()
    for text in ("Set lr of stage 2", "Set what learns in stage 2", "Set epochs of stage 2", "Add stage 2"):
        assert window.session.undo_stack.undoText() == text
        window.commands.undo()  # spinning three times was one step
    assert stages(window) == [{"epochs": 2}]
    window.commands.undo()
    assert not window.isWindowModified()
    assert panel.form.editors["epochs"].widget.isEnabled()


def test_losses_are_left_out_weighed_and_set_back(qtbot: QtBot, window: MainWindow, form: StagesForm) -> None:
    click(qtbot, form, "add")
    row = form.editor.losses["loss"]
    assert row.weight.value() == 1.0
    row.weight.setFocus()
    row.weight.selectAll()
    qtbot.keyClicks(row.weight, "1/4")
    qtbot.keyClick(row.weight, Qt.Key.Key_Return)
    assert stages(window) == [{"epochs": 2, "losses": {"loss": 0.25}}]
    assert window.session.undo_stack.undoText() == "Set weight of loss in stage 1"
    qtbot.mouseClick(row.reset, LEFT)
    assert stages(window) == [{"epochs": 2}]
    row.counts.click()
    assert stages(window) == [{"epochs": 2, "losses": {"loss": 0.0}}]
    assert "leaves out every loss" in form._problem.text()
    qtbot.mouseClick(form.fix, LEFT)
    assert stages(window) == [{"epochs": 2}]
    assert row.counts.isChecked()


def test_stages_are_duplicated_moved_and_removed(qtbot: QtBot, window: MainWindow, form: StagesForm) -> None:
    click(qtbot, form, "add")
    check(qtbot, form, "conv")
    click(qtbot, form, "duplicate")
    check(qtbot, form, "conv")
    check(qtbot, form, "fc")
    first, second = {"epochs": 2, "train": ["conv"]}, {"epochs": 2, "train": ["fc"]}
    assert stages(window) == [first, second]
    click(qtbot, form, "up")
    assert (stages(window), form.chosen) == ([second, first], 0)
    assert not form.buttons["up"].isEnabled()
    click(qtbot, form, "down")
    assert (stages(window), form.chosen) == ([first, second], 1)
    form.list.setFocus()
    qtbot.keyClick(form.list, Qt.Key.Key_Delete)
    assert (stages(window), form.chosen) == ([first], 0)
    click(qtbot, form, "remove")
    assert "stages" not in window.session.project.training
    window.commands.undo()
    assert stages(window) == [first]
    window.commands.undo()  # two removals are two steps
    assert stages(window) == [first, second]


def test_a_group_is_checked_with_all_that_is_in_it(qtbot: QtBot, window: MainWindow, form: StagesForm) -> None:
    graph = window.session.graph
    for name in ("conv", "bn"):
        window.session.push(rename(window.session.graph, graph.named(name), f"body.{name}"))
    click(qtbot, form, "add")
    check(qtbot, form, "body.conv")
    check(qtbot, form, "body (group)")
    assert stages(window) == [{"epochs": 2, "train": ["body"]}]
    (member,) = form.editor.learners.findItems("body.bn", Qt.MatchFlag.MatchExactly)
    assert member.checkState() == Qt.CheckState.Checked
    assert not member.flags() & Qt.ItemFlag.ItemIsEnabled
    check(qtbot, form, "body (group)")
    assert stages(window) == [{"epochs": 2}]


def test_names_follow_and_what_is_gone_is_shown_with_its_fix(
    qtbot: QtBot, window: MainWindow, form: StagesForm
) -> None:
    click(qtbot, form, "add")
    check(qtbot, form, "conv")
    check(qtbot, form, "fc")
    session = window.session
    session.push(rename(session.graph, session.graph.named("conv"), "edges"))
    assert stages(window)[0]["train"] == ["edges", "fc"]
    window.commands.undo()
    assert (stages(window)[0]["train"], "conv" in session.graph.by_name) == (["conv", "fc"], True)
    session.push(remove(session.graph, session.graph.named("conv")))
    assert '"conv"' in form._problem.text()
    assert form.editor.learners.findItems("conv (not there)", Qt.MatchFlag.MatchExactly)
    qtbot.mouseClick(form.fix, LEFT)
    assert stages(window)[0]["train"] == ["fc"]
    assert not form._problem.isVisible()


def test_a_rate_out_of_bounds_is_said_and_put_back(qtbot: QtBot, window: MainWindow, form: StagesForm) -> None:
    click(qtbot, form, "add")
    rate = form.editor.editors["lr"].widget
    rate.setFocus()
    qtbot.keyClicks(rate, "-1")
    qtbot.keyClick(rate, Qt.Key.Key_Return)
    assert stages(window) == [{"epochs": 2}]
    assert "lr must be more than 0, found -1" in form._problem.text()


def test_stages_that_cannot_be_read_are_said(window: MainWindow, form: StagesForm) -> None:
    project = replace(window.session.project, training={"stages": [{"epochs": 0}]})
    window.session.replace(project, window.session.path)
    assert "epochs must be at least 1" in form._problem.text()
    assert form.list.count() == 0


def test_the_stage_under_way_is_shown(qtbot: QtBot, window: MainWindow, form: StagesForm) -> None:
    click(qtbot, form, "add")
    check(qtbot, form, "fc")
    click(qtbot, form, "add")
    press(qtbot, window, "one_batch")
    qtbot.waitUntil(lambda: form._progress.text() == "Stage 1 of 2 is under way: epoch 1/2.", timeout=60_000)
    assert [form.list.item(row).text()[:3] for row in range(2)] == ["1 ▶", "2 ·"]
    qtbot.waitUntil(lambda: window.runner.state == "paused")
    for _ in range(2):
        press(qtbot, window, "one_epoch")
        qtbot.waitUntil(lambda: window.runner.state == "paused", timeout=60_000)
    press(qtbot, window, "one_batch")
    qtbot.waitUntil(lambda: form._progress.text() == "Stage 2 of 2 is under way: epoch 1/1.", timeout=60_000)
    assert form.list.item(1).text().startswith("2 ▶")
    check(qtbot, form, "fc")
    assert form._progress.text().endswith("with the stages that the run began with.")
    window.runner.shut_down()
    assert not form._progress.isVisible()

"""The Data panel: samples, classes, splits, the choice of a source, and what augmentation does."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QDialog, QMessageBox
from pytestqt.qtbot import QtBot

from workbench.data.config import DataConfig
from workbench.data.spec import Dataset
from workbench.gui.data.panel import DataPanel
from workbench.gui.widgets import theme
from workbench.gui.widgets.message_boxes import Button
from workbench.gui.window.main_window import MainWindow
from workbench.gui.window.new_dialog import NewDialog
from workbench.gui.window.template_gallery import ROLE
from workbench.inspection.browsing import AS_READ
from workbench.model.problems import find_problems
from workbench.project.checks import data_hints, data_problems
from workbench.project.probes import SampleProbe


@pytest.fixture
def panel(qtbot: QtBot, window: MainWindow) -> DataPanel:
    window.menus.do("show_data")
    assert window.panels is not None
    found = window.panels.data
    qtbot.waitUntil(lambda: found.dataset is not None, timeout=20_000)
    return found


def pictures(folder: Path, count: int = 6, size: int = 8) -> Path:
    """A folder of pictures in two classes."""
    from PIL import Image

    random = np.random.default_rng(0)
    for name in ("cat", "dog"):
        (folder / name).mkdir(parents=True)
        for number in range(count):
            pixels = random.integers(0, 255, (size, size, 3), np.uint8)
            Image.fromarray(pixels).save(folder / name / f"{number}.png")
    return folder


def test_samples_sizes_and_classes_are_shown(panel: DataPanel) -> None:
    assert panel.browser.split.itemText(0).startswith("train (")
    assert "train" in panel._status.text()
    assert [name for name, _ in panel.balance.rows] == ["0", "1", "2"]
    dataset = panel.dataset
    assert dataset is not None
    for number, (_, counts) in enumerate(panel.balance.rows):
        assert counts["test"] == int((dataset.splits["test"]["label"] == number).sum())


def test_a_clicked_sample_is_looked_at_everywhere(qtbot: QtBot, window: MainWindow, panel: DataPanel) -> None:
    panel.browser.split.setCurrentIndex(panel.browser.split.findData("test"))
    panel.browser.order.setCurrentText(AS_READ)
    place = panel.browser.grid.tile_rect(3).center().toPoint()
    qtbot.mouseClick(panel.browser.grid, Qt.MouseButton.LeftButton, pos=place)
    assert window.session.probe == SampleProbe("test", 3)
    qtbot.keyClick(panel.browser.grid, Qt.Key.Key_Right)
    assert window.session.probe == SampleProbe("test", 4)
    assert not window.session.is_modified


def test_one_class_alone(panel: DataPanel) -> None:
    panel.browser.of_class.setCurrentIndex(panel.browser.of_class.findData(2))
    labels = {sample.label for sample, _ in panel.browser.grid._samples}
    assert labels == {"2"}


def test_pages_turn_by_keys(qtbot: QtBot, panel: DataPanel) -> None:
    grid, scrolled = panel.browser.grid, panel.browser.scrolled
    panel.browser.order.setCurrentText(AS_READ)
    scrolled.setFixedHeight(130)
    grid.setFocus()
    page = grid.columns * grid.rows
    assert page < len(scrolled.numbers)
    qtbot.keyClick(grid, Qt.Key.Key_PageDown)
    assert grid._samples[0][0].number == page
    qtbot.keyClick(grid, Qt.Key.Key_PageUp)
    assert grid._samples[0][0].number == 0
    assert grid.chosen == -1
    qtbot.keyClick(grid, Qt.Key.Key_End)
    last = len(scrolled.numbers) - 1
    assert grid.chosen == last
    assert grid.rect().contains(grid.tile_rect([sample.number for sample, _ in grid._samples].index(last)).toRect())
    qtbot.keyClick(grid, Qt.Key.Key_Right)
    assert grid.chosen == last
    qtbot.keyClick(grid, Qt.Key.Key_PageUp)
    assert grid.chosen == last - page
    qtbot.keyClick(grid, Qt.Key.Key_Home)
    assert grid.chosen == 0
    qtbot.keyClick(grid, Qt.Key.Key_Down)
    assert grid.chosen == grid.columns


def test_augmentation_shows_other_pictures_each_epoch(qtbot: QtBot, window: MainWindow, panel: DataPanel) -> None:
    panel.tabs.setCurrentIndex(2)
    panel.augment.change("rotate", 40.0)
    grid = panel.preview.grid
    qtbot.waitUntil(lambda: len(grid._samples) > 5, timeout=20_000)
    variants = [sample.pixels for sample, _ in grid._samples]
    assert variants[1] is not None
    assert variants[2] is not None
    assert (variants[1] != variants[2]).any()
    assert window.session.project.data_config().augment.rotate == 40.0
    window.menus.do("undo")
    qtbot.waitUntil(lambda: len(grid._samples) == 1, timeout=20_000)


def test_another_folder_is_chosen_fitted_and_undone(
    qtbot: QtBot, window: MainWindow, panel: DataPanel, tmp_path: Path
) -> None:
    before = window.session.project
    folder = pictures(tmp_path / "pets")
    form = panel.source
    form.source.setCurrentIndex(form.source.findData("folder"))
    form.path.setFocus()
    qtbot.keyClicks(form.path, str(folder))
    qtbot.mouseClick(form.apply, Qt.MouseButton.LeftButton)
    assert window.session.project.data["options"] == {"path": "pets"}  # beside the project: kept relative
    qtbot.waitUntil(lambda: bool(panel.balance.rows) and panel.balance.rows[0][0] == "cat", timeout=20_000)
    assert panel._problem.isVisibleTo(panel)
    qtbot.mouseClick(panel._fix, Qt.MouseButton.LeftButton)
    assert panel._problems() == []
    assert window.session.graph.named("image").params["shape"] == [3, 8, 8]
    window.menus.do("undo")
    window.menus.do("undo")
    assert window.session.project == before


@pytest.mark.parametrize(("classes", "scores"), [(2, 2), (5, 5)])
def test_a_fit_is_one_step_and_leaves_nothing_to_be_said(
    qtbot: QtBot, window: MainWindow, panel: DataPanel, tmp_path: Path, classes: int, scores: int
) -> None:
    """Fewer classes or more than the network has scores: its last layer follows too."""
    random = np.random.default_rng(0)
    labels = np.arange(60) % classes
    np.savez(tmp_path / "other.npz", x_train=random.integers(0, 255, (60, 1, 6, 6), np.uint8), y_train=labels)
    before = window.session.project
    window.projects.use_data("npz", {"path": str(tmp_path / "other.npz")})
    qtbot.waitUntil(lambda: len(panel.balance.rows) == classes, timeout=20_000)
    assert panel._problem.isVisibleTo(panel)
    steps = window.session.undo_stack.count()
    qtbot.mouseClick(panel._fix, Qt.MouseButton.LeftButton)
    assert window.session.undo_stack.count() == steps + 1
    assert not panel._problem.isVisibleTo(panel)
    assert not panel._fix.isVisibleTo(panel)
    dataset = panel.dataset
    assert dataset is not None
    graph = window.session.graph
    assert find_problems(graph) + data_problems(graph, dataset) + data_hints(graph, dataset) == []
    loss = next(node for node in graph if node.layer == "CrossEntropyLoss")
    assert window.session.analysis.shapes.values[graph.incoming[loss.id]["prediction"]].channels == scores
    window.menus.do("undo")  # what the panel says follows what is undone
    assert panel._problem.isVisibleTo(panel)
    window.menus.do("redo")
    assert not panel._problem.isVisibleTo(panel)
    window.menus.do("undo")
    window.menus.do("undo")
    assert window.session.project == before


def test_data_that_cannot_be_read_is_said_with_its_name(
    qtbot: QtBot, window: MainWindow, panel: DataPanel, tmp_path: Path
) -> None:
    window.projects.use_data("folder", {"path": str(tmp_path / "nowhere")})
    qtbot.waitUntil(lambda: "nowhere" in panel._status.text(), timeout=20_000)
    assert panel.dataset is None
    window.menus.do("undo")
    qtbot.waitUntil(lambda: panel.dataset is not None, timeout=20_000)


def test_a_dropped_folder_becomes_data_or_a_new_network(
    qtbot: QtBot, window: MainWindow, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    folder = pictures(tmp_path / "pets", size=32)
    answers = [Button.No, Button.Yes, Button.Discard]
    monkeypatch.setattr(QMessageBox, "exec", lambda box: answers.pop(0))
    window.drops.take(folder)
    assert window.session.project.data["source"] == "folder"
    assert window.workspaces.current == "Data"

    def create(dialog: NewDialog) -> int:
        dialog.choose("small-resnet")
        dialog.create_button.click()
        qtbot.waitUntil(lambda: dialog.project is not None and not dialog._job.is_busy, timeout=20_000)
        return 1

    monkeypatch.setattr(NewDialog, "exec", create)
    window.drops.take(folder)
    assert window.session.path is None
    assert window.session.graph.named("image").params["shape"] == [3, 32, 32]
    assert window.session.analysis.problems == []


def test_a_template_that_does_not_suit_the_data_is_said(qtbot: QtBot, window: MainWindow, tmp_path: Path) -> None:
    dialog = NewDialog(theme.DARK, f"folder:{pictures(tmp_path / 'pets')}", window)
    qtbot.addWidget(dialog)
    dialog.choose("vgg11")
    qtbot.mouseClick(dialog.create_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: "32×32" in dialog._message.text(), timeout=20_000)
    assert dialog.project is None
    assert dialog.result() != QDialog.DialogCode.Accepted


def test_every_template_has_a_picture(qtbot: QtBot, window: MainWindow) -> None:
    from workbench.project.templates.spec import REGISTRY

    dialog = NewDialog(theme.LIGHT, "", window)
    qtbot.addWidget(dialog)
    dialog.show()
    qtbot.waitUntil(lambda: not dialog.list.next_without_picture(), timeout=30_000)
    rows = [dialog.list.item(row) for row in range(dialog.list.count())]
    tiles = [item for item in rows if item is not None and item.data(ROLE)]
    assert len(tiles) == len(REGISTRY) + 1  # and the empty canvas
    for item in tiles:
        image = item.icon().pixmap(216, 124).toImage()
        colours = {
            image.pixelColor(x, y).rgb() for x in range(0, image.width(), 3) for y in range(0, image.height(), 3)
        }
        assert len(colours) > 3, item.text()


def test_the_error_of_another_choice_is_not_taken_for_this_one(
    qtbot: QtBot, window: MainWindow, panel: DataPanel, monkeypatch: pytest.MonkeyPatch
) -> None:
    import threading

    from workbench.gui.data import reader as module

    went_back = threading.Event()
    load = module.load

    def slow(config: DataConfig, folder: Path) -> Dataset:
        if config.source == "folder":
            went_back.wait(20)
        return load(config, folder)

    monkeypatch.setattr(module, "load", slow)
    window.projects.use_data("folder", {"path": "nowhere"})
    qtbot.waitUntil(lambda: panel.reader.is_busy, timeout=20_000)
    window.menus.do("undo")
    qtbot.waitUntil(lambda: panel.reader.is_waiting, timeout=20_000)
    went_back.set()
    qtbot.waitUntil(lambda: panel.dataset is not None and "train" in panel._status.text(), timeout=20_000)


def test_what_is_odd_with_data_is_told_whole(
    qtbot: QtBot, window: MainWindow, panel: DataPanel, tmp_path: Path
) -> None:
    from PIL import Image

    for number, label in enumerate(("Big dog", "big  dog", "x" * 180)):
        (tmp_path / "pets" / label).mkdir(parents=True)
        Image.new("L", (8, 8), 200 + number).save(tmp_path / "pets" / label / "1.png")
    window.projects.use_data("folder", {"path": str(tmp_path / "pets")})
    qtbot.waitUntil(lambda: "capitals or blanks alone" in panel._notes.text(), timeout=20_000)
    assert all(f'"{label}"' in panel._notes.text() for label in ("Big dog", "big  dog"))
    assert panel._notes.text().endswith("If they are one class, give them one name.")


def test_a_new_network_tells_what_is_odd_with_its_data(
    qtbot: QtBot, window: MainWindow, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for label in ("dog", "Dog"):
        pictures(tmp_path / label, size=32)
        (tmp_path / label / "cat").rename(tmp_path / label / "more")
    folder = tmp_path / "pets"
    folder.mkdir()
    for label in ("dog", "Dog"):
        (tmp_path / label / "dog").rename(folder / label)

    def finish(dialog: NewDialog) -> int:
        dialog.choose("small-resnet")
        dialog.create_button.click()
        qtbot.waitUntil(lambda: dialog.project is not None and not dialog._job.is_busy, timeout=20_000)
        return 1

    monkeypatch.setattr(NewDialog, "exec", finish)
    window.projects.new_project(f"folder:{folder}")
    bar = window.statusBar()
    assert bar is not None
    assert 'The classes "Dog" and "dog" differ by capitals' in bar.currentMessage()


def test_a_typed_path_outlives_other_changes(qtbot: QtBot, window: MainWindow, panel: DataPanel) -> None:
    form = panel.source
    form.source.setCurrentIndex(form.source.findData("folder"))
    qtbot.keyClicks(form.path, "half/typed")
    window.tools.adder.add("ReLU")
    assert form.path.text() == "half/typed"


def test_a_folder_with_a_comma_can_be_chosen(qtbot: QtBot, window: MainWindow, tmp_path: Path) -> None:
    folder = pictures(tmp_path / "cats, dogs", size=32)
    dialog = NewDialog(theme.DARK, f"folder:{folder}", window)
    qtbot.addWidget(dialog)
    dialog.choose("small-resnet")
    dialog.create_button.click()
    qtbot.waitUntil(lambda: dialog.project is not None and not dialog._job.is_busy, timeout=20_000)
    assert dialog.project is not None
    assert dialog.project.data["options"] == {"path": str(folder)}


def test_cancelling_does_not_wait_for_the_data(
    qtbot: QtBot, window: MainWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    import threading

    from workbench.gui.threads.worker import wait_for_abandoned
    from workbench.gui.window import new_dialog as module

    released = threading.Event()
    monkeypatch.setattr(module, "create", lambda *_: released.wait(20))
    dialog = NewDialog(theme.DARK, "", window)
    qtbot.addWidget(dialog)
    dialog.create_button.click()
    dialog.reject()
    assert dialog.project is None
    assert not released.is_set()
    released.set()
    wait_for_abandoned()


def test_an_empty_canvas_is_begun_with_the_data_that_was_chosen(qtbot: QtBot, window: MainWindow) -> None:
    dialog = NewDialog(theme.DARK, "", window)
    qtbot.addWidget(dialog)
    dialog.choose("blank")
    dialog.source.setCurrentIndex(dialog.source.findData("natural"))
    assert dialog.path.isVisibleTo(dialog)
    assert "without one" in dialog.path.placeholderText()
    dialog.create_button.click()
    qtbot.waitUntil(lambda: dialog.project is not None and not dialog._job.is_busy, timeout=20_000)
    assert dialog.project is not None
    assert dict(dialog.project.data) == {"source": "natural", "options": {}}
    assert list(dialog.project.graph) == []


def test_an_emptied_path_is_none(qtbot: QtBot, window: MainWindow, panel: DataPanel) -> None:
    form = panel.source
    form.source.setCurrentIndex(form.source.findData("natural"))
    qtbot.keyClicks(form.path, "x")
    qtbot.keyClick(form.path, Qt.Key.Key_Backspace)
    qtbot.mouseClick(form.apply, Qt.MouseButton.LeftButton)
    assert window.session.project.data["options"] == {}
    qtbot.waitUntil(lambda: not panel.reader.is_busy and panel.dataset is not None, timeout=20_000)


@pytest.mark.parametrize("change", ["source", "path", "template"])
def test_what_is_said_of_a_choice_goes_with_it(qtbot: QtBot, change: str) -> None:
    dialog = NewDialog(theme.DARK)
    qtbot.addWidget(dialog)
    dialog.source.setCurrentIndex(dialog.source.findData("folder"))
    for _ in range(2):
        dialog.create_button.click()
        assert "Choose the folder" in dialog._message.text()
    if change == "source":
        dialog.source.setCurrentIndex(0)
    elif change == "path":
        dialog.path.setText("/somewhere")
    else:
        dialog.choose("vgg11")
    assert dialog._message.text() == ""


@pytest.mark.parametrize("source", ["folder", "npz"])
def test_what_is_said_of_data_goes_when_another_path_is_typed(
    qtbot: QtBot, window: MainWindow, panel: DataPanel, source: str
) -> None:
    form = panel.source
    form.source.setCurrentIndex(form.source.findData(source))
    for _ in range(2):
        form._say("There is no such place.")
        qtbot.keyClicks(form.path, "x")
        assert form._message.isHidden()

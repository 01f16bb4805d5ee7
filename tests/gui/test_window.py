"""The whole window: commands, workspaces, themes, closing, and what must hold for every command."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from PyQt6.QtCore import QEvent, QObject, QPoint, QRect, Qt
from PyQt6.QtGui import QImage, QKeySequence
from PyQt6.QtWidgets import QApplication, QDialog, QMessageBox, QTreeWidget, QWidget
from pytestqt.qtbot import QtBot

from tests.gui.panels import panels_of
from workbench.gui.document.session import Session
from workbench.gui.widgets import theme
from workbench.gui.widgets.message_boxes import Button
from workbench.gui.widgets.user_settings import Settings
from workbench.gui.window.commands import COMMANDS, MENUS, key_sequence
from workbench.gui.window.help import CommandSearch
from workbench.gui.window.main_window import MainWindow
from workbench.gui.window.workspaces import WORKSPACES
from workbench.project import storage
from workbench.training.run_folder import list_runs


def test_closing_while_it_trains_asks_and_ends_the_run_whole(
    qtbot: QtBot, window: MainWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert window.panels is not None
    window.panels.train.form.change("epochs", 500)
    window.files.save_project()
    window.runner.run()
    qtbot.waitUntil(lambda: window.strip.bar.value() > 2, timeout=60_000)
    answers = [Button.Cancel, Button.Close]
    monkeypatch.setattr(QMessageBox, "exec", lambda box: answers.pop(0))
    assert not window.close()
    assert window.runner.state == "running"
    assert window.close()
    assert window.session.path is not None
    (run,) = list_runs(storage.runs_folder(window.session.path))
    ending = run.ending()
    assert ending is not None
    assert ending["reason"] == "stopped"


def test_save_marks_and_writes(qtbot: QtBot, window: MainWindow) -> None:
    path = window.session.path
    assert path is not None
    window.tools.adder.add("ReLU")
    assert window.isWindowModified()
    window.menus.actions["save_project"].trigger()
    assert not window.isWindowModified()
    assert storage.load(path).graph == window.session.graph


def test_a_file_that_cannot_be_opened_leaves_what_is_open(
    window: MainWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = []
    monkeypatch.setattr(QMessageBox, "exec", lambda box: told.append(box.text()))
    before = window.session.project
    (tmp_path / "bad.cnn").write_text("{")
    window.files.open_file(tmp_path / "bad.cnn")
    assert window.session.project is before
    assert "bad.cnn" in told[0]


def test_unsaved_changes_are_asked_about(window: MainWindow, monkeypatch: pytest.MonkeyPatch) -> None:
    window.tools.adder.add("ReLU")
    monkeypatch.setattr(QMessageBox, "exec", lambda box: Button.Cancel)
    assert not window.close()
    assert window.isVisible()


def test_both_themes_paint_every_panel(window: MainWindow) -> None:
    window.appearance.set_theme(theme.DARK)
    dark = window.grab().toImage()
    window.menus.do("toggle_theme")
    light = window.grab().toImage()
    assert window.appearance.theme is theme.LIGHT
    assert window.settings.text("theme") == "light"
    for dock in (*window.docks.values(), window.canvas, window.strip):
        if dock.isVisible():
            area = QRect(dock.mapTo(window, QPoint()), dock.size())
            assert mean_lightness(dark.copy(area)) < 90, dock.accessibleName() or dock.objectName()
            assert mean_lightness(light.copy(area)) > 170, dock.accessibleName() or dock.objectName()
    window.menus.do("toggle_theme")


def mean_lightness(image: QImage) -> float:
    """Over a grid of pixels."""
    places = [(x, y) for x in range(0, image.width(), 7) for y in range(0, image.height(), 7)]
    return sum(image.pixelColor(*place).lightness() for place in places) / len(places)


def test_a_command_without_a_handler_is_refused_when_the_window_is_made(window: MainWindow) -> None:
    handlers, marks = dict(window.menus.handlers), window.menus.marks
    without = {name: each for name, each in handlers.items() if name != "tidy"}
    for wrong, name in ((without, "tidy"), ({**handlers, "tidy_all": handlers["tidy"]}, "tidy_all")):
        with pytest.raises(ValueError, match=f": {name}\\."):
            window.menus.bind(wrong, marks)
    with pytest.raises(ValueError, match=": toggle_theme"):
        window.menus.bind(handlers, {"toggle_minimap": marks["toggle_minimap"]})


def test_every_command_has_a_menu_and_keys_of_its_own() -> None:
    keys: dict[str, str] = {}
    for command in COMMANDS:
        assert command.menu in MENUS
        assert command.tip
        for key in command.keys:
            text = key_sequence(key).toString(QKeySequence.SequenceFormat.PortableText)
            assert text, f"{key} of {command.name} is no key here"
            assert keys.setdefault(text, command.name) == command.name, f"{text} clashes"


def test_single_letters_work_on_the_canvas_only(window: MainWindow) -> None:
    for command in COMMANDS:
        for key in command.keys:
            if len(key) == 1:
                assert command.is_canvas_only, command.name


@pytest.mark.parametrize("workspace", WORKSPACES, ids=lambda each: each.name)
def test_a_workspace_shows_its_docks(qtbot: QtBot, window: MainWindow, workspace: object) -> None:
    from workbench.gui.window.workspaces import Workspace

    assert isinstance(workspace, Workspace)
    qtbot.mouseClick(window.workspaces.buttons[workspace.name], Qt.MouseButton.LeftButton)
    wanted = {place.dock for place in workspace.places}
    assert {name for name, dock in window.docks.items() if dock.isVisible()} == wanted
    assert window.canvas.isVisible()


def test_workspaces_are_remembered_as_they_are_left(qtbot: QtBot, window: MainWindow, tmp_path: Path) -> None:
    window.docks["Layers"].close()
    window.menus.do("show_train")
    window.menus.do("show_build")
    assert not window.docks["Layers"].isVisible()
    window.menus.do("show_look")
    window.close()
    again = MainWindow(Session(window.session.project), theme.DARK, Settings(tmp_path / "settings.ini"), tmp_path / "s")
    qtbot.addWidget(again)
    again.show()
    assert again.workspaces.current == "Look"
    again.menus.do("show_build")
    assert not again.docks["Layers"].isVisible()
    again.menus.do("reset_workspaces")
    assert again.docks["Layers"].isVisible()


class Windows(QObject):
    """Notes every window that is shown, be it for a moment."""

    def __init__(self) -> None:
        super().__init__()
        self.shown: list[str] = []

    def eventFilter(self, watched: QObject | None, event: QEvent | None) -> bool:
        is_shown = event is not None and event.type() == QEvent.Type.Show
        if is_shown and isinstance(watched, QWidget) and watched.isWindow() and not isinstance(watched, MainWindow):
            self.shown.append(f"{type(watched).__name__} {watched.accessibleName()}")
        return False


def test_no_part_of_the_window_is_a_window_for_a_moment(
    qtbot: QtBot, qapp: QApplication, session: Session, tmp_path: Path
) -> None:
    windows = Windows()
    qapp.installEventFilter(windows)
    made = MainWindow(session, theme.DARK, Settings(tmp_path / "settings.ini"), tmp_path / "state")
    qtbot.addWidget(made)
    made.show()
    made.load_rest()
    look = panels_of(made).look
    assert look is not None
    for name in session.graph.by_name:
        session.select([session.graph.named(name).id])
        qtbot.waitUntil(lambda: not look.is_busy, timeout=20_000)
    for workspace in WORKSPACES:
        made.workspaces.show(workspace.name)
    qapp.removeEventFilter(windows)
    assert windows.shown == []


def test_undo_says_what_it_takes_back(qtbot: QtBot, window: MainWindow) -> None:
    assert not window.menus.actions["undo"].isEnabled()
    window.tools.adder.add("ReLU")
    qtbot.waitUntil(lambda: window.menus.actions["undo"].text().startswith("Undo Add relu"))
    window.menus.actions["undo"].trigger()
    qtbot.waitUntil(lambda: window.menus.actions["redo"].text().startswith("Redo Add relu"))


def test_the_keyboard_reaches_every_panel(qtbot: QtBot, window: MainWindow) -> None:
    window.activateWindow()
    window.canvas.setFocus()
    seen = []
    for _ in range(5):
        focus = QApplication.focusWidget()
        assert focus is not None
        seen.append(next((name for name, dock in window.docks.items() if dock.isAncestorOf(focus)),
                         "strip" if window.strip.isAncestorOf(focus) else "canvas"))  # fmt: skip
        window.menus.do("focus_next_panel")
    assert seen == ["canvas", "Layers", "Inspector", "Look", "strip"]


def test_commands_are_found_by_name_and_carried_out(qtbot: QtBot, window: MainWindow) -> None:
    window.menus.do("search_commands")
    (search,) = window.findChildren(CommandSearch)
    qtbot.keyClicks(search.search, "train watch")
    assert search.list.count() == 1
    qtbot.keyClick(search.search, Qt.Key.Key_Return)
    assert window.workspaces.current == "Train"


def test_the_table_of_keys_holds_every_command(qtbot: QtBot, window: MainWindow) -> None:
    window.menus.do("show_keys")
    (dialog,) = window.findChildren(QDialog)
    (tree,) = dialog.findChildren(QTreeWidget)
    rows = [tree.topLevelItem(row) for row in range(tree.topLevelItemCount())]
    names = [row.text(0) for row in rows if row is not None]
    for command in COMMANDS:
        assert f"{command.menu}: {command.text.rstrip('…')}" in names
    dialog.close()


def test_about_names_versions(qtbot: QtBot, window: MainWindow) -> None:
    window.menus.do("show_about")
    (dialog,) = window.findChildren(QDialog)
    from PyQt6.QtWidgets import QLabel

    text = " ".join(label.text() for label in dialog.findChildren(QLabel))
    assert "torch 2." in text
    assert "GNU General Public License" in text
    dialog.close()


def test_the_window_comes_before_torch(tmp_path: Path) -> None:
    script = (
        "import sys; from pathlib import Path; from PyQt6.QtWidgets import QApplication; app = QApplication([]);"
        "from workbench.gui.widgets import theme; from workbench.gui.window.main_window import MainWindow;"
        "from workbench.gui.document.session import Session; from workbench.gui.widgets.user_settings import Settings;"
        "from workbench.project import storage; from workbench.core.resources import example;"
        "here = Path(sys.argv[1]);"
        "w = MainWindow(Session(storage.load(example('lenet5-digits.cnn'))), theme.DARK, Settings(here / 's'), here);"
        "w.show(); app.processEvents();"
        "print([n for n in ('torch', 'numpy', 'pyqtgraph', 'PIL', 'igraph') if n in sys.modules])"
    )
    root = Path(__file__).parents[2]
    command = [sys.executable, "-c", script, str(tmp_path)]
    result = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)
    assert result.stdout.strip() == "[]", result.stderr


def test_the_canvas_is_as_wide_whatever_is_selected(qtbot: QtBot, window: MainWindow) -> None:
    window.resize(1280, 800)
    window.workspaces.show("Build")
    QApplication.processEvents()
    width = window.canvas.width()
    window.tools.adder.add("AdaptiveAvgPool2d")
    look = panels_of(window).look
    assert look is not None
    for selection in ([], *([node.id] for node in window.session.graph)):
        window.session.select(list(selection))
        qtbot.waitUntil(lambda: not look.is_busy, timeout=60_000)
        QApplication.processEvents()
        assert window.canvas.width() == width, [window.session.graph.nodes[each].name for each in selection]


def test_menus_open_by_alt_and_a_letter_of_their_own(window: MainWindow) -> None:
    titles = [menu.title() for menu in window.menus.menus.values()]
    letters = [title[title.index("&") + 1].lower() for title in titles]
    assert len(set(letters)) == len(titles)

"""Every action of the menus View and Network is pressed once, and what it should have done is asserted."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.gui.action_page import Bench, Case, cases_of, presses
from workbench.core.frames import Frame
from workbench.core.graph import Port
from workbench.gui.editor.palette import SearchPopup
from workbench.gui.widgets import theme
from workbench.gui.widgets.choice_popup import ChoicePopup
from workbench.gui.window.commands import COMMANDS
from workbench.gui.window.main_window import MainWindow
from workbench.inspection.judging import Judged, judged
from workbench.project.probes import SampleProbe


@pytest.fixture
def bench(qtbot: QtBot, window: MainWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Bench:
    """A window on the small project, with the keyboard on its canvas."""
    window.canvas.setFocus()
    return Bench(qtbot, window, tmp_path, monkeypatch)


def _shows(workspace: str) -> Callable[[Bench], Case]:
    def case(bench: Bench) -> Case:
        bench.window.workspaces.show("Data" if workspace != "Data" else "Look")
        yield
        assert bench.window.workspaces.current == workspace
        assert bench.window.workspaces.buttons[workspace].isChecked()

    return case


def _wrong(step: int) -> Callable[[Bench], Case]:
    def case(bench: Bench) -> Case:
        bench.window.runner.one_batch()  # after which much is wrong
        bench.waits(lambda: bench.window.runner.state == "paused")
        bench.window.runner.stop()
        bench.waits(lambda: not bench.window.runner.is_on)
        session = bench.window.session
        assert session.path is not None
        wrong = judged(session.project, session.path, "", "test", folder=session.folder)
        numbers = next(each for each in wrong if isinstance(each, Judged)).verdicts.wrong().tolist()
        yield
        bench.waits(lambda: session.probe == SampleProbe("test", numbers[0 if step > 0 else -1]))
        assert bench.window.docks["Look"].isVisible()

    return case


def fit(bench: Bench) -> Case:
    bench.window.canvas.zoom(3.0)
    yield
    assert bench.window.canvas.seen().contains(bench.window.canvas.network())


def fit_selection(bench: Bench) -> Case:
    bench.select("fc")
    yield
    view, box = bench.window.canvas, bench.window.scene.box_of(bench.id("fc")).scene_box()
    assert view.seen().contains(box)
    assert not view.seen().contains(view.network())


def _zooms(is_right: Callable[[float, float], bool]) -> Callable[[Bench], Case]:
    def case(bench: Bench) -> Case:
        bench.window.canvas.zoom(0.8)
        before = bench.window.canvas.transform().m11()
        yield
        assert is_right(before, bench.window.canvas.transform().m11())

    return case


def toggle_minimap(bench: Bench) -> Case:
    before = bench.window.canvas.shows_minimap
    yield
    assert bench.window.canvas.shows_minimap is not before


def toggle_theme(bench: Bench) -> Case:
    yield
    assert bench.window.appearance.theme is theme.LIGHT
    assert bench.window.settings.text("theme") == "light"


def reset_workspaces(bench: Bench) -> Case:
    bench.window.docks["Layers"].close()
    yield
    assert bench.window.docks["Layers"].isVisible()


def focus_next_panel(bench: Bench) -> Case:
    yield
    focus = QApplication.focusWidget()
    assert focus is not None
    assert bench.window.docks["Layers"].isAncestorOf(focus)


def focus_previous_panel(bench: Bench) -> Case:
    yield
    focus = QApplication.focusWidget()
    assert focus is not None
    assert bench.window.strip.isAncestorOf(focus)


# Network


def add_layer(bench: Bench) -> Case:
    bench.select("conv")
    yield
    (popup,) = [each for each in bench.window.findChildren(SearchPopup) if each.isVisible()]
    bench.qtbot.keyClicks(popup.search, "tanh")
    bench.qtbot.keyClick(popup.search, Qt.Key.Key_Return)
    assert bench.feeds("conv", "tanh1")


def adapt_to_data(bench: Bench) -> Case:
    yield
    assert "The data is not known yet" in bench.said


def fix_problems(bench: Bench) -> Case:
    bench.spoils()
    yield
    assert not bench.window.session.analysis.problems
    assert bench.undo_text == "Fix problems"


def tidy(bench: Bench) -> Case:
    bench.select("fc")
    bench.window.scene.commands.nudge(0, 900)
    bench.select()
    low = bench.window.session.graph.named("fc").position[1]
    yield
    assert bench.window.session.graph.named("fc").position[1] < low
    assert bench.undo_text == "Tidy network"


def rename_selected(bench: Bench) -> Case:
    bench.select("fc")
    yield
    line = bench.window.canvas.overlays.line
    assert line.isVisible()
    line.selectAll()
    bench.qtbot.keyClicks(line, "head")
    bench.qtbot.keyClick(line, Qt.Key.Key_Return)
    assert "head" in bench.names


def edit_settings(bench: Bench) -> Case:
    bench.select("conv")
    yield
    focus = QApplication.focusWidget()
    assert focus is not None
    assert bench.window.inspector.isAncestorOf(focus)


def replace_selected(bench: Bench) -> Case:
    bench.select("relu")
    yield
    (popup,) = [each for each in bench.window.findChildren(SearchPopup) if each.isVisible()]
    bench.qtbot.keyClicks(popup.search, "tanh")
    bench.qtbot.keyClick(popup.search, Qt.Key.Key_Return)
    (name,) = bench.selected
    assert bench.window.session.graph.named(name).layer == "Tanh"
    assert bench.feeds("bn", name)
    assert bench.feeds(name, "pool")


def toggle_bypass(bench: Bench) -> Case:
    bench.select("relu", "drop")
    yield
    graph = bench.window.session.graph
    assert graph.named("relu").bypass
    assert graph.named("drop").bypass


def toggle_freeze(bench: Bench) -> Case:
    bench.select("conv")
    yield
    assert bench.window.session.graph.named("conv").frozen


def fix_selected(bench: Bench) -> Case:
    bench.spoils()
    bench.select("conv")
    yield
    assert not bench.window.session.analysis.problems


def connect_selected(bench: Bench) -> Case:
    bench.select("conv")
    yield
    bench.closes(ChoicePopup)


def insert_on_wire(bench: Bench) -> Case:
    scene = bench.window.scene
    edge = next(edge for edge in scene.edges if edge.target == Port(bench.id("pool"), "x"))
    scene.clearSelection()
    scene.edges[edge].setSelected(True)
    yield
    (popup,) = [each for each in bench.window.findChildren(SearchPopup) if each.isVisible()]
    bench.qtbot.keyClicks(popup.search, "tanh")
    bench.qtbot.keyClick(popup.search, Qt.Key.Key_Return)
    assert bench.feeds("relu", "tanh1")
    assert bench.feeds("tanh1", "pool")


def colour_by_cost(bench: Bench) -> Case:
    yield
    popup = bench.closes(ChoicePopup)
    assert isinstance(popup, ChoicePopup)
    popup.chosen.emit(1)
    box = bench.window.scene.box_of(bench.id("conv"))
    assert box.tint is not None
    assert bench.window.canvas.overlays.legend.words.startswith("Parameters: ")


def compare_network(bench: Bench) -> Case:
    session = bench.window.session
    assert session.path is not None
    other = bench.folder / "other.cnn"
    other.write_bytes(session.path.read_bytes())
    bench.file = str(other)
    bench.select("conv")
    bench.window.scene.commands.delete_selection()
    yield
    assert bench.told == ["other.cnn → small.cnn with unsaved changes"]


def add_block(bench: Bench) -> Case:
    bench.select("relu")
    yield
    popup = bench.closes(ChoicePopup)
    assert isinstance(popup, ChoicePopup)
    bench.window.tools.blocks.add("fire")
    assert bench.told == ["Add Fire"]


def save_block(bench: Bench) -> Case:
    bench.select("conv", "bn")
    bench.typed = "My stem"
    yield
    assert (bench.folder / "blocks" / "my_stem.block").is_file()
    tree = bench.window.palette_list.tree
    assert [item.text(0) for item in tree.findItems("my stem", Qt.MatchFlag.MatchRecursive)] == ["my stem"]


def repeat_selection(bench: Bench) -> Case:
    bench.select("bn", "relu")
    yield
    assert {"bn1.bn", "bn1.relu", "bn2.bn", "bn2.relu"} <= bench.names
    assert bench.feeds("relu", "bn1.bn")
    assert bench.feeds("bn1.relu", "bn2.bn")
    assert bench.feeds("bn2.relu", "pool")
    assert not bench.window.session.analysis.problems


def group_selection(bench: Bench) -> Case:
    bench.select("conv", "bn")
    yield
    assert {"group1.conv", "group1.bn"} <= bench.names


def _grouped(bench: Bench) -> None:
    bench.select("conv", "bn")
    bench.window.scene.grouping.group_selection()


def ungroup_selection(bench: Bench) -> Case:
    _grouped(bench)
    yield
    assert {"conv", "bn"} <= bench.names


def toggle_fold(bench: Bench) -> Case:
    _grouped(bench)
    yield
    assert list(bench.window.scene.groups.folded) == ["group1"]


def enter_group(bench: Bench) -> Case:
    _grouped(bench)
    yield
    assert bench.window.scene.levels.inside == "group1"
    assert bench.window.canvas.overlays.breadcrumbs.isVisible()


def leave_group(bench: Bench) -> Case:
    _grouped(bench)
    bench.window.scene.grouping.enter_group()
    yield
    assert bench.window.scene.levels.inside == ""
    assert not bench.window.canvas.overlays.breadcrumbs.isVisible()


def _frame(bench: Bench) -> Frame:
    (frame,) = bench.window.session.graph.frames.values()
    return frame


def _framed(bench: Bench) -> None:
    bench.select("conv", "bn")
    bench.window.canvas.framing.add_frame()
    bench.qtbot.keyClick(bench.window.canvas.framing.line, Qt.Key.Key_Return)
    bench.window.canvas.setFocus()


def add_frame(bench: Bench) -> Case:
    bench.select("conv", "bn")
    yield
    line = bench.window.canvas.framing.line
    line.selectAll()
    bench.qtbot.keyClicks(line, "Stem")
    bench.qtbot.keyClick(line, Qt.Key.Key_Return)
    assert _frame(bench).title == "Stem"


def edit_note(bench: Bench) -> Case:
    _framed(bench)
    yield
    bench.qtbot.keyClicks(bench.window.canvas.framing.note, "why")
    bench.window.canvas.setFocus()
    assert _frame(bench).text == "why"


def colour_frame(bench: Bench) -> Case:
    _framed(bench)
    yield
    (popup,) = [each for each in bench.window.canvas.findChildren(ChoicePopup) if each.isVisible()]
    bench.qtbot.keyClicks(popup.search, "teal")
    bench.qtbot.keyClick(popup.search, Qt.Key.Key_Return)
    assert _frame(bench).colour == "teal"


def fit_frame(bench: Bench) -> Case:
    _framed(bench)
    before = _frame(bench).area
    bench.window.canvas.framing.resize(200, 100)
    assert _frame(bench).area != before
    yield
    assert _frame(bench).area == before


def select_in_frame(bench: Bench) -> Case:
    _framed(bench)
    bench.window.scene.frames.choose(bench.window.session.graph.frames)
    yield
    assert set(bench.selected) == {"conv", "bn"}


CASES = cases_of(globals())
CASES |= {"next_wrong": _wrong(1), "previous_wrong": _wrong(-1)}
CASES |= {f"show_{name.lower()}": _shows(name) for name in ("Build", "Data", "Train", "Look", "Compare")}
CASES |= {
    "zoom_in": _zooms(lambda before, after: after > before),
    "zoom_out": _zooms(lambda before, after: after < before),
    "zoom_reset": _zooms(lambda before, after: after == pytest.approx(1.0) and before != pytest.approx(1.0)),
}


@pytest.mark.parametrize("name", [command.name for command in COMMANDS if command.menu in ("View", "Network")])
def test_the_action_does_what_it_says(bench: Bench, name: str) -> None:
    presses(bench, name, CASES)


def test_every_panel_of_the_view_menu_opens_and_closes(bench: Bench) -> None:
    for title, dock in bench.window.docks.items():
        before = dock.isVisible()
        action = next(each for each in bench.window.menus.menus["View"].actions() if each is dock.toggleViewAction())
        action.trigger()
        assert dock.isVisible() is not before, title
        action.trigger()
        assert dock.isVisible() is before, title

"""Blocks in the window: chosen from the list, asked for their settings, placed with room, kept and repeated."""

from __future__ import annotations

from pathlib import Path

import pytest
from PyQt6.QtCore import QPointF, Qt
from PyQt6.QtWidgets import QDialog, QDialogButtonBox
from pytestqt.qtbot import QtBot

from tests.graph_factories import drawn
from tests.gui.canvas_page import Canvas
from workbench.core.graph import Edge, Port
from workbench.core.values import Value
from workbench.editing.block_choice import choice_of
from workbench.editing.saved_blocks import FOLDER_VARIABLE
from workbench.gui.editor.palette import BLOCK_ROLE, Palette, SearchPopup, block_data, dragged_block, dragged_layer
from workbench.gui.widgets.message_boxes import Button
from workbench.gui.window import block_adder
from workbench.gui.window.block_adder import BlockAdder
from workbench.gui.window.block_dialog import BlockDialog

MAP = Value((16, 8, 8))


class Page(Canvas):
    """A canvas with a list of layers, whose dialogs are accepted as they come."""

    def __init__(self, qtbot: QtBot) -> None:
        super().__init__(qtbot, drawn("lenet5", (1, 32, 32)))
        self.palette = Palette()
        qtbot.addWidget(self.palette)
        self.said: list[str] = []
        self.adder = BlockAdder(self.session, self.view, self.palette, self.said.append)

    def wire(self, source: str, target: str) -> Edge:
        ends = (self.id(source), self.id(target))
        return next(edge for edge in self.graph.edges if (edge.source.node, edge.target.node) == ends)

    def rows(self) -> list[str]:
        """The blocks that the list shows."""
        tree, found = self.palette.tree, []
        for top in (tree.topLevelItem(at) for at in range(tree.topLevelItemCount())):
            assert top is not None
            items = [top, *(top.child(at) for at in range(top.childCount()))]
            found += [item.text(0) for item in items if item is not None and item.data(0, BLOCK_ROLE)]
        return found


@pytest.fixture
def page(qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Page:
    monkeypatch.setenv(FOLDER_VARIABLE, str(tmp_path / "blocks"))
    monkeypatch.setattr(QDialog, "exec", lambda dialog: True)
    return Page(qtbot)


def dialog_of(qtbot: QtBot, key: str, value: Value = MAP) -> BlockDialog:
    choice = choice_of(key)
    assert choice is not None
    dialog = BlockDialog(choice, value)
    qtbot.addWidget(dialog)
    return dialog


def test_a_block_comes_on_the_only_wire_behind_the_selected_node_and_has_room(page: Page) -> None:
    before = page.graph
    page.select("relu1")
    page.adder.add("bottleneck")
    assert page.graph.incoming[page.id("pool1")]["x"].node == page.id("bottleneck1.relu3")
    assert not page.session.analysis.problems
    assert "bottleneck1" in page.scene.groups.frames
    assert page.covered() == []
    assert page.steps == 1
    page.undo()
    assert page.graph == before


def test_a_block_that_is_dropped_on_a_wire_stands_on_it(page: Page) -> None:
    page.adder.add("fire", QPointF(500, 500), page.wire("relu2", "pool2"))
    assert page.graph.incoming[page.id("pool2")]["x"].node == page.id("fire1.concat")
    assert page.graph.incoming[page.id("fire1.squeeze")]["x"].node == page.id("relu2")


def test_a_block_that_is_dropped_elsewhere_is_wired_to_nothing(page: Page) -> None:
    page.adder.add("fire", QPointF(0, 900))
    assert page.graph.incoming[page.id("fire1.squeeze")] == {}
    assert page.covered() == []


def test_several_stand_folded_one_behind_the_other(page: Page, qtbot: QtBot) -> None:
    dialog = dialog_of(qtbot, "residual", Value((6, 16, 16)))
    dialog.times.setValue(3)
    assert dialog.piece is not None
    page.adder.place(dialog.piece, Port(page.id("pool1"), "y"))
    assert list(page.scene.groups.folded) == ["residual1", "residual2", "residual3"]
    assert page.covered() == []
    assert not page.session.analysis.problems
    assert page.graph.incoming[page.id("conv2")]["x"].node == page.id("residual3.relu2")


def test_what_comes_of_the_settings_is_said_while_they_are_typed(qtbot: QtBot) -> None:
    dialog = dialog_of(qtbot, "bottleneck")
    assert dialog.result_line.text() == "16×8×8 becomes 256×8×8: 12 nodes, 59,648 parameters."
    dialog._set("stride", 2)
    assert "becomes 256×4×4" in dialog.result_line.text()
    dialog._set("out_channels", 2)
    assert dialog.piece is None
    assert "out_channels" in dialog.result_line.text()
    ok = dialog.buttons.button(QDialogButtonBox.StandardButton.Ok)
    assert ok is not None
    assert not ok.isEnabled()


def test_a_block_for_which_nothing_fits_comes_in_says_so(qtbot: QtBot) -> None:
    dialog = dialog_of(qtbot, "residual", Value((84,), "vector"))
    assert dialog.piece is None
    assert "takes maps with rows and columns; what comes in is 84" in dialog.result_line.text()


def test_a_selection_is_kept_listed_and_placed_again(page: Page) -> None:
    page.select("conv2", "relu2")
    page.adder.keep("Twice as wide")
    assert page.rows()[-1] == "twice as wide"
    key = next(str(item.data(0, BLOCK_ROLE)) for item in
               page.palette.tree.findItems("twice as wide", Qt.MatchFlag.MatchRecursive))  # fmt: skip
    page.select("pool2")
    page.adder.add(key)
    assert page.graph.incoming[page.id("flatten")]["x"].node == page.id("twice_as_wide.relu2")
    page.adder.add("own:/nowhere/gone.block")
    assert "no longer there" in page.said[-1]


def test_a_kept_block_that_is_damaged_is_a_sentence(page: Page, tmp_path: Path) -> None:
    (tmp_path / "blocks").mkdir()
    (tmp_path / "blocks" / "odd.block").write_text("{")
    page.palette.list_again()
    assert page.rows()[-1] == "odd"
    page.adder.add(f"own:{tmp_path / 'blocks' / 'odd.block'}")
    assert "odd.block" in page.said[-1]


def test_blocks_are_listed_searched_and_dragged(page: Page) -> None:
    assert {"Residual, bottleneck", "U-Net level", "ASPP"} <= set(page.rows())
    page.palette.search.setText("bottle")
    assert page.rows() == ["Residual, bottleneck"]
    chosen: list[str] = []
    page.palette.block_chosen.connect(chosen.append)
    page.palette._choose_first()
    assert chosen == ["bottleneck"]
    data = block_data("bottleneck")
    found = dragged_block(data)
    assert found is not None
    assert found.title == "Residual, bottleneck"
    assert dragged_layer(data) == ""


def test_a_search_for_what_fits_an_end_lists_no_blocks(page: Page) -> None:
    popup = SearchPopup(page.view, fitting=["Conv2d"], others=["ReLU"])
    popup.search.setText("residual")
    assert popup.tree.topLevelItemCount() == 0


def test_block_upon_block_and_repeated_stay_one_chain(page: Page, qtbot: QtBot) -> None:
    dialog = dialog_of(qtbot, "residual", Value((6, 16, 16)))
    dialog.times.setValue(2)
    assert dialog.piece is not None
    page.adder.place(dialog.piece, Port(page.id("pool1"), "y"))
    page.session.select([node.id for node in page.graph if node.name.startswith("residual1.")])
    page.adder.add("conv")
    assert page.graph.incoming[page.id("conv3.conv")]["x"].node == page.id("residual1.relu2")
    assert page.graph.incoming[page.id("residual2.add")]["x.1"].node == page.id("conv3.relu")
    page.session.select([node.id for node in page.graph if node.name.startswith("residual2.")])
    page.adder.repeat(2)
    (new,) = [
        name
        for name in page.graph.by_name
        if name.endswith(".conv1") and name.split(".")[0] not in {"residual1", "residual2"}
    ]
    block = new.partition(".")[0]
    assert page.graph.incoming[page.id(new)]["x"].node == page.id("residual2.relu2")
    assert page.graph.incoming[page.id("conv2")]["x"].node == page.id(f"{block}.relu2")


def test_a_block_of_ones_own_is_deleted_after_a_question(
    page: Page, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page.select("conv2")
    page.adder.keep("brick")
    key = f"own:{tmp_path / 'blocks' / 'brick.block'}"
    for answer, left in ((Button.Cancel, True), (Button.Discard, False)):
        monkeypatch.setattr(block_adder, "ask", lambda *_, answer=answer, **__: answer)
        page.palette.deletion_requested.emit(key)
        assert (tmp_path / "blocks" / "brick.block").exists() is left
        assert ("brick" in page.rows()) is left
    page.adder.delete("bottleneck")


def test_shift_adds_a_box_to_the_selection(page: Page) -> None:
    page.click(page.header("conv1"))
    page.qtbot.mouseClick(
        page.viewport, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.ShiftModifier, page.header("conv2")
    )
    assert page.selected() == ["conv1", "conv2"]

"""The Look panel: node, view, unit, hover, weights, thumbnails, saving."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image
from PyQt6.QtCore import QPoint, Qt
from PyQt6.QtWidgets import QApplication, QFileDialog
from pytestqt.qtbot import QtBot

from workbench.core.edits import MISSING, RemoveEdge, SetField, SetParam
from workbench.core.graph import Port
from workbench.gui.document.session import Session
from workbench.gui.insight.panel import LookPanel
from workbench.gui.insight.pixel_image import PixelImage
from workbench.gui.insight.tile_menu import TileMenu
from workbench.gui.widgets import theme
from workbench.insight.probe import activations
from workbench.model.network import Network
from workbench.project import storage
from workbench.project.probes import SampleProbe
from workbench.training.events import SnapshotTaken

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def look(qtbot: QtBot, trained: Path) -> Iterator[LookPanel]:
    """The panel on a LeNet that was trained on pictures of 12x12, shown."""
    session = Session(storage.load(trained), trained)
    panel = LookPanel(session, theme.DARK, lambda: trained)
    qtbot.addWidget(panel)
    panel.resize(1280, 400)
    panel.show()
    qtbot.waitExposed(panel)
    yield panel
    panel.shut_down()


def select(qtbot: QtBot, look: LookPanel, name: str) -> None:
    """Selects a node and waits until it is seen."""
    node = look.session.graph.named(name).id
    look.session.select([node])
    qtbot.waitUntil(lambda: look.answer is not None and look.answer.request.node == node, timeout=20_000)


def test_feature_maps_of_a_node(qtbot: QtBot, look: LookPanel, trained: Path) -> None:
    select(qtbot, look, "conv2")
    answer = look.answer
    assert answer is not None
    assert answer.picture is not None
    assert len(answer.picture.units) == 16
    assert "weights: run-001" in look.header.note
    assert look.header.note.count("weights") == 1
    assert look.unit.caption == "unit 0"
    assert answer.truth == "0"


def test_units_are_clicked_and_walked(qtbot: QtBot, look: LookPanel) -> None:
    select(qtbot, look, "conv2")
    place = look.grid.tile_rect(2).center().toPoint()
    qtbot.mouseClick(look.grid, LEFT, pos=place)
    assert look.unit.caption == "unit 2"
    qtbot.keyClick(look.grid, Qt.Key.Key_Right)
    qtbot.waitUntil(lambda: look.answer is not None and look.answer.request.unit == 3, timeout=20_000)
    assert look.answer is not None
    detail = look.answer.detail
    assert detail is not None
    assert detail.unit == 3
    assert f"{detail.strongest:.4g}" in look.unit.numbers or detail.is_dead


def test_a_unit_that_the_next_node_lacks_gives_way(qtbot: QtBot, look: LookPanel) -> None:
    select(qtbot, look, "conv2")
    qtbot.keyClick(look.grid, Qt.Key.Key_End)
    assert look.grid.chosen == 15
    select(qtbot, look, "conv1")
    qtbot.waitUntil(lambda: look.answer is not None and look.answer.detail is not None, timeout=20_000)
    assert look.unit.caption == "unit 0"


def test_hovering_a_tile_tells_value_and_what_it_sees(qtbot: QtBot, look: LookPanel) -> None:
    select(qtbot, look, "conv1")
    answer = look.answer
    assert answer is not None
    assert answer.picture is not None
    rect = look.grid.tile_rect(1)
    size = answer.picture.tiles.shape[1]
    with qtbot.waitSignal(look.grid.pixel_hovered):
        qtbot.mouseMove(look.grid, rect.topLeft().toPoint())
        qtbot.mouseMove(look.grid, (rect.topLeft() + (rect.center() - rect.topLeft()) / size * 11).toPoint())
    unit, row, column = 1, size // 2 - (1 if size % 2 == 0 else 0), size // 2 - (1 if size % 2 == 0 else 0)
    assert look.hovered.text().startswith(f"unit {unit} · row ")
    assert "receptive field 5×5 pixels" in look.hovered.text()
    look.grid.pixel_hovered.emit(unit, row, column)
    assert f"{float(answer.picture.values[unit, row, column]):.4g}" in look.hovered.text()
    look.grid.pixel_hovered.emit(-1, -1, -1)
    assert look.hovered.text().strip() == ""


def test_a_clicked_position_is_sent_back_and_the_strongest_again(qtbot: QtBot, look: LookPanel) -> None:
    select(qtbot, look, "conv1")
    place = look.unit.map.picture_rect().topLeft().toPoint()
    assert not look.unit.strongest.isVisible()
    qtbot.mouseClick(look.unit.map, LEFT, pos=place + type(place)(2, 2))
    qtbot.waitUntil(lambda: look.answer is not None and look.answer.request.position == (0, 0), timeout=20_000)
    assert look.answer is not None
    detail = look.answer.detail
    assert detail is not None
    assert detail.position == (0, 0)
    qtbot.mouseClick(look.unit.strongest, LEFT)
    qtbot.waitUntil(lambda: look.answer is not None and look.answer.request.position is None, timeout=20_000)


def test_every_node_has_a_thumbnail_even_while_the_panel_is_hidden(qtbot: QtBot, look: LookPanel) -> None:
    look.hide()
    with qtbot.waitSignal(look.thumbnails_ready, timeout=20_000) as ready:
        look.session.look_at(SampleProbe("test", 2))
    (thumbnails,) = ready.args
    graph = look.session.graph
    computed = {node.id for node in graph if node.layer not in ("Target", "CrossEntropyLoss", "Output")}
    assert set(thumbnails) == computed
    qtbot.waitUntil(lambda: not look.is_busy, timeout=20_000)
    look.refresh()
    assert look.is_busy
    qtbot.waitUntil(lambda: not look.is_busy, timeout=20_000)
    look.wants_thumbnails = False
    assert not look.wants_snapshots
    with qtbot.assertNotEmitted(look.thumbnails_ready, wait=200):
        look.session.look_at(SampleProbe("test", 3))


def test_moving_a_node_computes_nothing_anew(qtbot: QtBot, look: LookPanel) -> None:
    select(qtbot, look, "conv2")
    node = look.session.graph.named("conv1")
    with qtbot.assertNotEmitted(look.thumbnails_ready, wait=300):
        look.session.push(SetField(node.id, "position", node.position, (5.0, 5.0), node.name))


def test_what_is_sound_of_a_broken_network_is_still_seen(qtbot: QtBot, look: LookPanel) -> None:
    select(qtbot, look, "conv2")
    graph = look.session.graph
    flatten = graph.named("flatten")
    edge = next(edge for edge in graph.edges if edge.target.node == flatten.id)
    index = graph.edges.index(edge)
    with qtbot.waitSignal(look.thumbnails_ready, timeout=20_000) as ready:
        look.session.push(RemoveEdge(edge, index))
    assert graph.named("conv2").id in ready.args[0]
    assert flatten.id not in ready.args[0]
    assert "the network was edited since" in look.header.note


def test_a_node_of_another_shape_is_said_to_be_untrained(qtbot: QtBot, look: LookPanel) -> None:
    session = look.session
    node = session.graph.named("conv1")
    select(qtbot, look, "conv1")
    session.push(SetParam(node.id, "out_channels", node.params.get("out_channels", MISSING), 7, "x"))
    qtbot.waitUntil(lambda: "this node is untrained" in look.header.note, timeout=20_000)
    select(qtbot, look, "fc2")
    qtbot.waitUntil(lambda: "edited since" in look.header.note, timeout=20_000)
    assert "untrained" not in look.header.note


def test_weights_of_a_running_training_are_shown(qtbot: QtBot, look: LookPanel) -> None:
    select(qtbot, look, "conv1")
    released: list[bool] = []
    network = Network(look.session.graph, seed=9)
    weights = {key: tensor.numpy() for key, tensor in network.modules.state_dict().items()}
    look.show_live(SnapshotTaken(120, weights, lambda: released.append(True)))
    assert released
    qtbot.waitUntil(lambda: "training, batch 120" in look.header.note, timeout=20_000)
    assert look.answer is not None
    port = Port(look.session.graph.named("conv1").id, "y")
    assert look.answer.picture is not None
    image = torch.tensor(image_of(look)).float()[None] / 255
    expected = activations(network, {"image": image}, frozenset({port}))[port][0].numpy()
    assert np.allclose(look.answer.picture.values, expected, atol=1e-5)
    look.show_run("")
    qtbot.waitUntil(lambda: "weights: run-001" in look.header.note, timeout=20_000)
    look.show_run("run-999")
    qtbot.waitUntil(lambda: "not trained yet" in look.header.note, timeout=20_000)
    look.show_run("run-001")
    qtbot.waitUntil(lambda: "weights: run-001" in look.header.note, timeout=20_000)


def image_of(look: LookPanel) -> Any:
    """The picture that is shown, (1, H, W)."""
    answer = look.answer
    assert answer is not None
    assert answer.image is not None
    return answer.image.transpose(2, 0, 1)[:1].copy()


def test_without_weights_it_says_so_and_offers_to_train(qtbot: QtBot, session: Session) -> None:
    assert session.path is not None
    path = session.path
    panel = LookPanel(session, theme.LIGHT, lambda: path)
    qtbot.addWidget(panel)
    panel.resize(900, 400)
    panel.show()
    qtbot.waitUntil(lambda: "not trained yet" in panel.header.note, timeout=20_000)
    assert panel.header._title.text() == "conv"  # nothing is selected: the first convolution
    with qtbot.waitSignal(panel.run_requested):
        qtbot.mouseClick(panel.header.train, LEFT)
    panel.shut_down()


def test_the_picture_is_saved_with_its_numbers(
    qtbot: QtBot, look: LookPanel, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    select(qtbot, look, "conv1")
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(tmp_path / "maps.png"), ""))
    qtbot.mouseClick(look.header.save, LEFT)
    with Image.open(tmp_path / "maps.png") as image:
        assert image.width > 100
    assert look.answer is not None
    assert look.answer.picture is not None
    with np.load(tmp_path / "maps.npz") as arrays:
        assert np.array_equal(arrays["values"], look.answer.picture.values)
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(tmp_path / "gone" / "maps.png"), ""))
    qtbot.mouseClick(look.header.save, LEFT)
    assert "folder does not exist" in look.header.problem


@pytest.mark.parametrize("width", [300, 1280, 2560])
def test_nothing_sticks_out_sideways(qtbot: QtBot, look: LookPanel, width: int) -> None:
    select(qtbot, look, "conv1")
    look.resize(width, 400)
    body = look.room.widget()
    viewport = look.room.viewport()
    assert body is not None
    assert viewport is not None
    qtbot.waitUntil(lambda: body.width() <= viewport.width())
    qtbot.waitUntil(lambda: (order(look) == ["grid", "unit", "probe"]) == (width < 560))


def order(look: LookPanel) -> list[str]:
    """The parts that are there, from top to bottom; those at one height in their usual order."""
    parts = {"probe": look.probe, "grid": look.grid, "unit": look.unit}
    tops = {name: part.mapTo(look, QPoint()).y() for name, part in parts.items() if part.isVisible()}
    return sorted(tops, key=lambda name: tops[name])


def narrow(qtbot: QtBot, look: LookPanel, height: int = 350) -> None:
    """Makes the panel as it is in the right column."""
    look.resize(340, height)
    qtbot.waitUntil(lambda: look.room.width() < 340)


def test_in_the_narrow_column_grid_and_unit_of_a_node_are_seen_at_once(qtbot: QtBot, look: LookPanel) -> None:
    narrow(qtbot, look)
    two = [look.session.graph.named(name).id for name in ("conv1", "pool1")]
    look.session.select(two)
    qtbot.waitUntil(lambda: order(look) == ["probe", "grid"])
    qtbot.waitUntil(lambda: look.probe.height() >= 230)
    select(qtbot, look, "relu2")
    qtbot.waitUntil(lambda: order(look) == ["grid", "unit", "probe"])
    last = look.grid.tile_rect(15)
    assert look.grid.height() <= 160
    assert last.bottom() <= look.grid.height() <= last.bottom() + 20  # as high as the tiles need
    viewport = look.room.viewport()
    assert viewport is not None
    foot = look.unit.mapTo(viewport, QPoint(0, look.unit.height())).y()
    qtbot.waitUntil(lambda: look.unit.mapTo(viewport, QPoint(0, look.unit.height())).y() <= viewport.height())
    assert foot > look.grid.height()
    qtbot.waitUntil(lambda: look.unit.map.y() == look.unit.down.y())  # side by side
    look.session.select(two)
    qtbot.waitUntil(lambda: order(look) == ["probe", "grid"])


def test_a_grid_of_many_tiles_scrolls_in_the_narrow_column(qtbot: QtBot, look: LookPanel) -> None:
    narrow(qtbot, look, 700)
    select(qtbot, look, "fc1")
    qtbot.waitUntil(lambda: 0 < look.grid.height() <= 160)
    assert look.grid.tile_rect(119).bottom() > look.grid.height()
    look.resize(1280, 500)
    qtbot.waitUntil(lambda: look.grid.height() > 300)


@pytest.mark.parametrize(("width", "height"), [(1280, 470), (2560, 650)])
def test_the_room_of_a_wide_panel_is_used(qtbot: QtBot, look: LookPanel, width: int, height: int) -> None:
    look.resize(width, height)
    select(qtbot, look, "conv1")
    qtbot.waitUntil(look.unit.filter.isVisible)
    # in a second row, where that is larger
    qtbot.waitUntil(lambda: (look.unit.filter.y() > look.unit.map.y()) == (width == 1280))
    select(qtbot, look, "relu2")
    qtbot.waitUntil(lambda: look.unit.map.picture_rect().height() > 0.55 * look.unit.height())
    qtbot.waitUntil(lambda: look.unit.map.y() == look.unit.down.y())
    assert look.probe.bars.width() <= 300
    select(qtbot, look, "fc2")
    qtbot.waitUntil(lambda: not look.unit.map.isVisible())
    qtbot.waitUntil(lambda: look.unit.down.picture_rect().height() > 0.6 * look.unit.height())


def test_pictures_of_a_unit_are_stacked_where_it_is_higher_than_wide(qtbot: QtBot, look: LookPanel) -> None:
    select(qtbot, look, "relu2")
    unit = look.unit
    unit.setParent(None)
    qtbot.addWidget(unit)
    unit.resize(200, 520)
    unit.show()
    qtbot.waitUntil(lambda: unit.down.y() > unit.map.y() + 100)
    unit.resize(520, 260)
    qtbot.waitUntil(lambda: unit.down.y() == unit.map.y())


def test_both_themes_and_every_view_paint(qtbot: QtBot, look: LookPanel) -> None:
    select(qtbot, look, "conv1")
    for view in ("feature-maps", "filters", "deconvnet"):
        look.choose_view(view)
        qtbot.waitUntil(lambda view=view: look.answer is not None and look.answer.request.view == view)  # type: ignore[misc]
        dark = look.grid.grab().toImage()
        assert len({dark.pixel(x, 20) for x in range(0, 200, 3)}) > 2
    look.set_theme(theme.LIGHT)
    qtbot.waitUntil(lambda: look.answer is not None and look.answer.request.signed[128].min() > 200)
    assert look.grid.grab().toImage() != dark


def test_another_document_has_its_own_pictures(qtbot: QtBot, look: LookPanel) -> None:
    session = look.session
    select(qtbot, look, "conv1")
    other = replace(session.project, uuid="other", probes=({"sample": "train:5"},))
    with qtbot.waitSignal(look.thumbnails_ready, timeout=20_000):
        session.replace(other, session.path)
    assert session.probe == SampleProbe("train", 5)
    assert look.answer is None


def test_without_a_selection_the_first_convolution_or_the_node_before_is_seen(qtbot: QtBot, look: LookPanel) -> None:
    graph = look.session.graph
    qtbot.waitUntil(lambda: look.answer is not None and not look.is_busy, timeout=20_000)
    assert look.answer is not None
    assert look.answer.request.node == graph.named("conv1").id
    select(qtbot, look, "pool1")
    look.session.select([])
    qtbot.waitUntil(lambda: not look.is_busy, timeout=20_000)
    assert look.answer.request.node == graph.named("pool1").id
    look.session.select([graph.named("conv1").id, graph.named("pool1").id])
    assert look.grid._empty == "Select one node."


def test_a_right_click_on_a_tile_chooses_it_and_copies_its_picture(qtbot: QtBot, look: LookPanel) -> None:
    select(qtbot, look, "conv2")
    menu = look.findChild(TileMenu)
    assert menu is not None
    made = menu.menu(look.grid.tile_rect(5).center().toPoint())
    assert made is not None
    assert look.grid.chosen == 5
    copy, save = made.actions()
    assert copy.text() == "Copy the picture of unit 5"
    assert save.isEnabled()
    copy.trigger()
    clipboard = QApplication.clipboard()
    assert clipboard is not None
    picture = look.grid._picture
    assert picture is not None
    assert (clipboard.image().height(), clipboard.image().width()) == picture.tiles.shape[1:3]
    made.deleteLater()
    look.session.select([look.session.graph.named(name).id for name in ("conv1", "conv2")])
    assert menu.menu(QPoint(5, 5)) is None


@pytest.mark.parametrize(("name", "height"), [("fc1", 350), ("conv2", 330), ("fc2", 700)])
def test_nothing_that_scrolls_is_in_something_that_scrolls(
    qtbot: QtBot, look: LookPanel, name: str, height: int
) -> None:
    narrow(qtbot, look, height)
    select(qtbot, look, name)
    qtbot.waitUntil(lambda: order(look) == ["grid", "unit", "probe"])
    assert not look.room.isAncestorOf(look.grid)
    qtbot.waitUntil(lambda: look.grid.width() == look.room.width())
    look.resize(1280, 500)
    qtbot.waitUntil(lambda: order(look) == ["probe", "grid", "unit"] or look.probe.x() < look.grid.x())
    assert look.room.isAncestorOf(look.grid)


@pytest.mark.parametrize("width", [84, 110, 300])
def test_a_caption_is_whole_in_as_many_lines_as_it_needs(qtbot: QtBot, width: int) -> None:
    picture = PixelImage("input", theme.DARK)
    qtbot.addWidget(picture)
    picture.resize(width, 160)
    caption = "feature map 28×28, own range"
    picture.show_pixels(np.zeros((28, 28, 3), np.uint8), caption)
    lines = picture._caption_lines(width)
    assert " ".join(lines) == caption
    assert (len(lines) == 1) is (width == 300)
    assert all(picture.fontMetrics().horizontalAdvance(line) <= width for line in lines)
    assert picture.picture_rect().bottom() + picture.caption_height(width) <= picture.height() + 1

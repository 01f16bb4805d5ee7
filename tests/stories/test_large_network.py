"""A large network and large pictures: ResNet-18 at 224 in Look, by mouse."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PyQt6.QtCore import Qt
from pytestqt.qtbot import QtBot

from tests.graph_factories import flat
from tests.stories.test_newcomer import LEFT, Person
from workbench.core.edits import MISSING, CompositeGraphEdit, SetGroup
from workbench.core.graph import Graph
from workbench.core.graph_edits import moved
from workbench.gui.window.workspaces import WORKSPACES
from workbench.project import storage
from workbench.project.new_project import create


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """ResNet-18 for a folder of photographs, twelve in two classes."""
    random = np.random.default_rng(0)
    for name in ("cats", "dogs"):
        (tmp_path / "photos" / name).mkdir(parents=True)
        for number in range(6):
            pixels = random.integers(0, 256, (240, 280, 3), np.uint8)
            Image.fromarray(pixels).save(tmp_path / "photos" / name / f"{number}.png")
    options = {"path": str(tmp_path / "photos"), "width": 224, "height": 224}
    made, _ = create("resnet18", ("folder", options), tmp_path)
    storage.save(made, tmp_path / "net.cnn")
    return tmp_path / "net.cnn"


@pytest.mark.slow
def test_units_of_a_deep_layer(qtbot: QtBot, tmp_path: Path, project: Path) -> None:
    person = Person(qtbot, project, tmp_path, is_copy=False)
    window, look, graph = person.window, person.look, person.window.session.graph
    shown: list[tuple[str, int]] = []

    def note() -> None:
        answer = look.answer
        if answer is not None and answer.detail is not None and look.unit.map._image is not None:
            shown.append((look.unit.caption, answer.detail.unit))

    look._looker.answered.connect(note)
    person.goes_to("Look")
    for block in ("layer4.1", "layer3.0"):
        name = f"{block}.conv2"
        for _ in range(2):  # forget what is selected, and go out of the block before
            qtbot.keyClick(window.canvas, Qt.Key.Key_Escape)
        window.canvas.fit()
        person.clicks_node(name)  # the box of its block
        person.sees(lambda block=block: look.header._title.text() == f"{block}.relu2" and person.units() > 0)
        box = window.scene.groups.folded[block].scene_box()
        person.double_clicks(window.canvas.mapFromScene(box.center()))
        person.clicks_node(name)
        assert window.session.selection == [graph.named(name).id]
        person.sees(lambda name=name: look.header._title.text() == name and person.units() > 0)
    assert person.units() == 256
    person.picks_view("Deconvnet")
    person.sees(lambda: person.units() == 256)
    for unit in (5, 11, 2):
        place = look.grid.tile_rect(unit).center().toPoint()
        qtbot.mouseClick(look.grid, LEFT, pos=place)
        assert look.unit.caption == f"unit {unit}"
        assert look.unit.map._image is None  # nothing is shown of another
        person.sees(lambda: look.unit.map._image is not None)
        answer = look.answer
        assert answer is not None
        assert answer.detail is not None
        assert answer.detail.unit == unit
        assert answer.picture is not None
        assert answer.picture.is_made(unit)
    assert answer.picture.made is not None, "units are answered before all tiles are made"
    assert [pair for pair in shown if pair[0] != f"unit {pair[1]}"] == []
    person.goes_to("Build")
    person.goes_to("Look")
    assert look.isVisible()
    assert (window.width(), window.height()) == (1280, 800)


@pytest.mark.slow
@pytest.mark.parametrize("size", [(1024, 700), (1280, 800)])
def test_workspaces_keep_their_panels_and_the_window_its_width(
    qtbot: QtBot, tmp_path: Path, project: Path, size: tuple[int, int]
) -> None:
    person = Person(qtbot, project, tmp_path, is_copy=False)
    window = person.window
    window.resize(*size)
    names = [workspace.name for workspace in WORKSPACES]
    for name in (*names, *reversed(names), *names):
        person.goes_to(name)
        wanted = {place.dock for each in WORKSPACES if each.name == name for place in each.places}
        assert {title for title, dock in window.docks.items() if dock.isVisible()} == wanted
        assert (window.width(), window.height()) == size
        if name != "Build":
            assert window.canvas.seen().contains(window.scene.bounds()), f"the strip of {name} is cut"


def flattened(graph: Graph) -> CompositeGraphEdit:
    """The edit that takes the groups away and lays all nodes out beside each other."""
    wanted = flat(graph)
    places = {node.id: node.position for node in wanted}
    gone = [SetGroup(prefix, group, MISSING) for prefix, group in graph.groups.items()]
    bare = replace(graph, groups={})
    return CompositeGraphEdit((*gone, *moved(bare, places)), "Flatten")


@pytest.mark.slow
def test_nineteen_of_twenty_small_nodes_can_be_clicked(qtbot: QtBot, tmp_path: Path, project: Path) -> None:
    person = Person(qtbot, project, tmp_path, is_copy=False)
    window, graph = person.window, person.window.session.graph
    person.goes_to("Train")
    window.canvas.fit()
    window.session.push(flattened(graph))
    window.canvas.fit()
    nodes = list(graph.nodes.values())[::3][:20]
    hit = 0
    for node in nodes:
        window.session.select([])
        item = window.scene.nodes[node.id]
        place = window.canvas.mapFromScene(item.mapToScene(item.box().center()))
        qtbot.mouseClick(window.canvas.viewport(), Qt.MouseButton.LeftButton, pos=place)
        hit += window.session.selection == [node.id]
    assert hit >= 19

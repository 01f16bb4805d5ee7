"""Going into groups and out of them: what is seen there, what can be done there, and the way back."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PyQt6.QtCore import QPoint, QPointF, Qt
from pytestqt.qtbot import QtBot

from tests.graph_factories import drawn
from tests.gui.canvas_page import Canvas
from workbench.core.edits import AddNode
from workbench.core.graph import Edge, Group, Node, Port
from workbench.core.groups import members
from workbench.editing.adding import added_on_wire
from workbench.project.document import Project


@pytest.fixture
def canvas(qtbot: QtBot) -> Canvas:
    """A canvas with ResNet-18 on it, whose blocks are folded."""
    return Canvas(qtbot, drawn("resnet18", (3, 64, 64)))


def seen(canvas: Canvas) -> set[str]:
    """Names of the nodes whose boxes are seen."""
    return {item.node.name for item in canvas.scene.nodes.values() if item.isVisible()}


def go_in(canvas: Canvas, prefix: str) -> None:
    box = canvas.scene.groups.folded[prefix]
    place = canvas.at(box.pos() + QPointF(70, 12))
    canvas.qtbot.mouseDClick(canvas.viewport, Qt.MouseButton.LeftButton, pos=place)


def test_the_template_shows_its_blocks_folded(canvas: Canvas) -> None:
    titles = [box.shown.title for box in canvas.scene.groups.folded.values()]
    assert titles == [f"layer{stage}.{block}" for stage in (1, 2, 3, 4) for block in (0, 1)]
    assert "layer1.0.conv1" not in seen(canvas)


@pytest.mark.parametrize("prefix", ["layer1.0", "layer2.0"])
def test_a_double_click_shows_the_group_alone_with_its_neighbours(canvas: Canvas, prefix: str) -> None:
    before, place = canvas.graph, canvas.view.place()
    go_in(canvas, prefix)
    inside = {node.name for node in members(canvas.graph, prefix)}
    assert seen(canvas) == inside
    assert canvas.graph == before
    neighbours = canvas.scene.groups.neighbours
    middle = canvas.item(f"{prefix}.conv1").scene_box()
    assert len(neighbours) == 2
    assert min(box.x() for box in neighbours.values()) < middle.left()
    assert max(box.x() for box in neighbours.values()) > canvas.item(f"{prefix}.relu2").x()
    ends = {end for edge, item in canvas.scene.edges.items() if item.isVisible() for end in (edge.source, edge.target)}
    assert {canvas.graph.nodes[end.node].name for end in ends} >= inside
    assert canvas.view.seen().contains(canvas.scene.bounds())
    canvas.qtbot.keyClick(canvas.view, Qt.Key.Key_Escape)
    assert canvas.scene.levels.inside == ""
    assert neighbours == {}
    assert canvas.selected() == [node.name for node in members(canvas.graph, prefix)]
    assert canvas.view.place().zoom == pytest.approx(place.zoom)
    assert (canvas.view.place().middle - place.middle).manhattanLength() < 4
    assert canvas.steps == 0


def test_escape_forgets_the_selection_first(canvas: Canvas) -> None:
    canvas.scene.grouping.enter_group("layer1.0")
    canvas.select("layer1.0.conv1")
    canvas.qtbot.keyClick(canvas.view, Qt.Key.Key_Escape)
    assert canvas.selected() == []
    assert canvas.scene.levels.inside == "layer1.0"
    canvas.qtbot.keyClick(canvas.view, Qt.Key.Key_Escape)
    assert canvas.scene.levels.inside == ""


def test_breadcrumbs_lead_out_of_nested_groups(canvas: Canvas) -> None:
    canvas.session.select([node.id for node in members(canvas.graph, "layer1")])
    canvas.scene.grouping.group_selection()  # inside what they share: layer1
    outer = "layer1.group1"
    inner = f"{outer}.0"
    assert inner in canvas.graph.groups
    canvas.scene.grouping.enter_group(outer)
    canvas.scene.grouping.enter_group(inner)
    crumbs = canvas.view.overlays.breadcrumbs
    assert [button.text() for button in crumbs.buttons] == ["Network", outer, "0"]
    assert not crumbs.buttons[-1].isEnabled()
    canvas.qtbot.mouseClick(crumbs.buttons[1], Qt.MouseButton.LeftButton)
    assert canvas.scene.levels.inside == outer
    assert set(canvas.scene.groups.folded) == {f"{outer}.0", f"{outer}.1"}
    canvas.qtbot.mouseClick(crumbs.buttons[0], Qt.MouseButton.LeftButton)
    assert canvas.scene.levels.inside == ""
    assert not crumbs.isVisible()


def test_a_layer_added_inside_belongs_to_the_group(canvas: Canvas) -> None:
    canvas.scene.grouping.enter_group("layer1.0")
    wire = next(edge for edge in canvas.graph.edges if edge.target.node == canvas.id("layer1.0.bn1"))
    assert canvas.scene.put_on_wire(wire, "Tanh")
    assert canvas.selected() == ["layer1.0.tanh1"]
    assert "layer1.0.tanh1" in seen(canvas)
    canvas.undo()
    assert "layer1.0.tanh1" not in canvas.graph.by_name
    assert canvas.scene.levels.inside == "layer1.0"


def test_making_room_inside_moves_nothing_outside(canvas: Canvas) -> None:
    canvas.scene.grouping.enter_group("layer1.0")
    before = {node.name: node.position for node in canvas.graph}
    wire = next(edge for edge in canvas.graph.edges if edge.target.node == canvas.id("layer1.0.relu2"))
    assert canvas.scene.put_on_wire(wire, "Tanh")
    after = {node.name: node.position for node in canvas.graph if node.name in before}
    assert {name for name in before if before[name] != after[name]} <= {"layer1.0.relu2"}


def test_a_neighbour_can_be_wired(canvas: Canvas) -> None:
    canvas.scene.grouping.enter_group("layer1.0")
    canvas.select("layer1.0.add")  # its third end is seen
    end = next(port for side, port in canvas.item("layer1.0.add").ends if side == "in" and port.name == "x.2")
    source = Port(canvas.id("maxpool"), "y")
    canvas.drag(canvas.port("maxpool", "out", "y"), canvas.port("layer1.0.add", "in", end.name))
    assert Edge(source, end) in canvas.graph.edges
    assert canvas.steps == 1


def test_a_double_click_on_a_neighbour_goes_there(canvas: Canvas) -> None:
    canvas.scene.grouping.enter_group("layer1.0")
    box = canvas.scene.groups.neighbours["maxpool"]
    place = canvas.at(box.pos() + QPointF(70, 12))
    canvas.qtbot.mouseDClick(canvas.viewport, Qt.MouseButton.LeftButton, pos=place)
    assert canvas.scene.levels.inside == ""
    assert canvas.selected() == ["maxpool"]


def test_a_neighbour_stays_where_it_is(canvas: Canvas) -> None:
    canvas.scene.grouping.enter_group("layer1.0")
    box = canvas.scene.groups.neighbours["maxpool"]
    before, place = box.pos(), canvas.at(box.pos() + QPointF(70, 12))
    canvas.drag(place, place + QPoint(60, 40))
    assert box.pos() == before
    assert canvas.selected() == []
    assert canvas.steps == 0


def test_a_node_that_is_found_is_shown_where_it_is(canvas: Canvas) -> None:
    canvas.view.reveal_node(canvas.id("layer3.1.conv2"))
    assert canvas.scene.levels.inside == "layer3.1"
    assert canvas.selected() == ["layer3.1.conv2"]
    canvas.view.show_node(canvas.id("fc"))
    assert canvas.scene.levels.inside == ""


def test_a_selection_elsewhere_leads_out(canvas: Canvas) -> None:
    canvas.scene.grouping.enter_group("layer1.0")
    canvas.select("fc")
    assert canvas.scene.levels.inside == ""
    canvas.scene.grouping.enter_group("layer1.0")
    canvas.select("layer1.0.conv1")
    assert canvas.scene.levels.inside == "layer1.0"


def test_a_group_that_is_no_more_is_left(canvas: Canvas) -> None:
    canvas.session.select([node.id for node in members(canvas.graph, "layer1.0")])
    canvas.scene.grouping.enter_group("layer1.0")
    canvas.select("layer1.0.conv1")
    canvas.scene.grouping.ungroup_selection()
    assert canvas.scene.levels.inside == ""
    canvas.undo()
    canvas.scene.grouping.enter_group("layer1.0")
    canvas.session.replace(Project.new(drawn("resnet18", (3, 64, 64)), {}, {}), None)
    assert canvas.scene.levels.inside == ""


def test_walking_and_renaming_stay_inside(canvas: Canvas) -> None:
    canvas.scene.grouping.enter_group("layer1.0")
    canvas.select("layer1.0.relu2")
    canvas.qtbot.keyClick(canvas.view, Qt.Key.Key_Right)
    assert canvas.selected() == ["layer1.0.relu2"]
    canvas.qtbot.keyClick(canvas.view, Qt.Key.Key_Left)
    assert canvas.selected() == ["layer1.0.add"]
    assert canvas.scene.rename_to("sum")
    assert "layer1.0.sum" in canvas.graph.by_name
    assert "layer1.0" in canvas.graph.groups


def test_tidying_inside_leaves_the_rest(canvas: Canvas) -> None:
    canvas.scene.grouping.enter_group("layer2.0")
    before = {node.name: node.position for node in canvas.graph if not node.name.startswith("layer2.0.")}
    canvas.scene.tidy()
    assert {name: canvas.graph.named(name).position for name in before} == before


def test_a_wire_inside_takes_a_layer_by_name(canvas: Canvas) -> None:
    wire = next(edge for edge in canvas.graph.edges if edge.target.node == canvas.id("fc"))
    made = added_on_wire(canvas.graph, wire, "Tanh", (0.0, 0.0))
    assert made is not None
    canvas.scene.do(made[0])
    assert "tanh1" in canvas.graph.by_name  # on the outermost level no group is meant


def test_opening_a_group_here_makes_room(canvas: Canvas) -> None:
    places = {node.name: node.position for node in canvas.graph}
    canvas.scene.grouping.toggle_fold("layer2.0")
    boxes = [box.scene_box() for box in canvas.scene.boxes()]
    assert not any(one.intersects(other) for i, one in enumerate(boxes) for other in boxes[:i])
    frame = canvas.scene.groups.frames["layer2.0"].area()
    others = [canvas.scene.box_of(canvas.id(name)).scene_box() for name in ("fc", "maxpool", "layer2.1.conv1")]
    assert not any(frame.intersects(box) for box in others)
    assert canvas.session.undo_stack.undoText() == "Open layer2.0"
    canvas.undo()
    assert {node.name: node.position for node in canvas.graph} == places


def test_the_third_end_of_a_sum_is_seen_while_it_is_needed(canvas: Canvas) -> None:
    canvas.scene.grouping.enter_group("layer1.0")
    item = canvas.item("layer1.0.add")
    ends = [port.name for side, port in item.seen_ends() if side == "in"]
    assert ends == ["x.0", "x.1"]
    canvas.select("layer1.0.add")
    assert [port.name for side, port in item.seen_ends() if side == "in"] == ["x.0", "x.1", "x.2"]
    canvas.session.select([])
    canvas.pull(canvas.port("layer1.0.conv1", "out", "y"), canvas.port("layer1.0.add", "in", "x.2"))
    assert "x.2" in [port.name for side, port in item.seen_ends() if side == "in"]
    canvas.scene.cancel_gesture()


def test_frames_belong_to_the_level_where_they_were_made(canvas: Canvas) -> None:
    canvas.select("conv1", "bn1")
    canvas.view.framing.add_frame()
    canvas.qtbot.keyClick(canvas.view.framing.line, Qt.Key.Key_Return)
    (outer,) = canvas.scene.frames.items
    canvas.scene.grouping.enter_group("layer1.0")
    assert canvas.scene.frames.items == {}
    canvas.select("layer1.0.conv1", "layer1.0.bn1")
    canvas.view.framing.add_frame()
    canvas.qtbot.keyClick(canvas.view.framing.line, Qt.Key.Key_Return)
    (inner,) = canvas.scene.frames.items
    assert canvas.graph.frames[inner].group == "layer1.0"
    canvas.scene.grouping.leave_group()
    assert list(canvas.scene.frames.items) == [outer]
    canvas.view.framing.select(inner)
    assert canvas.scene.levels.inside == "layer1.0"
    assert canvas.scene.frames.chosen() == [inner]


def test_a_frame_in_a_group_goes_with_it_where_it_is_opened(canvas: Canvas) -> None:
    canvas.scene.grouping.enter_group("layer2.0")
    canvas.select("layer2.0.conv1", "layer2.0.bn1")
    canvas.view.framing.add_frame()
    canvas.qtbot.keyClick(canvas.view.framing.line, Qt.Key.Key_Return)
    canvas.scene.grouping.leave_group()
    canvas.scene.grouping.toggle_fold("layer2.0")
    (frame,) = canvas.scene.frames.items
    held = [canvas.graph.nodes[box.ids[0]].name for box in canvas.scene.frames.boxes_in([frame])]
    assert held == ["layer2.0.conv1", "layer2.0.bn1"]


def test_a_copy_from_inside_is_seen_where_it_is_pasted(canvas: Canvas) -> None:
    canvas.scene.grouping.enter_group("layer1.0")
    canvas.select("layer1.0.conv1")
    canvas.scene.copy_selection()
    canvas.scene.paste()
    assert canvas.selected() == ["layer1.0.conv3"]
    canvas.scene.grouping.leave_group()
    canvas.scene.paste()
    (name,) = canvas.selected()
    assert "." not in name
    assert name in seen(canvas)
    canvas.session.select([node.id for node in members(canvas.graph, "layer3.1")])
    canvas.scene.copy_selection()
    canvas.scene.grouping.enter_group("layer1.0")
    canvas.scene.paste()
    assert [box.shown.title for box in canvas.scene.groups.folded.values()] == ["layer3.2"]


def test_a_neighbour_that_is_a_group_is_selected_whole(canvas: Canvas) -> None:
    canvas.scene.grouping.enter_group("layer2.0")
    box = canvas.scene.groups.neighbours["layer1.1"]
    canvas.qtbot.mouseDClick(canvas.viewport, Qt.MouseButton.LeftButton, pos=canvas.at(box.pos() + QPointF(70, 12)))
    assert canvas.scene.levels.inside == ""
    assert canvas.scene.groups.folded["layer1.1"].isSelected()
    canvas.key(Qt.Key.Key_Escape)
    assert canvas.session.selection == []


def test_a_node_that_is_selected_elsewhere_is_gone_to(canvas: Canvas) -> None:
    canvas.select("layer1.0.conv1")
    assert canvas.scene.levels.inside == "layer1.0"
    assert canvas.item("layer1.0.conv1").isSelected()


def test_nothing_unseen_stays_selected(canvas: Canvas) -> None:
    canvas.scene.grouping.toggle_fold("layer1.0")
    canvas.select("layer1.0.conv1", "fc")
    canvas.undo()  # the group is folded again
    assert canvas.selected() == ["fc"]
    before = len(canvas.graph.nodes)
    canvas.scene.delete_selection()
    assert len(canvas.graph.nodes) == before - 1


def test_a_name_given_inside_stays_inside(canvas: Canvas) -> None:
    canvas.scene.grouping.enter_group("layer2.0")
    canvas.select("layer2.0.conv2")
    canvas.view.rename_selected()
    line = canvas.view.overlays.line
    assert line.text() == "conv2"
    canvas.qtbot.keyClicks(line, "cc")
    canvas.qtbot.keyClick(line, Qt.Key.Key_Return)
    assert canvas.selected() == ["layer2.0.cc"]
    canvas.select("layer2.0.relu1", "layer2.0.bn1")
    canvas.scene.grouping.group_selection()
    canvas.view.rename_selected()  # the open group that was just made
    assert line.text() == "group1"
    canvas.qtbot.keyClicks(line, "inner")
    canvas.qtbot.keyClick(line, Qt.Key.Key_Return)
    assert "layer2.0.inner.relu1" in canvas.graph.by_name


def test_breadcrumbs_are_whole_from_group_to_group(canvas: Canvas) -> None:
    crumbs = canvas.view.overlays.breadcrumbs
    canvas.scene.grouping.enter_group("layer1.0")
    width = crumbs.width()
    for prefix in ("layer2.0", "layer1.0", "layer3.1"):
        canvas.scene.levels.go_to(prefix)
        assert crumbs.isVisible()
        assert crumbs.width() == width
        assert all(button.isVisible() and button.width() > 20 for button in crumbs.buttons)
        assert crumbs.buttons[-1].text() == prefix


def test_work_inside_leaves_the_box_where_it_stands(canvas: Canvas) -> None:
    place = canvas.scene.groups.folded["layer3.0"].pos()
    canvas.scene.grouping.enter_group("layer3.0")
    canvas.select("layer3.0.conv1")
    canvas.scene.nudge(0, 2000)
    canvas.scene.copy_selection()
    canvas.scene.paste()
    canvas.scene.grouping.leave_group()
    assert canvas.scene.groups.folded["layer3.0"].pos() == place
    canvas.session.select([node.id for node in members(canvas.graph, "layer3.0")])
    canvas.scene.nudge(40, 0)
    canvas.scene.nudge(40, 0)
    assert canvas.scene.groups.folded["layer3.0"].pos() == place + QPointF(80, 0)
    steps = canvas.steps
    canvas.undo()
    assert canvas.scene.groups.folded["layer3.0"].pos() == place
    assert canvas.session.undo_stack.index() == steps - 1


def test_an_old_file_without_places_of_boxes_holds_them_still_too(qtbot: QtBot) -> None:
    graph = drawn("resnet18", (3, 64, 64))
    canvas = Canvas(qtbot, replace(graph, groups={prefix: Group(folded=True) for prefix in graph.groups}))
    place = canvas.scene.groups.folded["layer3.0"].pos()
    canvas.scene.grouping.enter_group("layer3.0")
    canvas.select("layer3.0.conv1")
    canvas.scene.nudge(0, 2000)
    canvas.scene.grouping.leave_group()
    assert canvas.scene.groups.folded["layer3.0"].pos() == place


@pytest.mark.parametrize("prefix", ["layer3.0", "layer1.0", "layer4.1"])
def test_folding_takes_back_the_room_that_opening_made(canvas: Canvas, prefix: str) -> None:
    def boxes() -> dict[str, QPointF]:
        return {name: canvas.scene.box_of(canvas.id(name)).pos() for name in canvas.graph.by_name}

    before = boxes()
    canvas.scene.grouping.toggle_fold(prefix)
    assert boxes() != before
    canvas.scene.grouping.toggle_fold(prefix)
    assert boxes() == before


def test_all_groups_open_as_one_step_and_lie_apart(canvas: Canvas) -> None:
    canvas.session.select(list(canvas.graph.nodes))
    before = canvas.graph
    canvas.scene.grouping.toggle_fold()
    assert canvas.scene.groups.folded == {}
    assert canvas.covered() == []
    canvas.undo()
    assert canvas.graph == before


def test_what_lacks_a_wire_inside_is_offered_what_is_near(canvas: Canvas) -> None:
    canvas.scene.grouping.enter_group("layer2.0")
    canvas.scene.do(AddNode(Node("new", "tanh1", "Tanh", position=(0.0, 900.0))))
    fix = canvas.scene.fix_of("new")
    assert fix is not None
    assert fix.text.startswith("Connect layer2.0.")

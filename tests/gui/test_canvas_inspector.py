"""The inspector beside the canvas: sums, several nodes at once, flags, and the way back to a default."""

from __future__ import annotations

import pytest
from PyQt6.QtCore import QLocale, Qt
from PyQt6.QtGui import QValidator
from PyQt6.QtWidgets import QApplication, QCheckBox, QDoubleSpinBox, QLineEdit, QSpinBox, QToolButton, QWidget
from pytestqt.qtbot import QtBot

from tests.graph_factories import drawn, line, picture
from workbench.core.expressions import evaluate
from workbench.core.graph import Graph
from workbench.core.graph_edits import set_param
from workbench.editing.adding import added
from workbench.gui.document.session import Session
from workbench.gui.forms.editors import parsed
from workbench.gui.forms.number_fields import DECIMALS, NumberField, WholeField, stepped
from workbench.gui.inspector.overview import ROWS
from workbench.gui.inspector.panel import Inspector
from workbench.gui.widgets.labels import plain_tip
from workbench.layers.spec import REGISTRY
from workbench.project.document import Project

NARROW = 307  # as wide as it is in a window of 1280 pixels


@pytest.fixture
def inspector(qtbot: QtBot) -> Inspector:
    made = Inspector(Session(Project.new(drawn("lenet5"), {}, {})))
    qtbot.addWidget(made)
    made.resize(290, 640)
    made.show()
    return made


def select(inspector: Inspector, *names: str) -> Session:
    session = inspector._session
    session.select([session.graph.named(name).id for name in names])
    return session


def part(inspector: Inspector, name: str, kind: type[QWidget] = QWidget) -> QWidget:
    """The widget of that accessible name, of those that are shown now."""
    body = inspector.widget()
    assert body is not None
    return next(each for each in body.findChildren(kind) if each.accessibleName() == name)


@pytest.mark.parametrize(
    ("text", "value"),
    [("7", 7), ("2*64", 128), ("(28 - 5) / 2", 11.5), ("-3+1", -2), ("2*(1+-2)", -2), ("1e3", 1000.0), (".5*4", 2.0),
     ("12/4", 3)],
)  # fmt: skip
def test_a_sum_is_worked_out(text: str, value: float) -> None:
    assert evaluate(text) == value


@pytest.mark.parametrize(
    "text",
    [
        "",
        "*",
        "2*",
        "(2",
        "2)",
        "1/0",
        "two",
        "2**9",
        "9" * 80,
        "1e400",
        "__import__('os')",
        "2 3",
        "1e300*1e300",
        "()",
    ],
)
def test_what_is_no_sum_has_no_value(text: str) -> None:
    assert evaluate(text) is None


def test_sums_stand_in_sizes_too() -> None:
    assert parsed("2*3 x 5") == [6, 5]
    assert parsed("2*3") == 6
    assert parsed("same") == "same"


def test_a_number_field_takes_a_sum_and_not_half_a_channel(qtbot: QtBot) -> None:
    whole, number = WholeField(), NumberField()
    whole.setRange(1, 200)
    assert whole.validate("2*64", 0)[0] == QValidator.State.Acceptable
    assert whole.validate("2*640", 0)[0] == QValidator.State.Intermediate
    assert whole.validate("5/2", 0)[0] == QValidator.State.Intermediate
    assert whole.validate("5a", 0)[0] == QValidator.State.Intermediate  # no key is swallowed
    assert number.validate("1/4", 0)[0] == QValidator.State.Acceptable
    assert number.valueFromText("1/4") == 0.25


def test_a_sum_is_typed_and_entered(qtbot: QtBot, inspector: Inspector) -> None:
    session = select(inspector, "conv1")
    box = part(inspector, "out_channels", QSpinBox)
    assert isinstance(box, QSpinBox)
    box.selectAll()
    qtbot.keyClicks(box, "2*16")
    qtbot.keyClick(box, Qt.Key.Key_Return)
    assert session.graph.named("conv1").params["out_channels"] == 32
    assert box.text() == "32"
    assert session.undo_stack.count() == 1


def test_several_nodes_of_one_layer_are_changed_in_one_step(qtbot: QtBot, inspector: Inspector) -> None:
    session = select(inspector, "conv1", "conv2")
    before = session.graph
    box = part(inspector, "out_channels", QSpinBox)
    assert isinstance(box, QSpinBox)
    assert box.value() == 6
    assert inspector._rows["out_channels"].label.text() == "out_channels ≠"
    box.selectAll()
    qtbot.keyClicks(box, "12")
    qtbot.keyClick(box, Qt.Key.Key_Return)
    assert [session.graph.named(name).params["out_channels"] for name in ("conv1", "conv2")] == [12, 12]
    assert inspector._rows["out_channels"].label.text() == "out_channels"
    session.undo_stack.undo()
    assert session.graph == before


def test_nodes_of_several_layers_share_only_their_flags(qtbot: QtBot, inspector: Inspector) -> None:
    session = select(inspector, "conv1", "relu1")
    assert inspector._rows == {}
    box = part(inspector, "bypass", QCheckBox)
    assert isinstance(box, QCheckBox)
    box.click()
    assert session.graph.named("relu1").bypass
    assert session.graph.named("conv1").bypass


def test_frozen_is_a_box_to_tick_where_there_are_weights(inspector: Inspector) -> None:
    session = select(inspector, "relu1")
    assert set(inspector._flags) == {"bypass"}
    select(inspector, "conv1")
    inspector._flags["frozen"].click()
    assert session.graph.named("conv1").frozen
    session.undo_stack.undo()
    assert not inspector._flags["frozen"].isChecked()


def test_a_setting_goes_back_to_its_default(inspector: Inspector) -> None:
    session = select(inspector, "conv1")
    button, other = (part(inspector, f"Set {name} back", QToolButton) for name in ("kernel_size", "stride"))
    assert button.isVisible()
    assert not other.isVisible()
    assert isinstance(button, QToolButton)
    button.click()
    assert "kernel_size" not in session.graph.named("conv1").params
    line = part(inspector, "kernel_size", QLineEdit)
    assert isinstance(line, QLineEdit)
    assert line.text() == "3"
    assert not button.isVisible()


def test_an_empty_selection_says_what_would_fill_it(inspector: Inspector) -> None:
    session = select(inspector, "conv1")
    session.select([])
    assert inspector._rows == {}
    assert inspector._name is None


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.1, "0.1"), (0.004, "0.004"), (1e-6, "1e-06"), (12.0, "12"), (0.0, "0"), (-0.5, "-0.5"), (1e-10, "1e-10")],
)
def test_a_number_is_written_as_short_as_it_can_be(qtbot: QtBot, value: float, text: str) -> None:
    field = NumberField()
    qtbot.addWidget(field)
    field.setDecimals(DECIMALS)
    field.setRange(-1e9, 1e9)
    field.setValue(value)
    assert field.text() == text
    assert field.value() == value
    assert field.valueFromText(text) == value
    assert field.sizeHint().width() > field.fontMetrics().horizontalAdvance("0" * 10)


def test_a_comma_stays_a_comma(qtbot: QtBot) -> None:
    field = NumberField()
    qtbot.addWidget(field)
    field.setLocale(QLocale(QLocale.Language.German))
    field.setDecimals(DECIMALS)
    field.setValue(0.25)
    assert field.text() == "0,25"
    assert field.valueFromText("0,5") == 0.5


@pytest.mark.parametrize(
    ("value", "up", "down"),
    [(0.1, 0.11, 0.099), (0.004, 0.0041, 0.0039), (1.0, 1.1, 0.99), (0.0, 0.001, -0.001), (-0.1, -0.099, -0.11),
     (1e-6, 1.1e-6, 9.9e-7), (25.0, 26.0, 24.0), (1000.0, 1100.0, 990.0)],
)  # fmt: skip
def test_steps_are_as_large_as_the_second_digit(value: float, up: float, down: float) -> None:
    assert stepped(value, is_up=True) == pytest.approx(up, rel=1e-9)
    assert stepped(value, is_up=False) == pytest.approx(down, rel=1e-9)


def test_keys_step_a_number(qtbot: QtBot, inspector: Inspector) -> None:
    session = inspector._session
    graph = line(picture(), ("drop", "Dropout", {"p": 0.1}))
    session.replace(Project.new(graph, {}, {}), None)
    select(inspector, "drop")
    field = part(inspector, "p", QDoubleSpinBox)
    qtbot.keyClick(field, Qt.Key.Key_Up)
    assert session.graph.named("drop").params["p"] == 0.11
    qtbot.keyClick(field, Qt.Key.Key_Down)
    qtbot.keyClick(field, Qt.Key.Key_Down)
    assert session.graph.named("drop").params["p"] == 0.099
    assert session.undo_stack.count() == 1


def test_a_setting_that_may_be_none_says_so(inspector: Inspector) -> None:
    select(inspector, "pool1")
    stride = part(inspector, "stride", QLineEdit)
    assert isinstance(stride, QLineEdit)
    assert stride.text() == ""
    assert stride.placeholderText() == "none"
    kernel = part(inspector, "kernel_size", QLineEdit)
    assert isinstance(kernel, QLineEdit)
    assert kernel.placeholderText() == ""
    assert part(inspector, "Set stride back").toolTip() == plain_tip("Back to the default, none")


def test_without_a_selection_the_network_is_told(inspector: Inspector) -> None:
    overview = inspector.overview
    assert overview is not None
    told = {key: overview.text_of(key) for key in ROWS}
    assert told == {
        "nodes": "15", "input": "image 1×28×28", "result": "fc3 10", "parameters": "61,706",
        "largest": "fc1: 48,120", "macs": "416,520", "memory": "63.2 kB", "problems": "none",
    }  # fmt: skip
    assert not overview.show_problem.isVisible()


def test_the_overview_follows_the_document_and_leads_to_a_problem(qtbot: QtBot, inspector: Inspector) -> None:
    session = inspector._session
    overview = inspector.overview
    assert overview is not None
    session.push(set_param(session.graph.named("fc1"), "out_features", 60))
    assert overview.text_of("largest") == "fc1: 24,060"
    session.push(set_param(session.graph.named("conv2"), "kernel_size", 0))
    assert inspector.overview is overview
    assert overview.text_of("problems") == "1"
    assert overview.text_of("result") == ""
    assert overview.text_of("parameters").endswith("as far as known")
    qtbot.mouseClick(overview.show_problem, Qt.MouseButton.LeftButton)
    assert session.selection == [session.graph.named("conv2").id]
    assert inspector.overview is None
    session.select([])
    assert inspector.overview is not None
    session.undo_stack.undo()
    assert inspector.overview.text_of("problems") == "none"


def test_an_empty_canvas_is_told_to_be_empty(qtbot: QtBot) -> None:
    made = Inspector(Session(Project.new(Graph({}, ()), {}, {})))
    qtbot.addWidget(made)
    assert made.overview is not None
    assert [made.overview.text_of(key) for key in ROWS] == [""] * len(ROWS)
    assert not made.overview.show_problem.isVisibleTo(made)


@pytest.mark.parametrize("layer", sorted(REGISTRY))
def test_no_field_is_cut_off_where_the_inspector_is_narrow(inspector: Inspector, layer: str) -> None:
    session = inspector._session
    edit, id_ = added(session.graph, session.derived.shapes, layer, "", (0.0, 900.0))
    session.push(edit)
    session.select([id_])
    inspector.resize(NARROW, 300)
    QApplication.processEvents()
    body, viewport = inspector.widget(), inspector.viewport()
    assert body is not None
    assert viewport is not None
    assert body.width() <= viewport.width()

"""The probe in narrow places: no control is cut, and bars stand where their names and figures are whole."""

from __future__ import annotations

import pytest
from PyQt6.QtCore import QPoint, QRect
from PyQt6.QtWidgets import QAbstractButton
from pytestqt.qtbot import QtBot

from workbench.gui.document.session import Session
from workbench.gui.insight.probe_side import DRAW, SAMPLE, ProbeSide
from workbench.gui.widgets import theme
from workbench.inspection.render_request import RenderRequest, RenderResult
from workbench.project.probes import SampleProbe

BIRDS = ("great_crested_grebe_(winter)", "hooded merganser, female", "smew")
DIGITS = tuple(map(str, range(10)))


@pytest.fixture
def side(qtbot: QtBot, session: Session) -> ProbeSide:
    made = ProbeSide(session, theme.DARK)
    qtbot.addWidget(made)
    made.resize(700, 400)
    made.show()
    return made


def answered(side: ProbeSide, names: tuple[str, ...]) -> None:
    """Shows an answer whose first class is certain."""
    session = side._session
    request = RenderRequest(session.project, session.run_path, SampleProbe("test", 0))
    shares = tuple((name, float(number == 0)) for number, name in enumerate(names))
    side.show_answer(RenderResult(request, shares=shares, truth=names[0]))


def layout_now(side: ProbeSide) -> None:
    for widget in (side, side.display):
        layout = widget.layout()
        assert layout is not None
        layout.activate()


@pytest.mark.parametrize(
    ("names", "width", "height", "is_below"),
    [(BIRDS, 277, 250, True), (BIRDS, 305, 400, True), (BIRDS, 460, 300, False), (BIRDS, 614, 500, False),
     (DIGITS, 290, 250, False), (DIGITS, 277, 480, True)],
)  # fmt: skip
def test_bars_go_below_the_picture_where_names_do_not_fit_beside_it(
    side: ProbeSide, names: tuple[str, ...], width: int, height: int, is_below: bool
) -> None:
    side.resize(width, height)
    answered(side, names)
    layout_now(side)
    assert side.width() == width
    bars, picture = side.bars.geometry(), side.display._stack.geometry()
    assert (bars.top() >= picture.bottom()) is is_below
    columns = side.bars.columns
    figures = side.bars.fontMetrics().horizontalAdvance("100.0%")
    assert columns.figures >= figures
    assert columns.bar_left() + columns.bar + columns.figures <= side.bars.width()
    if not is_below:
        assert side.bars.width() >= side.bars.whole_width


@pytest.mark.parametrize("points", [9, 12, 15])
@pytest.mark.parametrize("way", [SAMPLE, DRAW])
def test_no_control_is_cut_in_the_narrow_column(side: ProbeSide, points: int, way: int) -> None:
    font = side.font()
    font.setPointSize(points)
    side.setFont(font)
    side._show_way(way)
    side.resize(277, 300)
    for _ in range(3):  # lines that turn want another height
        layout_now(side)
    assert side.width() == 277
    room = QRect(QPoint(), side.size())
    buttons = [each for each in side.findChildren(QAbstractButton) if each.isVisible()]
    assert len(buttons) >= 5
    for button in buttons:
        assert room.contains(QRect(button.mapTo(side, QPoint()), button.size())), button.text()
        assert button.width() >= button.minimumSizeHint().width(), button.text()

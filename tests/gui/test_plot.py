"""A plot shows its last number, and its legend covers no curve."""

from __future__ import annotations

import pytest
from PyQt6.QtGui import QImage, QPainter
from pytestqt.qtbot import QtBot

from workbench.gui.training.curves import Curves
from workbench.gui.training.plot import Plot
from workbench.gui.widgets import theme
from workbench.training.run_data import RunData


def numbers_below(plot: Plot) -> list[str]:
    """The numbers that are drawn below a plot."""
    image = QImage(10, 10, QImage.Format.Format_RGB32)
    painter = QPainter(image)
    _, _, texts = plot.getAxis("bottom").generateDrawSpecs(painter)
    painter.end()
    return [text for _, _, text in texts]


def curves_of(qtbot: QtBot, epochs: int, terms: int, width: int) -> Curves:
    data = RunData(epochs)
    for epoch in range(1, epochs + 1):
        data.add_batch(float(epoch), 1.0 / epoch)
        named = {f"loss.a_long_name_of_term_{number}": 1.0 + number for number in range(terms)}
        for split in ("train", "validation"):
            data.add_epoch(epoch, split, {"loss": 1.0 / epoch, "accuracy": 1.0 - 0.5 / epoch, **named})
    made = Curves(theme.DARK)
    qtbot.addWidget(made)
    made.resize(width, 300)
    made.show()
    qtbot.waitExposed(made)
    made.show_data(data)
    return made


@pytest.mark.parametrize("epochs", [2, 10, 50, 100])
@pytest.mark.parametrize("width", [520, 900])
def test_the_last_number_of_the_axis_is_there(qtbot: QtBot, epochs: int, width: int) -> None:
    curves = curves_of(qtbot, epochs, 0, width)
    for plot in (curves.loss, curves.measure):
        qtbot.waitUntil(lambda plot=plot: bool(numbers_below(plot)))
        assert float(numbers_below(plot)[-1]) == epochs or str(epochs) in numbers_below(plot)


@pytest.mark.parametrize(("terms", "width"), [(0, 420), (0, 900), (2, 700), (5, 900), (9, 1200)])
def test_a_legend_covers_no_curve_and_is_seen_whole(qtbot: QtBot, terms: int, width: int) -> None:
    curves = curves_of(qtbot, 4, terms, width)
    for plot in (curves.loss, curves.measure, curves.terms):
        if not plot.isVisible():
            continue
        box = plot.getPlotItem().vb

        def parts(plot: Plot = plot) -> list[object]:
            return [part for entry in plot.legend.items for part in entry]

        qtbot.waitUntil(
            lambda box=box, parts=parts: all(
                part.sceneBoundingRect().bottom() <= box.sceneBoundingRect().top() + 1
                for part in parts()
            )
        )  # fmt: skip
        assert parts()
        assert all(plot.sceneRect().contains(part.sceneBoundingRect()) for part in parts())  # type: ignore[attr-defined]
        assert box.height() > 80


def test_another_run_takes_its_names_with_it(qtbot: QtBot) -> None:
    curves = curves_of(qtbot, 3, 4, 900)
    assert len(curves.terms.legend.items) == 4
    curves.clear()
    assert curves.terms.legend.items == []
    assert [text.text() for _, text in curves.loss.legend.items] == ["batches"]
    curves.loss.plot([1], [1], name="<b>odd</b>\n&")
    assert curves.loss.legend.items[-1][1].text().startswith("<b>odd</b>")

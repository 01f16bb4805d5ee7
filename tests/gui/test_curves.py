"""Live curves: one plot for the loss, and others only where there is something for them."""

from __future__ import annotations

import pytest
from pytestqt.qtbot import QtBot

from workbench.gui.training.curves import Curves
from workbench.gui.widgets import theme
from workbench.training.run_data import RunData

ERROR, SPARSITY = "loss.layer1_error", "loss.layer1_sparsity"


@pytest.fixture
def curves(qtbot: QtBot) -> Curves:
    widget = Curves(theme.DARK)
    qtbot.addWidget(widget)
    widget.resize(900, 300)
    widget.show()
    widget.show_data(RunData(4))
    return widget


def test_the_terms_of_a_loss_have_a_plot_of_their_own(curves: Curves) -> None:
    for epoch in (1, 2):
        curves.data.add_epoch(epoch, "train", {"loss": 5.0 / epoch, ERROR: 3.0 / epoch, SPARSITY: 2.0 * epoch})
        curves.data.add_epoch(epoch, "validation", {"loss": 6.0 / epoch, ERROR: 4.0 / epoch, SPARSITY: 2.0 / epoch})
    curves.draw()
    assert curves.terms.isVisible()
    assert not curves.measure.isVisible()
    names = [label.text() for _, label in curves.terms.getPlotItem().legend.items]
    assert names == ["layer1_error", "layer1_sparsity"]
    xs, ys = curves._curves[f"train {SPARSITY}"].getData()
    assert (list(xs), list(ys)) == ([1.0, 2.0], [2.0, 4.0])
    low, high = curves.terms.getViewBox().viewRange()[1]
    assert low < 1.5
    assert high > 4.0
    colours = {curve.opts["symbolBrush"] for key, curve in curves._curves.items() if "loss." in key}
    assert len(colours) == 2


def test_one_term_needs_no_plot(curves: Curves) -> None:
    curves.data.add_epoch(1, "train", {"loss": 2.0, "accuracy": 0.5})
    curves.draw()
    assert curves.measure.isVisible()
    assert not curves.terms.isVisible()


def test_another_run_begins_without_terms(curves: Curves) -> None:
    curves.data.add_epoch(1, "train", {"loss": 2.0, ERROR: 1.0, SPARSITY: 1.0})
    curves.draw()
    curves.clear()
    assert not curves.terms.isVisible()
    assert curves.epochs == {}


@pytest.mark.parametrize("width", [420, 520, 1100])
def test_plots_share_the_width_equally_after_several_runs(curves: Curves, width: int) -> None:
    """At the start of each run loss alone has all of the place, and then accuracy comes."""
    layout = curves.layout()
    assert layout is not None
    for runs in range(4):
        curves.show_data(RunData(4))
        layout.activate()
        assert curves.loss.width() == 900, runs
        curves.data.add_epoch(1, "train", {"loss": 5.0, "accuracy": 0.5})
        curves.draw()
        layout.activate()
    curves.resize(width, 300)
    assert curves.measure.isVisible()
    assert abs(curves.measure.width() - curves.loss.width()) <= 1
    assert curves.loss.width() + curves.measure.width() > width - 20


def test_the_loss_of_one_batch_is_seen_as_a_point_and_that_of_two_as_a_line(curves: Curves) -> None:
    curves.data.add_batch(0.25, 2.5)
    curves.draw()
    batches = curves._curves["batches"]
    assert batches.scatter.isVisible()
    assert [(spot.pos().x(), spot.pos().y()) for spot in batches.scatter.points()] == [(0.25, 2.5)]
    low, high = curves.loss.getViewBox().viewRange()[1]
    assert low < 2.5 < high
    curves.data.add_batch(0.5, 2.0)
    curves.draw()
    assert not batches.scatter.isVisible()

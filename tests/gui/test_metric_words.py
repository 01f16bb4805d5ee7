"""The window finds a metric by what it is, also where several losses have one."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from pytestqt.qtbot import QtBot

from workbench.gui.training.curves import Curves
from workbench.gui.training.run_bar import accuracy_text
from workbench.gui.training.runs_table import _short
from workbench.gui.widgets.theme import DARK

ONE = {"loss": 0.5, "accuracy": 0.875}
TWO = {"loss": 0.5, "loss.b": 0.3, "loss.a": 0.2, "accuracy.b": 0.75, "accuracy.a": 0.25}
NONE = {"loss": 0.5, "rmse": 3.0}


@pytest.mark.parametrize(
    ("metrics", "strip", "table"),
    [
        (ONE, " · test accuracy 87.50%", "87.50%"),
        (TWO, " · test accuracy of b 75.00%", "accuracy.b 75.00%"),
        (NONE, "", "loss 0.5"),
    ],
)
def test_status_and_table_tell_the_accuracy_to_go_by(metrics: Mapping[str, float], strip: str, table: str) -> None:
    assert accuracy_text(metrics, "test accuracy", digits=2) == strip
    assert _short(dict(metrics)) == table


@pytest.mark.parametrize(
    ("metrics", "values", "label"), [(ONE, 0.875, "accuracy"), (TWO, 0.75, "accuracy of b"), (NONE, None, "accuracy")]
)
def test_curves_draw_it(qtbot: QtBot, metrics: Mapping[str, float], values: float | None, label: str) -> None:
    curves = Curves(DARK)
    qtbot.addWidget(curves)
    for name in ("train", "validation"):
        curves.data.add_epoch(1, name, metrics)
    curves.draw()
    drawn = curves.epochs.get("validation accuracy")
    assert drawn == (None if values is None else [(1, values)])
    assert curves.share.isHidden() == (values is None)
    assert curves.share.getAxis("left").labelText == label
    curves.clear()
    curves.data.add_epoch(1, "validation", ONE)
    assert curves.share.getAxis("left").labelText == "accuracy", "another run has another label"

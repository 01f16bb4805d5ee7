"""The window finds a metric by what it is, also where several losses have one, and writes it as it is declared."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from pytestqt.qtbot import QtBot

from workbench.gui.training.curves import Curves
from workbench.gui.training.run_bar import measured_text
from workbench.gui.training.runs_model import other_metrics, short_measure
from workbench.gui.widgets.theme import DARK
from workbench.training.run_data import RunData

ONE = {"loss": 0.5, "accuracy": 0.875}
TWO = {"loss": 0.5, "loss.b": 0.3, "loss.a": 0.2, "accuracy.b": 0.75, "accuracy.a": 0.25}
DRAWN = {"loss": 0.5, "rmse": 3.0, "psnr": 21.456}
BARE = {"loss": 0.5}
STRANGE = {"loss": 0.5, "sharpness": 0.25}  # of another version


@pytest.mark.parametrize(
    ("metrics", "strip", "table"),
    [
        (ONE, " · test accuracy 87.50%", "87.50%"),
        (TWO, " · test accuracy of b 75.00%", "accuracy of b 75.00%"),
        (DRAWN, " · test RMSE 3", "loss 0.5"),
        (BARE, "", "loss 0.5"),
        (STRANGE, " · test sharpness 0.25", "loss 0.5"),
        ({}, "", ""),
    ],
)
def test_status_and_table_tell_the_metric_to_go_by(metrics: Mapping[str, float], strip: str, table: str) -> None:
    assert measured_text(metrics, "test") == strip
    assert short_measure({"test": dict(metrics)}, "test") == table


@pytest.mark.parametrize(
    ("metrics", "monitor", "table", "others"),
    [
        (DRAWN, "psnr", "PSNR 21.46 dB", ["rmse", "loss"]),
        (DRAWN, "auto", "loss 0.5", ["rmse", "psnr"]),
        (ONE, "loss", "loss 0.5", ["accuracy"]),
        (TWO, "accuracy.a", "accuracy of a 25.00%", ["accuracy.b", "loss"]),
        (STRANGE, "auto", "loss 0.5", ["sharpness"]),
    ],
)
def test_the_table_tells_what_the_best_epoch_is_chosen_by_and_the_rest_beside_it(
    metrics: Mapping[str, float], monitor: str, table: str, others: list[str]
) -> None:
    row = {"best": dict(metrics), "training": {"monitor": monitor}}
    assert short_measure(row, "best") == table
    assert other_metrics([row, {"run": "x", "state": "damaged"}]) == others


@pytest.fixture
def curves(qtbot: QtBot) -> Curves:
    made = Curves(DARK)
    qtbot.addWidget(made)
    return made


def epoch(curves: Curves, metrics: Mapping[str, float], number: int = 1) -> None:
    for name in ("train", "validation"):
        curves.data.add_epoch(number, name, metrics)
    curves.draw()


@pytest.mark.parametrize(
    ("metrics", "drawn", "label"),
    [
        (ONE, "accuracy", "accuracy"),
        (TWO, "accuracy.b", "accuracy of b"),
        (DRAWN, "rmse", "RMSE"),
        (STRANGE, "sharpness", "sharpness"),
        (BARE, "", ""),
    ],
)
def test_curves_draw_it(curves: Curves, metrics: Mapping[str, float], drawn: str, label: str) -> None:
    epoch(curves, metrics)
    assert curves.measure.isHidden() == (not drawn)
    assert curves.choice.isHidden() == (len(curves.choice.names) < 2)
    if drawn:
        assert curves.measure.getAxis("left").labelText == label
        assert list(curves._curves[f"validation {drawn}"].getData()[1]) == [metrics[drawn]]
    curves.clear()
    epoch(curves, ONE)
    assert curves.measure.getAxis("left").labelText == "accuracy", "another run has another label"


def test_another_metric_is_chosen_and_stays_chosen(curves: Curves) -> None:
    epoch(curves, DRAWN)
    assert curves.choice.names == ["rmse", "psnr"]
    assert [curves.choice.itemText(number) for number in range(2)] == ["RMSE", "PSNR"]
    for metric, label, value in (("psnr", "PSNR (dB)", 21.456), ("rmse", "RMSE", 3.0), ("psnr", "PSNR (dB)", 21.456)):
        curves.choice.choose(metric)
        assert curves.measure.getAxis("left").labelText == label
        assert [text.text() for _, text in curves.measure.legend.items] == ["train", "validation"]
        assert list(curves._curves[f"train {metric}"].getData()[1]) == [value]
        low, high = curves.measure.getViewBox().viewRange()[1]
        assert low < value < high
    epoch(curves, {**DRAWN, "psnr": 25.0}, 2)
    assert list(curves._curves["train psnr"].getData()[1]) == [21.456, 25.0]
    curves.show_data(RunData(3))
    epoch(curves, DRAWN)
    assert curves.measure.getAxis("left").labelText == "PSNR (dB)", "the next run of the kind is drawn alike"


def test_a_name_that_no_run_gives_breaks_nothing(curves: Curves) -> None:
    epoch(curves, {"loss": 1.0, "a b c": 2.0})
    assert curves.choice.names == ["a b c"]
    assert list(curves._curves["train a b c"].getData()[1]) == [2.0]

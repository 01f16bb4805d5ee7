"""While a network learns, the window does little: curves at a pace they can pay, and no layout for a changed text."""

from __future__ import annotations

import time
from itertools import count
from typing import Any

import pytest
from PyQt6.QtCore import QCoreApplication, QEvent, QObject
from PyQt6.QtWidgets import QHBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from workbench.gui.document.session import Session
from workbench.gui.training.curves import Curves
from workbench.gui.training.redraw_pace import LATEST_MS, SHARE, SOONEST_MS, RedrawPace
from workbench.gui.training.run_bar import MOST_POINTS, RunBar, Sparkline
from workbench.gui.training.runner import Runner
from workbench.gui.widgets import theme
from workbench.gui.widgets.island import Island
from workbench.gui.widgets.labels import ShortLabel
from workbench.gui.window.main_window import MainWindow
from workbench.training.events import Event, RunStarted, StepEnded

DEAR = 0.5  # CPU seconds of a drawing


class TestPace:
    @pytest.mark.parametrize(
        ("seconds", "interval"), [(0.0001, SOONEST_MS), (0.3 * SHARE, 300), (0.4 * SHARE, 400), (DEAR, LATEST_MS)]
    )
    def test_the_interval_keeps_to_its_share_of_a_core(self, seconds: float, interval: int) -> None:
        pace = RedrawPace()
        for _ in range(2):
            pace.next()
            pace.add(seconds)
        pace.next()
        assert pace.interval_ms == interval

    def test_one_dear_drawing_among_many_changes_little(self) -> None:
        pace = RedrawPace()
        for seconds in (0.3 * SHARE, 0.3 * SHARE, 0.4 * SHARE):
            pace.add(seconds)
            pace.next()
        assert pace.interval_ms == 330

    @pytest.mark.parametrize("part", ["numbers", "painting"])
    def test_what_curves_cost_is_counted(self, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, part: str) -> None:
        curves = Curves(theme.DARK)
        qtbot.addWidget(curves)
        curves.resize(900, 300)
        curves.show()
        curves.pace.next()
        clock = count()
        with monkeypatch.context() as patch:
            patch.setattr(time, "thread_time", lambda: DEAR * next(clock))
            if part == "numbers":
                curves.draw()
            else:
                curves.loss.grab()
        curves.pace.next()
        assert curves.pace.interval_ms > SOONEST_MS

    def test_the_panel_goes_by_it(self, window: MainWindow) -> None:
        window.load_rest()
        assert window.panels is not None
        train = window.panels.train
        for _ in range(2):
            train.curves.pace.add(100 * DEAR)
            train._redraw()
        assert train._timer.interval() == LATEST_MS


def step(number: int) -> StepEnded:
    return StepEnded(step=number, epoch=1, batch=number, loss=1.0, lr=0.1, samples=8)


class TestRunBar:
    @pytest.fixture
    def bar(self, qtbot: QtBot, session: Session) -> RunBar:
        bar = RunBar(Runner(session), theme.DARK)
        qtbot.addWidget(bar)
        return bar

    @staticmethod
    def put(bar: RunBar, *events: Event) -> None:
        bar._runner.events_arrived.emit(list(events))

    def start(self, bar: RunBar) -> None:
        begun = RunStarted(
            run="1", step=0, epochs=1, steps_per_epoch=99, batch_size=8, samples={}, parameters=1, device="", threads=1
        )
        self.put(bar, begun, step(1))

    def test_news_is_shown_once_in_a_period(self, bar: RunBar) -> None:
        """What came after the timer had shown something was shown at once, so twice as often as meant."""
        self.start(bar)
        assert bar.bar.value() == 1
        for number in (2, 4):
            self.put(bar, step(number))
            bar._timer.stop()
            bar._timer.timeout.emit()
            assert bar.bar.value() == number
            self.put(bar, step(number + 1))
            assert bar.bar.value() == number

    def test_after_a_rest_news_is_shown_at_once(self, bar: RunBar) -> None:
        self.start(bar)
        bar._timer.stop()
        bar._timer.timeout.emit()
        self.put(bar, step(2))
        assert bar.bar.value() == 2

    @pytest.mark.parametrize("points", [MOST_POINTS, 3 * MOST_POINTS])
    def test_the_small_curve_is_painted_only_for_a_new_point(
        self, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, points: int
    ) -> None:
        spark = Sparkline(theme.DARK)
        qtbot.addWidget(spark)
        spark.add([1.0] * points)
        painted: list[Any] = []
        monkeypatch.setattr(spark, "update", lambda: painted.append(None))
        spark.add([1.0] * (spark._every - 1))
        assert not painted
        spark.add([1.0])
        assert len(painted) == 1


class Layouts(QObject):
    """Counts how often a widget is asked for a new layout."""

    def __init__(self, widget: QWidget) -> None:
        super().__init__(widget)
        self.count = 0
        widget.installEventFilter(self)

    def eventFilter(self, widget: QObject | None, event: QEvent | None) -> bool:
        self.count += event is not None and event.type() == QEvent.Type.LayoutRequest
        return False


class TestIsland:
    @pytest.fixture
    def label(self) -> ShortLabel:
        label = ShortLabel()
        label.setText("epoch 1")
        return label

    @pytest.fixture
    def around(self, qtbot: QtBot, label: ShortLabel) -> QWidget:
        around = QWidget()
        qtbot.addWidget(around)
        QHBoxLayout(around).addWidget(Island(label), 1)
        around.resize(400, 60)
        around.show()
        QCoreApplication.sendPostedEvents()
        return around

    @pytest.mark.parametrize("text", ["", "epoch 2", "epoch 3 of very many " * 20])
    def test_another_text_lays_nothing_out(self, around: QWidget, label: ShortLabel, text: str) -> None:
        layouts = Layouts(around)
        label.setText(text)
        QCoreApplication.sendPostedEvents()
        assert layouts.count == 0
        assert label.text() == text

    def test_it_is_as_high_as_its_text_and_as_wide_as_there_is_room(self, around: QWidget, label: ShortLabel) -> None:
        before = label.height()
        assert label.width() > 300
        assert before >= label.fontMetrics().height()
        around.setStyleSheet("QLabel { font-size: 40px; }")
        QCoreApplication.sendPostedEvents()
        assert label.height() > before

    def test_the_strip_has_its_words_in_one(self, qtbot: QtBot, session: Session) -> None:
        bar = RunBar(Runner(session), theme.DARK)
        qtbot.addWidget(bar)
        bar.resize(1200, 40)
        bar.show()
        QCoreApplication.sendPostedEvents()
        layouts = Layouts(bar)
        bar._say("epoch 1/10 · batch 3/99")
        QCoreApplication.sendPostedEvents()
        assert layouts.count == 0
        assert bar.status.width() > 100

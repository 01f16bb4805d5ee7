"""The look for what a test has left behind sees timers, single shots and windows, and nothing that is gone."""

from __future__ import annotations

import pytest
from PyQt6.QtCore import QObject, QTimer
from PyQt6.QtWidgets import QApplication, QWidget

from tests.gui.leftovers import nothing_left_behind

LONG = 60_000


class Owner(QObject):
    """Something that is called later."""

    def act(self) -> None:
        """Does nothing."""


@pytest.mark.parametrize(("name", "is_single"), [("Owner", False), ("Owner", True), ("NoneType", False)])
def test_a_timer_that_runs_is_found_with_its_owner(
    qapp: QApplication, monkeypatch: pytest.MonkeyPatch, name: str, is_single: bool
) -> None:
    owner = Owner()
    timer = QTimer(owner if name == "Owner" else None)
    timer.setSingleShot(is_single)
    with (
        pytest.raises(AssertionError, match=f"timer of {name}, {LONG} ms"),
        nothing_left_behind(qapp, monkeypatch),
    ):
        timer.start(LONG)
    timer.stop()


def test_a_timer_that_was_stopped_or_went_with_its_owner_is_not_left(
    qapp: QApplication, monkeypatch: pytest.MonkeyPatch
) -> None:
    with nothing_left_behind(qapp, monkeypatch):
        stopped, gone, owner = QTimer(), QTimer(), Owner()
        owned = QTimer(owner)
        for timer in (stopped, gone, owned):
            timer.setInterval(LONG)
            timer.start()
        stopped.stop()
        owner.deleteLater()
        del gone, timer
        QTimer.singleShot(LONG, owner.act)
        QTimer.singleShot(0, owner.act)


@pytest.mark.parametrize("ms", [LONG, 10 * LONG])
def test_a_call_that_is_still_to_come_is_found(qapp: QApplication, monkeypatch: pytest.MonkeyPatch, ms: int) -> None:
    owner = Owner()
    with (
        pytest.raises(AssertionError, match=r"single shot of Owner\.act"),
        nothing_left_behind(qapp, monkeypatch),
    ):
        QTimer.singleShot(ms, owner.act)
    owner.deleteLater()


def test_a_window_that_is_open_is_found(qapp: QApplication, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[QWidget] = []

    def open_window() -> None:
        opened.append(QWidget())
        opened[0].show()

    with pytest.raises(AssertionError, match="windows are left"), nothing_left_behind(qapp, monkeypatch):
        open_window()
    opened[0].close()

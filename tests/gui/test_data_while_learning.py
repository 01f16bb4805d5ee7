"""While a network learns, samples that it was asked about stay until it has answered anew, once for each epoch."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any

import pytest
from PyQt6.QtWidgets import QLineEdit
from pytestqt.qtbot import QtBot

from tests.gui.test_wrong_samples import numbers, poor_run
from workbench.gui.data.panel import DataPanel
from workbench.gui.document import judging
from workbench.gui.document.session import Session
from workbench.gui.window.main_window import MainWindow
from workbench.inspection.judging import judged
from workbench.inspection.sample_search import WRONG


@pytest.fixture
def trained(session: Session, request: pytest.FixtureRequest) -> MainWindow:
    """A window on the small project with one poor run, in the workspace Data."""
    assert session.path is not None
    poor_run(session.path)
    window: MainWindow = request.getfixturevalue("window")
    window.menus.do("show_data")
    return window


@pytest.fixture
def data(qtbot: QtBot, trained: MainWindow) -> DataPanel:
    assert trained.panels is not None
    panel = trained.panels.data
    qtbot.waitUntil(lambda: panel.dataset is not None, timeout=20_000)
    return panel


def test_the_list_stays_until_the_network_has_answered_again(
    qtbot: QtBot, data: DataPanel, monkeypatch: pytest.MonkeyPatch
) -> None:
    data.browser.answers.setCurrentText(WRONG)
    qtbot.waitUntil(lambda: bool(numbers(data)), timeout=20_000)
    before = numbers(data)
    gate, calls = threading.Event(), []

    def slowly(*arguments: Any, **settings: Any) -> Iterator[Any]:
        calls.append(arguments)
        for number, event in enumerate(judged(*arguments, **settings)):
            if number:
                assert gate.wait(20)
            yield event

    monkeypatch.setattr(judging, "judged", slowly)
    data.judge.age()
    qtbot.waitUntil(lambda: "Asking the network" in data.browser.filter.text(), timeout=20_000)
    assert numbers(data) == before, "they stay while it is asked"
    for _ in range(3):
        data.judge.age()
    assert len(calls) == 1, "what is under way comes to its end"
    gate.set()
    qtbot.waitUntil(lambda: len(calls) == 2 and data.browser.filter.text().endswith("(run-001)"), timeout=20_000)
    assert numbers(data) == before
    assert len(calls) == 2, "three epochs meanwhile are one question"


def test_an_epoch_ages_what_was_answered_and_the_list_of_runs_asks_nothing_more(
    qtbot: QtBot, trained: MainWindow, data: DataPanel
) -> None:
    aged: list[bool] = []
    forgotten: list[bool] = []
    with qtbot.waitSignal(trained.runner.run_started, timeout=60_000):
        trained.runner.one_epoch()
    data.judge.aged.connect(lambda: aged.append(True))
    data.judge.forgotten.connect(lambda: forgotten.append(True))
    data.browser.answers.setCurrentText(WRONG)
    qtbot.waitUntil(lambda: trained.runner.state == "paused", timeout=60_000)
    assert trained.panels is not None
    trained.panels.runs.weights_changed.emit()
    assert forgotten == []
    qtbot.waitUntil(lambda: "(run-002" in data.browser.filter.text(), timeout=20_000)
    trained.runner.shut_down()


def test_no_field_gets_the_focus_when_a_workspace_is_entered(qtbot: QtBot, trained: MainWindow) -> None:
    trained.activateWindow()
    trained.menus.do("show_look")
    assert trained.panels is not None
    trained.panels.look.probe.sample.number.setFocus()
    qtbot.waitUntil(lambda: trained.focusWidget() is not None)
    trained.menus.do("show_data")
    focus = trained.focusWidget()
    assert focus is trained.canvas
    assert not isinstance(focus, QLineEdit)

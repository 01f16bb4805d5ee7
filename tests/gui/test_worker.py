"""Jobs: order, errors, holding, stepping, ending."""

from __future__ import annotations

import gc
import sys
import threading
from collections.abc import Iterator
from typing import Any, ClassVar

import pytest
from PyQt6 import sip
from PyQt6.QtCore import QObject
from pytestqt.qtbot import QtBot

from workbench.core.errors import WorkbenchError
from workbench.gui.threads.worker import BackgroundJob


def counting(end: int = 10**9) -> Iterator[int]:
    yield from range(end)


def test_everything_arrives_in_order_then_the_end(qtbot: QtBot) -> None:
    seen: list[Any] = []
    job = BackgroundJob(lambda: counting(5000))
    job.events.connect(seen.extend)
    with qtbot.waitSignal(job.ended, timeout=10_000) as ended:
        job.start()
    assert seen == list(range(5000))
    assert ended.args == [""]


def test_the_work_is_not_on_the_windows_thread(qtbot: QtBot) -> None:
    places = []

    def work() -> Iterator[int]:
        places.append(threading.get_ident())
        yield 1

    job = BackgroundJob(work)
    with qtbot.waitSignal(job.ended):
        job.start()
    assert places != [threading.get_ident()]


@pytest.mark.parametrize(
    ("error", "text", "hooked"),
    [(WorkbenchError("No data."), "No data.", 0), (ValueError("x"), "mistake in the program (ValueError", 1)],
)
def test_an_error_is_told_and_what_came_before_arrives(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, error: Exception, text: str, hooked: int
) -> None:
    caught: list[object] = []
    monkeypatch.setattr(sys, "excepthook", lambda *found: caught.append(found[1]))

    def work() -> Iterator[int]:
        yield 1
        raise error

    seen: list[Any] = []
    job = BackgroundJob(work)
    job.events.connect(seen.extend)
    with qtbot.waitSignal(job.ended) as ended:
        job.start()
    assert seen == [1]
    assert text in ended.args[0]
    assert caught == [error] * hooked  # what nobody foresaw goes to the one hook too


def test_one_step_at_a_time(qtbot: QtBot) -> None:
    seen: list[Any] = []
    job = BackgroundJob(counting)
    job.events.connect(seen.extend)
    job.step(lambda event: event % 10 == 9)
    job.start()
    qtbot.waitUntil(lambda: len(seen) == 10)
    job.step(lambda event: event % 10 == 9)
    qtbot.waitUntil(lambda: len(seen) == 20)
    job.shut_down()
    assert seen[:20] == list(range(20))


def test_holding_holds_and_going_on_goes_on(qtbot: QtBot) -> None:
    seen: list[Any] = []
    job = BackgroundJob(lambda: counting(200_000))
    job.events.connect(seen.extend)
    job.pause()
    job.start()
    qtbot.waitUntil(lambda: len(seen) == 1)
    with qtbot.waitSignal(job.ended, timeout=20_000):
        job.resume()
    assert len(seen) == 200_000


def test_a_held_job_can_be_ended(qtbot: QtBot) -> None:
    job = BackgroundJob(counting)
    job.pause()
    job.start()
    qtbot.waitUntil(lambda: job.is_running)
    job.shut_down()
    assert not job.is_running


def test_cancelling_asks_the_work_itself(qtbot: QtBot) -> None:
    asked = threading.Event()

    def work() -> Iterator[str]:
        while not asked.is_set():
            yield "working"
        yield "last words"

    seen: list[Any] = []
    job = BackgroundJob(work, cancel=asked.set)
    job.events.connect(seen.extend)
    job.start()
    qtbot.waitUntil(lambda: len(seen) > 3)
    with qtbot.waitSignal(job.ended):
        job.cancel()
    assert seen[-1] == "last words"


class Cycle:
    """Something that only the cycle collector can free; it notes on which thread it was."""

    freed_on: ClassVar[list[int]] = []

    def __init__(self) -> None:
        self.itself = self

    def __del__(self) -> None:
        self.freed_on.append(threading.get_ident())


def test_the_collector_never_runs_on_a_worker(qtbot: QtBot) -> None:
    Cycle.freed_on.clear()

    def work() -> Iterator[int]:
        for number in range(300):
            Cycle()
            yield len([[] for _ in range(200)]) + number

    job = BackgroundJob(work)
    with qtbot.waitSignal(job.ended):
        job.start()
        assert not gc.isenabled()
    assert gc.isenabled()
    gc.collect()
    assert len(Cycle.freed_on) == 300
    assert set(Cycle.freed_on) == {threading.get_ident()}


def test_a_job_whose_owner_goes_while_it_is_told_ends_without_a_mistake(qtbot: QtBot) -> None:
    ends: list[Any] = []
    owner = QObject()
    job = BackgroundJob(lambda: iter([1]), parent=owner)
    job.events.connect(lambda events: sip.delete(owner))
    job.ended.connect(ends.append)
    job.start()
    job._thread.wait()  # what it has to say is told at its end, all at once
    qtbot.waitUntil(lambda: sip.isdeleted(job))
    assert ends == []

"""The newest work of one part of the window: what is dropped, what waits, what is heard, and what ends."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator

import pytest
from PyQt6 import sip
from PyQt6.QtCore import QEvent, QObject
from PyQt6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from workbench.core.errors import UsageError
from workbench.gui.threads.latest_job import LatestJob
from workbench.gui.threads.worker import ABANDONED, BackgroundJob, wait_for_abandoned

Work = Callable[[], Iterator[str]]


class Listener:
    """Hears what a job has to say."""

    def __init__(self, job: LatestJob) -> None:
        self.job = job
        self.events: list[str] = []
        self.ends: list[str] = []
        self.busy_at_end: list[bool] = []

    def hear_end(self, error: str) -> None:
        self.ends.append(error)
        self.busy_at_end.append(self.job.is_busy)

    def run(self, work: Work) -> None:
        self.job.run(work, on_events=self.events.extend, on_ended=self.hear_end)


@pytest.fixture
def owner() -> QObject:
    return QObject()


@pytest.fixture
def listener(owner: QObject) -> Iterator[Listener]:
    job = LatestJob(owner)
    yield Listener(job)
    job.shut_down()
    wait_for_abandoned()


def saying(*words: str) -> Work:
    return lambda: iter(words)


def held(gate: threading.Event, *words: str) -> Work:
    def work() -> Iterator[str]:
        assert gate.wait(20)
        yield from words

    return work


@pytest.mark.parametrize("words", [(), ("one",), ("one", "two", "three")])
def test_events_and_the_end_are_heard_once(qtbot: QtBot, listener: Listener, words: tuple[str, ...]) -> None:
    listener.run(saying(*words))
    assert listener.job.is_busy
    qtbot.waitUntil(lambda: bool(listener.ends))
    assert listener.events == list(words)
    assert listener.ends == [""]
    assert listener.busy_at_end == [False]


@pytest.mark.parametrize("count", [1, 3])
def test_the_newest_wins_and_nothing_is_heard_of_what_it_replaces(qtbot: QtBot, listener: Listener, count: int) -> None:
    gate = threading.Event()
    older = Listener(listener.job)
    for number in range(count):
        older.run(held(gate, f"old {number}"))
    listener.run(saying("new"))
    qtbot.waitUntil(lambda: bool(listener.ends))
    gate.set()
    qtbot.waitUntil(lambda: not ABANDONED)
    assert older.events == older.ends == []
    assert listener.events == ["new"]


@pytest.mark.parametrize("names", ["a", "ab", "abcd"])
def test_one_at_a_time_and_of_those_that_wait_only_the_newest(qtbot: QtBot, listener: Listener, names: str) -> None:
    gate = threading.Event()
    listener.job.run_when_free(lambda: listener.run(held(gate, "first")))
    for name in names:
        listener.job.run_when_free(lambda name=name: listener.run(saying(name)))  # type: ignore[misc]
    assert listener.job.is_waiting
    gate.set()
    qtbot.waitUntil(lambda: len(listener.ends) == 2)
    assert listener.events == ["first", names[-1]]
    assert not listener.job.is_busy
    assert not listener.job.is_waiting


def test_what_waits_may_find_that_nothing_is_to_be_done(qtbot: QtBot, listener: Listener) -> None:
    called: list[bool] = []
    listener.run(saying("first"))
    listener.job.run_when_free(lambda: called.append(listener.job.is_busy))
    qtbot.waitUntil(lambda: bool(called))
    assert called == [False]


@pytest.mark.parametrize("is_newest_run", [True, False])
def test_what_is_begun_at_an_end_takes_the_place_of_what_waited(
    qtbot: QtBot, listener: Listener, is_newest_run: bool
) -> None:
    gate, job = threading.Event(), listener.job

    def begin_newest(error: str) -> None:
        newest = saying("newest")
        if is_newest_run:
            listener.run(newest)
        else:
            job.run_when_free(lambda: listener.run(newest))

    job.run(held(gate), on_ended=begin_newest)
    job.run_when_free(lambda: listener.run(saying("waited")))
    gate.set()
    qtbot.waitUntil(lambda: bool(listener.ends))
    assert listener.events == ["newest"]
    assert not job.is_busy


@pytest.mark.parametrize("text", ["There is no data.", "The file is damaged."])
def test_an_error_is_told_once_and_its_cause_is_kept_until_the_next(
    qtbot: QtBot, listener: Listener, text: str
) -> None:
    error = UsageError(text)

    def work() -> Iterator[str]:
        yield "before"
        raise error

    listener.run(work)
    qtbot.waitUntil(lambda: bool(listener.ends))
    assert listener.events == ["before"]
    assert listener.ends == [text]
    assert listener.job.cause is error
    listener.run(saying())
    assert listener.job.cause is None
    qtbot.waitUntil(lambda: len(listener.ends) == 2)
    assert listener.ends == [text, ""]


def test_abandoning_drops_what_waits_too(qtbot: QtBot, listener: Listener) -> None:
    gate = threading.Event()
    listener.run(held(gate, "old"))
    listener.job.run_when_free(lambda: listener.run(saying("waited")))
    listener.job.abandon()
    assert not listener.job.is_busy
    gate.set()
    qtbot.waitUntil(lambda: not ABANDONED)
    assert listener.events == listener.ends == []


def test_after_shutting_down_nothing_is_started(listener: Listener) -> None:
    called: list[str] = []
    listener.run(saying("one"))
    listener.job.run_when_free(lambda: called.append("waited"))
    thread = listener.job.current
    assert thread is not None
    listener.job.shut_down()
    assert not thread.is_running
    listener.run(saying("two"))
    listener.job.run_when_free(lambda: called.append("late"))
    assert not listener.job.is_busy
    assert called == listener.events == listener.ends == []


def test_after_finishing_more_may_follow(qtbot: QtBot, listener: Listener) -> None:
    listener.run(saying("one"))
    listener.job.finish()
    listener.run(saying("two"))
    qtbot.waitUntil(lambda: bool(listener.ends))
    assert listener.events == ["two"]


@pytest.mark.parametrize("end", ["abandon", "shut_down", "finish", "run"])
def test_who_drops_a_job_while_hearing_its_last_words_hears_no_end_of_it(
    qtbot: QtBot, listener: Listener, end: str
) -> None:
    dropped: list[str] = []

    def drop(events: list[str]) -> None:
        dropped.extend(events)
        if end == "run":
            listener.run(saying("next"))
        else:
            getattr(listener.job, end)()

    job, ends = listener.job, list[str]()
    job.run(saying("last words"), on_events=drop, on_ended=ends.append)
    assert job.current is not None
    job.current._thread.wait()  # so that they come with its end
    qtbot.waitUntil(lambda: bool(dropped))
    if end == "run":
        qtbot.waitUntil(lambda: bool(listener.ends))
        assert listener.events == ["next"]
    assert ends == []
    assert ABANDONED == []


@pytest.mark.parametrize("end", ["by itself", "finish", "abandon"])
def test_jobs_that_are_over_are_freed(
    qtbot: QtBot, qapp: QApplication, listener: Listener, owner: QObject, end: str
) -> None:
    listener.run(saying("one"))
    job = listener.job.current
    assert job is not None
    if end == "by itself":
        qtbot.waitUntil(lambda: bool(listener.ends))
    else:
        getattr(listener.job, end)()
    qtbot.waitUntil(lambda: not ABANDONED)
    qapp.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    assert not owner.findChildren(BackgroundJob)
    assert end == "abandon" or sip.isdeleted(job)

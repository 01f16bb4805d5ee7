"""What the run strip says while a training is held, and that no pause counts as time of training."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from tests.training.factories import row
from workbench.core.edits import CompositeGraphEdit
from workbench.core.graph_edits import moved
from workbench.data.listening import ReadingProgress, listener
from workbench.gui.document.session import Session
from workbench.gui.training import run_bar
from workbench.gui.training import runner as runner_module
from workbench.gui.training.began_with import BeganWith
from workbench.gui.training.run_bar import RunBar
from workbench.gui.training.runner import Runner, State
from workbench.gui.training.trainings import Work
from workbench.gui.widgets import theme
from workbench.project.settings import setting_edit
from workbench.training.control import Control
from workbench.training.events import Event
from workbench.training.following import event_of
from workbench.training.pace import Pace

WAIT = 20_000


class Strip:
    """A run strip whose training and clock are the test's."""

    def __init__(self, qtbot: QtBot, session: Session) -> None:
        self.now = 100.0
        self.runner = Runner(session)
        self.bar = RunBar(self.runner, theme.DARK)
        qtbot.addWidget(self.bar)
        self.come("RunStarted", epochs=3, steps_per_epoch=10, step=0, samples={"train": 80, "validation": 15})
        self.state("running")

    def state(self, state: State) -> None:
        self.runner._set_state(state)

    def come(self, kind: str, **given: Any) -> None:
        event = event_of(row(kind, **given))
        assert isinstance(event, Event)
        self.runner.events_arrived.emit([event])

    def step(self, number: int) -> None:
        self.come("StepEnded", epoch=1 + (number - 1) // 10, step=number, batch=1 + (number - 1) % 10, samples=8)

    def epoch(self, number: int, accuracy: float) -> None:
        self.come("EpochEnded", epoch=number, validation={"loss": 0.3, "accuracy": accuracy})

    @property
    def text(self) -> str:
        return self.bar.status.text()


@pytest.fixture
def strip(qtbot: QtBot, session: Session, monkeypatch: pytest.MonkeyPatch) -> Iterator[Strip]:
    monkeypatch.setattr(run_bar, "Pace", lambda: Pace(lambda: made.now))
    made = Strip.__new__(Strip)
    Strip.__init__(made, qtbot, session)
    yield made
    made.bar._timer.stop()
    made.runner.shut_down()


@pytest.mark.parametrize("is_shown_before", [False, True])
def test_after_one_epoch_more_its_own_result_is_shown(strip: Strip, is_shown_before: bool) -> None:
    for epoch, accuracy, told in ((1, 0.82, "82.00%"), (2, 0.8817, "88.17%")):
        for number in range(10 * epoch - 9, 10 * epoch + 1):
            strip.now += 1.0
            strip.step(number)
        if is_shown_before:
            strip.bar._show_news()
            assert "validating" in strip.text
        strip.epoch(epoch, accuracy)
        strip.state("paused")
        assert strip.text == f"paused · epoch {epoch}/3 · loss 0.5000 · validation accuracy {told}"
        strip.state("running")


def test_no_pause_counts_as_time_of_training(strip: Strip) -> None:
    for number in range(1, 5):
        strip.now += 1.0
        strip.step(number)
        strip.bar._show_news()
    assert "26 s left · 8 samples/s" in strip.text
    strip.state("paused")
    assert strip.text.startswith("paused · epoch 1/3 · batch 4/10")
    assert "left" not in strip.text
    strip.step(5)  # the batch that was under way
    strip.bar._show_news()
    strip.now += 3600.0
    strip.state("running")
    for number in (6, 7):
        strip.now += 1.0
        strip.step(number)
        strip.bar._show_news()
    assert "23 s left · 8 samples/s" in strip.text


def test_one_epoch_more_says_when_that_epoch_ends(strip: Strip, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Runner, "holds_after_epoch", property(lambda _: True))
    for number in range(11, 15):
        strip.now += 1.0
        strip.step(number)
        strip.bar._show_news()
    assert "6 s left of this epoch · 8 samples/s" in strip.text


def test_it_is_said_how_far_the_data_is_read_before_a_training(strip: Strip) -> None:
    strip.state("preparing")
    assert strip.text == "Preparing …"
    strip.runner.advanced.emit(ReadingProgress(3, 100, 7.0))
    assert strip.text == "Reading the data: 3 of 100 files, 7 s left …"
    assert (strip.bar.bar.value(), strip.bar.bar.maximum()) == (3, 100)
    strip.runner.advanced.emit(ReadingProgress(2**31, 2**32, 7.0, "bytes"))
    assert strip.text == "Reading the data: 2.1 GB of 4.3 GB, 7 s left …"
    assert strip.bar.bar.value() == strip.bar.bar.maximum() // 2
    strip.step(1)
    strip.state("stopping")
    strip.runner.advanced.emit(ReadingProgress(4, 100, 6.0))
    assert strip.text == "Stopping …"


def test_what_comes_in_while_it_stops_does_not_talk_over_that(strip: Strip) -> None:
    strip.step(1)
    strip.state("stopping")
    strip.step(2)
    strip.bar._show_news()
    assert strip.text == "Stopping …"


@pytest.mark.parametrize("error", ["The disk is gone.", "run-001 has ended without a word"])
def test_a_failure_is_not_talked_over_by_what_came_before_it(strip: Strip, error: str) -> None:
    strip.step(1)
    strip.step(2)
    strip.state("idle")
    strip.runner.failed.emit(error)
    strip.bar._show_news()
    assert strip.text == error


def test_a_training_that_still_reads_its_data_can_be_stopped(
    qtbot: QtBot, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    def reading(_session: Session, _processes: int) -> Work:
        def work(_: Control) -> Iterator[Event]:
            for done in itertools.cycle(range(100)):
                listener()(ReadingProgress(done, 100, 7.0))
            return iter(())

        return work

    monkeypatch.setattr(runner_module, "new_training", reading)
    monkeypatch.setattr(runner_module, "project_problems", lambda _: [])
    runner, faults = Runner(session), list[str]()
    runner.failed.connect(faults.append)
    with qtbot.waitSignal(runner.advanced, timeout=WAIT) as told:
        runner.run()
    assert "of 100 files" in told.args[0].text
    runner.stop()
    qtbot.waitUntil(lambda: runner.state == "idle", timeout=WAIT)
    assert faults == []
    runner.shut_down()


def test_a_training_is_held_after_the_epoch_that_was_asked_for(
    qtbot: QtBot, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runner_module, "new_training", lambda *_: lambda _: iter(()))
    monkeypatch.setattr(runner_module, "project_problems", lambda _: [])
    runner = Runner(session)
    runner.one_batch()
    assert not runner.holds_after_epoch
    qtbot.waitUntil(lambda: runner.state == "idle", timeout=WAIT)
    runner.one_epoch()
    assert runner.holds_after_epoch
    qtbot.waitUntil(lambda: runner.state == "idle", timeout=WAIT)
    assert not runner.holds_after_epoch
    runner.shut_down()


def test_a_training_that_goes_on_without_later_changes_says_so(strip: Strip, session: Session) -> None:
    BeganWith(session, strip.runner, strip.bar.show_changed)
    strip.runner.run_started.emit(None)
    strip.step(1)
    strip.bar._show_news()
    node = session.graph.named("conv")
    session.push(CompositeGraphEdit(tuple(moved(session.graph, {node.id: (500.0, 20.0)})), "Move"))
    assert "without the changes" not in strip.text, "where nodes stand is no change of the network"
    session.push(setting_edit(session.project, "training.lr", 0.5))
    assert strip.text.endswith("without the changes since it began")
    session.undo_stack.undo()
    assert "without the changes" not in strip.text


@pytest.mark.parametrize(("loss", "short", "long"), [
    (2.30259, "2.303", "2.3026"), (0.0004033, "4e-04", "4.0e-04"), (0.0, "0.000", "0.0000"),
    (-0.5, "-0.500", "-0.5000"), (0.0062, "0.006", "0.0062"), (123456.0, "1e+05", "1.2e+05"),
    (float("nan"), "nan", "nan"),
])  # fmt: skip
def test_a_loss_is_told_in_few_letters_that_say_something(loss: float, short: str, long: str) -> None:
    assert (run_bar.loss_text(loss), run_bar.loss_text(loss, 4)) == (short, long)

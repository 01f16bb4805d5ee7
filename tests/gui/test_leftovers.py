"""What several sessions have left behind is offered one after the other."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

from tests.gui.answers import Answers
from workbench.gui.widgets.message_boxes import Button
from workbench.gui.window.main_window import MainWindow
from workbench.project.recovery import OpenFolder, left_behind


def left_by(state: Path, window: MainWindow, *notes: str) -> None:
    """Leaves the work of several sessions, one after the other."""
    for number, each in enumerate(notes):
        left = OpenFolder(state)
        left.keep(replace(window.session.project, notes=each))
        left.leave()
        os.utime(left.path / "unsaved.cnn", (1e9 + number, 1e9 + number))


def test_of_the_work_of_several_sessions_each_is_asked_about(
    window: MainWindow, answers: Answers, tmp_path: Path
) -> None:
    left_by(tmp_path / "state", window, "oldest", "middle", "newest")
    said = list[str]()
    window.files.said.connect(said.append)
    answers.give = [Button.Discard, Button.Yes]
    window.files.offer_recovery()
    assert "2 older sessions have left some too." in answers.asked[0]
    assert "An older session has left some too." in answers.asked[1]
    assert window.session.project.notes == "middle"
    assert "Recover unsaved work" in said[-1]
    assert [each.project().notes for each in left_behind(tmp_path / "state")] == ["oldest"]


def test_later_is_said_once_for_all_that_was_left(window: MainWindow, answers: Answers, tmp_path: Path) -> None:
    left_by(tmp_path / "state", window, "older", "newer")
    answers.give = [Button.No]
    window.files.offer_recovery()
    assert len(answers.asked) == 1
    assert len(left_behind(tmp_path / "state")) == 2

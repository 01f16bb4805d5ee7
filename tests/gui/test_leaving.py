"""Before a project is left, one question is asked about all that would go, and none where nothing would."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.gui.answers import Answers
from workbench.gui.widgets.message_boxes import Button
from workbench.gui.window.main_window import MainWindow


@pytest.mark.parametrize(
    ("is_saved", "is_changed", "text", "more"),
    [
        (True, False, "A training is under way. Stop it?", "Its checkpoint stays, so that it can be resumed later."),
        (True, True, "Save the changes to mine?", "Its training is stopped. Its checkpoint stays, so that it can be"),
        (
            False,
            False,
            "Save this project?",
            "Its training is stopped. What it has learnt goes too if it is not saved.",
        ),
    ],
)
def test_one_question_is_asked_about_all_that_would_go(
    window: MainWindow, answers: Answers, tmp_path: Path, is_saved: bool, is_changed: bool, text: str, more: str
) -> None:
    assert window.files.save_to(tmp_path / "mine.cnn")
    if not is_saved:
        window.files.show_new(window.session.project)
    if is_changed:
        window.session.select([])
        window.tools.adder.add("ReLU")
    window.files.is_training = lambda: True
    answers.asked.clear()
    answers.give = [Button.Cancel, Button.NoButton]
    assert not window.files.may_leave()
    assert answers.asked == [text]
    assert answers.more[-1].startswith(more)
    assert not window.files.may_leave(), "a box that was closed without an answer is no yes"

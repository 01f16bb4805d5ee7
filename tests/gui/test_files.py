"""Opening, saving, locking, recovering: nothing is lost, and every question is asked."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from PyQt6.QtWidgets import QFileDialog, QMessageBox
from pytestqt.qtbot import QtBot

from tests.gui.conftest import small_project
from workbench.core.lock import FileLock
from workbench.core.resources import example
from workbench.gui.main_window import MainWindow
from workbench.gui.questions import Button
from workbench.project import storage
from workbench.project.recovery import OpenFolder, left_behind
from workbench.training.run_folder import list_runs


class Answers:
    """Answers every dialog, and remembers what was asked."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.asked: list[str] = []
        self.give: list[Button] = []
        monkeypatch.setattr(QMessageBox, "exec", self._exec)

    def _exec(self, box: QMessageBox | None = None) -> Button:
        shown = box or next(each for each in self._boxes())
        self.asked.append(shown.text())
        return self.give.pop(0) if self.give else Button.Ok

    @staticmethod
    def _boxes() -> list[QMessageBox]:
        from PyQt6.QtWidgets import QApplication

        return [each for each in QApplication.topLevelWidgets() if isinstance(each, QMessageBox)]


@pytest.fixture
def answers(monkeypatch: pytest.MonkeyPatch) -> Answers:
    made = Answers(monkeypatch)
    monkeypatch.setattr(QMessageBox, "exec", lambda box: made._exec(box))
    return made


def change(window: MainWindow) -> None:
    window.session.select([])
    window.adder.add("ReLU")


def test_unsaved_work_is_kept_within_seconds_and_goes_with_saving(qtbot: QtBot, window: MainWindow) -> None:
    folder = window.files.home.folder
    assert folder is not None
    change(window)
    qtbot.waitUntil(lambda: (folder.path / "unsaved.cnn").exists(), timeout=5000)
    assert storage.load(folder.path / "unsaved.cnn") == window.session.project
    window.files.save_project()
    assert not (folder.path / "unsaved.cnn").exists()


def test_undoing_everything_leaves_nothing_to_recover(qtbot: QtBot, window: MainWindow) -> None:
    folder = window.files.home.folder
    assert folder is not None
    change(window)
    qtbot.waitUntil(lambda: (folder.path / "unsaved.cnn").exists(), timeout=5000)
    window.commands.undo()
    qtbot.waitUntil(lambda: not (folder.path / "unsaved.cnn").exists(), timeout=5000)


def test_an_end_nobody_is_asked_about_keeps_the_work(window: MainWindow, answers: Answers, tmp_path: Path) -> None:
    change(window)
    changed = window.session.project
    window.end_unasked()
    assert answers.asked == []
    (found,) = left_behind(tmp_path / "state")
    assert found.project() == changed
    assert found.origin == window.session.path


def test_left_work_is_offered_and_recovered(window: MainWindow, answers: Answers, tmp_path: Path) -> None:
    path = tmp_path / "other.cnn"
    storage.save(window.session.project, path)
    left = OpenFolder(tmp_path / "state")
    left.set_origin(path)
    left.keep(window.session.project.__class__.new(window.session.graph, {}, {"epochs": 7}))
    left.leave()
    answers.give = [Button.Yes]
    window.files.offer_recovery()
    assert "other" in answers.asked[0]
    assert window.session.path == path
    assert window.session.project.training == {"epochs": 7}
    assert window.isWindowModified()
    window.files.save_project()
    assert storage.load(path).training == {"epochs": 7}
    assert left_behind(tmp_path / "state") == []


def test_later_keeps_what_was_left(window: MainWindow, answers: Answers, tmp_path: Path) -> None:
    left = OpenFolder(tmp_path / "state")
    left.keep(window.session.project)
    left.leave()
    answers.give = [Button.No]
    window.files.offer_recovery()
    assert len(left_behind(tmp_path / "state")) == 1
    answers.give = [Button.Discard]
    window.files.offer_recovery()
    assert left_behind(tmp_path / "state") == []


def test_a_project_of_another_window_opens_as_a_copy_or_not_at_all(
    window: MainWindow, answers: Answers, tmp_path: Path
) -> None:
    (tmp_path / "second").mkdir()
    path = small_project(tmp_path / "second")
    before = window.session.project
    with FileLock(storage.lock_file(path), path.name):
        answers.give = [Button.Cancel, Button.Ok]
        window.files.open_file(path)
        assert window.session.project is before
        answers.give = [Button.Open]
        window.files.open_file(path)
    assert window.session.path is None
    assert window.session.project == storage.load(path)
    assert "another window" in answers.asked[0]


def test_the_own_project_is_locked_and_let_go(window: MainWindow, answers: Answers, tmp_path: Path) -> None:
    path = window.session.path
    assert path is not None
    with pytest.raises(Exception, match="in use"):
        FileLock(storage.lock_file(path), path.name)
    (tmp_path / "second").mkdir()
    window.files.open_file(small_project(tmp_path / "second"))
    FileLock(storage.lock_file(path), path.name).release()


def test_a_file_changed_by_somebody_else_is_not_written_over_unasked(
    window: MainWindow, answers: Answers, tmp_path: Path
) -> None:
    path = window.session.path
    assert path is not None
    change(window)
    theirs = path.read_bytes() + b"\n"
    path.write_bytes(theirs)
    answers.give = [Button.Cancel]
    assert not window.files.save_project()
    assert path.read_bytes() == theirs
    answers.give = [Button.Save]
    assert window.files.save_project()
    assert storage.load(path) == window.session.project


def test_an_example_opens_as_an_untitled_copy_and_is_never_written(
    window: MainWindow, answers: Answers, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    file = example("lenet5-digits.cnn")
    before = file.read_bytes()
    window.files.open_file(file)
    assert window.session.path is None
    assert tmp_path in window.session.run_path.parents
    assert not window.files.save_to(file)
    assert file.read_bytes() == before
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *a, **k: (str(tmp_path / "mine"), ""))
    assert window.files.save_project()
    assert window.session.path == tmp_path / "mine.cnn"


def test_runs_of_an_untitled_project_move_with_its_first_saving(
    qtbot: QtBot, window: MainWindow, answers: Answers, tmp_path: Path
) -> None:
    window.files.show_new(window.session.project)
    data = {**window.session.project.data, "options": {"path": str(tmp_path / "small.npz")}}
    from workbench.project.document import SetSetting

    window.session.push(SetSetting("data", (), window.session.project.data, data))
    window.runner.run()
    qtbot.waitUntil(lambda: window.runner.run_name != "", timeout=60_000)
    window.files.save_to(tmp_path / "first.cnn")  # while it runs: the runs stay until it has ended
    with qtbot.waitSignal(window.runner.run_ended, timeout=60_000):
        pass
    qtbot.waitUntil(lambda: window.runner.state == "idle")
    (run,) = list_runs(tmp_path / "first.runs")
    ending = run.ending()
    assert ending is not None
    assert ending["reason"] == "finished"
    assert window.session.run_path == tmp_path / "first.cnn"


def test_recent_projects_are_remembered_newest_first(window: MainWindow, answers: Answers, tmp_path: Path) -> None:
    first = window.session.path
    (tmp_path / "second").mkdir()
    second = small_project(tmp_path / "second")
    window.files.open_file(second)
    assert window.settings.recent == [second, first]
    window.menus.fill_recent()
    assert [action.data() for action in window.menus._recent.actions()] == [str(second), str(first)]
    second.unlink()
    window.files.open_file(second)
    assert second not in window.settings.recent


def test_a_full_or_forbidden_place_is_said_and_nothing_is_lost(
    window: MainWindow, answers: Answers, tmp_path: Path
) -> None:
    change(window)
    assert not window.files.save_to(tmp_path / "no" / "such" / "folder.cnn")
    assert "folder" in answers.asked[0]
    assert window.isWindowModified()


@pytest.mark.qt_log_ignore("QVariant::load")
def test_settings_that_are_damaged_are_passed_over(tmp_path: Path) -> None:
    from workbench.gui.settings import Settings

    file = tmp_path / "s.ini"
    file.write_bytes(b"[General]\nrecent=@Variant(\\0\\0\\0\\x7f\\0\\0)\nworkspace=\xff\xfe\n" + os.urandom(200))
    settings = Settings(file)
    assert settings.recent == []
    assert settings.data("docks/Build") is None

"""Opening, saving, locking, recovering: nothing is lost, and every question is asked."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest
from PyQt6.QtCore import QTimer
from PyQt6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot

from tests.gui.answers import Answers
from tests.gui.conftest import small_project
from workbench.core import resources
from workbench.core.lock import FileLock
from workbench.core.resources import example
from workbench.gui.widgets.message_boxes import Button
from workbench.gui.window.main_window import MainWindow
from workbench.project import storage
from workbench.project.recovery import OpenFolder, left_behind
from workbench.training.run_folder import list_runs


def change(window: MainWindow) -> None:
    window.session.select([])
    window.tools.adder.add("ReLU")


def test_unsaved_work_is_kept_within_seconds_and_goes_with_saving(qtbot: QtBot, window: MainWindow) -> None:
    folder = window.files.home.folder
    assert folder is not None
    change(window)
    qtbot.waitUntil(lambda: (folder.path / "unsaved.cnn").exists(), timeout=5000)
    assert storage.load(folder.path / "unsaved.cnn") == window.session.project
    window.files.save_project()  # perhaps while the copy is still being written
    qtbot.waitUntil(lambda: not (folder.path / "unsaved.cnn").exists(), timeout=5000)


def test_undoing_everything_leaves_nothing_to_recover(qtbot: QtBot, window: MainWindow) -> None:
    folder = window.files.home.folder
    assert folder is not None
    change(window)
    qtbot.waitUntil(lambda: (folder.path / "unsaved.cnn").exists(), timeout=5000)
    window.menus.do("undo")
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
    assert window.session.project.graph == storage.load(path).graph
    assert window.session.project.data["options"] == {"path": str(tmp_path / "second" / "small.npz")}  # still found
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


def test_an_example_that_was_trained_where_it_lies_is_opened_with_its_runs(
    window: MainWindow, answers: Answers, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    file = tmp_path / "projects" / "digits.cnn"
    file.parent.mkdir()
    storage.save(window.session.project, file)
    monkeypatch.setattr(resources, "PACKAGE", tmp_path / "workbench")
    window.files.open_file(file)
    assert window.session.path is None, "nobody has trained it"
    storage.runs_folder(file).mkdir()
    window.files.open_file(file)
    assert window.session.path == file
    assert window.session.run_path == file
    before = file.read_bytes()
    assert not window.files.save_to(file)
    assert file.read_bytes() == before
    assert answers.asked[-1] == "The examples stay as they are. Choose another folder."


def test_runs_of_an_untitled_project_move_with_its_first_saving(
    qtbot: QtBot, window: MainWindow, answers: Answers, tmp_path: Path
) -> None:
    window.files.show_new(window.session.project)
    data = {**window.session.project.data, "options": {"path": str(tmp_path / "small.npz")}}
    from workbench.project.document import SetSetting

    window.session.push(SetSetting("data", (), window.session.project.data, data))
    window.runner.one_batch()
    qtbot.waitUntil(lambda: window.runner.state == "paused", timeout=60_000)
    window.files.save_to(tmp_path / "first.cnn")  # while it is on: the runs stay until it has ended
    assert list_runs(tmp_path / "first.runs") == []
    with qtbot.waitSignal(window.runner.run_ended, timeout=60_000):
        window.runner.run()
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
    from workbench.gui.widgets.user_settings import Settings

    file = tmp_path / "s.ini"
    file.write_bytes(b"[General]\nrecent=@Variant(\\0\\0\\0\\x7f\\0\\0)\nworkspace=\xff\xfe\n" + os.urandom(200))
    settings = Settings(file)
    assert settings.recent == []
    assert settings.data("docks/Build") is None


def test_recovering_the_file_that_is_open_keeps_its_place(window: MainWindow, answers: Answers, tmp_path: Path) -> None:
    path = window.session.path
    assert path is not None
    left = OpenFolder(tmp_path / "state")
    left.set_origin(path)
    left.keep(replace(window.session.project, notes="recovered"))
    left.leave()
    answers.give = [Button.Yes]
    window.files.offer_recovery()
    assert window.session.path == path
    assert window.session.project.notes == "recovered"
    assert window.isWindowModified()


def test_newer_work_in_the_file_is_not_written_over_by_recovered_work(
    window: MainWindow, answers: Answers, tmp_path: Path
) -> None:
    path = tmp_path / "other.cnn"
    storage.save(window.session.project, path)
    left = OpenFolder(tmp_path / "state")
    left.set_origin(path)
    left.keep(replace(window.session.project, notes="monday"))
    left.leave()
    storage.save(replace(window.session.project, notes="tuesday"), path)
    answers.give = [Button.Yes, Button.Cancel]
    window.files.offer_recovery()
    assert not window.files.save_project()
    assert "changed by another program" in answers.asked[-1]
    assert storage.load(path).notes == "tuesday"


def test_recovered_work_is_still_kept_until_it_is_saved(window: MainWindow, answers: Answers, tmp_path: Path) -> None:
    change(window)  # what is open is changed too, and thrown away
    left = OpenFolder(tmp_path / "state")
    left.keep(replace(window.session.project, notes="recovered"))
    left.leave()
    answers.give = [Button.Yes, Button.Discard]
    window.files.offer_recovery()
    folder = window.files.home.folder
    assert folder is not None
    assert (folder.path / "unsaved.cnn").exists()
    (tmp_path / "second").mkdir()
    answers.give = [Button.Discard]
    window.files.open_file(small_project(tmp_path / "second"))
    assert not window.isWindowModified()


def test_save_as_means_the_name_that_was_typed(
    window: MainWindow, answers: Answers, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    other = tmp_path / "mine.cnn"
    storage.save(replace(window.session.project, notes="other"), other)
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *a, **k: (str(tmp_path / "mine.v2"), ""))
    assert window.files.save_project_as()
    assert window.session.path == tmp_path / "mine.v2.cnn"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *a, **k: (str(tmp_path / "mine"), ""))
    answers.give = [Button.Cancel]
    assert not window.files.save_project_as()
    assert storage.load(other).notes == "other"


def test_paths_follow_to_another_folder_and_stay_when_it_fails(
    window: MainWindow, answers: Answers, tmp_path: Path
) -> None:
    before = window.session.project
    assert not window.files.save_to(tmp_path / "nowhere" / "net.cnn")
    assert window.session.project is before
    (tmp_path / "below").mkdir()
    assert window.files.save_to(tmp_path / "below" / "net.cnn")
    assert window.session.project.data["options"] == {"path": str(tmp_path / "small.npz")}
    assert not window.isWindowModified()


def test_paths_out_of_the_folder_stay_as_they_are_written(window: MainWindow, answers: Answers, tmp_path: Path) -> None:
    window.projects.use_data("npz", {"path": "../elsewhere/data.npz"})
    assert window.files.save_project()
    assert window.session.project.data["options"] == {"path": "../elsewhere/data.npz"}


def test_opening_asks_before_it_stops_a_training(
    qtbot: QtBot, window: MainWindow, answers: Answers, tmp_path: Path
) -> None:
    (tmp_path / "second").mkdir()
    second = small_project(tmp_path / "second")
    assert window.panels is not None
    window.panels.train.form.change("epochs", 500)
    window.files.save_project()
    window.runner.run()
    qtbot.waitUntil(lambda: window.strip.bar.value() > 2, timeout=60_000)
    answers.give = [Button.Ok]
    window.files.open_file(tmp_path / "not-there.cnn")
    assert window.runner.state == "running"  # it could not be opened, so nothing is stopped
    answers.give = [Button.Cancel]
    window.files.open_file(second)
    assert window.runner.state == "running"
    answers.give = [Button.Close]
    window.files.open_file(second)
    assert window.session.path == second
    assert window.runner.state == "idle"
    assert window.strip.buttons["toggle"].text() == "Run"
    assert window.strip.bar.value() == 0


def test_trainings_of_an_untitled_network_survive_an_end_nobody_asked_for(
    qtbot: QtBot, window: MainWindow, answers: Answers, tmp_path: Path
) -> None:
    window.files.show_new(window.session.project, window.session.path)
    with qtbot.waitSignal(window.runner.run_ended, timeout=60_000):
        window.runner.run()
    qtbot.waitUntil(lambda: window.runner.state == "idle")
    window.end_unasked()
    (found,) = left_behind(tmp_path / "state")
    assert found.has_runs
    assert found.project().graph == window.session.graph


def test_a_question_that_is_open_does_not_keep_the_system_waiting(
    qtbot: QtBot, window: MainWindow, tmp_path: Path
) -> None:
    change(window)
    QTimer.singleShot(50, window.end_unasked)  # comes while the question below is open
    window.close()
    qtbot.waitUntil(lambda: not window.isVisible(), timeout=10_000)
    assert len(left_behind(tmp_path / "state")) == 1


def test_an_end_that_fails_half_way_leaves_the_window(
    qtbot: QtBot, window: MainWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails() -> None:
        raise OSError("in the middle")

    with monkeypatch.context() as patch, qtbot.captureExceptions() as caught:
        patch.setattr(window.live, "shut_down", fails)
        window.close()
    assert [type(each[1]) for each in caught] == [OSError]
    assert window.isVisible()


def test_what_a_crash_left_beside_the_project_goes_when_it_is_opened(
    window: MainWindow, answers: Answers, tmp_path: Path
) -> None:
    (tmp_path / "second").mkdir()
    path = small_project(tmp_path / "second")
    stray = path.with_name(f".{path.name}.999999999-0123abcd.part")
    stray.write_text("half")
    window.files.open_file(path)
    assert not stray.exists()

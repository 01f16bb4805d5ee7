"""Runs that wait for their project, names that are no UTF-8, saves that no disk confirms, and markup in names."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QGraphicsSimpleTextItem, QLabel, QWidget
from pytestqt.qtbot import QtBot

from tests.gui.answers import Answers
from tests.gui.conftest import small_project
from tests.gui.panels import panels_of
from tests.gui.runs_page import row_count
from tests.gui.test_files import change
from tests.training import factories
from workbench.core import files
from workbench.core.errors import UnreadableError, UsageError
from workbench.core.redrawing import redrawn
from workbench.gui.widgets.message_boxes import Button
from workbench.gui.widgets.user_settings import Settings
from workbench.gui.window.main_window import MainWindow
from workbench.project import storage
from workbench.project.document import Project, SetSetting
from workbench.project.records import brought_back, project_of
from workbench.project.recovery import OpenFolder, bring_home, left_behind
from workbench.project.runs import find_run
from workbench.training import engine
from workbench.training.run_folder import RunFolder, list_runs

posix = pytest.mark.skipif(os.name != "posix", reason="names of any bytes, as POSIX has them")
HOSTILE = "<img src=x>\u202eevil"


def waiting(state: Path, target: Path | None, runs: int = 2) -> OpenFolder:
    """What a crash leaves between a project's first save and the end of its training."""
    folder = OpenFolder(state)
    for number in range(runs):
        run = storage.runs_folder(folder.untitled) / f"run-{number + 1:03d}"
        run.parent.mkdir(exist_ok=True)
        RunFolder(run).claim({"project": "x", "number": number})[1].release()
    folder.set_origin(target)
    folder.leave()
    return folder


@pytest.mark.parametrize("moved", [0, 1])
def test_runs_that_a_crash_kept_from_their_project_are_found_by_the_command_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, moved: int
) -> None:
    monkeypatch.setattr("workbench.project.runs.state_folder", lambda: tmp_path / "state")
    path = small_project(tmp_path)
    folder = waiting(tmp_path / "state", path)
    for run in sorted(storage.runs_folder(folder.untitled).iterdir())[:moved]:  # killed between two moves
        storage.runs_folder(path).mkdir()
        run.rename(storage.runs_folder(path) / run.name)
    assert find_run(path).name == "run-002"
    assert [run.name for run in list_runs(storage.runs_folder(path))] == ["run-001", "run-002"]


def test_they_are_brought_at_the_next_start_and_at_opening(
    window: MainWindow, answers: Answers, tmp_path: Path
) -> None:
    for name in ("first", "second"):
        (tmp_path / name).mkdir()
    first, second = small_project(tmp_path / "first"), small_project(tmp_path / "second")
    waiting(window.files.home.state, first)
    assert left_behind(window.files.home.state) == []
    assert len(list_runs(storage.runs_folder(first))) == 2
    waiting(window.files.home.state, second, runs=1)
    window.files.open_file(second)
    assert len(list_runs(storage.runs_folder(second))) == 1


def test_those_of_a_project_that_is_gone_are_offered(tmp_path: Path) -> None:
    folder = waiting(tmp_path, tmp_path / "gone.cnn")
    project = Project.new(factories.graph(), {}, {"epochs": 7})
    from workbench.project.format import graph_json

    for run in list_runs(storage.runs_folder(folder.untitled)):
        record = {**run.record(), "graph": graph_json(project.graph), "training": {"epochs": 7}, "data": {}}
        (run.path / "run.json").write_text(json.dumps(record))
    (found,) = left_behind(tmp_path)
    assert found.has_runs
    assert found.project().training["epochs"] == 7
    assert found.project().graph == project.graph


def test_what_is_saved_already_takes_no_waiting_run_with_it(tmp_path: Path) -> None:
    path = small_project(tmp_path)
    folder = waiting(tmp_path / "state", path)
    (folder.path / "unsaved.cnn").write_bytes(path.read_bytes())
    path.with_suffix(".runs").write_text("a file in the way")
    assert left_behind(tmp_path / "state")
    assert len(list_runs(storage.runs_folder(folder.untitled))) == 2


def test_a_living_window_keeps_its_runs(tmp_path: Path) -> None:
    path = small_project(tmp_path)
    folder = waiting(tmp_path / "state", path)
    held = OpenFolder(tmp_path / "state", folder.path)
    assert bring_home(tmp_path / "state", path) == 0
    held.leave()
    assert bring_home(tmp_path / "state", path) == 2


@posix
@pytest.mark.parametrize("name", [b"p\xff.png", b"\xe4\xf6.bmp"])
def test_a_picture_whose_name_is_not_utf8_is_refused_and_saving_goes_on(
    window: MainWindow, tmp_path: Path, name: bytes
) -> None:
    from workbench.data.pictures import png

    picture = tmp_path / os.fsdecode(name)
    picture.write_bytes(png(factories.dataset().splits["train"]["image"][0]))
    window.drops.take(picture)
    bar = window.statusBar()
    assert bar is not None
    assert "not UTF-8" in bar.currentMessage()
    change(window)
    assert window.files.save_project()


@posix
def test_a_project_whose_name_is_not_utf8_is_refused_at_the_door(
    window: MainWindow, answers: Answers, tmp_path: Path
) -> None:
    before, folder = window.session.path, window.files.home.folder
    other = tmp_path / os.fsdecode(b"caf\xe9.cnn")
    shutil.copy(str(before), other)
    window.files.open_file(other)
    assert not window.files.save_to(tmp_path / os.fsdecode(b"\xfe.cnn"))
    assert len(answers.asked) == 2
    assert all("not UTF-8" in each for each in answers.asked)
    assert (window.session.path, window.files.home.folder) == (before, folder)
    assert window.files.home.has_lock


def test_a_document_that_holds_half_a_letter_is_said_and_stays_open(window: MainWindow, answers: Answers) -> None:
    window.session.push(SetSetting("notes", (), window.session.project.notes, "\udcff"))
    assert not window.files.save_project()
    assert "not UTF-8" in answers.asked[0]
    with pytest.raises(UsageError, match="not UTF-8"):
        storage.save(window.session.project, Path("nowhere.cnn"))


@posix
@pytest.mark.parametrize("act", ["open", "save"])
def test_a_link_to_itself_is_a_sentence(window: MainWindow, answers: Answers, tmp_path: Path, act: str) -> None:
    circle = tmp_path / "circle.cnn"
    circle.symlink_to(circle)
    if act == "open":
        window.files.open_file(circle)
    else:
        assert not window.files.save_to(circle)
    assert len(answers.asked) == 1
    assert "circle.cnn" in answers.asked[0]


def test_a_save_that_the_disk_does_not_confirm_is_saved_and_said(
    window: MainWindow, answers: Answers, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(folder: str) -> None:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(files, "_sync_folder", fails)
    change(window)
    path = window.session.path
    assert path is not None
    assert window.files.save_project()
    assert storage.load(path) == window.session.project
    assert not window.session.is_modified
    assert not window.files.home.is_changed_outside
    assert "could not confirm" in answers.asked[0]
    assert "unchanged" not in answers.asked[0]


def test_recent_files_keep_any_name(tmp_path: Path) -> None:
    settings = Settings(tmp_path / "s.ini")
    for name in ("a\nb.cnn", "c, d.cnn", '"e".cnn'):
        settings.add_recent(tmp_path / name)
    assert [path.name for path in settings.recent] == ['"e".cnn', "c, d.cnn", "a\nb.cnn"]
    settings.keep("recent", "[[[")
    assert settings.recent == []


def test_the_network_of_a_run_is_brought_back_and_undo_takes_it_away(
    qtbot: QtBot, window: MainWindow, tmp_path: Path
) -> None:
    with qtbot.waitSignal(window.runner.run_ended, timeout=60_000):
        window.runner.run()
    qtbot.waitUntil(lambda: window.runner.state == "idle")
    trained = window.session.graph
    panel = panels_of(window).train
    assert panel is not None
    qtbot.waitUntil(lambda: row_count(panel.runs) == 1)
    change(window)
    window.session.push(SetSetting("training", ("lr",), 0.01, 0.5))
    edited = window.session.project
    panel.runs.select(["run-001"])
    qtbot.mouseClick(panel.runs.buttons["bring_back"], Qt.MouseButton.LeftButton)
    assert window.session.graph == trained
    assert window.session.project.training["lr"] == 0.01
    run = find_run(tmp_path / "small.cnn")
    assert brought_back(window.session.project, run) is None
    window.menus.do("undo")
    assert window.session.project == edited


def test_any_graph_is_redrawn_as_any_other_and_back() -> None:
    graphs = [factories.graph(), factories.graph(dropout=0.1)]
    small, other = graphs
    step = redrawn(small, other, "x")
    assert step.apply(small) == other
    assert step.inverse().apply(other) == small
    assert redrawn(small, small, "x").apply(small) == small


def test_a_damaged_record_is_named_by_its_file(tmp_path: Path) -> None:
    list(engine.train(factories.job(tmp_path / "p.runs" / "run-001", epochs=1)))
    file = tmp_path / "p.runs" / "run-001" / "run.json"
    with pytest.raises(UnreadableError, match=r"run-001/run\.json"):
        project_of(RunFolder(file.parent))


def texts_that_could_be_markup(window: QWidget) -> list[str]:
    """What is shown of hostile names as if it were HTML, or with its control characters as they are."""
    found = []
    for widget in [window, *window.findChildren(QWidget)]:
        if isinstance(widget, QLabel) and widget.textFormat() != Qt.TextFormat.PlainText and "img" in widget.text():
            found.append(f"label {widget.text()}")
        for kind, text in (("tip", widget.toolTip()), ("title", widget.windowTitle())):
            if kind == "tip" and "<img" in text:
                found.append(f"tip {text}")
            if "\u202e" in text:
                found.append(f"{kind} {text!r}")
    return found


def test_names_are_never_markup(qtbot: QtBot, window: MainWindow, answers: Answers, tmp_path: Path) -> None:
    """Hostile names of project, run folder, picture, classes and notes, in every workspace."""
    from workbench.data.pictures import png

    with qtbot.waitSignal(window.runner.run_ended, timeout=60_000):
        window.runner.run()
    qtbot.waitUntil(lambda: window.runner.state == "idle")
    runs = storage.runs_folder(tmp_path / "small.cnn")
    (runs / "run-001").rename(runs / HOSTILE)
    shutil.copytree(runs / HOSTILE, runs / "run-002")
    hostile = tmp_path / f"{HOSTILE}.cnn"
    tree = json.loads((tmp_path / "small.cnn").read_text())
    label = next(node for node in tree["graph"]["nodes"] if node["name"] == "label")
    label["params"]["classes"] = [HOSTILE, "b", "c"]
    hostile.write_text(json.dumps(tree))
    runs.rename(storage.runs_folder(hostile))
    picture = tmp_path / f"{HOSTILE}.png"
    picture.write_bytes(png(factories.dataset().splits["train"]["image"][0]))
    window.files.open_file(hostile)
    assert window.session.path == hostile
    window.drops.take(picture)
    found = []
    compare = panels_of(window).compare
    assert compare is not None
    for show in ("show_build", "show_data", "show_train", "show_look", "show_compare"):
        window.menus.do(show)
        qtbot.waitUntil(lambda: row_count(compare.runs) == 2, timeout=20_000)
        qtbot.wait(50)  # panels that were just shown fill themselves
        found += texts_that_could_be_markup(window)
    compare.runs.select([HOSTILE, "run-002"])
    legend = [item for item in compare.plot.scene().items() if isinstance(item, QGraphicsSimpleTextItem)]
    shown = [item.text() for item in legend]
    assert any("<img src=x><U+202E>evil" in text for text in shown), shown
    assert found == []


def test_every_question_shows_its_texts_as_they_are(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    from PyQt6.QtWidgets import QMessageBox

    from workbench.gui.widgets.message_boxes import ask, tell

    formats: list[Qt.TextFormat] = []

    def look(box: QMessageBox) -> Button:
        formats.extend(label.textFormat() for label in box.findChildren(QLabel) if "<img" in label.text())
        return Button.Ok

    monkeypatch.setattr(QMessageBox, "exec", look)
    parent = QWidget()
    qtbot.addWidget(parent)
    ask(parent, HOSTILE, {Button.Ok: "Ok", Button.Cancel: "Cancel"}, more=HOSTILE)
    tell(parent, HOSTILE, HOSTILE)
    assert len(formats) == 3
    assert set(formats) == {Qt.TextFormat.PlainText}


@pytest.mark.parametrize("answer", [Button.Cancel, Button.Yes])
def test_a_run_without_whole_checkpoints_begins_anew_only_if_that_is_wanted(
    qtbot: QtBot, window: MainWindow, answers: Answers, tmp_path: Path, answer: Button
) -> None:
    window.runner.one_batch()
    qtbot.waitUntil(lambda: window.runner.state == "paused", timeout=60_000)
    with qtbot.waitSignal(window.runner.run_ended, timeout=60_000):
        window.runner.stop()
    qtbot.waitUntil(lambda: window.runner.state == "idle")
    run = find_run(tmp_path / "small.cnn")
    for file in run.checkpoints.glob("*.safetensors"):
        file.write_bytes(b"damaged")
    log = run.log.read_bytes()
    answers.give = [answer]
    with qtbot.waitSignal(window.runner.lost, timeout=60_000):
        window.runner.resume("run-001")
    assert "no whole checkpoint is left" in answers.asked[0]
    if answer == Button.Yes:
        qtbot.waitUntil(lambda: (run.ending() or {}).get("reason") == "finished", timeout=60_000)
        qtbot.waitUntil(lambda: window.runner.state == "idle")
        assert (run.set_aside / "events-after-000000.jsonl").read_bytes() == log
    else:
        qtbot.waitUntil(lambda: window.runner.state == "idle")
        assert run.log.read_bytes() == log


def test_another_learning_rate_is_asked_for_and_refused_aloud(
    qtbot: QtBot, window: MainWindow, answers: Answers, monkeypatch: pytest.MonkeyPatch
) -> None:
    from PyQt6.QtWidgets import QInputDialog

    window.runner.one_batch()
    qtbot.waitUntil(lambda: window.runner.state == "paused", timeout=60_000)
    assert window.menus.actions["change_rate"].isEnabled()
    for typed, told in (("nothing", "is no number"), ("0", "lr"), ("1000", "lr")):
        monkeypatch.setattr(QInputDialog, "getText", lambda *_, typed=typed, **__: (typed, True))
        window.menus.do("change_rate")
        assert told in answers.asked[-1]
    monkeypatch.setattr(QInputDialog, "getText", lambda *_, **__: ("0,0025", True))
    window.menus.do("change_rate")
    window.runner.one_batch()
    qtbot.waitUntil(lambda: window.runner.state == "paused", timeout=60_000)
    assert window.runner.rate == pytest.approx(0.0025)
    with qtbot.waitSignal(window.runner.run_ended, timeout=60_000):
        window.runner.stop()
    qtbot.waitUntil(lambda: window.runner.state == "idle")

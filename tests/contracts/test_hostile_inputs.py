"""Every broken or hostile input, by the command line and the window: one sentence, no traceback, nothing is run."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from tests.contracts.hostile_inputs import BAD, MADE, Door, Hostile
from tests.gui.conftest import nothing_left, session, widgets_kept, window
from tests.gui.panels import panels_of
from workbench.cli import main
from workbench.core.errors import printable
from workbench.gui.window.main_window import MainWindow

__all__ = ["nothing_left", "session", "widgets_kept", "window"]

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="links and pipes are needed")
TEMPLATES: dict[Door, str] = {"natural": "autoencoder", "poses": "dcign32"}


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder to make inputs in, and to be in."""
    folder = tmp_path / "inputs"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return folder


def path_of(hostile: Hostile, place: Path, request: pytest.FixtureRequest) -> Path:
    if hostile.make is None:
        return Path(request.getfixturevalue("shared_data")) / "bad" / hostile.name
    path = place / hostile.name
    hostile.make(path)
    return path


def check_said(hostile: Hostile, path: Path, text: str) -> None:
    """One sentence that names the file and says what is expected; nothing of the input has been run."""
    assert "Traceback" not in text
    assert "mistake in the program" not in text
    assert re.search(hostile.said, text), text
    assert printable(path.name) in text.replace("\n", "") or printable(path) in text
    assert not Path("CANARY").exists()
    assert not list(Path.cwd().glob("PICKLE_WAS_EXECUTED"))


def test_every_shared_input_is_in_the_table(shared_data: Path) -> None:
    assert {path.name for path in (shared_data / "bad").iterdir()} == {hostile.name for hostile in BAD}


@pytest.mark.parametrize("hostile", [*BAD, *MADE], ids=str)
def test_the_command_line(
    hostile: Hostile, trained: Path, place: Path, request: pytest.FixtureRequest, capsys: pytest.CaptureFixture[str]
) -> None:
    path = path_of(hostile, place, request)
    match hostile.door:
        case "picture":
            words = ["predict", str(trained), str(path)]
        case "weights":
            words = ["evaluate", str(trained), "--weights", str(path)]
        case _:
            template = TEMPLATES.get(hostile.door, "small-resnet")
            words = ["new", template, str(place / "made.cnn"), "--data", f"{hostile.door}:{path}"]
    code = main(lambda path: 0, arguments=words)
    captured = capsys.readouterr()
    if hostile.said:
        assert code == 2
        check_said(hostile, path, captured.err)
    else:
        assert code == 0, captured.err


IN_WINDOW = [hostile for hostile in (*BAD, *MADE) if hostile.door != "weights"]


@pytest.mark.parametrize("hostile", IN_WINDOW, ids=str)
def test_the_window(
    hostile: Hostile, window: MainWindow, qtbot: QtBot, place: Path, request: pytest.FixtureRequest
) -> None:
    path = path_of(hostile, place, request)
    look, data = panels_of(window).look, panels_of(window).data
    assert look is not None
    assert data is not None

    def said() -> str:
        bar = window.statusBar()
        cards = "\n".join(card.whole for card in window.cards.cards)
        bar_text = bar.currentMessage() if bar is not None else ""
        return f"{look.header.problem}\n{data._status.text()}\n{bar_text}\n{cards}"

    if hostile.door == "picture" and not path.is_dir():
        window.drops.take(path)
        qtbot.waitUntil(lambda: bool(window.cards.cards) or path.name in look.probe.input.caption, timeout=20_000)
    else:
        source = "folder" if hostile.door == "picture" else hostile.door
        window.menus.do("show_data")
        qtbot.waitUntil(lambda: data.dataset is not None, timeout=20_000)
        before = data.dataset
        form = data.source
        form.source.setCurrentIndex(form.source.findData(source))
        form.path.setText(str(path))
        form._on_path(str(path))
        form._on_apply()
        if form._message.isVisibleTo(form):
            check_said(hostile, path, form._message.text())
            return
        qtbot.waitUntil(lambda: not data.reader.is_busy and data.dataset is not before, timeout=20_000)
        if hostile.door == "picture":
            return
    if hostile.said:
        check_said(hostile, path, said())
    elif hostile.door == "picture":
        assert not window.cards.cards
        assert not look.header.problem
    else:
        assert data.dataset is not None

"""The panels behind the window: made one by one, at once where somebody needs them, and never left half made."""

from __future__ import annotations

import ctypes
import gc
import subprocess
import sys
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from PyQt6.QtCore import QTimer
from pytestqt.qtbot import QtBot

from tests.gui.conftest import end_unasked
from workbench.gui.app import preload
from workbench.gui.document.session import Session
from workbench.gui.widgets import theme
from workbench.gui.widgets.user_settings import Settings
from workbench.gui.window.main_window import MainWindow


@pytest.fixture
def bare(qtbot: QtBot, session: Session, tmp_path: Path) -> MainWindow:
    """A window whose panels are not there yet."""
    made = MainWindow(session, theme.DARK, Settings(tmp_path / "settings.ini"), tmp_path / "state")
    qtbot.addWidget(made, before_close_func=end_unasked)
    made.show()
    return made


def test_the_window_answers_between_two_panels(bare: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    turns: list[str] = []
    step = type(bare.rest)._take_step
    monkeypatch.setattr(type(bare.rest), "_take_step", lambda maker: (turns.append("step"), step(maker)))
    ticks = QTimer(bare)
    ticks.timeout.connect(lambda: turns.append("turn"))
    ticks.start(0)
    with qtbot.waitSignal(bare.rest_loaded, timeout=20_000):
        bare.rest._timer.timeout.disconnect()
        bare.rest._timer.timeout.connect(lambda: bare.rest._take_step())
        bare.rest.start()
    ticks.stop()
    assert bare.panels is not None
    steps = [number for number, turn in enumerate(turns) if turn == "step"]
    assert len(steps) > 5
    assert all(later - earlier > 1 for earlier, later in pairwise(steps))


def test_a_run_that_is_begun_early_finds_its_panels(bare: MainWindow, qtbot: QtBot) -> None:
    assert bare.panels is None
    bare.runner.run()
    assert bare.panels is not None
    with qtbot.waitSignal(bare.runner.run_ended, timeout=60_000):
        pass
    assert bare.panels.train.curves.epochs


def test_a_window_that_is_closed_halfway_leaves_nothing(bare: MainWindow) -> None:
    bare.rest._take_step()  # the list of runs reads on a thread from now on
    assert bare.panels is None
    bare.end_unasked()
    assert bare.panels is not None


def test_a_window_that_is_closed_before_makes_none(bare: MainWindow) -> None:
    bare.end_unasked()
    assert bare.panels is None


def test_a_theme_that_was_changed_meanwhile_is_that_of_the_panels(bare: MainWindow) -> None:
    for _ in range(3):
        bare.rest._take_step()
    bare.appearance.set_theme(theme.LIGHT)
    bare.load_rest()
    assert bare.panels is not None
    assert bare.panels.train.curves._theme is theme.LIGHT


def test_what_libraries_have_made_is_left_out_of_collections(
    bare: MainWindow, qtbot: QtBot, path_kept: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_aside: list[bool] = []
    monkeypatch.setattr(gc, "freeze", lambda: set_aside.append(bare.panels is not None and "torch" in sys.modules))
    preloader = preload.Preloader(bare)
    preloader.start()
    qtbot.waitUntil(lambda: bool(set_aside), timeout=20_000)
    preloader.shut_down()
    assert set_aside == [True]


@pytest.fixture
def path_kept() -> Iterator[None]:
    before = list(sys.meta_path)
    yield
    sys.meta_path[:] = before


@pytest.mark.skipif(sys.platform != "linux", reason="libraries are opened that way on Linux only")
def test_libraries_are_opened_before_an_import_by_whoever_makes_it(
    path_kept: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = tmp_path / "slow_package"
    (package / "lib").mkdir(parents=True)
    (package / "__init__.py").write_text("import opened\nseen = list(opened.files)\n")
    (package / "lib" / "libone.so").touch()
    (package / "lib" / "libtwo.so.3").touch()
    (package / "lib" / "note.txt").touch()
    (tmp_path / "opened.py").write_text("files = []\n")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setitem(preload.LIBRARIES, "slow_package", ("lib", "gone.so"))

    class Loader:
        def dlopen(self, name: bytes, mode: int) -> int:
            import opened  # type: ignore[import-not-found]

            opened.files.append(Path(name.decode()).name)
            return 1

    monkeypatch.setattr(ctypes, "CDLL", lambda name: Loader())
    finder: Any = preload.OpensLibraries()
    finder.install()
    finder.install()
    assert sum(isinstance(each, preload.OpensLibraries) for each in sys.meta_path) == 1
    import slow_package  # type: ignore[import-not-found]

    assert slow_package.seen == ["libone.so", "libtwo.so.3"]


MADE_ON_ITS_THREAD = """
import shutil
import sys
from pathlib import Path
from workbench.core import process
process.prepare()
from PyQt6.QtWidgets import QApplication
app = QApplication([])
from workbench.core.resources import example
from workbench.gui.app.application import EXAMPLE
from workbench.gui.document.session import Session
from workbench.gui.widgets import theme
from workbench.gui.widgets.user_settings import Settings
from workbench.gui.window.main_window import MainWindow
from workbench.gui.window.panels import import_panels
from workbench.project import storage
place = Path(sys.argv[1])
file = Path(shutil.copy(example(EXAMPLE), place))
window = MainWindow(Session(storage.load(file), file), theme.DARK, Settings(place / "s.ini"), place / "state")
window.show()
import_panels()
before = set(sys.modules)
window.load_rest()
print(*sorted(name for name in set(sys.modules) - before if name.count(".") > 2))
window.end_unasked()
"""


def test_no_family_of_modules_is_imported_while_the_panels_are_made(tmp_path: Path) -> None:
    words = [sys.executable, "-c", MADE_ON_ITS_THREAD, str(tmp_path)]
    found = subprocess.run(words, capture_output=True, text=True, check=False)
    assert found.returncode == 0, found.stderr
    families = ("workbench.data.sources", "workbench.insight.views", "workbench.training.metrics", "workbench.layers")
    assert not [name for name in found.stdout.split() if name.startswith(families)]

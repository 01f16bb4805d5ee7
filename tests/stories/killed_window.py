"""A window in a process of its own that is closed in a given state, or edited until it is killed.

python -m tests.stories.killed_window close STATE PROJECT
python -m tests.stories.killed_window save-and-close PROJECT TARGET
python -m tests.stories.killed_window edit PROJECT LOG
"""

from __future__ import annotations

import os
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from PyQt6.QtCore import QTimer
from PyQt6.QtWidgets import QFileDialog, QMessageBox

from workbench.core import process
from workbench.gui.widgets.message_boxes import Button
from workbench.gui.window.main_window import MainWindow
from workbench.gui.window.panels import Panels
from workbench.project.document import SetSetting

EDIT_MS = 250
reached, closing = threading.Event(), threading.Event()


def holding(function: Callable[..., Any]) -> Callable[..., Any]:
    """The function, which waits on its thread until the window is being closed."""

    def run(*arguments: Any, **named: Any) -> Any:
        reached.set()
        closing.wait(30)
        return function(*arguments, **named)

    return run


def hold_in(state: str) -> None:
    """Makes the training stand in a state until the window closes."""
    from workbench.project import runs
    from workbench.training import checkpoint, engine

    if state == "preparing":
        runs.load_data = holding(runs.load_data)
    elif state == "validating":
        engine.evaluate = holding(engine.evaluate)
    elif state == "saving":
        checkpoint.write = holding(checkpoint.write)
    elif state == "training":
        learn = engine.Trainer._learn
        engine.Trainer._learn = lambda self, batch: (holding(learn) if self.progress.step == 4 else learn)(self, batch)


def close_when(window: MainWindow, state: str) -> None:
    """Brings the window into the state, then closes it."""
    timer = QTimer(window)

    def look() -> None:
        if reached.is_set():
            timer.stop()
            closing.set()
            window.close()

    if state == "idle":
        reached.set()
    elif state == "error":
        window.runner.failed.connect(lambda text: (print(text, file=sys.stderr), reached.set()))
        window.runner.resume("no-such-run")
    else:
        hold_in(state)
        window.runner.run()
    timer.timeout.connect(look)
    timer.start(5)


def save_and_close(window: MainWindow, target: Path) -> None:
    """Closes an untitled project in the middle of its training, and saves it when it is asked."""
    answers = {"Save this project?": Button.Save}
    QMessageBox.exec = lambda box: answers[box.text()]  # type: ignore[method-assign, assignment]
    QFileDialog.getSaveFileName = lambda *a, **k: (str(target), "")  # type: ignore[method-assign]
    window.session.path = None
    window.files.show_new(window.session.project, window.session.run_path)
    close_when(window, "training")


def edit_for_ever(window: MainWindow, log: Path) -> None:
    """Changes the notes four times a second and says so in the log, in this order, until somebody kills the process."""
    descriptor = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    number = 0
    timer = QTimer(window)

    def edit() -> None:
        nonlocal number
        number += 1
        window.session.push(SetSetting("notes", (), window.session.project.notes, str(number)))
        os.write(descriptor, f"{number} {time.time()}\n".encode())

    timer.timeout.connect(edit)
    timer.start(EDIT_MS)


def main() -> int:
    process.prepare()
    from workbench.gui.app import opening, start

    what, *rest = sys.argv[1:]
    original = MainWindow._on_panels_made

    def on_panels_made(self: MainWindow, panels: Panels) -> None:
        original(self, panels)
        if what == "close":
            close_when(self, rest[0])
        elif what == "save-and-close":
            save_and_close(self, Path(rest[1]))
        else:
            edit_for_ever(self, Path(rest[1]))

    MainWindow._on_panels_made = on_panels_made  # type: ignore[method-assign]
    QMessageBox.exec = lambda box: Button.Close  # type: ignore[method-assign, assignment]
    path = rest[1] if what == "close" else rest[0]
    made, _picture = opening.begin(path)
    return start.run(path, made)


if __name__ == "__main__":
    sys.exit(main())

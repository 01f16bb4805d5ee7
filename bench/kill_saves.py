"""A window that is killed round the first save, save as and the moving of runs, while an untitled project trains.

python bench/kill_saves.py --seed 1 --count 40

Each window is a process of its own (offscreen, forked from a warm parent); it is killed by SIGKILL at a drawn call of
the system, or at a drawn time. The rule: a new start finds every training that had begun, beside its project or offered
by recovery, with a newest checkpoint that is whole: half of the starts are windows, half are `cnn-workbench runs`.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from campaign import Tally, command, numbered, options, own_places, small_project

STORIES = ("first save while it trains", "two runs, then saved", "saved, then as another", "saved between two runs")
CALLS = ("open", "replace", "rename", "mkdir", "unlink", "rmdir", "fsync", "scandir")
MOST_CALLS, MOST_SECONDS, LONGEST = 60, 0.6, 90.0
Steps = Iterator[Callable[[], bool] | None]


class Killer:
    """Kills this process at a drawn call of the system, or a drawn time, after it was armed."""

    def __init__(self, chance: random.Random) -> None:
        self._calls = chance.randint(1, MOST_CALLS) if chance.random() < 0.7 else 10**9
        self._seconds = chance.uniform(0.0, MOST_SECONDS)
        self._is_armed = False

    def arm(self) -> None:
        """Begins to count."""
        if self._is_armed:
            return
        self._is_armed = True
        if self._calls == 10**9:
            from PyQt6.QtCore import QTimer

            QTimer.singleShot(round(self._seconds * 1000), self.kill)
            return
        for name in CALLS:
            setattr(os, name, self._counting(getattr(os, name)))

    def _counting(self, real: Callable[..., Any]) -> Callable[..., Any]:
        def call(*arguments: Any, **named: Any) -> Any:
            self._calls -= 1
            if self._calls == 0:
                self.kill()
            return real(*arguments, **named)

        return call

    def kill(self) -> None:
        """Ends this process as a crash would."""
        os.kill(os.getpid(), signal.SIGKILL)


def window_on(path: Path | None, state: Path, copied: Path) -> Any:
    """A window on a project, as the program starts it, or on an untitled copy of one."""
    from workbench.gui.app.application import make_app, quiet_qt
    from workbench.gui.app.start import session_on
    from workbench.gui.document.session import Session
    from workbench.gui.widgets import theme
    from workbench.gui.widgets.user_settings import Settings
    from workbench.gui.window.main_window import MainWindow
    from workbench.project import storage
    from workbench.project.relocate import placed

    quiet_qt()
    window_on.app = make_app()  # type: ignore[attr-defined] # it must outlive the window
    project = storage.load(path or copied)
    session = session_on(project, path, state) if path else Session(placed(project, copied, state / copied.name))
    assert session is not None
    window = MainWindow(session, theme.DARK, Settings(state.parent / "s.ini"), state)
    window.show()
    window.load_rest()
    return window


def note_runs(window: Any, log: Path) -> None:
    """Writes down every training that begins, by the number that stays its own wherever it is moved."""
    from workbench.project.storage import runs_folder

    def noted(event: Any) -> None:
        record = runs_folder(window.session.run_path) / event.run / "run.json"
        with log.open("a") as file:
            file.write(f"{json.loads(record.read_text())['order']!r}\n")

    window.runner.run_started.connect(noted)


def story(window: Any, what: str, folder: Path, killer: Killer) -> Steps:
    """The steps of a story; each yields what has to be so before the next."""
    files, runner, bar = window.files, window.runner, window.strip.bar

    def trains() -> bool:
        return bool(runner.state == "running" and bar.value() > 3)

    def is_idle() -> bool:
        return bool(runner.state == "idle")

    runner.run()
    yield trains
    if what == "two runs, then saved":
        runner.stop()
        yield is_idle
        runner.run()
        yield trains
        runner.stop()
        yield is_idle
    killer.arm()
    files.save_to(folder / "first.cnn")
    yield None
    if what == "saved between two runs":
        runner.stop()
        yield is_idle
        runner.run()
        yield trains
    if what == "saved, then as another":
        files.save_to(folder / "second.cnn")
        yield None
    runner.stop()
    yield is_idle
    files.save_to(folder / ("third.cnn" if what == "saved, then as another" else "first.cnn"))
    window.close()
    yield None


def play(steps: Steps) -> None:
    """Runs the event loop; takes the next step whenever what the last one waits for is so. Ends when none is left."""
    from PyQt6.QtCore import QEventLoop, QTimer

    loop, timer, waiting, end = QEventLoop(), QTimer(), next(steps), time.monotonic() + LONGEST

    def look() -> None:
        nonlocal waiting
        if time.monotonic() > end:
            loop.exit(1)
        elif waiting is None or waiting():
            try:
                waiting = next(steps)
            except StopIteration:
                loop.exit(0)

    timer.timeout.connect(look)
    timer.start(5)
    if loop.exec():
        raise TimeoutError("the story stood still")


def live(template: Path, folder: Path, chance: random.Random) -> None:
    """A window's life, which ends by a kill, or by itself if the kill was to come later."""
    window = window_on(None, folder / "state" / "cnn-workbench", template)
    note_runs(window, folder / "begun")
    answer_all()
    play(story(window, chance.choice(STORIES), folder, Killer(chance)))


def answer_all() -> None:
    """Answers every question as somebody who keeps what there is."""
    from PyQt6.QtWidgets import QMessageBox

    from workbench.gui.widgets.message_boxes import Button

    def answer(box: QMessageBox) -> int:
        for button in (Button.Yes, Button.Save, Button.Close, Button.Ok):
            if box.button(button) is not None:
                return int(button.value)
        return int(Button.Ok.value)

    QMessageBox.exec = answer  # type: ignore[method-assign, assignment]


def start_again(template: Path, folder: Path) -> None:
    """A new window, on the saved project if there is one; recovers what is offered, and writes down what it sees."""
    answer_all()
    saved = sorted(folder.glob("*.cnn"))
    window = window_on(saved[0] if saved else None, folder / "state" / "cnn-workbench", template)
    seen = [*seen_of(window)]
    for path in saved[1:]:
        window.files.open_file(path)
        seen += seen_of(window)
    for _ in range(4):
        if not window.files.offer_leftovers():
            break
        seen += seen_of(window)
        window.session.path is None and window.files.save_to(folder / f"recovered-{len(seen)}.cnn")
        seen += seen_of(window)
    (folder / "seen").write_text("".join(f"{order!r}\n" for order in seen))


def seen_of(window: Any) -> list[float]:
    """The trainings that the window's table lists, by their numbers."""
    from workbench.project.storage import runs_folder
    from workbench.training.run_folder import list_runs

    return [run.order() for run in list_runs(runs_folder(window.session.run_path))]


def listed_again(folder: Path) -> None:
    """A new start of the command line: what `runs` lists of each project, and what a window would be offered."""
    from workbench.project.recovery import left_behind
    from workbench.project.storage import runs_folder
    from workbench.training.run_folder import RunFolder, list_runs

    seen = []
    for path in sorted(folder.glob("*.cnn")):
        answer = command("runs", path, "--json")
        for row in json.loads(answer.text.splitlines()[-1])["runs"] if answer.code == 0 else ():
            seen.append(RunFolder(runs_folder(path) / row["run"]).order())
    for leftover in left_behind(folder / "state" / "cnn-workbench"):
        seen += [run.order() for run in list_runs(runs_folder(leftover.folder / "untitled.cnn"))]
    (folder / "seen").write_text("".join(f"{order!r}\n" for order in seen))


def child(work: Callable[[], None], out: Path) -> int:
    """Does work in a forked process; its exit code, negative where it was killed."""
    process = os.fork()
    if process == 0:
        code = 70
        try:
            file = os.open(out, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
            os.dup2(file, 1)
            os.dup2(file, 2)
            work()
            code = 0
        except BaseException:
            import traceback

            os.write(2, traceback.format_exc().encode())
        finally:
            os._exit(code)
    return os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])


def numbers(file: Path) -> set[str]:
    """The numbers of trainings that a file lists."""
    return set(file.read_text().split()) if file.exists() else set()


def damaged(folder: Path) -> list[str]:
    """Runs, wherever they lie, whose checkpoints are there but of which the newest is not whole."""
    from workbench.training import checkpoint

    found = []
    for run in folder.rglob("run.json"):
        place = run.parent / "checkpoints"
        if any(place.glob("step-*.json")) and (checkpoint.newest(place, "step")[1] or not run.read_bytes()):
            found.append(str(run.relative_to(folder)))
    return found


def kill(number: int, seed: int, template: Path, folder: Path, tally: Tally) -> None:
    """One window that is killed, and a new start."""
    chance = random.Random(f"{seed} {number}")
    what = random.Random(f"{seed} {number}").choice(STORIES)
    state = folder / "state" / "cnn-workbench"
    state.mkdir(parents=True)
    os.environ["XDG_STATE_HOME"] = str(folder / "state")
    code = child(lambda: live(template, folder, chance), folder / "out")
    tally.note({-signal.SIGKILL: "killed", 0: "ended by itself"}.get(code, "failed"))
    if code not in (0, -signal.SIGKILL):
        tally.fail(f"{number} ({what}): the window ended with {code}: {(folder / 'out').read_text()[-600:]}")
    is_window = number % 2 == 0
    again = child(lambda: start_again(template, folder) if is_window else listed_again(folder), folder / "again")
    tally.note("started again as a window" if is_window else "started again as a command")
    if again:
        tally.fail(f"{number} ({what}): the new start ended with {again}: {(folder / 'again').read_text()[-600:]}")
        return
    lost = numbers(folder / "begun") - numbers(folder / "seen")
    if lost:
        where = [str(each.relative_to(folder)) for each in folder.rglob("run.json")]
        tally.fail(f"{number} ({what}): {len(lost)} trainings are lost from sight; on the disk: {where}")
    if found := damaged(folder):
        tally.fail(f"{number} ({what}): damaged: {found}")
    tally.seen["trainings"] += len(numbers(folder / "begun"))


def warm_up() -> None:
    """Loads what a window and a training need, so that those forked from here begin at once; no application yet."""
    import importlib

    for name in ("torch", "torch._dynamo", "pyqtgraph", "workbench.gui.app.start", "workbench.training.engine"):
        importlib.import_module(name)
    for name in ("data", "insight", "training"):
        importlib.import_module(f"workbench.gui.{name}.panel")
    importlib.import_module("workbench.gui.training.compare")


def run(seed: int, first: int, count: int, place: Path, tally: Tally) -> None:
    """Kills as often as asked for, each time in a folder of its own."""
    template = small_project(place / "template", epochs=100_000, checkpoint_steps=2)
    for number in numbered(first, count):
        folder = place / str(number)
        folder.mkdir()
        kill(number, seed, template, folder, tally)
        shutil.rmtree(folder)


def main() -> int:
    """Kills as many windows as asked for."""
    asked = options(__doc__ or "", count=40).parse_args()
    from workbench.core import process

    process.prepare()
    tally = Tally("kill_saves")
    with tempfile.TemporaryDirectory() as name:
        own_places(Path(name) / "home")
        warm_up()
        run(asked.seed, asked.first, asked.count, Path(name) / "work", tally)
    return tally.end()


if __name__ == "__main__":
    sys.exit(main())

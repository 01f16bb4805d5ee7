"""Damaged and hostile folders of runs, against all commands that read them.

python bench/mutate_runs.py --seed 1 --count 2000

Every mutant is a project with a finished and a killed run in which one or two things were changed: values, bytes,
lines, tensors with a new seal, files swapped, gone, or links and pipes. All commands run in this warm process, each
with a time limit. The rule: never exit code 3 and no hang; a refusal names the file or the run; nothing is written
anywhere but in the project's folder.
"""

from __future__ import annotations

import contextlib
import os
import random
import shutil
import signal
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from campaign import Answer, Tally, command, numbered, open_files, options, own_places, small_project
from inject_errors import interrupted
from mutants import mutate

STOP_SECONDS, HANG_SECONDS = 4, 40
CODES = (0, 1, 2, 130)
WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC
CHANGES = ("os.rename", "os.remove", "os.mkdir", "os.rmdir", "os.symlink", "os.link", "os.chmod", "os.truncate")


class HangError(BaseException):
    """A command that does not come back; no handler of the program's own catches it."""


@contextlib.contextmanager
def limited() -> Iterator[None]:
    """Asks the work to stop after a while, as Ctrl+C does, since a mutant may train for years; then breaks it off."""
    alarms = 0

    def on_alarm(number: int, frame: object) -> None:
        nonlocal alarms
        alarms += 1
        if alarms * STOP_SECONDS >= HANG_SECONDS:
            raise HangError
        if alarms == 1 and signal.getsignal(signal.SIGINT) not in (signal.SIG_DFL, signal.default_int_handler):
            os.kill(os.getpid(), signal.SIGINT)

    before = signal.signal(signal.SIGALRM, on_alarm)
    signal.setitimer(signal.ITIMER_REAL, STOP_SECONDS, STOP_SECONDS)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


class Watch:
    """Notes what is written outside some folders; an audit hook, which cannot be taken off, so there is one."""

    def __init__(self, *allowed: Path) -> None:
        self._allowed = tuple(str(each) for each in (*allowed, "/dev", "/proc"))
        self.is_on = False
        self.found: list[str] = []
        sys.addaudithook(self._on_event)

    def __enter__(self) -> None:
        self.is_on = True

    def __exit__(self, *_: object) -> None:
        self.is_on = False

    def _on_event(self, event: str, details: tuple[Any, ...]) -> None:
        if not self.is_on:
            return
        is_writing = event == "open" and len(details) == 3 and isinstance(details[2], int) and details[2] & WRITING
        at = 1 if event in ("os.symlink", "os.link", "os.rename") else 0  # which of the paths is the new one
        if (is_writing or event in CHANGES) and isinstance(details[at], str | bytes | os.PathLike):
            base = details[-1] if event in ("os.remove", "os.rmdir", "os.mkdir", "os.chmod") else -1
            above = os.readlink(f"/proc/self/fd/{base}") if isinstance(base, int) and base >= 0 else os.getcwd()  # noqa: PTH109, PTH115
            path = os.path.abspath(os.path.join(above, os.fsdecode(details[at])))  # noqa: PTH100, PTH118
            if not path.startswith(self._allowed):
                self.found.append(f"{event} {path}")


def template(folder: Path) -> Path:
    """A project with a finished run and one that was killed."""
    project = small_project(folder, epochs=2, checkpoint_steps=3)
    answer = command("train", project)
    assert answer.code == 0, answer.text
    interrupted(project, 10)
    return project


def outsiders(folder: Path, project: Path) -> Path:
    """Files that links lead to; nobody may change them."""
    (folder / "folder").mkdir(parents=True)
    (folder / "text").write_text("pid 1\nprecious\n")
    checkpoints = sorted((project.with_suffix(".runs") / "run-001" / "checkpoints").iterdir())
    for file in checkpoints[:2]:
        shutil.copy(file, folder / f"copy{file.suffix}")
        shutil.copy(file, folder / "folder" / file.name)
    return folder


def contents(folder: Path) -> dict[str, bytes]:
    """Every file below a folder with its bytes."""
    return {str(file.relative_to(folder)): file.read_bytes() for file in folder.rglob("*") if file.is_file()}


def commands(project: Path, chance: random.Random) -> list[list[object]]:
    """What is asked of a mutant, the training last, since it changes the runs."""
    run = ["--run", chance.choice(("run-001", "run-002"))] if chance.random() < 0.5 else []
    view = chance.choice(("filters", "feature-maps", "deconvnet"))
    more = ["--from-start"] if chance.random() < 0.3 else []
    return [
        ["runs", project], ["evaluate", project, *run], ["predict", project, "test:0", *run],
        ["look", project, "--view", view, "--out", project.with_name("x.png"), *run],
        ["train", project, "--resume", *more, *run], ["runs", project, "--json"],
    ]  # fmt: skip


def wrong(answer: Answer, text: str, names: tuple[str, ...]) -> str:
    """What is wrong with an answer, or ""."""
    if answer.code not in CODES or "Traceback" in text or "mistake in the program" in text:
        return f"exit {answer.code}"
    if answer.code == 2 and not any(name in text for name in names):
        return "names neither file nor run"
    return ""


def mutant(number: int, seed: int, made: Path, outside: Path, folder: Path, tally: Tally) -> None:
    """One mutant, and all commands on it."""
    chance = random.Random(f"{seed} {number}")
    shutil.copytree(made.parent, folder)
    project = folder / made.name
    told = mutate(project.with_suffix(".runs"), outside, chance)
    precious, files = contents(outside), open_files()
    for words in commands(project, chance):
        try:
            with limited():
                answer = command(*words)
        except HangError:
            tally.fail(f"{number} ({told}): {words[0]} hangs")
            continue
        except BaseException as error:
            tally.fail(f"{number} ({told}): {words[0]} raised {error!r}")
            continue
        tally.note(f"exit {answer.code}")
        if found := wrong(answer, answer.text, ("run-00", made.stem)):
            tally.fail(
                f"{number} ({told}): {words[0]} {' '.join(map(str, words[2:]))}: {found}: {answer.text[-300:]!r}"
            )
    if contents(outside) != precious:
        tally.fail(f"{number} ({told}): a file outside was changed")
        shutil.rmtree(outside)
        outsiders(outside, made)
    if open_files() > files:
        tally.fail(f"{number} ({told}): {open_files() - files} files are left open")
    shutil.rmtree(folder)


def run(seed: int, first: int, count: int, place: Path, tally: Tally) -> None:
    """Runs mutants in a place of their own."""
    made = template(place / "template")
    outside = outsiders(place / "outside", made)
    watch = Watch(place)
    for number in numbered(first, count):
        with watch:
            mutant(number, seed, made, outside, place / "mutant", tally)
        if watch.found:
            tally.fail(f"{number}: written elsewhere: {watch.found[:3]}")
            watch.found.clear()


def main() -> int:
    """Makes as many mutants as asked for."""
    asked = options(__doc__ or "", count=2000).parse_args()
    tally = Tally("mutate_runs")
    with tempfile.TemporaryDirectory() as name:
        own_places(Path(name) / "home")
        run(asked.seed, asked.first, asked.count, Path(name), tally)
    return tally.end()


if __name__ == "__main__":
    sys.exit(main())

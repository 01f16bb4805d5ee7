"""Errors of the system, one at a drawn call, while a project trains, goes on, is used or is kept for recovery.

python bench/inject_errors.py --seed 1 --count 300

Each case lets one kind of call (open, write, fsync, replace, rename, unlink, listing, stat, free space ...) on files of
the project fail with one error (a full disk, a bad one, missing rights, a lost drive ...) at the n-th call: once, three
times, or from then on. The rule: no exit code 3, no traceback, no file left open; the run opens afterwards, `--resume`
reaches the end, and losses and weights are bit for bit those of a run that was never disturbed. Of what recovery keeps
nothing is lost from sight.
"""

from __future__ import annotations

import os
import random
import shutil
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from campaign import Answer, Tally, command, learnt, numbered, open_files, options, own_places, small_project
from faults import ERRORS, OPERATIONS, Fault, injected
from recovery_story import after_recovery, keep_and_recover

STOPPED_AT, EPOCHS, EVERY = 7, 2, 3
SUBJECTS = (*("train", "resume") * 4, *("use", "recovery") * 2, "settings")
Said = Callable[[str], None]


def interrupted(project: Path, step: int) -> None:
    """Leaves a run as a kill after so many steps leaves it."""
    from workbench.project import runs, storage
    from workbench.training.engine import train
    from workbench.training.events import StepEnded

    running = train(runs.new_job(storage.load(project), project))
    for event in running:
        if isinstance(event, StepEnded) and event.step == step:
            break
    running.close()


def templates(folder: Path) -> dict[str, Path]:
    """A project for each subject, and one ("whole") whose run was never disturbed."""
    made = {}
    for name in ("train", "resume", "whole"):
        made[name] = small_project(folder / name, epochs=EPOCHS, checkpoint_steps=EVERY)
    interrupted(made["resume"], STOPPED_AT)
    answer = command("train", made["whole"])
    assert answer.code == 0, answer.text
    return made | dict.fromkeys(("use", "recovery", "settings"), made["whole"])


def words_of(subject: str, project: Path, chance: random.Random) -> list[object]:
    """The command during which the error comes."""
    if subject == "train":
        return ["train", project]
    if subject == "resume":
        return ["train", project, "--resume"]
    return chance.choice((
        ["runs", project], ["evaluate", project], ["predict", project, "test:3"], ["debug", "state", project],
        ["look", project, "--view", "filters", "--out", project.with_name("x.png")],
        ["export", project, project.with_name("x.py")], ["debug", "save-once", project], ["check", project],
    ))  # fmt: skip


def calls_of(subject: str, template: Path, folder: Path) -> dict[str, int]:
    """How many calls of each kind there are when nothing fails; the larger, the more places an error can come at."""
    place = copied(template, folder / f"count-{subject}")
    with injected(None, place.parent) as counts:
        if subject == "recovery":
            keep_and_recover(place, lambda text: None)
        else:
            for number in range(20 if subject == "use" else 1):
                command(*words_of(subject, place, random.Random(number)))
    shutil.rmtree(place.parent)
    most = 1 if subject != "use" else 8  # each command alone makes far fewer than all
    return {name: -(-count // most) for name, count in counts.items() if count}


def copied(template: Path, folder: Path) -> Path:
    """The project in a folder of its own."""
    shutil.copytree(template.parent, folder)
    return folder / template.name


def is_well_told(answer: Answer, said: Said, codes: Sequence[int]) -> None:
    """Holds an answer to the rule."""
    if answer.code not in codes or "Traceback" in answer.text or "mistake in the program" in answer.text:
        said(f"exit {answer.code}: {answer.text[-400:]!r}")


def weights(run: Path) -> dict[str, bytes]:
    """The tensors of a run's newest checkpoint and of its best weights, as they lie on the disk."""
    found = {}
    for kind in ("step", "best"):
        files = sorted((run / "checkpoints").glob(f"{kind}-*.safetensors"))
        found[kind] = files[-1].read_bytes() if files else b""
        found[f"{kind} name"] = files[-1].name.encode() if files else b""
    return found


def after_training(project: Path, whole: Path, said: Said) -> None:
    """Holds what an error has left of a training to the rule, with the system well again."""
    is_well_told(command("runs", project), said, (0,))
    run = project.with_suffix(".runs") / "run-001"
    if (run / "run.json").exists():
        is_well_told(command("debug", "state", project), said, (0,))
        is_well_told(command("train", project, "--resume"), said, (0,))
    else:  # the training could not even begin, and has left nothing that is in the way
        is_well_told(command("train", project), said, (0,))
    others = [each.name for each in project.with_suffix(".runs").iterdir() if each.name != "run-001"]
    if others:
        said(f"beside run-001 there is {others}")
        return
    expected = whole.with_suffix(".runs") / "run-001"
    if learnt(run / "events.jsonl") != learnt(expected / "events.jsonl"):
        said("what the run has logged differs from that of a run never disturbed")
    if weights(run) != weights(expected):
        said(f"its weights differ from those of a run never disturbed ({sorted(os.listdir(run / 'checkpoints'))})")  # noqa: PTH208
    left = [str(each.relative_to(run)) for each in run.rglob("*.part")]
    if left:
        said(f"half-written files are left: {left}")


def settings_case(folder: Path, chance: random.Random, said: Said) -> None:
    """The window's settings in a place that cannot be written to or read; they are written by Qt, not by Python.

    No link here leads out of the folder: Qt follows links, and replaces what they lead to.
    """
    from PyQt6.QtCore import QByteArray

    from workbench.gui.widgets.user_settings import Settings

    file = folder / "settings.ini"
    kind = chance.choice(("folder", "below a file", "circle", "random bytes", "gone"))
    if kind == "folder":
        file.mkdir()
    elif kind == "below a file":
        (folder / "a").write_bytes(b"x")
        file = folder / "a" / "settings.ini"
    elif kind == "circle":
        file.symlink_to(file)
    elif kind == "random bytes":
        file.write_bytes(chance.randbytes(3000))
    try:
        settings = Settings(file)
        settings.keep("theme", "dark")
        settings.keep("geometry", QByteArray(chance.randbytes(20)))
        settings.add_recent(folder / "a.cnn")
        settings.flush()
        again = Settings(file)
        again.text("theme"), again.data("geometry"), again.recent
        again.forget_group("docks")
    except Exception as error:
        said(f"settings in a place that is {kind}: {error!r}")


def case(
    number: int, seed: int, made: dict[str, Path], calls: dict[str, dict[str, int]], folder: Path, tally: Tally
) -> None:
    """One error at one call, and a look at what it has left."""
    chance = random.Random(f"{seed} {number}")
    subject = chance.choice(SUBJECTS)
    place = folder / str(number)
    fault: Fault | None = None
    before = open_files()

    def said(text: str) -> None:
        tally.fail(f"case {number}, {subject}, {fault}: {text}")

    if subject == "settings":
        place.mkdir()
        settings_case(place, chance, said)
    else:
        operation = chance.choice([name for name in OPERATIONS if name in calls[subject]])
        at = chance.randint(1, calls[subject][operation])
        fault = Fault(operation, at, chance.choice(ERRORS), chance.choice((1, 1, 3, 10**9)))
        project = copied(made[subject], place)
        if subject == "recovery":
            with injected(fault, place) as counts:
                kept = keep_and_recover(project, said)
            after_recovery(project, kept, said)
        else:
            words = words_of(subject, project, chance)
            with injected(fault, place) as counts:
                answer = command(*words)
            is_well_told(answer, lambda text: said(f"{words[0]}: {text}"), (0, 2, 1) if subject == "use" else (0, 2))
            after_training(project, made["whole"], said)
            tally.note(f"{subject} {'ended' if answer.code == 0 else 'refused'}")
        tally.note("hit" if counts[operation] >= at else "not reached")
    tally.note(subject)
    if open_files() != before:
        said(f"{open_files() - before} files are left open")
    shutil.rmtree(place, ignore_errors=True)


def run(seed: int, first: int, count: int, folder: Path, tally: Tally) -> None:
    """Runs cases in a folder of theirs."""
    made = templates(folder)
    calls: dict[str, Any] = {
        name: calls_of(name, made[name], folder) for name in ("train", "resume", "use", "recovery")
    }
    for number in numbered(first, count):
        case(number, seed, made, calls, folder, tally)


def main() -> int:
    """Injects as many errors as asked for."""
    asked = options(__doc__ or "", count=300).parse_args()
    tally = Tally("inject_errors")
    with tempfile.TemporaryDirectory() as name:
        own_places(Path(name) / "home")
        run(asked.seed, asked.first, asked.count, Path(name) / "work", tally)
    return tally.end()


if __name__ == "__main__":
    sys.exit(main())

"""A story of unsaved work, for the campaign of injected errors: kept, left behind, found, recovered, saved."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

Said = Callable[[str], None]


@dataclass
class Kept:
    """What must be in sight afterwards.

    Attributes:
        notes: the notes of the project as it was last kept; "" while nothing was.
        has_run: whether a training lies with it.
        is_over: whether the work was saved, so that nothing is to be offered any more.
    """

    notes: str = ""
    has_run: bool = False
    is_over: bool = False


def keep_and_recover(project: Path, said: Said) -> Kept:
    """Plays the story beside a project that has a run; every step may be refused, but only with a sentence."""
    from workbench.core.errors import WorkbenchError

    kept = Kept()
    try:
        _play(project, kept)
    except WorkbenchError as error:
        if not str(error):
            said("an error without a word")
    except Exception as error:
        said(f"recovery raised {error!r}")
    return kept


def _play(project: Path, kept: Kept) -> None:
    from workbench.project import storage
    from workbench.project.recovery import OpenFolder, left_behind

    root, document = project.parent / "state", storage.load(project)
    folder = OpenFolder(root)
    try:
        folder.set_origin(None)
        kept.has_run = _bring_run(project, folder.untitled)
        for notes in ("one", "two"):
            folder.keep(replace(document, notes=notes))
            kept.notes = notes
    finally:
        folder.leave()
    for leftover in left_behind(root):
        again = OpenFolder(root, leftover.folder)
        try:
            again.note_attempt()
            recovered = leftover.project()
            again.confirm_recovered()
            target = project.with_name("saved.cnn")
            storage.save(recovered, target)
            again.set_origin(target)
            again.move_runs(target)
            again.forget()
            kept.is_over = True
        finally:
            again.close() if kept.is_over else again.leave()


def _bring_run(project: Path, untitled: Path) -> bool:
    """Puts a training into the open folder, as one of an untitled project leaves it there; False if that failed."""
    from workbench.project.storage import runs_folder

    target = runs_folder(untitled) / "run-001"
    try:
        target.parent.mkdir()
        runs_folder(project).joinpath("run-001").rename(target)
    except OSError:
        return False
    return True


def after_recovery(project: Path, kept: Kept, said: Said) -> None:
    """Holds what is left to the rule, with the system well again: work and training are beside a file, or offered."""
    from workbench.core.errors import WorkbenchError
    from workbench.project import storage
    from workbench.project.recovery import left_behind

    root, saved = project.parent / "state", project.with_name("saved.cnn")
    try:
        offered = left_behind(root)
    except WorkbenchError as error:
        said(f"afterwards nothing can be offered: {error}")
        return
    aside = list((root / "set-aside").glob("*"))
    runs = [*storage.runs_folder(saved).glob("run-001/run.json")]
    for leftover in offered:
        runs += storage.runs_folder(leftover.folder / "untitled.cnn").glob("run-001/run.json")
    if kept.has_run and not runs:
        said(f"the training is lost from sight (offered: {len(offered)}, set aside: {len(aside)})")
    notes = [leftover.project().notes for leftover in offered if (leftover.folder / "unsaved.cnn").exists()]
    if saved.exists():
        notes.append(storage.load(saved).notes)
    newer = {"one", "two"} if kept.notes == "one" else {kept.notes}  # what was written, but not confirmed, is there too
    if kept.notes and not newer & set(notes):
        said(f"the work as last kept ({kept.notes}) is lost from sight; there is {notes}")

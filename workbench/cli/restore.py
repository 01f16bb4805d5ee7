"""`restore`: the project as it was when a run was started, as a file of its own."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from workbench.cli import say
from workbench.cli.new import check_place
from workbench.core.errors import printable
from workbench.project import storage
from workbench.project.records import project_of
from workbench.project.relocate import placed
from workbench.project.runs import find_run


def run(file: Path, run_: str, out: Path, *, force: bool) -> int:
    """Writes network and settings of a run, with the notes and pictures that the project has now.

    Raises:
        WorkbenchError: no such run, its record is damaged, or a file is in the way.
    """
    check_place(out, force=force)
    now, found = storage.load(file), find_run(file, run_)
    before = replace(project_of(found), probes=now.probes, notes=now.notes)
    storage.save(placed(before, file, out), out)
    say(
        f"{out} is {printable(file.name)} as {printable(found.name)} has trained it. Its runs stay beside "
        f"{printable(file.name)}."
    )
    return 0

"""`check`: problems with node, port and fix."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from workbench.cli import say
from workbench.core import strict_json
from workbench.core.errors import printable
from workbench.model.problems import Problem, counted
from workbench.project import storage
from workbench.project.checks import NOT_LOOKED_AT, DataLook, look_at_data, mend, project_hints, project_problems
from workbench.project.document import unknown_settings


def run(file: Path, *, as_json: bool, fix: bool, with_data: bool = True) -> int:
    """Prints problems and hints of a network with its data; 1 if there are problems, which hints are not.

    Raises:
        WorkbenchError: the file cannot be read, or not written with --fix.
    """
    project, cut = storage.load_without_circles(file) if fix else (storage.load(file), ())
    if cut:
        for wire in cut:
            say(f"Done: Take out {wire}, which closed a circle")
        storage.save(project, file)
    look = look_at_data(project, storage.home_of(file)) if with_data else DataLook()
    if fix and (project_problems(project) or look.problems(project) or project_hints(project)):
        project, fixes = mend(project, look)
        for each in fixes:
            say(f"Done: {each.text}")
        if fixes:
            storage.save(project, file)
    problems = project_problems(project) + look.problems(project)
    found = [*problems, *project_hints(project), *look.hints(project)]
    report(found, file, unknown_settings(project), look.notes, as_json=as_json)
    return 1 if problems else 0


def report(
    problems: list[Problem], file: Path, unknown: list[str], notes: Sequence[str] = (), *, as_json: bool
) -> None:
    """Prints problems, unknown settings and notes on the data, as one line of JSON or for people."""
    if as_json:
        found = {"problems": [each.as_json() for each in problems], "unknown": unknown, "notes": notes}
        print(strict_json.printed(found), flush=True)
        return
    for note in notes:
        print(f"Note: {note}")
    for setting in unknown:
        print(f"Note: this version does not know the setting {printable(setting)}; it is kept and changes nothing.")
    print_problems(problems, file, is_whole=not any(note.startswith(NOT_LOOKED_AT) for note in notes))


def print_problems(problems: list[Problem], file: Path, *, is_whole: bool = True) -> None:
    """Prints problems for people; `is_whole` says whether the data was looked at too."""
    if not problems:
        print(f"{file.name}: no problems{'' if is_whole else ' with the network; its data was not looked at'}.")
        return
    print(f"{file.name}: {counted(problems)}")
    for problem in problems:
        print(f"\n  {'Hint: ' if problem.severity == 'hint' else ''}{problem.message}")
        for title, text in (
            ("node", problem.node), ("port", problem.port), ("found", problem.found), ("needed", problem.needed)
        ):  # fmt: skip
            if text:
                print(f"    {title:<7} {printable(text)}")
        for each in problem.fixes:
            print(f"    {'fix':<7} {printable(each.text)}")
    if any(problem.fixes for problem in problems):
        print(f"\nApply the first fix of each: cnn-workbench check {file} --fix")

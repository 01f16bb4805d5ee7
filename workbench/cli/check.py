"""`check`: problems with node, port and fix."""

from __future__ import annotations

from pathlib import Path

from workbench.cli import say
from workbench.core import strict_json
from workbench.core.errors import shown
from workbench.model.problems import Problem, counted
from workbench.project import storage
from workbench.project.checks import mend, project_hints, project_problems
from workbench.project.document import unknown_settings


def run(file: Path, *, as_json: bool, fix: bool) -> int:
    """Prints problems and hints; 1 if there are problems, which hints are not.

    Raises:
        WorkbenchError: the file cannot be read, or not written with --fix.
    """
    project = storage.load(file)
    if fix and (project_problems(project) or project_hints(project)):
        project, fixes = mend(project)
        for each in fixes:
            say(f"Done: {each.text}")
        if fixes:
            storage.save(project, file)
    problems = project_problems(project)
    report([*problems, *project_hints(project)], file, unknown_settings(project), as_json=as_json)
    return 1 if problems else 0


def report(problems: list[Problem], file: Path, unknown: list[str], *, as_json: bool) -> None:
    """Prints problems and unknown settings, as one line of JSON or for people."""
    if as_json:
        print(strict_json.line({"problems": [each.as_json() for each in problems], "unknown": unknown}), flush=True)
        return
    for setting in unknown:
        print(f"Note: this version does not know the setting {shown(setting)}; it is kept and changes nothing.")
    print_problems(problems, file)


def print_problems(problems: list[Problem], file: Path) -> None:
    """Prints problems for people."""
    if not problems:
        print(f"{file.name}: no problems.")
        return
    print(f"{file.name}: {counted(problems)}")
    for problem in problems:
        print(f"\n  {'Hint: ' if problem.severity == 'hint' else ''}{problem.message}")
        for title, text in (
            ("node", problem.node), ("port", problem.port), ("found", problem.found), ("needed", problem.needed)
        ):  # fmt: skip
            if text:
                print(f"    {title:<7} {shown(text)}")
        for each in problem.fixes:
            print(f"    {'fix':<7} {shown(each.text)}")
    if any(problem.fixes for problem in problems):
        print(f"\nApply the first fix of each: cnn-workbench check {file} --fix")

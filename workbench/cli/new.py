"""`new`: a project from a template."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from workbench.cli import say
from workbench.core.choices import first_line
from workbench.core.errors import UsageError, printable
from workbench.core.files import exists
from workbench.core.lock import FileLock, LockedError
from workbench.core.registry import Registry
from workbench.data.augmentations.spec import REGISTRY as AUGMENTATIONS
from workbench.data.choice import parse_choice
from workbench.data.spec import REGISTRY as SOURCES
from workbench.model.problems import find_problems
from workbench.project import storage
from workbench.project.new_project import create
from workbench.project.settings import assign_all, parse_assignment
from workbench.project.templates.spec import REGISTRY as TEMPLATES
from workbench.training.optimizers.spec import REGISTRY as OPTIMIZERS
from workbench.training.schedules.spec import REGISTRY as SCHEDULES

CHOICES: tuple[tuple[str, Registry[Any]], ...] = (
    ("Optimisers (--set training.optimizer=NAME, training.SETTING=...):", OPTIMIZERS),
    ("Rate schedules (--set training.schedule=NAME, training.SETTING=...):", SCHEDULES),
    ("Augmentations (--set data.augment.NAME=...):", AUGMENTATIONS),
)

OPTIONS = "data.options."


def list_all() -> int:
    """Prints templates and sources, and what training can choose from."""
    width = max(len(name) for name in [*TEMPLATES, *SOURCES])
    print("Templates:")
    for name, template in TEMPLATES.items():
        print(f"  {name:<{width}}  {(template.__doc__ or '').strip().splitlines()[0]}")
    print("\nData sources (--data NAME:PATH where they take one):")
    for name, source in SOURCES.items():
        place = f":{source.chosen_by.upper()}" if source.chosen_by else ""
        place = place if source.needs_path or not place else f"[{place}]"
        print(f"  {name + place:<{width + 10}}  {source.title}")
    for title, registry in CHOICES:
        print(f"\n{title}")
        for name, thing in registry.items():
            own = [setting for setting in thing.model_fields if setting != name]
            print(f"  {name:<{width}}  {first_line(thing)}" + (f" Settings: {', '.join(own)}." if own else ""))
    return 0


def check_place(out: Path, *, force: bool) -> None:
    """Refuses a place where a new project cannot go.

    Raises:
        UsageError: it is no project's name, or a file is there and may not be written over, or a window has it open.
    """
    if out.suffix != storage.SUFFIX:
        raise UsageError(
            f'A project\'s file ends in {storage.SUFFIX}, such as "{out.stem or "network"}{storage.SUFFIX}".'
        )
    if exists(out) and not force:
        raise UsageError(f"{out} exists already. Choose another name, or write over it with --force.")
    lock = storage.lock_file(out)
    if exists(lock):
        try:
            FileLock(lock, printable(out.name)).release()
        except LockedError as error:
            raise UsageError(f"{out} is open in a window, so it is not written over. {error}") from None


def run(template: str, out: Path | None, data: str, settings: list[str], *, force: bool) -> int:
    """Writes the project.

    Raises:
        WorkbenchError: no such template, data that does not suit it, or a file in the way.
    """
    if not template or out is None:
        raise UsageError(
            "Name a template and a file: cnn-workbench new lenet5 digits.cnn (--list shows the templates)."
        )
    check_place(out, force=force)
    choice = parse_choice(data) if data else None
    if choice and "path" in choice[1]:
        choice[1]["path"] = storage.stored_path(Path(str(choice[1]["path"])), storage.home_of(out))
    requested = [parse_assignment(each) for each in settings]
    if choice:  # the network is drawn for the data as it will be read
        choice[1].update({path.removeprefix(OPTIONS): value for path, value in requested if path.startswith(OPTIONS)})
    project, notes = create(template, choice, storage.home_of(out))
    project = assign_all(project, requested)
    storage.save(project, out)
    for note in notes:
        say(f"Note: {note}")
    for problem in find_problems(project.graph):
        say(f"Problem: {problem.message}")
    lacks_data = choice is None and TEMPLATES[template].reads
    then = "It can be trained once it has such data." if lacks_data else f"Train it: cnn-workbench train {out}"
    say(f"{out} has {len(project.graph.nodes)} nodes. {then}")
    return 0

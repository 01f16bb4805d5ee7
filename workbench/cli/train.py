"""`train`: a run with a progress bar, or one JSON event a line."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from workbench.cli import say
from workbench.cli.check import report
from workbench.core import strict_json
from workbench.core.errors import SENTENCE, UsageError, printable
from workbench.core.files import WriteError, listed, write_file
from workbench.core.status import is_link
from workbench.core.values import Json
from workbench.project import storage
from workbench.project.checks import project_problems
from workbench.project.runs import find_run, new_job, resume_job, setting_of
from workbench.project.settings import assign_all, parse_assignment
from workbench.training.run_folder import RunFolder

if TYPE_CHECKING:
    from workbench.training.control import Control
    from workbench.training.engine import TrainingJob
    from workbench.training.run_folder import RunFolder

Wishes = dict[str, Json]


def requested(
    epochs: int | None, device: str | None, seed: int | None, checkpoint_every: str, settings: list[str]
) -> Wishes:
    """Everything that the command line sets, by path.

    Raises:
        UsageError: an option is not of its form.
    """
    found: Wishes = {}
    for path, value in (("epochs", epochs), ("device", device), ("seed", seed)):
        if value is not None:
            found[f"training.{path}"] = value
    if checkpoint_every:
        number = checkpoint_every.removesuffix("s")
        if not number.isdigit():
            raise UsageError(f'--checkpoint-every takes steps (500) or seconds (30s), not "{checkpoint_every}".')
        kind = "checkpoint_seconds" if number != checkpoint_every else "checkpoint_steps"
        found[f"training.{kind}"] = float(number) if kind == "checkpoint_seconds" else int(number)
    return found | dict(parse_assignment(setting) for setting in settings)


def run(
    file: Path,
    asked: Wishes,
    *,
    name: str,
    resume: bool,
    from_start: bool,
    ready: Path | None,
    weights: Path | None,
    as_json: bool,
) -> int:
    """Trains; 0 when the run has ended by itself, 1 on problems or NaN, 130 when it was stopped.

    Raises:
        WorkbenchError: the project, its data or a checkpoint cannot be used.
    """
    project = storage.load(file)
    _tell_link(file)
    if from_start and not resume:
        raise UsageError("--from-start is for --resume: a new run always begins at its start.")
    if resume:
        if weights:
            raise UsageError("With --resume the weights come from the run, so --weights cannot be given.")
        found = find_run(file, name)
        ending = found.ending()
        if ending and ending["reason"] not in ("stopped", "nan"):
            _check_finished(found, asked, file)
            say(f"{found.name} is finished after {ending['epoch']} epochs; there is nothing left to do.")
            return 0
        job = resume_job(file, found.name, asked, from_start=from_start, project=project)
    else:
        project = assign_all(project, asked.items())
        if problems := project_problems(project):
            report(problems, file, [], as_json=as_json)
            return 1
        job = new_job(project, file, name=name, weights=_weights(weights))
    for note in job.dataset.notes:
        say(f"Note: {note}")
    return _follow(job, ready, as_json=as_json)


def _check_finished(run: RunFolder, asked: Wishes, file: Path) -> None:
    """Refuses settings that a finished run does not have: it cannot be trained on with others.

    Raises:
        UsageError: names the first of them, and what to do instead.
    """
    for path, value in asked.items():
        kept = setting_of(run, path)
        if kept != value:
            files = [
                path for path in reversed(listed(run.checkpoints, missing_ok=True)) if path.suffix == ".safetensors"
            ]
            weights = next((path for path in sorted(files, key=lambda path: not path.name.startswith("best"))), None)
            start = "" if weights is None else f" from its weights: cnn-workbench train {file} --weights {weights}"
            raise UsageError(
                f"{run.name} is finished, with {path} = {strict_json.line(kept)}, so it cannot go on with "
                f"{strict_json.line(value)}. Start a new run{start or '.'}"
            )


def _tell_link(file: Path) -> None:
    """Says where the runs of a project go that is opened through a link."""
    if is_link(file):
        say(
            f"Note: {printable(file)} is a link, and its runs are beside the link, in "
            f"{printable(storage.runs_folder(file))}."
        )


def _weights(path: Path | None) -> Any:
    if path is None:
        return None
    from workbench.model.weights import read_weights

    return read_weights(path)


def _follow(job: TrainingJob, ready: Path | None, *, as_json: bool) -> int:
    from workbench.cli.progress import Display, JsonLines
    from workbench.training.control import Control
    from workbench.training.engine import train
    from workbench.training.events import RunEnded, StepEnded

    control = Control()
    ended = None
    with stopping(control), JsonLines() if as_json else Display(job.config.total_epochs) as display:
        for event in train(job, control):
            display.show(event)
            if ready is not None and isinstance(event, StepEnded):
                write_file(ready, [])
                ready = None
            if isinstance(event, RunEnded):
                ended = event
    assert ended is not None
    if not as_json:
        _draw(RunFolder(job.folder.path.with_name(ended.run)))  # whose number may be a later one than was planned
    return {"finished": 0, "early_stop": 0, "nan": 1, "stopped": 130}[ended.reason]


def _draw(run_: RunFolder) -> None:
    """Leaves the curves as a picture; a run is no worse without it."""
    from workbench.training.curves import draw_curves

    try:
        say(f"The curves are in {printable(draw_curves(run_), SENTENCE)}.")
    except WriteError as error:
        say(f"Note: there is no picture of the curves. {error}")


@contextmanager
def stopping(control: Control) -> Iterator[None]:
    """Ctrl+C and SIGTERM end the run after the batch under way, with a checkpoint; a second Ctrl+C ends it at once."""

    def stop(number: int, frame: object) -> None:
        if control.is_cancelled:
            raise KeyboardInterrupt
        say("Stopping after this batch.")  # that it can go on is said once its checkpoint is written
        control.cancel()

    before = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)

"""`train`: a run with a progress bar, or one JSON event a line."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from workbench.cli import launch, say
from workbench.cli.check import report
from workbench.cli.launch import Machines
from workbench.core import strict_json
from workbench.core.errors import SENTENCE, UsageError, printable
from workbench.core.files import WriteError, listed, resolved, write_file
from workbench.core.process import handling_stops
from workbench.core.status import is_link
from workbench.core.values import Json
from workbench.project import storage
from workbench.project.checks import project_problems
from workbench.project.document import Project
from workbench.project.runs import find_run, new_job, processes_of, resume_job, setting_of
from workbench.project.settings import assign_all, parse_assignment
from workbench.training.distributed.commands import LAUNCHED
from workbench.training.distributed.obeying import obey_stdin
from workbench.training.place import place_of
from workbench.training.run_folder import RunFolder

if TYPE_CHECKING:
    from workbench.training.control import Control
    from workbench.training.engine import TrainingJob
    from workbench.training.peers import Peers

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


@dataclass(frozen=True)
class How:
    """How a training is to begin and to be shown.

    Attributes:
        name: of the run.
        ready: a file that is touched once it runs.
        weights: a file of weights to start from.
        resume: whether it goes on.
        from_start: with `resume`, whether to begin anew where no checkpoint is whole.
        as_json: whether events are printed as JSON.
    """

    name: str = ""
    ready: Path | None = None
    weights: Path | None = None
    resume: bool = False
    from_start: bool = False
    as_json: bool = False


def run(file: Path, asked: Wishes, how: How, machines: Machines) -> int:
    """Trains; 0 when the run has ended by itself, 1 on problems or NaN, 130 when it was stopped.

    Raises:
        WorkbenchError: the project, its data or a checkpoint cannot be used.
    """
    project = storage.load(file)
    if how.from_start and not how.resume:
        raise UsageError("--from-start is for --resume: a new run always begins at its start.")
    if how.resume and how.weights:
        raise UsageError("With --resume the weights come from the run, so --weights cannot be given.")
    if not how.resume:
        project = assign_all(project, asked.items())
        if problems := project_problems(project):
            if os.environ.get("RANK", "0") == "0":  # else another process says it
                report(problems, file, [], as_json=how.as_json)
            return 1
    if "RANK" not in os.environ or machines.is_elsewhere:
        asked_for = machines.processes
        processes = _usual_processes(project, file, how) if asked_for is None else launch.check_count(asked_for)
        if processes > 1 or machines.is_elsewhere:
            return launch.run(file, _words(file, asked, how), machines, processes)
    with peers_of(os.environ, project) as peers:
        return _train(project, file, asked, how, peers)


@contextmanager
def peers_of(environment: Mapping[str, str], project: Project) -> Iterator[Peers | None]:
    """The processes that this one trains with, met; None where it trains alone, for which torch is not loaded yet."""
    if place_of(environment) is None:
        yield None
        return
    from workbench.training.peers import joined

    with joined(environment, project.training_config().peer_seconds) as peers:
        yield peers


def _usual_processes(project: Project, file: Path, how: How) -> int:
    """How many processes a training has where the command line does not say: as the project or the run has it."""
    if how.resume:
        return processes_of(find_run(file, how.name))
    return project.training_config().processes


def _words(file: Path, asked: Wishes, how: How) -> list[str]:
    """The same command for a single process: train FILE and options."""
    words = ["train", str(resolved(file).parent / file.name)]
    for path, value in asked.items():
        words += ["--set", f"{path}={strict_json.line(value)}"]
    for option, given in (("--run", how.name), ("--ready", how.ready), ("--weights", how.weights)):
        if given:
            words += [option, str(resolved(given) if isinstance(given, Path) else given)]
    flags = (("--resume", how.resume), ("--from-start", how.from_start), ("--json", how.as_json))
    return [*words, *(flag for flag, is_set in flags if is_set)]


def _train(project: Project, file: Path, asked: Wishes, how: How, peers: Peers | None) -> int:
    """Trains in this process; of several the one that writes tells of it."""
    is_told, size = peers is None or peers.is_writer, peers.size if peers is not None else 1
    if is_told:
        _tell_link(file)
    if how.resume:
        if peers is not None:
            name = find_run(file, how.name).name if is_told else ""  # one alone moves runs home
            peers.broadcast(name.encode())
        found = find_run(file, how.name)
        ending = found.ending()
        if ending and ending["reason"] not in ("stopped", "nan"):
            _check_finished(found, asked, file)
            if is_told:
                say(f"{found.name} is finished after {ending['epoch']} epochs; there is nothing left to do.")
            return 0
        job = resume_job(file, found.name, asked, from_start=how.from_start, project=project, processes=size)
    else:
        job = new_job(project, file, name=how.name, weights=_weights(how.weights), processes=size)
    job = job if peers is None else replace(job, peers=peers)
    return _follow(job, how, is_told=is_told)


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


def _follow(job: TrainingJob, how: How, *, is_told: bool) -> int:
    from workbench.cli.progress import Display, JsonLines, Silence
    from workbench.training.control import Control
    from workbench.training.engine import train
    from workbench.training.events import RunEnded, StepEnded

    control, ready = Control(), how.ready if is_told else None
    ended = None
    shown = JsonLines() if how.as_json else Display(job.config.total_epochs)
    with stopping(control, is_told=is_told), shown if is_told else Silence() as display:
        if os.environ.get(LAUNCHED):
            obey_stdin(control)
        for event in train(job, control):
            display.show(event)
            if ready is not None and isinstance(event, StepEnded):
                write_file(ready, [])
                ready = None
            if isinstance(event, RunEnded):
                ended = event
    assert ended is not None
    if is_told and not how.as_json:
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
def stopping(control: Control, *, is_told: bool = True) -> Iterator[None]:
    """Ctrl+C and SIGTERM end the run after the batch under way, with a checkpoint; a second Ctrl+C ends it at once."""

    def stop(number: int, frame: object) -> None:
        if control.is_cancelled:
            raise KeyboardInterrupt
        if is_told:
            say("Stopping after this batch.")  # that it can go on is said once its checkpoint is written
        control.cancel()

    with handling_stops(stop):
        yield

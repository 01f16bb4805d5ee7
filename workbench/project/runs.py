"""From a project to a training, and from its runs back to weights."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from pydantic import BaseModel

from workbench.core.errors import RunError, UsageError, printable
from workbench.core.files import exists
from workbench.core.graph import Graph
from workbench.core.process import training_threads
from workbench.core.values import Json
from workbench.data.config import DataConfig
from workbench.data.loading import load as load_data
from workbench.data.spec import Dataset
from workbench.model.mending import Fix
from workbench.project.checks import MisfitError, data_hints, data_problems, project_hints, sample_problems
from workbench.project.document import Project
from workbench.project.initial_weights import fitted, own_weights, weights_file
from workbench.project.records import graph_of, is_edited, record_of, settings_of, threads_of
from workbench.project.recovery import bring_home, state_folder
from workbench.project.short_paths import whole_path
from workbench.project.storage import home_of, runs_folder
from workbench.training.config import TrainingConfig
from workbench.training.run_folder import RunFolder, check_name, list_runs, next_name

if TYPE_CHECKING:
    from torch import Tensor

    from workbench.training.engine import TrainingJob


def check_data(graph: Graph, dataset: Dataset) -> None:
    """Refuses data that the network cannot be trained on.

    Raises:
        MisfitError: with the first thing that does not go together, and what would mend it.
        UsageError: there is nothing to train on.
    """
    problems = data_problems(graph, dataset)
    if problems:
        fixes = " or ".join(map(_as_request, problems[0].fixes[:2]))
        raise MisfitError(
            problems[0].message + (f" Either {fixes}, or choose other data." if fixes else ""), problems[0]
        )
    if not dataset.size("train"):
        raise UsageError("The data has no training samples.")


def _check_fit(graph: Graph, dataset: Dataset) -> None:
    check_data(graph, dataset)
    _check_samples(graph, dataset)


def _check_samples(graph: Graph, dataset: Dataset) -> None:
    """Refuses to train on fewer samples than a layer needs at once.

    Raises:
        MisfitError: there are too few.
    """
    if problems := sample_problems(graph, dataset):
        message = f"{problems[0].message} Give it more training samples, or {_as_request(problems[0].fixes[0])}."
        raise MisfitError(message, problems[0])


def _hints(project: Project, dataset: Dataset) -> tuple[str, ...]:
    """What a run says at its beginning about network and data that go together, but not well."""
    return tuple(hint.message for hint in (*project_hints(project), *data_hints(project.graph, dataset)))


def _as_request(fix: Fix) -> str:
    return fix.text[:1].lower() + fix.text[1:]


def new_job(
    project: Project,
    path: Path,
    *,
    name: str = "",
    weights: Mapping[str, Tensor] | None = None,
    data_folder: Path | None = None,
    processes: int = 1,
) -> TrainingJob:
    """Returns a new training of a project.

    Args:
        project: as it is now; the run keeps this state.
        path: of its file.
        name: of the run; the next free one if empty.
        weights: to start from, by state_dict key; None takes the project's own where its settings say so.
        data_folder: where relative paths of the data start, if not beside the project.
        processes: how many train it together.

    Raises:
        WorkbenchError: settings or data are wrong, or the data cannot be read.
    """
    from workbench.training.engine import TrainingJob

    config, data = _training_of(project, processes), project.data_config()
    dataset, threads = _fitting_data(project, data_folder or home_of(path)), training_threads()
    begin = fitted(project.graph, own_weights(path) if weights is None and config.pretrained else weights)
    return TrainingJob(
        graph=project.graph,
        config=config,
        data=data,
        dataset=dataset,
        folder=_new_folder(runs_folder(path), name),
        record=record_of(project, config, data, dataset, threads=threads),
        is_numbered=not name,
        weights=begin.tensors,
        fresh=begin.fresh,
        threads=threads,
        hints=(*begin.notes, *_hints(project, dataset)),
    )


def _fitting_data(project: Project, folder: Path) -> Dataset:
    """The project's data, if its network can be trained on it."""
    dataset = load_data(project.data_config(), folder)
    _check_fit(project.graph, dataset)
    return dataset


def _new_folder(runs: Path, name: str) -> RunFolder:
    return RunFolder(runs / (check_name(name) if name else next_name(runs)))


def _training_of(project: Project, processes: int) -> TrainingConfig:
    """The project's training settings, with the number of processes that there are in the place of that it names."""
    return project.training_config().model_copy(update={"processes": processes})


def runs_of(path: Path) -> list[RunFolder]:
    """The runs of a project, oldest first; those that a crash has kept from it are brought beside it.

    Raises:
        WorkbenchError: its runs cannot be read, or not be brought.
    """
    bring_home(state_folder(), path)
    return list_runs(runs_folder(path))


def find_run(path: Path, name: str = "") -> RunFolder:
    """A run of a project by name, the newest one if none is named.

    Raises:
        UsageError: there is none.
    """
    runs = runs_of(path)
    if not runs:
        raise UsageError(
            f"{printable(path.name)} has no runs yet. Train it first: cnn-workbench train {printable(path.name)}."
        )
    for run in reversed(runs):
        if not name or run.name == name:
            return run
    known = ", ".join(printable(run.name) for run in runs)
    raise UsageError(f'{printable(path.name)} has no run "{printable(name)}". There are: {known}.')


def resume_job(
    path: Path,
    name: str,
    requested: Mapping[str, Json],
    *,
    data_folder: Path | None = None,
    from_start: bool = False,
    project: Project | None = None,
    processes: int = 1,
) -> TrainingJob:
    """A run taken up again, with every setting as it began.

    Args:
        path: of the project file.
        name: of the run; the newest one if empty.
        requested: settings asked for now, by path (`training.epochs`); they must be the run's own.
        data_folder: where relative paths of the data start, if not beside the project.
        from_start: whether to begin anew where the run had checkpoints, but none of them is whole.
        project: as it is now; that it was edited since is then said at the run's beginning.
        processes: how many train it together, perhaps another number than before.

    Raises:
        WorkbenchError: no such run, a setting contradicts it, or the data is no longer the same.
    """
    from workbench.training.engine import TrainingJob

    run = find_run(path, name)
    config, data = settings_of(run, record := run.record())
    _refuse_contradictions(run, requested, training=config, data=data)
    return TrainingJob(
        graph=graph_of(run, record),
        config=config,
        data=data,
        dataset=_same_data(run, record, data, data_folder or home_of(path)),
        folder=run,
        resume=True,
        from_start=from_start,
        threads=threads_of(run, record) if processes == config.processes else training_threads(),
        hints=(*_edits(run, project), *_other_number(run, config.processes, processes)),
    )


def _other_number(run: RunFolder, before: int, now: int) -> tuple[str, ...]:
    """What is said where a run goes on in another number of processes than it began in."""
    if before == now:
        return ()
    began = f"{before} processes" if before > 1 else "a single process"
    goes_on = f"{now} processes" if now > 1 else "a single one"
    name = printable(run.name)
    return (
        f"{name} began in {began} and goes on in {goes_on}: sums are rounded in another order, so its numbers agree "
        "with those of a run that was not interrupted to about five digits, and not to the last bit.",
    )


def _same_data(run: RunFolder, record: Mapping[str, Any], data: DataConfig, folder: Path) -> Dataset:
    dataset = load_data(data, folder)
    if dataset.fingerprint != record.get("data_fingerprint"):
        raise RunError(f"The data of {run.name} has changed since it was started, so it cannot go on as if it had not.")
    return dataset


def _edits(run: RunFolder, project: Project | None) -> tuple[str, ...]:
    """What is said where a project is not what a run was started with, which goes on as it began."""
    if project is None:
        return ()
    theirs = settings_of(run)
    try:  # how many processes there are is chosen anew each time
        settings = _training_of(project, theirs[0].processes), project.data_config()
    except UsageError:
        settings = None
    if settings == theirs and not is_edited(run, project.graph):
        return ()
    return (f"The project is not as {printable(run.name)} began: the run goes on with its own network and settings.",)


def _refuse_contradictions(run: RunFolder, requested: Mapping[str, Json], **sections: BaseModel) -> None:
    settings = {name: section.model_dump(mode="json") for name, section in sections.items()}
    for place, value in requested.items():
        theirs = _setting(settings, whole_path(place, settings["training"]))
        if theirs != value:
            raise UsageError(
                f"{run.name} was started with {place} = {theirs}, so it cannot go on with {value}. "
                "Resume without it, or start a new run."
            )


def setting_of(run: RunFolder, place: str) -> Json:
    """Returns the setting at a path, whole or short, that a run was started with; None where it has none there.

    Raises:
        WorkbenchError: the run's record is damaged, or there is no such setting.
    """
    training, data = (section.model_dump(mode="json") for section in settings_of(run))
    found: Any = {"training": training, "data": data}
    for part in whole_path(place, training).split("."):
        found = found.get(part) if isinstance(found, dict) else None
    kept: Json = found
    return kept


def processes_of(run: RunFolder) -> int:
    """Returns in how many processes a run is gone on with unless somebody says otherwise: as it was begun with.

    Raises:
        WorkbenchError: the run's record is damaged.
    """
    kept = setting_of(run, "training.processes")
    return kept if isinstance(kept, int) else 1


def _setting(settings: Any, place: str) -> Json:
    for part in place.split("."):
        if not isinstance(settings, dict) or part not in settings:
            raise UsageError(f"With --resume every setting comes from the run, so {place} cannot be set.")
        settings = settings[part]
    return settings


class RunWeights(NamedTuple):
    """Weights by the project's own keys.

    Attributes:
        tensors: by state_dict key.
        origin: name of the run, or of the file beside the project, that they are from.
        notes: what a person should know: checkpoints that had to be passed over, averaged weights.
    """

    tensors: dict[str, Tensor]
    origin: str
    notes: tuple[str, ...] = ()


class UntrainedError(UsageError):
    """There are no weights yet: neither a run nor the project has any."""


class LostWeightsError(UsageError):
    """A run was trained, but no checkpoint of it is whole."""


def trained_weights(project: Project, path: Path, name: str = "") -> RunWeights:
    """The weights to use, and where they are from.

    The best ones of the named or newest run, else those in the project's files folder. Weights of a run are matched
    by node id, so renaming loses nothing.

    Raises:
        UntrainedError: there are none.
        LostWeightsError: there were some, and none is whole any more.
    """
    from workbench.training.state import chosen, is_averaged, model_weights

    for run in [find_run(path, name)] if name else reversed(runs_of(path)):
        found, notes = chosen(run.checkpoints)
        if found is not None:
            tensors = renamed(model_weights(found), graph_of(run), project.graph)
            averaged = [f"The weights of {printable(run.name)} are averaged over steps."] if is_averaged(found) else []
            return RunWeights(tensors, run.name, (*notes, *averaged))
        if notes:  # an older run in its place would be a guess
            raise LostWeightsError(f"No checkpoint of {printable(run.name)} is whole. {notes[0]}")
    stored = weights_file(path)
    if not name and exists(stored):
        return RunWeights(dict(own_weights(path)), stored.name)
    what = f'The run "{printable(name)}"' if name else printable(path.name)
    raise UntrainedError(f"{what} has no weights yet. Train it first: cnn-workbench train {printable(path.name)}.")


def renamed(weights: Mapping[str, Tensor], before: Graph, after: Graph) -> dict[str, Tensor]:
    """Weights of one state of a graph by the keys of another, matched through node ids.

    Those of a node that is no longer there keep their key, unless another node has that name now.
    """
    names = {node.name: after.nodes[node.id].name for node in before if node.id in after.nodes}
    found, gone = {}, {}
    for key, tensor in weights.items():
        node, _, parameter = key.rpartition(".")
        if node in names:
            found[f"{names[node]}.{parameter}"] = tensor
        elif node not in after.by_name:
            gone[key] = tensor
    return found | gone

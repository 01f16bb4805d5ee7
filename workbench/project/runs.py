"""From a project to a training, and from its runs back to weights."""

from __future__ import annotations

import platform
import sys
import time
from collections.abc import Mapping
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from workbench.core.errors import RunError, UsageError
from workbench.core.graph import Graph
from workbench.core.process import training_threads
from workbench.core.values import Json
from workbench.data.config import DataConfig
from workbench.data.loading import load as load_data
from workbench.data.spec import Dataset
from workbench.model.mending import Fix
from workbench.project.checks import data_hints, data_problems, project_hints, sample_problems
from workbench.project.document import Project, checked
from workbench.project.format import Reader, graph_json
from workbench.project.storage import files_folder, runs_folder
from workbench.training.config import TrainingConfig
from workbench.training.run_folder import RunFolder, check_name, list_runs, next_name

if TYPE_CHECKING:
    from torch import Tensor

    from workbench.training.engine import Job


def check_data(graph: Graph, dataset: Dataset) -> None:
    """Refuses data that the network cannot be trained on.

    Raises:
        UsageError: with the first thing that does not go together, and what would mend it.
    """
    problems = data_problems(graph, dataset)
    if problems:
        fixes = " or ".join(map(_as_wish, problems[0].fixes[:2]))
        raise UsageError(problems[0].message + (f" Either {fixes}, or choose other data." if fixes else ""))
    if not dataset.size("train"):
        raise UsageError("The data has no training samples.")


def _record(
    project: Project, config: TrainingConfig, data: DataConfig, dataset: Dataset, threads: int
) -> dict[str, Json]:
    """What run.json keeps of a run from its beginning on."""
    return {
        "project": project.uuid,
        "created": time.strftime("%Y-%m-%dT%H:%M:%S%z"),
        "training": config.model_dump(mode="json"),
        "data": data.model_dump(mode="json"),
        "data_fingerprint": dataset.fingerprint,
        "samples": {split: dataset.size(split) for split in dataset.splits},
        "threads": threads,
        "versions": versions(),
        "graph": graph_json(project.graph),
    }


def _check_samples(graph: Graph, dataset: Dataset) -> None:
    """Refuses to train on fewer samples than a layer needs at once.

    Raises:
        UsageError: there are too few.
    """
    if problems := sample_problems(graph, dataset):
        raise UsageError(f"{problems[0].message} Give it more training samples, or {_as_wish(problems[0].fixes[0])}.")


def _hints(project: Project, dataset: Dataset) -> tuple[str, ...]:
    """What a run says at its beginning about network and data that go together, but not well."""
    return tuple(hint.message for hint in (*project_hints(project), *data_hints(project.graph, dataset)))


def _as_wish(fix: Fix) -> str:
    return fix.text[:1].lower() + fix.text[1:]


def new_job(
    project: Project,
    path: Path,
    *,
    name: str = "",
    weights: Mapping[str, Tensor] | None = None,
    data_folder: Path | None = None,
) -> Job:
    """A new training of a project.

    Args:
        project: as it is now; the run keeps this state.
        path: of the project file.
        name: of the run; the next free one if empty.
        weights: to start from, by state_dict key.
        data_folder: where relative paths of the data start, if not beside the project.

    Raises:
        UsageError: settings or data are wrong.
        UnreadableError: the data cannot be read.
    """
    from workbench.training.engine import Job

    config, data = project.training_config(), project.data_config()
    dataset = load_data(data, data_folder or path.resolve().parent)
    check_data(project.graph, dataset)
    _check_samples(project.graph, dataset)
    folder = RunFolder(runs_folder(path) / (check_name(name) if name else next_name(runs_folder(path))))
    threads = training_threads()
    record = _record(project, config, data, dataset, threads)
    hints = _hints(project, dataset)
    return Job(
        project.graph, config, data, dataset, folder, record, weights=weights or {}, threads=threads, hints=hints
    )


def find_run(path: Path, name: str = "") -> RunFolder:
    """A run of a project by name, the newest one if none is named.

    Raises:
        UsageError: there is none.
    """
    runs = list_runs(runs_folder(path))
    if not runs:
        raise UsageError(f"{path.name} has no runs yet. Train it first: cnn-workbench train {path.name}.")
    for run in reversed(runs):
        if not name or run.name == name:
            return run
    known = ", ".join(run.name for run in runs)
    raise UsageError(f'{path.name} has no run "{name}". There are: {known}.')


def resume_job(path: Path, name: str, wishes: Mapping[str, Json], *, data_folder: Path | None = None) -> Job:
    """A run taken up again, with every setting as it began.

    Args:
        path: of the project file.
        name: of the run; the newest one if empty.
        wishes: settings asked for now, by path (`training.epochs`); they must be the run's own.
        data_folder: where relative paths of the data start, if not beside the project.

    Raises:
        UsageError: no such run, or a setting contradicts it.
        RunError: the data is no longer the same.
    """
    from workbench.training.engine import Job

    run = find_run(path, name)
    record = run.record()
    reader = Reader(str(run.path / "run.json"))
    config = checked(TrainingConfig, reader.table(record.get("training"), "training"), f"{run.name}: training")
    data = checked(DataConfig, reader.table(record.get("data"), "data"), f"{run.name}: data")
    for place, wish in wishes.items():
        theirs = _setting({"training": config.model_dump(mode="json"), "data": data.model_dump(mode="json")}, place)
        if theirs != wish:
            raise UsageError(
                f"{run.name} was started with {place} = {theirs}, so it cannot go on with {wish}. "
                "Resume without it, or start a new run."
            )
    dataset = load_data(data, data_folder or path.resolve().parent)
    if dataset.fingerprint != record.get("data_fingerprint"):
        raise RunError(f"The data of {run.name} has changed since it was started, so it cannot go on as if it had not.")
    threads = record.get("threads")
    return Job(
        graph_of(run, record),
        config,
        data,
        dataset,
        run,
        resume=True,
        threads=threads if isinstance(threads, int) and threads > 0 else 1,
    )


def _setting(settings: Any, place: str) -> Json:
    for part in place.split("."):
        if not isinstance(settings, dict) or part not in settings:
            raise UsageError(f"With --resume every setting comes from the run, so {place} cannot be set.")
        settings = settings[part]
    return settings


def graph_of(run: RunFolder, record: Mapping[str, Json] | None = None) -> Graph:
    """The graph that a run trained.

    Raises:
        UnreadableError: its record is damaged.
    """
    record = run.record() if record is None else record
    return Reader(str(run.path / "run.json")).graph(record.get("graph"))


def trained_weights(project: Project, path: Path, name: str = "") -> tuple[dict[str, Tensor], str]:
    """The weights to use, by the project's own keys, and where they are from.

    The best ones of the named or newest run, else those in the project's files folder. Weights of a run are matched
    by node id, so renaming loses nothing.

    Raises:
        UsageError: there are none.
    """
    from workbench.training.state import chosen, model_weights

    runs = list_runs(runs_folder(path))
    for run in [find_run(path, name)] if name else reversed(runs):
        found = chosen(run.checkpoints)
        if found is not None:
            return renamed(model_weights(found), graph_of(run), project.graph), run.name
    stored = files_folder(path) / "weights.safetensors"
    if not name and stored.exists():
        from workbench.model.weights import read_weights

        return read_weights(stored), stored.name
    what = f"The run {name}" if name else path.name
    raise UsageError(f"{what} has no weights yet. Train it first: cnn-workbench train {path.name}.")


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


def versions() -> dict[str, Json]:
    """Versions of what a run depends on."""
    found: dict[str, Json] = {"python": platform.python_version(), "platform": sys.platform}
    for package in ("cnn-workbench", "torch", "torchvision", "numpy"):
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            found[package] = None
    return found

"""What a run remembers of the project that it was started from: network and settings, as its run.json has them."""

from __future__ import annotations

import platform
import sys
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from workbench.core.edits import Edit
from workbench.core.errors import SENTENCE, UnreadableError, UsageError, printable
from workbench.core.frames import Frame
from workbench.core.graph import Graph
from workbench.core.process import MOST_THREADS
from workbench.core.redrawing import redrawn
from workbench.core.values import Json
from workbench.data.config import DataConfig
from workbench.data.loading import source_of
from workbench.data.spec import Dataset
from workbench.model.problems import find_problems
from workbench.project.document import CompositeEdit, Project, SetSetting, checked
from workbench.project.format import Reader, graph_json
from workbench.project.kept_options import KEPT
from workbench.training.config import TrainingConfig
from workbench.training.run_folder import RunFolder


def record_of(
    project: Project, config: TrainingConfig, data: DataConfig, dataset: Dataset, *, threads: int
) -> dict[str, Json]:
    """What run.json is to hold of a training that is about to begin."""
    return {
        "project": project.uuid,
        "created": datetime.now().astimezone().isoformat(timespec="milliseconds"),
        "training": config.as_record(),
        "data": data.as_record(),
        "data_fingerprint": dataset.fingerprint,
        **_kept(data, dataset),
        "samples": {split: dataset.size(split) for split in dataset.splits},
        "threads": threads,
        "versions": versions(),
        "graph": graph_json(project.graph),
    }


def _kept(data: DataConfig, dataset: Dataset) -> dict[str, Json]:
    """What a run keeps of its data (`kept_options`), where there is anything to keep."""
    found = dict(source_of(data).kept(dataset))
    return {KEPT: found} if found else {}


def threads_of(run: RunFolder, record: Mapping[str, Any]) -> int:
    """Returns how many threads of torch a run used, which it keeps so that going on is bit-identical.

    Raises:
        UnreadableError: its record holds no such number.
    """
    threads = record.get("threads", 1)
    if not isinstance(threads, int) or not 1 <= threads <= MOST_THREADS:
        wanted = f"it is damaged: it should be a whole number from 1 to {MOST_THREADS}, found {printable(threads)}."
        raise UnreadableError(run.path / "run.json", wanted, field="threads")
    return threads


def versions() -> dict[str, Json]:
    """Versions of what a run depends on."""
    found: dict[str, Json] = {"python": platform.python_version(), "platform": sys.platform}
    for package in ("cnn-workbench", "torch", "torchvision", "numpy"):
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            found[package] = None
    return found


def project_of(run: RunFolder) -> Project:
    """The project as it was when a run was started: network, data and training settings.

    Raises:
        UnreadableError: the record is damaged.
    """
    record = run.record()
    settings_of(run, record)
    return Project.new(graph_of(run, record), _table(record, "data"), _table(record, "training"))


def brought_back(project: Project, run: RunFolder) -> CompositeEdit | None:
    """The step that gives a project the network and the settings of a run again; None where they are the same.

    Raises:
        UnreadableError: the run's record is damaged.
    """
    before = project_of(run)
    label = f"Bring back {printable(run.name)}"
    edits: list[Edit] = []
    wanted = replace(before.graph, frames=_kept_frames(project.graph, before.graph))
    if project.graph != wanted:
        edits.append(redrawn(project.graph, wanted, label))
    if project.data_config() != before.data_config():
        edits.append(SetSetting("data", (), project.data, before.data))
    if project.training_config() != before.training_config():
        edits.append(SetSetting("training", (), project.training, before.training))
    return CompositeEdit(tuple(edits), label) if edits else None


def _kept_frames(now: Graph, then: Graph) -> dict[str, Frame]:
    """Frames and notes for a network that is brought back: those of then where they were, with what is in them now.

    What was written since the run belongs to people and not to the run, so that none of it goes.
    """
    taken = {id_: frame for id_, frame in now.frames.items() if id_ not in then.nodes}
    moved = {id_: replace(frame, area=then.frames[id_].area) for id_, frame in taken.items() if id_ in then.frames}
    return {**then.frames, **taken, **moved}


def likeness(graph: Graph, *, names: bool = True) -> object:
    """What must be equal for two graphs to compute the same, and with names to have the same keys of weights."""
    nodes = [
        replace(node, name=node.name if names else "", position=(0.0, 0.0), frozen=False, init={}, extra={})
        for node in graph
    ]
    return sorted(nodes, key=lambda node: node.id), {(edge.source, edge.target) for edge in graph.edges}


def is_edited(run: RunFolder, graph: Graph) -> bool:
    """Whether a graph computes something else than the one that a run trained; names and places do not count.

    Raises:
        UnreadableError: the run's record is damaged.
    """
    return likeness(graph_of(run), names=False) != likeness(graph, names=False)


def _table(record: Mapping[str, Any], name: str) -> dict[str, Json]:
    return dict(record[name])


def settings_of(run: RunFolder, record: Mapping[str, Json] | None = None) -> tuple[TrainingConfig, DataConfig]:
    """The settings that a run was started with.

    Raises:
        UnreadableError: its record is damaged; the file is named, since the project's own settings may be sound.
    """
    record = run.record() if record is None else record
    file = run.path / "run.json"
    reader = Reader(str(file))
    try:
        training = checked(TrainingConfig, reader.table(record.get("training"), "training"), "training")
        data = checked(DataConfig, reader.table(record.get("data"), "data"), "data")
        source_of(data)
        return training, data
    except UsageError as error:
        raise UnreadableError(file, f"it is damaged: {error}") from None


def graph_of(run: RunFolder, record: Mapping[str, Json] | None = None) -> Graph:
    """The graph that a run trained.

    Raises:
        UnreadableError: its record is damaged.
    """
    record = run.record() if record is None else record
    file = run.path / "run.json"
    graph = Reader(str(file)).graph(record.get("graph"))
    problem = next(iter(find_problems(graph)), None)
    if problem is not None:  # a run trains what has none: the file is named, since the project's own graph may be sound
        raise UnreadableError(
            file, f"its network cannot be trained: {printable(problem.message, SENTENCE)}", field="graph"
        )
    return graph

"""What a project's trained network says of every sample of a split."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from workbench.core.errors import UsageError
from workbench.data.loading import load
from workbench.data.spec import Dataset
from workbench.inspection.trained import trained_network
from workbench.project.document import Project
from workbench.project.runs import check_data

if TYPE_CHECKING:
    from workbench.training.verdicts import Verdicts


@dataclass(frozen=True)
class JudgingProgress:
    """How many samples have been judged, of how many."""

    done: int
    total: int


@dataclass(frozen=True)
class Judged:
    """The verdicts on a split.

    Attributes:
        verdicts: on its samples.
        origin: the run, or file, that the weights are from.
        notes: what a person should know about the weights.
    """

    verdicts: Verdicts
    origin: str
    notes: tuple[str, ...] = ()


def judged(
    project: Project, path: Path, run: str, split: str, *, folder: Path, dataset: Dataset | None = None
) -> Iterator[JudgingProgress | Judged]:
    """Sends a split through the trained network, by the code that evaluates it; the verdicts come last.

    Args:
        project: as it is now.
        path: of its file, or where its untitled runs are.
        run: whose weights; "" is the newest that has any.
        split: "train", "validation" or "test".
        folder: where relative paths of the data start.
        dataset: the project's data, where it is loaded already.

    Raises:
        UntrainedError: there are no weights yet.
        NoClassesError: the network takes no sample for a class.
        WorkbenchError: the weights are lost or of another network, or the data does not fit.
    """
    import torch

    from workbench.data.batches import Batches
    from workbench.training.evaluation import judge

    torch.set_num_threads(1)  # of this thread; the training has the others
    trained = trained_network(project, path, run)
    if dataset is None:
        dataset = load(project.data_config(), folder)
    check_data(trained.project.graph, dataset)
    size = dataset.size(split)
    if not size:
        raise UsageError(f"The data has no {split} samples.")
    batches = Batches(dataset.splits[split], dataset.fields, project.data_config().batch_size)
    yield JudgingProgress(0, size)
    for found in judge(trained.network, batches):
        yield JudgingProgress(found, size) if isinstance(found, int) else Judged(found, trained.origin, trained.notes)

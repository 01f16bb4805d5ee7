"""What a project's trained network says of every sample of a split."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from workbench.core.errors import UsageError
from workbench.data.loading import load
from workbench.data.spec import Dataset
from workbench.inspection.trained import Trained, trained_network
from workbench.project.document import Project
from workbench.project.kept_options import as_trained
from workbench.project.runs import check_data
from workbench.project.storage import runs_folder
from workbench.training.run_folder import RunFolder
from workbench.training.verdicts import NoClassesError, SampleLosses, Verdicts

if TYPE_CHECKING:
    from workbench.data.batches import Batches


@dataclass(frozen=True)
class JudgingProgress:
    """How many samples have been judged, of how many."""

    done: int
    total: int


@dataclass(frozen=True)
class Judged:
    """What a network says of a split.

    Attributes:
        losses: of its samples; the verdicts on them where the network tells classes apart.
        origin: the run, or file, that the weights are from.
        notes: what a person should know about the weights.
    """

    losses: SampleLosses
    origin: str
    notes: tuple[str, ...] = ()

    @property
    def known_verdicts(self) -> Verdicts | None:
        """The verdicts; None where losses alone are known."""
        return self.losses if isinstance(self.losses, Verdicts) else None

    @property
    def verdicts(self) -> Verdicts:
        """The verdicts, of which there are some where classes were asked for."""
        assert isinstance(self.losses, Verdicts)
        return self.losses


def judged(
    project: Project,
    path: Path,
    run: str,
    split: str,
    *,
    folder: Path,
    dataset: Dataset | None = None,
    needs_classes: bool = True,
) -> Iterator[JudgingProgress | Judged]:
    """Sends a split through the trained network, by the code that evaluates it; the verdicts come last.

    Args:
        project: as it is now.
        path: of its file, or where its untitled runs are.
        run: whose weights; "" is the newest that has any.
        split: "train", "validation" or "test".
        folder: where relative paths of the data start.
        dataset: the project's data, where it is loaded already.
        needs_classes: whether losses alone, of a network that tells no classes apart, are no answer.

    Raises:
        UntrainedError: there are no weights yet.
        NoClassesError: the network takes no sample for a class.
        WorkbenchError: the weights are lost or of another network, or the data does not fit.
    """
    import torch

    from workbench.data.batches import Batches

    torch.set_num_threads(1)  # of this thread; the training has the others
    trained = trained_network(project, path, run)
    told, _ = as_trained(project, RunFolder(runs_folder(path) / trained.origin), folder)
    if dataset is None or told is not project:  # whose words have other numbers now
        dataset = load(told.data_config(), folder)
    check_data(trained.project.graph, dataset)
    if not dataset.size(split):
        raise UsageError(f"The data has no {split} samples.")
    batches = Batches(dataset.splits[split], dataset.fields, project.data_config().batch_size)
    yield from _asked(trained, batches, needs_classes=needs_classes)


def _asked(trained: Trained, batches: Batches, *, needs_classes: bool) -> Iterator[JudgingProgress | Judged]:
    """Verdicts of a network, or its losses alone where it tells no classes apart and none are needed."""
    from workbench.training.evaluation import judge, sample_losses

    yield JudgingProgress(0, batches.size)

    def told(found: int | SampleLosses) -> JudgingProgress | Judged:
        if isinstance(found, int):
            return JudgingProgress(found, batches.size)
        return Judged(found, trained.origin, trained.notes)

    try:
        yield from map(told, judge(trained.network, batches))
    except NoClassesError:
        if needs_classes:
            raise
        yield from map(told, sample_losses(trained.network, batches))

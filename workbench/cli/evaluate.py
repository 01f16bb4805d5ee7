"""`evaluate`: metrics of a trained network on a split of its data."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from workbench.cli import say
from workbench.core import strict_json
from workbench.core.errors import UsageError
from workbench.core.process import training_threads
from workbench.data.loading import load
from workbench.data.spec import SPLITS
from workbench.project import storage
from workbench.project.runs import check_data
from workbench.training.history import metrics_text

if TYPE_CHECKING:
    from workbench.training.evaluation import Tally


def run(file: Path, run_: str, split: str, weights: Path | None, *, as_json: bool) -> int:
    """Prints loss, metrics and, for classes, precision and recall of each.

    Raises:
        WorkbenchError: no such split, no weights, or data that does not fit.
    """
    import torch

    from workbench.cli.trained import trained_network
    from workbench.data.batches import Batches
    from workbench.training.evaluation import evaluate

    project = storage.load(file)
    config = project.data_config()
    network, origin = trained_network(project, file, run_, weights)
    dataset = load(config, file.resolve().parent)
    check_data(project.graph, dataset)
    if not dataset.size(split):
        have = ", ".join(name for name in SPLITS if dataset.size(name))
        raise UsageError(f'The data has no split "{split}". It has {have}.')
    for note in dataset.notes:
        say(f"Note: {note}")
    torch.set_num_threads(training_threads())
    tally = evaluate(network, Batches(dataset.splits[split], dataset.fields, max(config.batch_size, 256)))
    metrics: dict[str, Any] = dict(tally.values())
    classes = _classes(tally)
    if as_json:
        tables = {name: matrix.tolist() for name, matrix in tally.confusion().items() if matrix.size}
        answer = {"split": split, "run": origin, "metrics": metrics, "classes": classes, **tables}
        print(strict_json.line(answer), flush=True)
        return 0
    print(f"{origin} on {dataset.size(split):,} {split} samples: {metrics_text(metrics)}")
    for row in classes:
        print(
            f"  {row['class']:<12} precision {row['precision']:.2%}  recall {row['recall']:.2%}  ({row['samples']:,})"
        )
    return 0


def _classes(tally: Tally) -> list[dict[str, Any]]:
    """Precision and recall of each class, where there is just one loss with classes."""
    terms = [term for term in tally.network.terms if "confusion" in term.layer.metrics]
    matrices = [matrix for matrix in tally.confusion().values() if matrix.size]
    if len(terms) != 1 or len(matrices) != 1:
        return []
    matrix = matrices[0]
    names = terms[0].classes or tuple(str(number) for number in range(len(matrix)))
    rows = []
    for number, name in enumerate(names):
        right, taken, there = matrix[number, number], matrix[:, number].sum(), matrix[number].sum()
        precision, recall = (float(right / count) if count else 0.0 for count in (taken, there))
        rows.append({"class": name, "precision": precision, "recall": recall, "samples": int(there)})
    return rows

"""`evaluate`: metrics of a trained network on a split of its data."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from workbench.cli import say
from workbench.core import strict_json
from workbench.core.errors import UsageError
from workbench.core.process import training_threads
from workbench.data.loading import load, source_of
from workbench.data.spec import SPLITS
from workbench.insight.latent.leakage import CLAMP, leakage_matrix
from workbench.project import storage
from workbench.project.runs import check_data
from workbench.training.class_figures import class_figures
from workbench.training.history import metrics_text
from workbench.training.metrics.spec import tells_classes

if TYPE_CHECKING:
    from workbench.insight.latent.study import Study
    from workbench.training.evaluation import Tally

CLASS_SHARES = {"precision": "precision", "recall": "recall", "f1": "F1", "iou": "IoU", "dice": "Dice"}


def run(file: Path, run_: str, split: str, weights: Path | None, *, as_json: bool) -> int:
    """Prints loss, metrics and, for classes, precision and recall of each.

    Raises:
        WorkbenchError: no such split, no weights, or data that does not fit.
    """
    import torch

    from workbench.cli.trained import trained_network
    from workbench.data.batches import Batches
    from workbench.insight.latent.study import study
    from workbench.inspection.field_measures import field_measures
    from workbench.training.evaluation import evaluate

    trained = trained_network(storage.load(file), file, run_, weights)
    project, network, origin = trained.project, trained.network, trained.origin
    config = project.data_config()
    dataset = load(config, storage.home_of(file))
    check_data(project.graph, dataset)
    if not dataset.size(split):
        have = ", ".join(name for name in SPLITS if dataset.size(name))
        raise UsageError(f'The data has no split "{split}". It has {have}.')
    for note in dataset.notes:
        say(f"Note: {note}")
    torch.set_num_threads(training_threads())
    tally = evaluate(network, Batches(dataset.splits[split], dataset.fields, max(config.batch_size, 256)))
    metrics: dict[str, Any] = dict(tally.values()) | field_measures(network, dataset, split)
    classes = _classes(tally)
    found = study(network, project.graph, dataset, source_of(config).redraw, split)
    if as_json:
        tables: dict[str, Any] = {name: each.tolist() for name, each in tally.confusion().items() if each.size}
        tables |= {} if found is None else {"factors": found.as_json()}
        answer = {"split": split, "run": origin, "metrics": metrics, "classes": classes, **tables}
        print(strict_json.printed(answer), flush=True)
        return 0
    print(f"{origin} on {dataset.size(split):,} {split} samples: {metrics_text(metrics, is_whole=True)}")
    print_classes(classes)
    if found is not None:
        print_factors(found)
    return 0


def print_classes(classes: list[dict[str, Any]]) -> None:
    """A line for each class."""
    for row in classes:
        shares = (f"{name} {_percent(row[key])}" for key, name in CLASS_SHARES.items() if key in row)
        print(f"  {row['class']:<12} {'  '.join(shares)}  ({row['samples']:,})")


def _percent(share: float | None) -> str:
    return "–" if share is None else f"{share:.2%}"


def print_factors(found: Study) -> None:
    """What is known of a code with factors, as tables and sentences."""
    measures = found.measures
    print(f"  {'factor':<18} {'latents':<16} R2 own  |rho|  share  leak   MIG   view gain")
    for row in found.rows():
        gain = "–" if row.gain is None else f"{row.gain:+.2f} dB"
        print(
            f"  {row.title:<18} {', '.join(row.latents[:3]):<16} {row.own_r2:6.3f}  {_figure(row.spearman)}  "
            f"{_figure(row.share)}  {row.leakage:5.3f}  {row.mig:5.3f}  {gain}"
        )
    score = "" if measures.factor_vae is None else f", FactorVAE score {measures.factor_vae:.2%}"
    dci = f"disentanglement {measures.dci.disentanglement:.3f}, completeness {measures.dci.completeness:.3f}"
    print(f"  DCI: {dci}{score}.")
    print("  |r| of the latents of each factor with every factor, and R2 from all other latents:")
    for line in leakage_matrix(found).lines():
        print(f"  {line}")
    print(f"  {CLAMP}")


def _figure(value: float | None) -> str:
    """A number between 0 and 1, or a dash where there is none."""
    return f"{'–':>5}" if value is None else f"{value:5.3f}"


def _classes(tally: Tally) -> list[dict[str, Any]]:
    """The figures of each class, where there is just one loss with classes; of masks with IoU and Dice."""
    terms = [term for term in tally.network.terms if term.answer and tells_classes(term.value, term.answer)]
    matrices = [matrix for matrix in tally.confusion().values() if matrix.size]
    if len(terms) != 1 or len(matrices) != 1:
        return []
    is_mask = terms[0].answer is not None and terms[0].answer.kind == "mask"
    rows = []
    for each in class_figures(matrices[0], terms[0].classes):
        row: dict[str, Any] = {"class": each.name, "precision": each.precision, "recall": each.recall}
        row |= {"iou": each.iou, "dice": each.f1} if is_mask else {"f1": each.f1}
        rows.append(row | {"samples": each.samples})
    return rows

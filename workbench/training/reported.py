"""Which metrics a training reports, and what they are called; known from the drawn network, without torch."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from workbench.core.graph import Graph
from workbench.model.plan import Term, terms_of
from workbench.training.config import TrainingConfig
from workbench.training.metric_names import AUTO, LOSS, kind_of
from workbench.training.metrics.spec import Metric, applicable


def by_weight(terms: Iterable[Term]) -> list[Term]:
    """Returns the terms of an objective, that which counts most first."""
    return sorted(terms, key=lambda term: -term.layer.weight)


def losses_of(terms: Sequence[Term]) -> list[str]:
    """Returns the names of the losses that are reported: the whole one, and each term's where there are several."""
    return [LOSS, *(f"{LOSS}.{term.name}" for term in terms if len(terms) > 1)]


def metrics_of(terms: Sequence[Term]) -> dict[str, tuple[Term, type[Metric]]]:
    """Returns the metrics of an objective, by the names that logs have; those of the term that counts most first."""
    found = {}
    for term in by_weight(terms):
        if term.prediction is not None and term.answer is not None:
            for metric in applicable(term.layer, term.value, term.answer):
                if metric.beside and metric.beside[0] != term.answer_field:
                    continue
                found[metric.name if len(terms) == 1 else f"{metric.name}.{term.name}"] = (term, metric)
    return found


def names_of(terms: Sequence[Term]) -> list[str]:
    """Returns the names of all numbers that are reported of an objective, the losses first."""
    return [*losses_of(terms), *(name for name, (_, metric) in metrics_of(terms).items() if metric.is_number)]


def choices(graph: Graph, config: TrainingConfig) -> list[str]:
    """Returns what `training.monitor` may be for a network: "auto", each kind, and each metric by its name.

    Args:
        graph: the network.
        config: its stages may leave losses out.
    """
    terms = terms_of(graph)
    names = names_of(terms)
    for stage in config.stages:
        names += names_of([term for term in terms if stage.losses.get(term.name, 1.0) > 0])
    return list(dict.fromkeys([AUTO, *(each for name in names for each in (kind_of(name), name))]))


def in_stage(monitor: str, terms: Sequence[Term]) -> str:
    """Returns what is asked for as it is called where these terms count: a single one's metrics bear no name."""
    kind, _, term = monitor.partition(".")
    return kind if [each.name for each in terms] == [term] else monitor

"""Loss and metrics of a network over a split, and over the training batches as they pass."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from workbench.core.errors import UsageError
from workbench.data.batches import Batch, Batches
from workbench.model.network import Network, TrainOutput
from workbench.model.plan import Term
from workbench.training.metrics.confusion import Confusion
from workbench.training.metrics.spec import Metric, tells_classes
from workbench.training.reported import by_weight, losses_of, metrics_of
from workbench.training.verdicts import NoClassesError, SampleLosses, Verdicts


@dataclass
class Tally:
    """Running totals over batches: every loss as a sum over samples, and the metrics of each term.

    So a loss is reported for one sample on average, and a mean and a sum of it read alike, whatever the batches.
    """

    network: Network
    cheap_only: bool = False
    losses: dict[str, list[float]] = field(default_factory=dict)
    metrics: dict[str, Metric] = field(default_factory=dict)

    def __post_init__(self) -> None:
        terms = self.network.terms
        self.losses = {name: [0.0, 0.0] for name in losses_of(terms)}
        self._of: dict[str, str] = {}  # metric → the loss node that it is of
        for key, (term, metric) in metrics_of(terms).items():
            if term.answer is not None and (metric.is_cheap or not self.cheap_only):
                self.metrics[key] = metric(term.value, term.answer)
                self.metrics[key].uncounted_class = term.layer.uncounted_class
                self._of[key] = term.name

    def add(
        self, output: TrainOutput, samples: int, step: int | None = None, fields: Mapping[str, Tensor] | None = None
    ) -> float:
        """Adds one batch; the objective as a sum over its samples.

        Args:
            output: what the network gave.
            samples: how many there were.
            step: of the optimiser, whose weights of the losses count.
            fields: of the samples, for metrics that compare with others than the answer.
        """
        total = self.network.summed(output.losses, samples, step)
        self._add_loss("loss", total, samples)
        for term in self.network.terms:
            if len(self.network.terms) > 1:
                loss = float(output.losses[term.name].detach())
                self._add_loss(f"loss.{term.name}", loss * term.samples_in(samples), samples)
        layers = {term.name: term.layer for term in self.network.terms}
        for key, metric in self.metrics.items():
            term_name = self._of[key]
            counted = layers[term_name].counted(output.predictions[term_name].detach(), output.targets[term_name])
            if not metric.beside:
                metric.update(*counted)
            elif (other := (fields or {}).get(metric.beside[1])) is not None:
                metric.update_beside(*counted, other)
        return total

    def _add_loss(self, name: str, total: float, samples: int) -> None:
        self.losses[name][0] += total
        self.losses[name][1] += samples

    def values(self) -> dict[str, float]:
        """Means of the losses and values of the metrics, by name; single numbers only."""
        found = {name: total / count if count else float("nan") for name, (total, count) in self.losses.items()}
        return found | {key: each.value() for key, each in self.metrics.items() if each.is_number}

    def confusion(self) -> dict[str, NDArray[np.int64]]:
        """Confusion matrices, by name."""
        return {key: each.matrix for key, each in self.metrics.items() if isinstance(each, Confusion)}

    def sums(self) -> dict[str, list[float]]:
        """Everything added up, for a checkpoint."""
        return {**self.losses, **{key: metric.sums() for key, metric in self.metrics.items()}}

    def add_sums(self, sums: Mapping[str, Sequence[float]]) -> None:
        """Adds what `sums` gave of another tally over the same terms."""
        own = self.sums()
        self.restore({name: [a + b for a, b in zip(own[name], sums[name], strict=True)] for name in own})

    def restore(self, sums: Mapping[str, list[float]]) -> None:
        """Puts back what `sums` gave, in the middle of an epoch; without any the epoch begins.

        A metric of which there are none is left out for the rest of the epoch, since part of it was not seen.
        """
        if not sums:
            return
        self.losses = {key: list(sums.get(key, pair)) for key, pair in self.losses.items()}
        self.metrics = {key: metric for key, metric in self.metrics.items() if key in sums}
        for key, metric in self.metrics.items():
            metric.restore(sums[key])


def evaluate(network: Network, batches: Batches, is_cancelled: Callable[[], bool] = lambda: False) -> Tally:
    """Runs the network over a split as it predicts: no dropout, running statistics, no augmentation.

    Args:
        network: its terms say what is measured.
        batches: the split.
        is_cancelled: looked at before every batch; when it says so the rest is left out.
    """
    tally = Tally(network)
    with torch.inference_mode():
        for batch, output in _outputs(network, batches, is_cancelled):
            tally.add(output, len(batch), fields=batch.fields)
    return tally


def judge(network: Network, batches: Batches) -> Iterator[int | Verdicts]:
    """Says of every sample of a split what the network takes it for, as `evaluate` counts it.

    Yields:
        How many samples are done, after each batch; at last the verdicts.

    Raises:
        NoClassesError: the network tells no classes of whole samples apart.
    """
    terms = [each for each in by_weight(network.terms) if each.answer and tells_classes(each.value, each.answer)]
    term = terms[0] if terms else None
    if term is None:
        raise NoClassesError("This network tells no classes apart, so there are no right and wrong pictures.")
    truth = np.zeros(batches.size, dtype=np.int64)
    said, sure, loss = truth.copy(), np.zeros(batches.size), np.zeros(batches.size)
    done, names = 0, term.classes
    for batch, output in _outputs(network, batches):
        scores, target = output.predictions[term.name], output.targets[term.name]
        if scores.dim() != 2 or target.dim() != 1:
            raise NoClassesError("This network gives every pixel a class, not every picture.")
        names = names if len(names) == scores.shape[1] else tuple(map(str, range(scores.shape[1])))
        places = batch.indices.numpy()
        best = torch.softmax(scores, 1).max(1)
        truth[places], said[places] = target.cpu().numpy(), best.indices.cpu().numpy()
        sure[places] = best.values.cpu().numpy()
        loss[places] = _loss_of_each(network, term, output)
        done += len(batch)
        yield done
    yield Verdicts(loss, names, truth, said, sure)


def sample_losses(network: Network, batches: Batches) -> Iterator[int | SampleLosses]:
    """Finds the loss of every sample of a split alone, by the loss with the greatest weight that compares.

    Yields:
        How many samples are done, after each batch; at last the losses.

    Raises:
        UsageError: no loss of the network compares what it gives with an answer alone.
    """
    terms = [each for each in by_weight(network.terms) if each.target and len(each.layer.inputs) == 2]
    if not terms:
        raise UsageError("No loss of this network compares one thing with one answer, so samples have no loss.")
    loss = np.zeros(batches.size)
    done = 0
    for batch, output in _outputs(network, batches):
        loss[batch.indices.numpy()] = _loss_of_each(network, terms[0], output)
        done += len(batch)
        yield done
    yield SampleLosses(loss)


def _loss_of_each(network: Network, term: Term, output: TrainOutput) -> NDArray[np.float64]:
    """Returns what a loss layer gives for each sample of a batch by itself (N,)."""
    module = network.modules.get_submodule(term.name)
    pairs = zip(output.predictions[term.name], output.targets[term.name], strict=True)
    with torch.inference_mode():
        return np.array([float(module(one[None], answer[None])) for one, answer in pairs])


def _outputs(
    network: Network, batches: Batches, is_cancelled: Callable[[], bool] = lambda: False
) -> Iterator[tuple[Batch, TrainOutput]]:
    """Yields every batch of a split with what the network makes of it as it predicts."""
    network.set_training(False)
    for batch in batches.epoch(0):
        if is_cancelled():
            return
        if not len(batch):
            continue  # other processes have all of its samples
        with torch.inference_mode():
            output = network.train_batch(batch.fields)
        yield batch, output

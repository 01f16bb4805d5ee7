"""What a run has left, read back: one row for lists and comparisons, and its epochs for curves."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple, get_args

from workbench.core.errors import UnreadableError
from workbench.core.values import Json
from workbench.training.at_work import is_at_work
from workbench.training.config import Stage
from workbench.training.events import Reason
from workbench.training.metric_names import AUTO, cost, gone_by, is_detail, is_number, term_of, title_of, value_text
from workbench.training.run_folder import RunFolder

REASONS = get_args(Reason)


Events = Sequence[dict[str, Any]]
PIECE = 20_000  # batches of a loss curve that are handed on at once
STATES = {"finished": "finished", "stopped": "stopped", "early_stop": "stopped early", "nan": "failed (NaN)",
          "unfinished": "unfinished", "running": "running", "damaged": "damaged"}  # fmt: skip
WITHOUT_END = ("unfinished", "running")  # the states of runs whose logs have no end
KINDS = ("EpochEnded", "RateChanged")  # the events that a row is made of


class Matrix(NamedTuple):
    """A confusion matrix from a run's log.

    Attributes:
        epoch: after which it was counted.
        loss: the node whose prediction it is of; "" where there is one only.
        counts: (true class, said class).
        classes: their names; empty where the run's record lacks them.
        is_of_pixels: whether pixels of masks were counted.
    """

    epoch: int
    loss: str
    counts: list[list[int]]
    classes: tuple[str, ...]
    is_of_pixels: bool = False


def describe(run_: RunFolder, events: Events | None = None) -> dict[str, Json]:
    """A run in a row: settings, network, how far it came and its best and test metrics.

    Args:
        run_: the run.
        events: its events of `KINDS` where they are known already (`RunRows`); else they are read.
    """
    try:
        return _described(run_, list(run_.events(*KINDS)) if events is None else events)
    except UnreadableError as error:
        return {"run": run_.name, "state": "damaged", "problem": str(error)}
    except (LookupError, TypeError, AttributeError, ValueError, OverflowError, OSError):
        # whole JSON, but not what a run writes; or a folder that goes away while it is read
        problem = f"{run_.path}: run.json or events.jsonl does not hold what a run writes; it is damaged."
        return {"run": run_.name, "state": "damaged", "problem": problem}


def _described(run_: RunFolder, events: Events) -> dict[str, Json]:
    epochs = [event for event in events if event["event"] == "EpochEnded"]
    rates = [event for event in events if event["event"] == "RateChanged"]
    record = run_.record()
    ending = run_.ending() or {}
    last: dict[str, Any] = epochs[-1] if epochs else {}
    best: dict[str, Any] = next((event for event in reversed(epochs) if event.get("is_best")), {})
    training = record["training"]
    if ending and ending["reason"] not in REASONS:
        raise ValueError(f"no reason: {ending['reason']}")
    return {
        "run": run_.name,
        "state": ending["reason"] if ending else state_without_end(run_),
        "created": str(record.get("created", "")),
        "epoch": last.get("epoch", 0),
        "epochs": _total_epochs(training),
        "seconds": _seconds(ending["seconds"]) if ending else None,
        "validation": last.get("validation", {}),
        "best": best.get("validation", {}),
        "best_epoch": best.get("epoch"),
        "test": dict(ending.get("test", {})),
        "training": dict(training),
        "data": dict(record.get("data", {})),
        "rates": [f"{event['lr']:.4g} from batch {event['step'] + 1:,}" for event in rates],
        "network": _network(record.get("graph")),
    }


def state_without_end(run_: RunFolder) -> str:
    """Returns the state of a run whose log has no end: "running" while somebody trains it, else "unfinished"."""
    return "running" if is_at_work(run_) else "unfinished"


def best_of(rows: Sequence[Mapping[str, Any]]) -> str:
    """Returns the name of the best run on the validation data, among those like the newest one that was trained.

    Args:
        rows: what `describe` says of runs, newest first; of equally good ones the newer counts.

    Returns:
        "" where no run has been validated. Runs of another network or other data are not compared; those that have
        chosen their best epochs by another measure are, by `compared_by`.
    """
    trained = [row for row in rows if row.get("best")]
    if not trained:
        return ""
    first, metric = trained[0], compared_by(rows)
    alike = [row for row in trained if all(row.get(key) == first.get(key) for key in ("network", "data"))]
    known = {str(row["run"]): row["best"].get(metric) for row in alike}
    costs = {run: cost(metric, value) if is_number(value) else math.inf for run, value in known.items()}
    return min(costs, key=lambda run: costs[run])


def compared_by(rows: Sequence[Mapping[str, Any]]) -> str:
    """Returns the metric by which runs are compared: that of the newest one that was trained; "" where none was.

    Args:
        rows: what `describe` says of runs, newest first.
    """
    first = next((row for row in rows if row.get("best")), None)
    return measure_of(first, "best") if first is not None else ""


def measure_of(row: Mapping[str, Any], part: str) -> str:
    """Returns the name of the metric that a run is judged by, as its settings say.

    Args:
        row: of the run, by `describe`.
        part: where its values are looked for: "validation", "best" or "test".
    """
    return gone_by(row[part], str((row.get("training") or {}).get("monitor", AUTO)))


def _network(graph: Json) -> dict[str, Json]:
    """What a run's record says of its network, so that two can be laid side by side: node → layer and its settings."""
    if graph is None:
        return {}
    nodes = {str(node["id"]): node for node in graph["nodes"]}
    names = {id_: str(node["name"]) for id_, node in nodes.items()}
    found: dict[str, Json] = {}
    for id_, node in nodes.items():
        row = {"layer": node["layer"], **node.get("params", {})}
        row |= {key: node[key] for key in ("bypass", "frozen", "init", "share_with") if node.get(key)}
        row |= {f"input {edge['to'][1]}": names[edge["from"][0]] for edge in graph["edges"] if edge["to"][0] == id_}
        found[names[id_]] = row
    return found


def _total_epochs(training: Mapping[str, Json]) -> int:
    """Epochs of the whole run: those of its stages together, if it has any (`TrainingConfig.total_epochs`)."""
    stages = training.get("stages") or []
    return sum(int(stage.get("epochs", Stage().epochs)) for stage in stages) or int(training["epochs"])


def _seconds(value: Json) -> float:
    seconds = float(value)
    if not math.isfinite(seconds):
        raise ValueError(f"no time: {value}")
    return seconds


def epochs_of(run_: RunFolder) -> Iterator[dict[str, Any]]:
    """The EpochEnded events of a run that are whole, oldest first.

    Raises:
        UnreadableError: the log cannot be read.
    """
    return run_.events("EpochEnded")


def losses_of(run_: RunFolder, last_step: int) -> Iterator[tuple[int, float]]:
    """Step and loss of every batch up to a step.

    Raises:
        UnreadableError: the log cannot be read.
    """
    for event in run_.events("StepEnded"):
        if event["step"] <= last_step:
            yield event["step"], float(event["loss"])


def loss_curve(run_: RunFolder) -> Iterator[list[tuple[float, float]]]:
    """Epoch and loss of every batch of a run, in pieces, so that a long log can be left in its middle.

    Raises:
        UnreadableError: the log cannot be read.
    """
    per_epoch, piece = 0, []
    for event in run_.events("RunStarted", "StepEnded"):
        if event["event"] == "RunStarted":
            per_epoch = max(1, event["steps_per_epoch"])
        elif per_epoch:
            piece.append((event["step"] / per_epoch, float(event["loss"])))
            if len(piece) == PIECE:
                yield piece
                piece = []
    yield piece


def result_text(row: Mapping[str, Json]) -> str:
    """What a run came to, in a line: "run-003: 10 epochs, best validation accuracy 97.62% (epoch 8)"."""
    if row["state"] == "damaged":
        return f"{row['run']}: damaged, nothing of it can be shown"
    many = "epoch" if row["epoch"] == 1 else "epochs"
    is_whole = row["state"] == "finished" or row["epoch"] >= row["epochs"]
    parts = [f"{row['epoch']} {many}" if is_whole else f"{row['epoch']} of {row['epochs']} epochs"]
    parts += [] if row["state"] == "finished" else [STATES[row["state"]]]
    for title, part in (("best validation", "best"), ("test", "test")):
        if name := measure_of(row, part):
            at = f" (epoch {row['best_epoch']})" if part == "best" else ""
            parts.append(f"{title} {metrics_text({name: row[part][name]})}{at}")
    return f"{row['run']}: {', '.join(parts)}"


def matrix_of(row: Mapping[str, Json], epochs: Events) -> Matrix | None:
    """The confusion matrix of a run's weights, which are those of its best epoch; None where its log has none.

    Args:
        row: of the run, by `describe`.
        epochs: its EpochEnded events.
    """
    event = next((each for each in reversed(epochs) if each.get("is_best")), None)
    if event is None or not event.get("confusion"):
        return None
    name, counts = next(iter(event["confusion"].items()))
    loss, targets = term_of(name), _targets(row["network"], term_of(name))
    names = (each.get("classes") for each in targets)
    classes = next((tuple(map(str, each)) for each in names if isinstance(each, list) and each), ())
    return Matrix(event["epoch"], loss, counts, classes, any(each.get("kind") == "mask" for each in targets))


def _targets(network: Mapping[str, Any], loss: str) -> list[Mapping[str, Any]]:
    """The nodes of a recorded network that a loss node compares with, as far as they are known."""
    targets = [node.get("input target") for name, node in network.items() if loss in ("", name)]
    return [network[name] for name in targets if name in network]


def differences(rows: list[dict[str, Json]]) -> list[tuple[str, list[str]]]:
    """What is not the same in all of these runs, of network, training and data: its path, and the value in each run."""
    flat = [_flat({key: row.get(key) for key in ("network", "training", "data")}) | _rates(row) for row in rows]
    paths = dict.fromkeys(path for each in flat for path in each)
    found = [(path, [each.get(path, "–") for each in flat]) for path in paths]
    return [(path, values) for path, values in found if len(set(values)) > 1]


def _rates(row: Mapping[str, Json]) -> dict[str, str]:
    """The learning rates that were set by hand while a run trained, which its settings do not show."""
    return {"learning rate, changed to": ", ".join(row["rates"])} if row.get("rates") else {}


def _flat(value: Json, place: str = "") -> dict[str, str]:
    if isinstance(value, Mapping):
        return {path: text for key, each in value.items() for path, text in _flat(each, f"{place}.{key}").items()}
    return {place.strip("."): "–" if value is None else str(value)}


def metrics_text(metrics: dict[str, Json], *, is_whole: bool = False) -> str:
    """Metrics as people read them: each with its title, and its value as its declaration writes it.

    Args:
        metrics: by name.
        is_whole: whether those too that only details are; one metric alone is always said.
    """
    numbers = {name: value for name, value in metrics.items() if isinstance(value, (int, float))}
    short = {name: value for name, value in numbers.items() if is_whole or not is_detail(name)}
    return ", ".join(f"{title_of(name)} {value_text(name, value)}" for name, value in (short or numbers).items())

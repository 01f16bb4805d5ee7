"""`predict`: what a trained network says about pictures or samples of its data."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from workbench.cli import say
from workbench.core import strict_json
from workbench.core.errors import UsageError, WorkbenchError
from workbench.core.values import Json, shape_text
from workbench.data.loading import load
from workbench.data.pictures import fit, read_picture
from workbench.data.spec import SPLITS, Array, Dataset
from workbench.project import storage
from workbench.project.document import Project

if TYPE_CHECKING:
    from workbench.model.network import Network

SAMPLE = re.compile(r"(train|validation|test):(\d{1,9})\Z")
SHOWN = 5


def run(file: Path, inputs: list[str], run_: str, weights: Path | None, *, as_json: bool) -> int:
    """Prints a prediction for each input; 2 if an input cannot be read (the others are answered).

    Raises:
        WorkbenchError: the project has no weights, or none of the inputs can be read.
    """
    from workbench.cli.trained import trained_network

    project = storage.load(file)
    network, origin = trained_network(project, file, run_, weights)
    (field,) = _only_field(network)
    shape = network.inputs[field]
    rows: list[dict[str, Json]] = []
    failed = 0
    samples = Samples(project, file)
    for text in inputs:
        try:
            array, notes = samples.read(text, field, shape) if SAMPLE.match(text) else picture_for(Path(text), shape)
        except WorkbenchError as error:
            say(f"Error: {error}")
            failed += 1
            continue
        for note in notes:
            say(f"Note: {text}: {note}")
        rows.append({"input": text, **_answer(network, field, array)})
    _print(rows, origin, as_json=as_json)
    return 2 if failed else 0


def _only_field(network: Network) -> tuple[str]:
    names = list(network.inputs)
    if len(names) != 1:
        raise UsageError(f"The network takes {len(names)} inputs ({', '.join(names)}); predict works with one picture.")
    return (names[0],)


def picture_for(path: Path, shape: tuple[int, ...]) -> tuple[Array, tuple[str, ...]]:
    """A picture file in the shape that the network takes, as bytes (C, H, W), and notes about it.

    Raises:
        UsageError: the network takes no pictures.
        UnreadableError: the file cannot be read.
    """
    if len(shape) != 3:
        raise UsageError(
            f"The network takes {'×'.join(map(str, shape))}, which is no picture; give samples as test:17."
        )
    array, notes = read_picture(path)
    return fit(array, *shape, "crop"), notes


class Samples:
    """Samples of the project's data, loaded when the first is asked for."""

    def __init__(self, project: Project, file: Path) -> None:
        self._project, self._folder = project, file.resolve().parent
        self._dataset: Dataset | None = None

    def read(self, text: str, field: str, shape: tuple[int, ...]) -> tuple[Array, tuple[str, ...]]:
        """The field of the sample `test:17`.

        Raises:
            UsageError: there is no such sample, or it is not of the shape that the network takes.
        """
        if self._dataset is None:
            self._dataset = load(self._project.data_config(), self._folder)
        split, _, number = text.partition(":")
        size = self._dataset.size(split)
        if split not in SPLITS or int(number) >= size:
            raise UsageError(f'There is no sample "{text}": {split} has {size:,} samples, counted from 0.')
        value = self._dataset.fields.get(field)
        if value is None or value.shape != shape:
            found = f"that of the data is {value}" if value else "the data has none"
            raise UsageError(f"The network takes {field} of {shape_text(shape)}, but {found}.")
        array: Array = self._dataset.splits[split][field][int(number)]
        return array, ()


def _answer(network: Network, field: str, array: Array) -> dict[str, Json]:
    """Results for one sample: classes with probabilities where the network scores classes, else numbers."""
    import torch

    with torch.inference_mode():
        results = network.predict({field: torch.from_numpy(np.ascontiguousarray(array))[None]})
    found: dict[str, Json] = {}
    for name, result in results.items():
        term = next((term for term in network.terms if term.prediction == network.results[name]), None)
        if term is not None and term.layer.activation == "softmax" and result.dim() == 2:
            shares = torch.softmax(result[0], 0)
            names = term.classes or tuple(str(number) for number in range(len(shares)))
            best = torch.argsort(shares, descending=True, stable=True)
            probabilities = {names[int(i)]: round(float(shares[i]), 6) for i in best}
            found |= {"class": names[int(best[0])], "probability": float(shares[best[0]]), "classes": probabilities}
        else:
            found[name] = result[0].tolist() if result[0].numel() <= 100_000 else list(result.shape)
    return found


def _print(rows: list[dict[str, Any]], origin: str, *, as_json: bool) -> None:
    if as_json:
        print(strict_json.line({"run": origin, "predictions": rows}), flush=True)
        return
    for row in rows:
        if "classes" in row:
            best = [f"{name} {share:.1%}" for name, share in list(row["classes"].items())[:SHOWN]]
            print(f"{row['input']}: {', '.join(best)}")
        else:
            texts = [f"{name} {np.shape(value)}" for name, value in row.items() if name != "input"]
            print(f"{row['input']}: {', '.join(texts)} (values: --json)")

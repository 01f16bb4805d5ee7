"""`predict`: what a trained network says about pictures or samples of its data."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from workbench.cli import say
from workbench.core import strict_json
from workbench.core.errors import WorkbenchError
from workbench.core.values import Json
from workbench.data.spec import Array
from workbench.project import storage
from workbench.project.probe_reading import ProbeReader
from workbench.project.probes import parse_probe

if TYPE_CHECKING:
    from workbench.model.network import Network

SHOWN = 5


def run(file: Path, inputs: list[str], run_: str, weights: Path | None, *, as_json: bool) -> int:
    """Prints a prediction for each input; 2 if an input cannot be read (the others are answered).

    Raises:
        WorkbenchError: the project has no weights, or none of the inputs can be read.
    """
    from workbench.cli.trained import trained_network

    project = storage.load(file)
    network, origin = trained_network(project, file, run_, weights)
    rows: list[dict[str, Json]] = []
    failed = 0
    reader = ProbeReader(project, file.resolve().parent)
    for text in inputs:
        try:
            reading = reader.read(parse_probe(text), network.inputs)
        except WorkbenchError as error:
            say(f"Error: {error}")
            failed += 1
            continue
        for note in reading.notes:
            say(f"Note: {text}: {note}")
        rows.append({"input": text, **_answer(network, reading.fields)})
    _print(rows, origin, as_json=as_json)
    return 2 if failed else 0


def _answer(network: Network, fields: Mapping[str, Array]) -> dict[str, Json]:
    """Results for one sample: classes with probabilities where the network scores classes, else numbers."""
    import torch

    with torch.inference_mode():
        results = network.predict(
            {name: torch.from_numpy(np.ascontiguousarray(array))[None] for name, array in fields.items()}
        )
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

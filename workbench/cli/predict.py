"""`predict`: what a trained network says about pictures or samples of its data."""

from __future__ import annotations

from collections.abc import Mapping
from math import inf
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from workbench.cli import say
from workbench.cli.predict_samples import holds_samples
from workbench.core import strict_json
from workbench.core.errors import UsageError, WorkbenchError, printable
from workbench.core.files import is_folder, is_same_place, write_file
from workbench.core.graph import Graph, Port
from workbench.core.values import Json
from workbench.data.pictures import png_of_fractions
from workbench.insight.full_size import (
    FullSizeResult,
    Numbers,
    as_floats,
    is_picture,
    is_restoring,
    run_full_size,
    with_noise,
)
from workbench.insight.latent.metrics import psnr
from workbench.inspection.predicting import answers
from workbench.inspection.probe_loader import ProbeReader, Reading, truth_of
from workbench.model.shapes import infer
from workbench.project import storage

if TYPE_CHECKING:
    from workbench.inspection.trained import Trained
    from workbench.model.network import Network

SHOWN = 5


def run(file: Path, inputs: list[str], run_: str, weights: Path | None, *, as_json: bool) -> int:
    """Prints a prediction for each input; 2 if an input cannot be read (the others are answered).

    Raises:
        WorkbenchError: the project has no weights, or none of the inputs can be read.
    """
    from workbench.cli.trained import named_probe, trained_network

    trained = trained_network(storage.load(file), file, run_, weights)
    project, network, origin = trained.project, trained.network, trained.origin
    rows: list[dict[str, Json]] = []
    failed = 0
    reader = ProbeReader(project, storage.home_of(file))
    for text in inputs:
        if is_folder(text):
            told = (
                "this is a folder, but a file is needed; of all its files --to X.csv or --to FOLDER writes the answers."
            )
            raise UsageError(f"{printable(text)}: {told}")
        if not text.strip():
            raise UsageError("An input is empty; name a picture, a sample or a text.")
        if holds_samples(trained, text):
            raise UsageError(f"{printable(text)} holds many samples, so the answers are a table: --to X.csv")
        try:
            reading = reader.read(named_probe(text), network.inputs)
        except WorkbenchError as error:
            say(f"Error: {error}")
            failed += 1
            continue
        for note in reading.notes:
            say(f"Note: {text}: {note}")
        rows.append({"input": text, **answers(network, [reading.fields])[0]})
    _print(rows, origin, as_json=as_json)
    return 2 if failed else 0


def write(
    file: Path, inputs: list[str], out: Path | None, noise: float, run_: str, weights: Path | None, *, as_json: bool
) -> int:
    """Writes what a network makes of one picture at the picture's own size, and says how near it is to it.

    Args:
        file: the project.
        inputs: the picture, or a sample.
        out: the PNG file to write.
        noise: standard deviation of what is added to the picture first.
        run_: which run.
        weights: a file of weights, in place of a run.
        as_json: print JSON alone.

    Raises:
        WorkbenchError: there is no such picture or no weights, or the network makes no picture of it.
    """
    from workbench.cli.trained import named_probe, trained_network

    if out is None:
        raise UsageError("--noise is for a picture that is written: give --out X.png too.")
    if out.suffix != ".png" or len(inputs) != 1:
        found = f'{len(inputs)} inputs and "{out.name}"'
        raise UsageError(f"--out writes the picture that comes of one input to a .png file; found {found}.")
    if is_same_place(out, Path(inputs[0])):
        raise UsageError(f"{out} is the picture itself; write what is made of it to another file.")
    trained = trained_network(storage.load(file), file, run_, weights)
    project, network, origin = trained.project, trained.network, trained.origin
    reading = ProbeReader(project, storage.home_of(file)).whole(named_probe(inputs[0]), network.inputs)
    (array,) = reading.fields.values()
    made = run_full_size(network, project.graph, _pictured(network, project.graph), with_noise(as_floats(array), noise))
    write_file(out, [png_of_fractions(made.result, is_deep=array.dtype != np.uint8)])
    for note in (*reading.notes, *made.notes):
        say(f"Note: {inputs[0]}: {note}")
    answer: dict[str, Json] = {"run": origin, "input": inputs[0], "out": str(out), "shape": list(made.result.shape)}
    clean, wanted = _wanted(trained, reading, made, as_floats(array), inputs[0])
    if clean.shape == made.result.shape == made.picture.shape:
        answer |= {"psnr_before": psnr(clean, made.picture), "psnr_after": psnr(clean, made.result)}
    _print_made(answer, noise, wanted, as_json=as_json)
    return 0


def _wanted(trained: Trained, reading: Reading, made: FullSizeResult, given: Numbers, name: str) -> tuple[Numbers, str]:
    """The picture that a result is measured by, and what it is called; an empty one where nobody knows it."""
    height, width = made.result.shape[1:]
    if not is_restoring(trained.project.graph, trained.network.inputs):
        return given[:, : made.picture.shape[1], : made.picture.shape[2]], name
    truth = truth_of(trained.project.graph, reading)
    return (made.result[:0] if truth is None else as_floats(truth)[:, :height, :width]), "the picture that is wanted"


def _pictured(network: Network, graph: Graph) -> Port:
    """The one result that is a picture."""
    values = infer(graph).values
    found = {name: port for name, port in network.results.items() if is_picture(values.get(port))}
    if len(found) != 1:
        every = ", ".join(f"{name} ({values[port]})" for name, port in network.results.items())
        what = "no result of this network is a picture" if not found else "several results of this network are pictures"
        raise UsageError(
            f"--out needs one result of 1 or 3 channels × height × width, but {what}. Its results: {every}."
        )
    return next(iter(found.values()))


def _print_made(answer: Mapping[str, Json], noise: float, wanted: str, *, as_json: bool) -> None:
    if as_json:
        known = {name: value for name, value in answer.items() if value != inf}  # JSON has no infinity
        print(strict_json.printed(known), flush=True)
        return
    channels, height, width = answer["shape"]
    print(f"{answer['out']}: {width}×{height} pixels, {'colour' if channels == 3 else 'grey'} ({answer['run']})")
    if "psnr_after" in answer:
        before = f"{answer['psnr_before']:.2f} dB {f'with noise of {noise:g}' if noise else 'before'}, "
        shown = before if answer["psnr_before"] != inf else ""
        print(f"PSNR against {wanted}: {shown}{answer['psnr_after']:.2f} dB after")


def _print(rows: list[dict[str, Any]], origin: str, *, as_json: bool) -> None:
    if as_json:
        print(strict_json.printed({"run": origin, "predictions": rows}), flush=True)
        return
    for row in rows:
        if "labels" in row:
            print(f"{row['input']}: {', '.join(row['labels']) or 'none of the labels'}")
        elif "classes" in row:
            best = [f"{name} {share:.1%}" for name, share in list(row["classes"].items())[:SHOWN]]
            print(f"{row['input']}: {', '.join(best)}")
        else:
            values = {name: np.asarray(value) for name, value in row.items() if name != "input"}
            texts = [f"{name} {_value_text(value)}" for name, value in values.items()]
            hint = " (values: --json)" if any(value.size > SHOWN for value in values.values()) else ""
            print(f"{row['input']}: {', '.join(texts)}{hint}")


def _value_text(value: NDArray[Any]) -> str:
    """A few numbers as they are; of many their shape."""
    if value.size > SHOWN:
        return str(value.shape)
    return ", ".join(f"{number:.4g}" for number in value.ravel())

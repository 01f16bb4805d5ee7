"""The network with its weights as an ONNX file, which is run once before it counts as written."""

from __future__ import annotations

import contextlib
import io
import json
import logging
import warnings
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from workbench.core.errors import WorkbenchError, printable
from workbench.core.files import read_buffer, write_file
from workbench.core.graph import Graph
from workbench.model.exports.spec import Exporter, exporter

if TYPE_CHECKING:
    from torch import Tensor

    from workbench.model.network import Network

LARGEST = 2_000_000_000  # bytes, which is the format's own limit for one file
AGREEMENT = 1e-4  # of the largest number of the answer
OPSET = 20
SAMPLES = 2  # of the batch that both are asked


@exporter(name="onnx", title="ONNX", suffix=".onnx")
class Onnx(Exporter):
    """Writes what predicts, with weights, class names and preparation, for ONNX Runtime, OpenCV and others."""

    @classmethod
    def write(cls, network: Network, graph: Graph, out: Path) -> list[Path]:
        data = serialised(network, graph)
        write_file(out, [data])
        return [out]

    @classmethod
    def read(cls, out: Path) -> Mapping[str, Tensor]:
        import onnx
        import torch
        from onnx import numpy_helper

        model = onnx.load_model_from_string(bytes(read_buffer(out, LARGEST)))
        arrays = {each.name: numpy_helper.to_array(each) for each in model.graph.initializer}
        kept = set(json.loads(next(each.value for each in model.metadata_props if each.key == "weights")))
        return {name: torch.from_numpy(array.copy()) for name, array in arrays.items() if name in kept}


def serialised(network: Network, graph: Graph) -> bytes:
    """Returns the bytes of the file, after ONNX Runtime has given the same answers for them.

    Raises:
        WorkbenchError: torch cannot export a layer, the file would be too large, or the answers differ.
    """
    import torch

    inputs = {name: _samples(shape, graph, name) for name, shape in network.inputs.items()}
    with torch.no_grad():
        answers = {name: each.numpy() for name, each in network.predict(inputs).items()}
    model = _exported(network, tuple(inputs.values()), tuple(answers))
    metadata = {"weights": json.dumps(list(network.modules.state_dict())), **_metadata(graph)}
    for key, value in metadata.items():
        entry = model.metadata_props.add()
        entry.key, entry.value = key, value
    if model.ByteSize() > LARGEST:
        raise WorkbenchError(f"The ONNX file would have {model.ByteSize():,} bytes; one file may have {LARGEST:,}.")
    data: bytes = model.SerializeToString()
    _check(data, inputs, answers)
    return data


def _samples(shape: tuple[int, ...], graph: Graph, field: str) -> Tensor:
    """A batch of what may come in."""
    import torch

    from workbench.model.shapes import infer

    kinds = {str(getattr(layer, "field", "")): getattr(layer, "kind", "") for layer in infer(graph).layers.values()}
    generator = torch.Generator().manual_seed(0)
    if kinds.get(field) == "tokens":
        return torch.zeros(SAMPLES, *shape, dtype=torch.int64)
    return torch.rand(SAMPLES, *shape, generator=generator)


def _exported(network: Network, samples: tuple[Tensor, ...], results: tuple[str, ...]) -> Any:
    """The network as torch exports it, the batch of any size, its weights by their state_dict keys.

    Raises:
        WorkbenchError: torch cannot.
    """
    import torch

    batch = torch.export.Dim("batch")
    try:
        with _quiet():
            program = torch.onnx.export(
                network.predict_program,
                samples,
                dynamo=True,
                optimize=False,
                opset_version=OPSET,
                input_names=list(network.inputs),
                output_names=list(results),
                dynamic_shapes=tuple({0: batch} for _ in samples),
                verbose=False,
            )
    except Exception as error:  # torch names many kinds, and each says what it could not export
        reason = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
        raise WorkbenchError(f"torch cannot export this network to ONNX: {printable(reason)}") from None
    assert program is not None
    return program.model_proto


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """Keeps torch's progress and advice, which are for whoever writes exporters, from the user."""
    logger = logging.getLogger("torch.onnx")
    level, logger.disabled = logger.level, True
    try:
        with warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()):
            warnings.simplefilter("ignore")
            yield
    finally:
        logger.disabled = False
        logger.setLevel(level)


def _check(data: bytes, inputs: Mapping[str, Tensor], answers: Mapping[str, Any]) -> None:
    """Runs the file.

    Raises:
        WorkbenchError: it does not run, or gives other answers.
    """
    import numpy as np
    import onnxruntime

    try:
        session = onnxruntime.InferenceSession(data, providers=["CPUExecutionProvider"])
        found = session.run(list(answers), {name: each.numpy() for name, each in inputs.items()})
    except Exception as error:  # its errors have no common class
        raise WorkbenchError(f"ONNX Runtime cannot run the file, so it was not written: {printable(error)}") from None
    for (name, answer), other in zip(answers.items(), found, strict=True):
        difference = np.abs(answer - other).max() / max(float(np.abs(answer).max()), 1e-12)
        if not difference <= AGREEMENT:
            raise WorkbenchError(
                f"ONNX Runtime gives other numbers for {name} (they differ by {difference:.1e} of the largest one), so "
                "the file was not written."
            )


def _metadata(graph: Graph) -> dict[str, str]:
    """What a program has to know that uses the file: each input's field, size and preparation, and the classes."""
    from workbench.layers.input import Input
    from workbench.model.plan import terms_of
    from workbench.model.shapes import infer

    layers = infer(graph).layers
    inputs: dict[str, Any] = {}
    for layer in layers.values():
        if isinstance(layer, Input):
            inputs[layer.field] = {"shape": list(layer.shape), "kind": layer.kind}
            if layer.mean or layer.std:
                inputs[layer.field] |= {"mean": list(layer.mean), "std": list(layer.std), "is_normalised_inside": True}
    classes = next((list(term.classes) for term in terms_of(graph) if term.classes), [])
    text = {"inputs": json.dumps(inputs), "pixels": "0 to 1"}
    return text | ({"classes": json.dumps(classes)} if classes else {})

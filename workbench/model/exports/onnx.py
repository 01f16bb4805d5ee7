"""The network with its weights as an ONNX file, which is run once before it counts as written."""

from __future__ import annotations

import contextlib
import io
import json
import logging
import warnings
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from workbench.core.errors import WorkbenchError, printable
from workbench.core.files import read_buffer, write_file
from workbench.core.graph import Graph
from workbench.core.values import Json
from workbench.model.exports.base_metadata import metadata_of
from workbench.model.exports.spec import Exporter, Option, exporter

if TYPE_CHECKING:
    from torch import Tensor

    from workbench.model.network import Network

LARGEST = 2_000_000_000  # bytes, which is the format's own limit for one file
AGREEMENT = 1e-4  # of the largest number of the answer
OPSET = 20
SAMPLES = (2, 3)  # of the batches that both are asked; a file for any number must take more than one of them


@exporter(name="onnx", title="ONNX", suffix=".onnx")
class Onnx(Exporter):
    """Writes what predicts, with weights, class names and preparation, for ONNX Runtime, OpenCV and others."""

    tells_data: ClassVar[bool] = True
    options: ClassVar[tuple[Option, ...]] = (
        Option("opset", "Opset", ("20", "18", "17"), "Which version of ONNX's operators it uses"),
        Option("batch", "Batch", ("any", "1"), "Whether it takes any number of samples, or one alone"),
    )

    @classmethod
    def write(cls, network: Network | None, graph: Graph, out: Path, **options: Any) -> list[Path]:
        assert network is not None
        opset, batch = int(options.get("opset", OPSET)), options.get("batch", "any")
        fixed = 1 if batch == "1" else 0
        write_file(out, [serialised(network, graph, opset, fixed_batch=fixed, data=options.get("data"))])
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


def serialised(
    network: Network,
    graph: Graph,
    opset: int = OPSET,
    *,
    fixed_batch: int = 0,
    data: Mapping[str, Json] | None = None,
) -> bytes:
    """Returns the bytes of the file, after ONNX Runtime has given the same answers for them.

    Args:
        network: with its weights.
        graph: it was built from.
        opset: the version of ONNX's operators.
        fixed_batch: how many samples it takes at once; 0 for any number.
        data: how samples are made of files (`metadata_of`).

    Raises:
        WorkbenchError: torch cannot export a layer, the file would be too large, or the answers differ.
    """
    import torch

    asked = {}
    for count in (fixed_batch,) if fixed_batch else SAMPLES:
        inputs = samples_of(network, graph, count)
        with torch.no_grad():
            asked[count] = inputs, {name: each.numpy() for name, each in network.predict(inputs).items()}
    inputs, answers = asked[fixed_batch or SAMPLES[0]]
    model = _exported(network, tuple(inputs.values()), tuple(answers), opset, is_free=not fixed_batch)
    _check_form(model, opset, is_free=not fixed_batch)
    metadata = {"weights": json.dumps(list(network.modules.state_dict())), **metadata_of(graph, data)}
    for key, value in metadata.items():
        entry = model.metadata_props.add()
        entry.key, entry.value = key, value
    if model.ByteSize() > LARGEST:
        raise WorkbenchError(f"The ONNX file would have {model.ByteSize():,} bytes; one file may have {LARGEST:,}.")
    made: bytes = model.SerializeToString()
    for inputs, answers in asked.values():
        _check(made, inputs, answers)
    return made


def samples_of(network: Network, graph: Graph, count: int) -> dict[str, Tensor]:
    """Returns so many samples of everything that a network takes, by field."""
    return {name: _samples(shape, graph, name, count) for name, shape in network.inputs.items()}


def _samples(shape: tuple[int, ...], graph: Graph, field: str, count: int) -> Tensor:
    """A batch of what may come in."""
    import torch

    from workbench.model.shapes import infer

    kinds = {str(getattr(layer, "field", "")): getattr(layer, "kind", "") for layer in infer(graph).layers.values()}
    generator = torch.Generator().manual_seed(0)
    if kinds.get(field) == "tokens":
        return torch.zeros(count, *shape, dtype=torch.int64)
    return torch.rand(count, *shape, generator=generator)


def _exported(
    network: Network, samples: tuple[Tensor, ...], results: tuple[str, ...], opset: int, *, is_free: bool
) -> Any:
    """The network as torch exports it, its weights by their state_dict keys.

    Raises:
        WorkbenchError: torch cannot.
    """
    import torch

    batch = torch.export.Dim("batch")
    try:
        with quiet(), _in_plain_memory(network):
            program = torch.onnx.export(
                network.predict_program,
                samples,
                dynamo=True,
                optimize=False,
                opset_version=opset,
                input_names=list(network.inputs),
                output_names=list(results),
                dynamic_shapes=tuple({0: batch} for _ in samples) if is_free else None,
                verbose=False,
            )
    except Exception as error:  # torch names many kinds, and each says what it could not export
        reason = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
        raise WorkbenchError(f"torch cannot export this network to ONNX: {printable(reason)}") from None
    assert program is not None
    return program.model_proto


@contextlib.contextmanager
def _in_plain_memory(network: Network) -> Iterator[None]:
    """Lets mean pooling begin from maps that lie channels first while torch records it.

    Of maps that lie otherwise, as behind a Permute, torch writes the mean as places in memory that are counted and
    gathered, which nobody who reads the file understands.
    """
    import torch

    pools = (torch.nn.AdaptiveAvgPool1d, torch.nn.AdaptiveAvgPool2d, torch.nn.AdaptiveAvgPool3d)
    handles = [
        module.register_forward_pre_hook(lambda _, given: tuple(each.contiguous() for each in given))
        for module in network.modules.modules()
        if isinstance(module, pools)
    ]
    try:
        yield
    finally:
        for handle in handles:
            handle.remove()


@contextlib.contextmanager
def quiet() -> Iterator[None]:
    """Keeps torch's progress and advice, which are for whoever writes exporters, from the user."""
    logging.disable(logging.CRITICAL)
    try:
        with warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()):
            warnings.simplefilter("ignore")
            yield
    finally:
        logging.disable(logging.NOTSET)


def _check_form(model: Any, opset: int, *, is_free: bool) -> None:
    """Refuses what torch has written otherwise than it was asked.

    Raises:
        WorkbenchError: the opset is another, or the batch is fixed.
    """
    written = next((each.version for each in model.opset_import if each.domain in ("", "ai.onnx")), 0)
    if written != opset:
        raise WorkbenchError(
            f"torch cannot write this network with ONNX's operators of version {opset} (it needs {written}), so it was "
            f"not written. Choose opset {OPSET}."
        )
    sizes = {each.name: each.type.tensor_type.shape.dim[0].dim_value for each in model.graph.input}
    fixed = {name: size for name, size in sizes.items() if size}
    if is_free and fixed:
        name, size = next(iter(fixed.items()))
        raise WorkbenchError(
            f"torch can write this network for batches of {size} alone ({printable(name)}), so it was not written. "
            "Choose a batch of 1."
        )


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

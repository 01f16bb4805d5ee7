"""What a network makes of a picture at the picture's own size, in pieces where that would not fit into memory."""

from __future__ import annotations

import math
from collections.abc import Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from workbench.core.errors import UsageError
from workbench.core.graph import Graph, Port
from workbench.core.seeds import stream_seed
from workbench.core.values import Shape, Value, bytes_text, shape_text
from workbench.insight.cutting import pieces, why_whole
from workbench.model.cost import costs, total
from workbench.model.resizing import RESULT, resized
from workbench.model.shapes import infer

if TYPE_CHECKING:
    from workbench.model.network import Network

Numbers = NDArray[np.float32]
MOST_BYTES = 48_000_000  # of all maps of one piece; a search needs about ten times as much beside them
BYTES_AT_ONCE = 10 * MOST_BYTES  # where a picture cannot be cut into pieces
ROUNDED = (2, 4, 8, 16, 32)


@dataclass(frozen=True)
class FullSizeResult:
    """A picture and what a network made of it, both (C, H, W) in numbers between about 0 and 1.

    Attributes:
        picture: as it was sent through; a few rows or columns may be cut off.
        result: what came out.
        notes: what a person should know.
    """

    picture: Numbers
    result: Numbers
    notes: tuple[str, ...] = ()


def is_picture(value: Value | None) -> bool:
    """Whether a value can be looked at as a grey or coloured picture."""
    return value is not None and value.is_picture and value.shape[0] in (1, 3)


def is_restoring(graph: Graph, inputs: Collection[str]) -> bool:
    """Returns whether a network learns to make another picture of the data than those that it takes, by fields."""
    targets = [node.params for node in graph if node.layer == "Target" and node.params.get("kind") == "map"]
    return bool(targets) and all(params.get("field", "label") not in inputs for params in targets)


def as_floats(array: NDArray[Any]) -> Numbers:
    """A sample's bytes or numbers as numbers; 255 becomes 1."""
    return array.astype(np.float32) / np.float32(255 if array.dtype == np.uint8 else 1)


def with_noise(picture: Numbers, deviation: float) -> Numbers:
    """A picture with noise of a normal distribution added, the same one every time.

    Raises:
        UsageError: the noise is stronger than white, or not a number.
    """
    if not 0 <= deviation <= 1:
        raise UsageError(f"Noise can be 0 to 1, where white is 1; found {deviation:g}.")
    random = np.random.default_rng(stream_seed(0, "noise"))
    return picture + np.float32(deviation) * random.standard_normal(picture.shape, np.float32)


def run_full_size(network: Network, graph: Graph, port: Port, picture: Numbers) -> FullSizeResult:
    """Sends a picture through a network at the picture's own size; the network is left as it was.

    Args:
        network: with its weights.
        graph: that it was built from.
        port: what is wanted of it.
        picture: (C, H, W).

    Raises:
        UsageError: the network depends on the size of its pictures, or the picture is too large for it.
    """
    size = _fitting(graph, port, (picture.shape[1], picture.shape[2]))
    notes = _cut_off(picture.shape[1:], size)
    picture = picture[:, : size[0], : size[1]]
    bytes_, gives = _needs(graph, port, size)
    if bytes_ <= MOST_BYTES:
        return FullSizeResult(picture, _sent(network, graph, port, picture), notes)
    part = resized(graph, port, size)
    reason = why_whole(part, size) if gives.spatial == size else "its result is of another size"
    if reason:
        if bytes_ > BYTES_AT_ONCE:
            raise UsageError(
                f"A picture of {shape_text(size)} pixels needs {bytes_text(bytes_)} for the maps of this network and "
                f"cannot be cut into pieces: {reason}. Make it smaller first."
            )
        return FullSizeResult(picture, _sent(network, graph, port, picture), notes)
    result = np.empty((gives.channels, *size), np.float32)
    count = 0
    for inner, outer in pieces(part, size, int(math.sqrt(MOST_BYTES * size[0] * size[1] / bytes_))):
        rows, columns = (slice(a.start - b.start, a.stop - b.start) for a, b in zip(inner, outer, strict=True))
        result[:, *inner] = _sent(network, graph, port, picture[:, *outer])[:, rows, columns]
        count += 1
    return FullSizeResult(picture, result, (*notes, f"made in {count} pieces that overlap"))


def _cut_off(before: Shape, after: Shape) -> tuple[str, ...]:
    """The note on rows and columns that are left out; none if all are kept."""
    parts = zip(("rows", "columns"), before, after, strict=True)
    cut = " and ".join(f"{whole - kept} {name}" for name, whole, kept in parts if whole > kept)
    return (f"the last {cut} are left out, so that sizes fit",) if cut else ()


def _fitting(graph: Graph, port: Port, size: tuple[int, int]) -> tuple[int, int]:
    """The size itself, or the next smaller one at which the result is as large as the picture, or at least is one."""
    tried: list[tuple[int, int]] = []
    for step in (1, *ROUNDED):
        rounded = (size[0] // step * step, size[1] // step * step)
        if min(rounded) > 0 and rounded not in tried:
            tried.append(rounded)
    able, refusal = [], None
    for each in tried:
        try:
            if _needs(graph, port, each)[1].spatial == each:
                return each
            able.append(each)
        except UsageError as error:
            refusal = refusal or error
    if not able and refusal is not None:
        raise refusal
    return able[0]


def _needs(graph: Graph, port: Port, size: Shape) -> tuple[int, Value]:
    """Bytes of all maps for a picture of a size, and what comes out."""
    part = resized(graph, port, size)
    return total(costs(part).values())["memory"], infer(part).values[port]


def _sent(network: Network, graph: Graph, port: Port, picture: Numbers) -> Numbers:
    """What a picture gives that goes through as a whole, (C, H, W)."""
    import torch

    from workbench.model.network import Network as Built
    from workbench.model.weights import load_into

    part = Built(resized(graph, port, picture.shape[1:]))
    mine = part.modules.state_dict()
    load_into(part.modules, {key: each for key, each in network.modules.state_dict().items() if key in mine})
    part.set_training(False)
    (field,) = part.inputs
    with torch.inference_mode():
        result = part.predict({field: torch.from_numpy(np.ascontiguousarray(picture))[None]})[RESULT]
    made: Numbers = result[0].float().numpy()
    return made

"""Model files that are damaged or made to harm: nothing is run, nothing stands, and each is a sentence."""

from __future__ import annotations

import contextlib
import random
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import onnx
import pytest

from workbench.core.errors import WorkbenchError
from workbench.project.importing import bring_in

SECONDS = 10
SOURCES = ("tiny_mnist_pool.onnx", "cases/test_Conv2d_groups/model.onnx", "mnist-8.onnx")


def cut(data: bytes, draw: random.Random) -> bytes:
    return data[: draw.randrange(len(data))]


def flipped(data: bytes, draw: random.Random) -> bytes:
    changed = bytearray(data)
    for _ in range(draw.choice((1, 4, 40))):
        changed[draw.randrange(min(len(changed), draw.choice((200, len(changed)))))] = draw.randrange(256)
    return bytes(changed)


def doubled(data: bytes, draw: random.Random) -> bytes:
    at = draw.randrange(len(data))
    return data[:at] + data[at // 2 :]


def edited(data: bytes, draw: random.Random) -> bytes:
    """A sound file whose network makes no sense."""
    model: Any = onnx.load_model_from_string(data)
    node = draw.choice(model.graph.node)
    what = draw.randrange(6)
    if what == 0:
        node.op_type = draw.choice(("Loop", "If", "Reshape", "Conv", "ConstantOfShape", "Expand", "Gather", ""))
    elif what == 1 and node.attribute:
        attribute = draw.choice(node.attribute)
        attribute.ints[:] = [draw.choice((-1, 0, 1 << 40, 3))] * draw.choice((0, 1, 2, 7))
        attribute.i = draw.choice((-5, 0, 1 << 62))
    elif what == 2 and model.graph.initializer:
        tensor = draw.choice(model.graph.initializer)
        tensor.dims[:] = [draw.choice((0, -1, 1 << 33, 7))] * draw.choice((0, 1, 3))
    elif what == 3:
        model.graph.input[0].type.tensor_type.shape.dim[-1].dim_value = draw.choice((0, -3, 1, 1 << 30))
    elif what == 4:
        del node.input[:]
    else:
        node.input.extend([draw.choice(model.graph.node).output[0]] * 3)
    return bytes(model.SerializeToString())


WAYS: tuple[Callable[[bytes, random.Random], bytes], ...] = (cut, flipped, doubled, edited)


@pytest.mark.parametrize("seed", range(60))
def test_a_mutated_file_is_a_sentence_or_is_read(seed: int, shared_data: Path, tmp_path: Path) -> None:
    draw = random.Random(seed)
    data = (shared_data / "onnx" / SOURCES[seed % len(SOURCES)]).read_bytes()
    path = tmp_path / "net.onnx"
    path.write_bytes(WAYS[seed % len(WAYS)](data, draw))
    begun = time.monotonic()
    with contextlib.suppress(WorkbenchError):
        assert bring_in(str(path)).report()
    assert time.monotonic() - begun < SECONDS
    assert list(tmp_path.iterdir()) == [path], "nothing was written beside it"

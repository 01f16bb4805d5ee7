"""Every template as an ONNX file: exported, run by ONNX Runtime, and held against the network.

    python bench/template_onnx.py [NAME ...]     without names all of them

Each is drawn as `new` draws it without data, but for pictures of 64×64 where it was made for larger ones, and clips of
16×32×32; weights are the first random ones. The exporter refuses a file that gives other answers than the network, by
1e-4 of the largest.
"""

from __future__ import annotations

import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

from workbench.core.errors import WorkbenchError
from workbench.core.graph import Graph
from workbench.core.values import Value
from workbench.model.exports.onnx import Onnx
from workbench.model.network import Network
from workbench.project.templates.spec import REGISTRY, GraphBuilder, Samples, Template

SIDE, CLIP = 64, (3, 16, 32, 32)


def samples_of(cls: type[Template]) -> Samples:
    """Returns what a template is drawn for, no larger than it has to be."""
    samples = cls.usual_samples()
    fields = {name: Value(CLIP) if len(value.shape) == len(CLIP) else value for name, value in samples.fields.items()}
    shape = samples.shape if not samples.shape or cls.smallest > SIDE else (
        samples.shape[0], *(min(side, SIDE) for side in samples.shape[1:])
    )  # fmt: skip
    return replace(samples, shape=shape, fields=fields)


def drawn(cls: type[Template]) -> Graph:
    """Returns its network."""
    builder = GraphBuilder(samples_of(cls))
    cls().build(builder)
    return builder.graph()


def export(name: str, folder: Path) -> str:
    """Exports one template and returns why it was refused; "" if it agrees."""
    graph = drawn(REGISTRY[name])
    network = Network(graph)
    network.set_training(False)
    try:
        Onnx.write(network, graph, folder / f"{name}.onnx")
    except WorkbenchError as error:
        return str(error)
    (folder / f"{name}.onnx").unlink()
    return ""


def main() -> int:
    """Prints a line for each template."""
    wanted, failed = sys.argv[1:] or list(REGISTRY), 0
    with tempfile.TemporaryDirectory() as folder:
        for name in wanted:
            began = time.perf_counter()
            reason = export(name, Path(folder))
            failed += bool(reason)
            print(f"{name:<20} {time.perf_counter() - began:6.1f} s  {reason or 'agrees'}", flush=True)
    print(f"{len(wanted) - failed} of {len(wanted)} agree")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())

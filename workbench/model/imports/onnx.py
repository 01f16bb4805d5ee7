"""Networks in ONNX files."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from workbench.core.errors import UnreadableError, printable
from workbench.core.values import shape_text
from workbench.model.imports.spec import Importer, importer
from workbench.model.translation.imported import Imported, tensors_of
from workbench.model.translation.input_node import UNKNOWN_SIZE, input_layer, size_note

if TYPE_CHECKING:
    from workbench.model.translation.onnx_file import OnnxFile, OnnxNode


@importer(name="onnx", title="ONNX", suffixes=(".onnx",))
class OnnxImport(Importer):
    """A network with its weights in an ONNX file, as torch, TensorFlow, Caffe2 and others write it."""

    @classmethod
    def read(cls, what: str) -> Imported:
        """Reads a file.

        Raises:
            UnreadableError: it is damaged, too old, or has nothing that samples go into.
        """
        from workbench.model.translation import (  # noqa: F401 - they declare what becomes of operators
            onnx_arithmetic,
            onnx_operators,
            onnx_shapes,
        )
        from workbench.model.translation.onnx_file import OLDEST, read_onnx
        from workbench.model.translation.onnx_reader import OnnxReader
        from workbench.model.translation.preparation import with_scales_as_preparation

        path = Path(what)
        file = read_onnx(path)
        if not file.inputs:
            raise UnreadableError(path, "nothing goes into its network, so there is nothing to train on.")
        reader = OnnxReader(file)
        notes = []
        if file.opset < OLDEST:
            notes.append(f"It uses version {file.opset} of ONNX's operators; versions from {OLDEST} on are known well.")
        for number, (name, sizes) in enumerate(file.inputs.items()):
            notes += _add_input(reader, file, name, sizes, f"image{number + 1 if number else ''}")
        drawn = reader.read()
        graph, weights = with_scales_as_preparation(drawn, tensors_of(reader.weights), reader.outputs().values())
        if graph is not drawn:
            notes.append("It takes off a mean and divides first; the Input node does that now.")
        return Imported(
            graph,
            f"{printable(path.name)}{f' by {printable(file.producer)}' if file.producer else ''}",
            weights=weights,
            notes=tuple(notes),
            unread=reader.unread,
            blocks=reader.blocks(),
            outputs=reader.outputs(),
        )


def _add_input(reader: Any, file: OnnxFile, name: str, sizes: tuple[int | None, ...], node: str) -> list[str]:
    """Adds one input's node; channels that come last are brought to the front where the network does that first."""
    shape = [UNKNOWN_SIZE if size is None and at > 1 else size or 1 for at, size in enumerate(sizes)][1:] or [1]
    notes = []
    free = [at for at, size in enumerate(sizes) if size is None and at > 0]
    if free:
        notes.append(size_note(f"The input {printable(name)}", shape_text(tuple(shape))))
    use: OnnxNode | None = reader.only_use(name)
    is_last = use is not None and use.kind == "Transpose" and tuple(use.settings.get("perm", ())) == (0, 3, 1, 2)
    if is_last and use is not None and len(shape) == 3:
        shape = [shape[2], shape[0], shape[1]]
        notes.append(f"The input {printable(name)} has its channels last; here they come first.")
    kind, settings = "vector" if len(shape) == 1 else "map", {} if node == "image" else {"field": node}
    layer = input_layer(file.path, shape, kind, name=printable(name), **settings)
    reader.add_input(name, layer, node)
    if is_last and use is not None:
        reader.skip(use, name)
        reader.finish(use)
    return notes

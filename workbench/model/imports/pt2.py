"""Networks that torch.export wrote."""

from __future__ import annotations

from pathlib import Path

from workbench.core.errors import UnreadableError, UsageError, printable
from workbench.model.imports.spec import Importer, importer
from workbench.model.translation.imported import Imported
from workbench.model.translation.input_node import UNKNOWN_SIZE, input_layer, size_note


@importer(name="pt2", title="torch.export", suffixes=(".pt2",))
class Pt2Import(Importer):
    """A network with its weights as torch.export wrote it (.pt2); its JSON is read, and nothing in it is run."""

    @classmethod
    def read(cls, what: str) -> Imported:
        """Reads a file.

        Raises:
            UnreadableError: it is damaged, of another kind or version, its weights are pickled, or its steps do not go
                together.
        """
        from workbench.model.translation.preparation import with_preparation
        from workbench.model.translation.pt2_file import read_pt2
        from workbench.model.translation.pt2_module import Rebuilding
        from workbench.model.translation.traced import recorded

        path = Path(what)
        file = read_pt2(path)
        rebuilding = Rebuilding(file)
        record = rebuilding.build()
        sizes = file.shapes[file.inputs[0]]
        shape = tuple(UNKNOWN_SIZE if size is None else size for size in sizes[1:]) or (1,)
        try:
            kind = {1: "vector", 2: "sequence"}.get(len(shape), "map")
            found = recorded(record, input_layer(path, shape, kind), shape)
        except UsageError as error:
            raise UnreadableError(path, f"its steps do not go together. {error}") from None
        graph, weights = with_preparation(found.graph, rebuilding.tensors)
        return Imported(
            graph,
            f"{printable(path.name)}{f' by torch {printable(file.version)}' if file.version else ''}",
            weights=weights,
            notes=tuple(_notes(sizes, len(file.inputs))),
            unread=found.unread,
            blocks=found.blocks,
            outputs=found.outputs,
        )


def _notes(sizes: tuple[int | None, ...], inputs: int) -> list[str]:
    found = []
    if sizes and sizes[0] is not None:
        found.append(f"It was written for batches of exactly {sizes[0]}; here they may have any size.")
    if None in sizes[1:]:
        found.append(size_note("Its input", UNKNOWN_SIZE))
    if inputs > 1:
        found.append(f"It has {inputs} inputs; what comes of the first one is drawn.")
    return found

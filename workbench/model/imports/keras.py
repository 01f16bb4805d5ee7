"""Networks of Keras, in `.keras` and `.h5` files."""

from __future__ import annotations

from pathlib import Path

from workbench.core.errors import UnreadableError, printable
from workbench.model.imports.spec import Importer, importer
from workbench.model.translation.imported import Imported, tensors_of


@importer(name="keras", title="Keras", suffixes=(".keras", ".h5", ".hdf5"))
class KerasImport(Importer):
    """A network with its weights in a Keras file (.keras, .h5), of Keras 2 or 3; channels come first here."""

    @classmethod
    def read(cls, what: str) -> Imported:
        """Reads a file.

        Raises:
            UsageError: h5py is not installed.
            UnreadableError: the file is damaged, or holds no network of layers.
        """
        from workbench.model.translation import keras_layers  # noqa: F401 - declares what becomes of layers
        from workbench.model.translation.keras_file import read_keras
        from workbench.model.translation.keras_reader import KerasReader

        path = Path(what)
        file = read_keras(path)
        reader = KerasReader(file)
        graph = reader.read()
        if not any(node.layer == "Input" for node in graph):
            raise UnreadableError(path, "it does not say what goes in, so nothing of it can be drawn.")
        return Imported(
            graph,
            f"{printable(path.name)} by Keras {printable(file.version)}".rstrip(),
            weights=tensors_of(reader.weights),
            notes=("Keras has the channels last; here they come first.",),
            unread=reader.unread,
            blocks=reader.blocks(),
            outputs=reader.outputs(),
        )

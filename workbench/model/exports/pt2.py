"""The network with its weights as torch.export writes it."""

from __future__ import annotations

import io
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from workbench.core.errors import WorkbenchError, printable
from workbench.core.files import write_file
from workbench.core.graph import Graph
from workbench.model.exports.base_metadata import metadata_of
from workbench.model.exports.onnx import quiet, samples_of
from workbench.model.exports.spec import Exporter, Option, exporter

if TYPE_CHECKING:
    from torch import Tensor

    from workbench.model.network import Network


@exporter(name="pt2", title="PyTorch export (pt2)", suffix=".pt2")
class Pt2(Exporter):
    """Writes what predicts as torch.export does, with class names and preparation, for torch in Python and C++."""

    tells_data: ClassVar[bool] = True
    options: ClassVar[tuple[Option, ...]] = (
        Option("batch", "Batch", ("any", "1"), "Whether it takes any number of samples, or one alone"),
    )

    @classmethod
    def write(cls, network: Network | None, graph: Graph, out: Path, **options: Any) -> list[Path]:
        import torch

        assert network is not None
        is_free = options.get("batch", "any") == "any"
        samples = tuple(samples_of(network, graph, 2 if is_free else 1).values())
        sizes = tuple({0: torch.export.Dim("batch")} for _ in samples) if is_free else None
        buffer = io.BytesIO()
        try:
            with quiet():
                program = torch.export.export(network.predict_program, samples, dynamic_shapes=sizes)
                torch.export.save(program, buffer, extra_files=metadata_of(graph, options.get("data")))
        except Exception as error:  # torch names many kinds, and each says what it could not export
            reason = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
            raise WorkbenchError(f"torch.export cannot write this network: {printable(reason)}") from None
        write_file(out, [buffer.getvalue()])
        return [out]

    @classmethod
    def read(cls, out: Path) -> Mapping[str, Tensor]:
        from workbench.model.translation.pt2_file import read_pt2

        file = read_pt2(out)
        return {key: each for key, each in file.tensors.items() if key in file.state}

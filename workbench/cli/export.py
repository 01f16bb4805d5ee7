"""`export`: the network as code that runs without this program."""

from __future__ import annotations

from pathlib import Path

from workbench.cli import say
from workbench.core.errors import UsageError
from workbench.project import storage

FORMATS = {"python": ".py"}


def run(file: Path, out: Path, to: str, run_: str, weights: Path | None) -> int:
    """Writes the file.

    Raises:
        WorkbenchError: unknown format, no weights, or a network with problems.
    """
    if to not in FORMATS:
        raise UsageError(f'There is no export "{to}". There are: {", ".join(FORMATS)}.')
    if out.suffix != FORMATS[to]:
        raise UsageError(f'An export to {to} ends in {FORMATS[to]}, such as "{out.stem or "network"}{FORMATS[to]}".')
    from workbench.cli.trained import trained_network
    from workbench.model.exporting import export_python

    trained = trained_network(storage.load(file), file, run_, weights)
    written = export_python(trained.project.graph, trained.network.modules.state_dict(), out)
    say(f"{' and '.join(map(str, written))} written, with the weights of {trained.origin}.")
    return 0

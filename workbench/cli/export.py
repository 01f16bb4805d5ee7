"""`export`: the network as files that other programs read."""

from __future__ import annotations

from pathlib import Path

from workbench.cli import say
from workbench.model.exports.spec import exporter_for
from workbench.project import storage


def run(file: Path, out: Path, to: str, run_: str, weights: Path | None) -> int:
    """Writes the files.

    Raises:
        WorkbenchError: unknown export, weights that are lost or do not fit, or a network with problems.
    """
    exporter_for(to, out)  # what is wrong with the words is said before anything is loaded
    from workbench.inspection.exporting import export

    done = export(storage.load(file), file, to, out, run=run_, weights=weights)
    for note in done.trained.notes:
        say(f"Note: {note}")
    say(done.text(with_folders=True))
    return 0

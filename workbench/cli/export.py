"""`export`: the network as files that other programs read."""

from __future__ import annotations

from pathlib import Path

from workbench.cli import say
from workbench.core.errors import UsageError, printable
from workbench.model.exports.spec import Painter, chosen_options, exporter_for
from workbench.project import storage


def run(
    file: Path, out: Path, to: str, run_: str, weights: Path | None, *, options: list[str], paint: Painter | None
) -> int:
    """Writes the files.

    Raises:
        WorkbenchError: unknown export, weights that are lost or do not fit, or a network with problems.
    """
    words = dict(_option(each) for each in options)
    chosen_options(exporter_for(to, out), words)  # what is wrong with the words is said before anything is loaded
    from workbench.inspection.exporting import export

    done = export(storage.load(file), file, to, out, run=run_, weights=weights, options=words, paint=paint)
    for note in done.notes:
        say(f"Note: {note}")
    say(done.text(with_folders=True))
    return 0


def _option(word: str) -> tuple[str, str]:
    """An option as NAME=CHOICE.

    Raises:
        UsageError: there is no =.
    """
    name, equals, choice = word.partition("=")
    if not equals:
        raise UsageError(f'"{printable(word)}" is no option; write NAME=CHOICE, such as opset=17.')
    return name.strip(), choice.strip()

"""`import`: a network of another program as a project."""

from __future__ import annotations

from pathlib import Path

from workbench.cli import say
from workbench.cli.new import check_place
from workbench.project.importing import bring_in, write_brought

MOST_TOLD = 12


def run(what: str, out: Path, weights: Path | None, *, report: bool, force: bool, trust: bool) -> int:
    """Writes the project.

    Raises:
        WorkbenchError: nothing that can be imported, weights that do not fit, or a file in the way.
    """
    check_place(out, force=force)
    brought = bring_in(what, weights, may_run=trust)
    write_brought(brought, out)
    lines = brought.report()
    for line in lines if report else lines[: MOST_TOLD + 1]:
        say(line)
    if not report and len(lines) > MOST_TOLD + 1:
        say(f"... and {len(lines) - MOST_TOLD - 1} more; --report tells them all.")
    say(f"{out} is written. See it: cnn-workbench {out}")
    return 0

"""`diff`: what two networks differ in."""

from __future__ import annotations

from pathlib import Path

from workbench.core import strict_json
from workbench.core.edits import Missing
from workbench.core.errors import printable
from workbench.core.graph import Graph
from workbench.model.comparison import Change, changes, cost_change
from workbench.project import storage
from workbench.project.records import graph_of
from workbench.project.runs import find_run


def run(one: Path, other: Path, runs: tuple[str, str], *, as_json: bool) -> int:
    """Prints the differences; 0 where there are none, else 1.

    Raises:
        WorkbenchError: a file or run cannot be read.
    """
    before, after = _graph(one, runs[0]), _graph(other, runs[1])
    found, cost = changes(before, after), cost_change(before, after)
    if as_json:
        print(strict_json.printed({"changes": [_plain(each) for each in found], "cost": cost}), flush=True)
        return 1 if found else 0
    for each in found:
        print(each.text)
    if not found:
        print(f"{printable(one.name)} and {printable(other.name)} have the same network.")
    for name, (was, now) in cost.items():
        if was != now:
            print(f"{name}: {was:,} → {now:,}")
    return 1 if found else 0


def _graph(file: Path, name: str) -> Graph:
    return graph_of(find_run(file, name)) if name else storage.load(file).graph


def _plain(change: Change) -> dict[str, object]:
    values = {"before": change.before, "after": change.after}
    known = {key: value for key, value in values.items() if not isinstance(value, Missing)}
    return {"kind": change.kind, "node": change.node, "what": change.what, **known}

"""The tables of README say of every metric and export what its declaration says."""

from __future__ import annotations

import pytest

from tests.architecture.sources import ROOT
from workbench.model.exports.spec import REGISTRY as EXPORTERS
from workbench.training.metrics.spec import REGISTRY as METRICS

ROWS = {
    "| metric | title | is |": [f"| `{name}` | {cls.title} | {cls.summary()} |" for name, cls in METRICS.items()],
    "| name | file | what it does |": [
        f"| `{name}` | `{cls.suffix}` | {cls.summary()} |" for name, cls in EXPORTERS.items()
    ],
}


@pytest.mark.parametrize("head", ROWS)
def test_a_table_has_a_row_for_each(head: str) -> None:
    text = (ROOT / "README.md").read_text("utf-8")
    _, _, rest = text.partition(f"{head}\n")
    table = rest.split("\n\n")[0].splitlines()
    assert table[1:] == ROWS[head]

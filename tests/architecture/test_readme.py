"""README's tables of what training can choose from say what the registries say."""

from __future__ import annotations

import re

import pytest

from tests.architecture.sources import ROOT
from workbench.core.choices import first_line
from workbench.core.registry import Registry
from workbench.data.augmentations.spec import REGISTRY as AUGMENTATIONS
from workbench.training.optimizers.spec import REGISTRY as OPTIMIZERS
from workbench.training.schedules.spec import REGISTRY as SCHEDULES

TABLES = {"optimiser": OPTIMIZERS, "schedule": SCHEDULES, "augmentation": AUGMENTATIONS}


def table(text: str, heading: str) -> list[str]:
    """The rows of the table whose first column has that heading."""
    found = re.search(rf"^\| {heading} \|.*\n\|[-| ]+\|\n((?:\|.*\n)+)", text, re.MULTILINE)
    assert found is not None, f"README has no table of every {heading}"
    return found[1].splitlines()


def row(name: str, thing: object) -> str:
    """What the table says of one."""
    settings = [f"`{setting}`" for setting in getattr(thing, "model_fields", ()) if setting != name]
    own = f" {', '.join(settings) or 'none'} |" if not hasattr(thing, "shared_draws") else ""
    return f"| `{name}` |{own} {first_line(thing)} |"


@pytest.mark.parametrize("heading", TABLES)
def test_a_table_has_what_the_registry_has(heading: str) -> None:
    registry: Registry[type] = TABLES[heading]
    wanted = [row(name, each) for name, each in registry.items()]
    found = table((ROOT / "README.md").read_text("utf-8"), heading)
    assert found == wanted, "the rows of the table should be:\n" + "\n".join(wanted)


def test_the_first_line_of_a_declaration_fits_into_a_table() -> None:
    lines = [first_line(each) for registry in TABLES.values() for _, each in registry.items()]
    assert lines
    assert all(line.endswith(".") and "|" not in line and len(line) < 110 for line in lines)

"""Writes README's tables of what can be chosen, from the declarations: python scripts/readme_tables.py [--check]."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from workbench.core.choices import first_line  # noqa: E402 - the package of this checkout
from workbench.core.registry import Registry  # noqa: E402
from workbench.data.augmentations.spec import REGISTRY as AUGMENTATIONS  # noqa: E402
from workbench.model.exports.spec import REGISTRY as EXPORTERS  # noqa: E402
from workbench.training.metrics.spec import REGISTRY as METRICS  # noqa: E402
from workbench.training.optimizers.spec import REGISTRY as OPTIMIZERS  # noqa: E402
from workbench.training.schedules.spec import REGISTRY as SCHEDULES  # noqa: E402

HEADINGS: dict[str, Registry[Any]] = {
    "optimiser": OPTIMIZERS,
    "schedule": SCHEDULES,
    "augmentation": AUGMENTATIONS,
    "metric": METRICS,
    "name": EXPORTERS,
}


def row(heading: str, name: str, thing: Any) -> str:
    """Returns the row of one thing in the table of that heading."""
    settings = ", ".join(f"`{each}`" for each in getattr(thing, "model_fields", ()) if each != name) or "none"
    middle = {
        "optimiser": f" {settings} |",
        "schedule": f" {settings} |",
        "metric": f" {getattr(thing, 'title', '')} |",
        "name": f" `{getattr(thing, 'suffix', '')}` |",
    }
    return f"| `{name}` |{middle.get(heading, '')} {first_line(thing)} |"


def with_tables(text: str) -> str:
    """Returns README's text with the rows that the registries have.

    Raises:
        ValueError: a table is missing.
    """
    for heading, registry in HEADINGS.items():
        rows = "".join(f"{row(heading, name, thing)}\n" for name, thing in registry.items())
        found = list(re.finditer(rf"^\| {heading} \|.*\n\|[-| ]+\|\n((?:\|.*\n)+)", text, re.MULTILINE))
        if len(found) != 1:
            raise ValueError(f"README has {len(found)} tables whose first column is called {heading}; one is needed.")
        text = text[: found[0].start(1)] + rows + text[found[0].end(1) :]
    return text


def main() -> int:
    """Writes the tables, or with --check says whether they are as they should be."""
    file = ROOT / "README.md"
    before = file.read_text("utf-8")
    after = with_tables(before)
    if "--check" in sys.argv:
        print("README's tables are as the declarations say." if after == before else "README's tables are behind.")
        return int(after != before)
    if after != before:
        file.write_text(after, "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())

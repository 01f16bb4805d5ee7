"""The contract of all registries: one thing is one file of its own, and the file is in the registry's package."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from workbench.core.registry import Registry
from workbench.data.augmentations.spec import REGISTRY as AUGMENTATIONS
from workbench.data.spec import REGISTRY as SOURCES
from workbench.insight.spec import REGISTRY as VIEWS
from workbench.layers.spec import REGISTRY as LAYERS
from workbench.model.exports.spec import REGISTRY as EXPORTERS
from workbench.model.imports.spec import REGISTRY as IMPORTERS
from workbench.project.blocks.spec import REGISTRY as BLOCKS
from workbench.project.templates.spec import REGISTRY as TEMPLATES
from workbench.training.metrics.spec import REGISTRY as METRICS
from workbench.training.optimizers.spec import REGISTRY as OPTIMIZERS
from workbench.training.schedules.spec import REGISTRY as SCHEDULES

REGISTRIES: dict[str, tuple[Registry[Any], str]] = {
    "layers": (LAYERS, "workbench.layers"),
    "sources": (SOURCES, "workbench.data.sources"),
    "augmentations": (AUGMENTATIONS, "workbench.data.augmentations"),
    "views": (VIEWS, "workbench.insight.views"),
    "templates": (TEMPLATES, "workbench.project.templates"),
    "blocks": (BLOCKS, "workbench.project.blocks"),
    "importers": (IMPORTERS, "workbench.model.imports"),
    "exporters": (EXPORTERS, "workbench.model.exports"),
    "metrics": (METRICS, "workbench.training.metrics"),
    "optimizers": (OPTIMIZERS, "workbench.training.optimizers"),
    "schedules": (SCHEDULES, "workbench.training.schedules"),
}


def shared_homes(things: list[type]) -> dict[str, int]:
    """Returns the modules that declare more than one thing, with how many."""
    return {module: number for module, number in Counter(thing.__module__ for thing in things).items() if number > 1}


@pytest.mark.parametrize(("registry", "package"), REGISTRIES.values(), ids=REGISTRIES)
def test_one_thing_is_one_file(registry: Registry[Any], package: str) -> None:
    things = [thing for _, thing in registry.items()]
    assert len(things) > 1
    assert not shared_homes(things)
    assert not [thing for thing in things if thing.__module__.rpartition(".")[0] != package]


@pytest.mark.parametrize("names", [("One", "Other"), ("One", "Other", "Third")])
def test_two_things_of_one_file_are_found(names: tuple[str, ...]) -> None:
    things = [type(name, (), {"__module__": "somewhere"}) for name in names]
    assert shared_homes([*things, Counter]) == {"somewhere": len(names)}

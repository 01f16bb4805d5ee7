"""The names in the code: each means one thing, and those that the field has a term for are the field's."""

from __future__ import annotations

import ast
import re
from collections import defaultdict

import pytest

from tests.architecture.sources import PACKAGE, ROOT, modules

# Words of our own that once stood for a term of the field, and the term.
REPLACED = {
    "Pencil": "GraphBuilder", "Company": "RequiredLosses", "Companion": "RequiredLoss", "Looker": "RenderQueue",
    "Measurer": "MeasureWorker", "Wish": "a request", "Several": "CompositeGraphEdit", "EditsTogether": "CompositeEdit",
    "Trial": "WireCheck", "RunStrip": "RunBar", "Derived": "Analysis", "WindowCommands": "handlers",
    "shown": "printable", "look_closely": "inspect_unit", "worked_out": "evaluate", "spelt": "per_axis",
    "told_memory": "out_of_memory_as", "memory_sentence": "out_of_memory_advice", "only_looks": "changes_layout_only",
    "any_will_do": "any_loss_suffices", "is_well": "confirm_recovered", "reach": "receptive_field",
    "wanting": "call_kwargs", "glance": "by_kind", "wish": "wanted", "company": "required_losses",
}  # fmt: skip
FILES = (
    "core/drawing", "insight/fields", "insight/whole", "insight/studio", "insight/codes", "data/lookup", "data/heads",
    "project/choosing", "project/fragments", "project/creation", "gui/actions", "gui/mistakes", "gui/touring",
    "gui/insight/ways", "gui/insight/middle", "gui/insight/asking", "gui/training/strip", "gui/inspector/sums",
)  # fmt: skip
WORD = re.compile(r"^\| ([a-z ]+) \|", re.MULTILINE)


def defined() -> dict[str, list[str]]:
    """For each name of a class, function or method, the modules that define it."""
    found: dict[str, list[str]] = defaultdict(list)
    for module, (_, tree) in modules().items():
        for node in ast.walk(tree):
            if isinstance(node, (ast.ClassDef, ast.FunctionDef)):
                found[node.name].append(module)
    return found


@pytest.mark.parametrize("word", sorted(REPLACED))
def test_a_word_that_was_replaced_names_nothing_any_more(word: str) -> None:
    assert not defined().get(word), f"{word} is called {REPLACED[word]}"


@pytest.mark.parametrize("name", FILES)
def test_a_file_that_was_renamed_has_not_come_back(name: str) -> None:
    assert not (PACKAGE / f"{name}.py").exists()


def test_a_class_has_a_name_of_its_own() -> None:
    """Two classes of one name are two meanings of it; a layer and the torch module that computes it are one thing."""
    found: dict[str, list[str]] = defaultdict(list)
    for module, (path, tree) in modules().items():
        if path.name != "module.py":
            for node in tree.body:
                if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                    found[node.name].append(module)
    assert not {name: places for name, places in found.items() if len(places) > 1}


@pytest.mark.parametrize(
    ("word", "name"),
    [("node", "Node"), ("layer", "Layer"), ("port", "Port"), ("group", "Group"), ("frame", "Frame"),
     ("receptive field", "ReceptiveField"), ("checkpoint", "Checkpoint"), ("problem", "Problem"), ("edit", "Edit"),
     ("template", "Template"), ("view", "View"), ("snapshot", "SnapshotTaken"), ("run", "RunFolder")],
)  # fmt: skip
def test_a_word_of_the_guide_is_what_the_code_calls_it(word: str, name: str) -> None:
    guide = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
    assert word in WORD.findall(guide[guide.index("## Words") :])
    assert len(defined().get(name, [])) == 1

"""The contract of palette groups: every layer's group is declared, and one that a layer brings along is as good."""

from __future__ import annotations

import importlib
import re
import sys
from collections.abc import Iterator
from itertools import combinations
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

import workbench.layers
from tests.graph_factories import line, picture
from workbench.core.graph import Port
from workbench.editing.adding import LooseEnd, layers_that_fit
from workbench.gui.editor.palette import Palette
from workbench.gui.widgets.layer_colours import group_colour
from workbench.layers import groups
from workbench.layers.groups import GROUPS, PaletteGroup, declare, followers_of, forerunners_of, group_named
from workbench.layers.spec import REGISTRY, Layer
from workbench.model.shapes import infer

DROPPED = '''
"""A layer of a group of its own."""

from workbench.core.values import Value
from workbench.layers.call import Call, call
from workbench.layers.groups import PaletteGroup, declare
from workbench.layers.spec import Layer, layer

declare(PaletteGroup(title="Morphology", colour="{colour}", order={order}, followers=("{follower}",)))


@layer(title="Erosion", group="Morphology")
class Erosion(Layer):
    """Keeps the smallest of neighbouring values."""

    def output(self, x: Value) -> Value:
        return x

    def module(self, x: Value) -> Call:
        return call("nn.Identity")
'''
CASES = [("#123456", 250, "Merge", ("Convolution", "Pooling")), ("#abcdef", 50, "Pooling", (None, "Data"))]


@pytest.fixture
def dropped(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The layer as a new file of the package, which is in the way of nobody afterwards."""
    colour, order, follower, _ = request.param
    (tmp_path / "erosion.py").write_text(DROPPED.format(colour=colour, order=order, follower=follower), "utf-8")
    layers = dict(REGISTRY.items())
    monkeypatch.setattr(groups, "GROUPS", dict(GROUPS))
    monkeypatch.setattr(workbench.layers, "__path__", [*workbench.layers.__path__, str(tmp_path)])
    monkeypatch.setattr(REGISTRY, "_things", layers)
    importlib.invalidate_caches()
    importlib.import_module("workbench.layers.erosion")
    yield
    del sys.modules["workbench.layers.erosion"]
    delattr(workbench.layers, "erosion")


def headings(palette: Palette) -> list[str]:
    items = (palette.tree.topLevelItem(at) for at in range(palette.tree.topLevelItemCount()))
    return [item.text(0) for item in items if item is not None]


@pytest.mark.parametrize(("dropped", "case"), [(case, case) for case in CASES], indirect=["dropped"])
@pytest.mark.usefixtures("dropped")
def test_a_layer_of_a_new_group_is_coloured_ordered_and_followed(
    qtbot: QtBot, case: tuple[str, int, str, tuple[str | None, str]]
) -> None:
    colour, _, follower, (before, after) = case
    assert group_colour("Morphology").name() == colour
    palette = Palette()
    qtbot.addWidget(palette)
    listed = headings(palette)
    at = listed.index("Morphology")
    assert (listed[at - 1] if at else None, listed[at + 1]) == (before, after)
    graph = line(picture((3, 16, 16)), ("erosion1", "Erosion", {}), ("pool", "MaxPool2d", {}))
    erosion, pool = graph.named("erosion1").id, graph.named("pool").id
    behind = layers_that_fit(graph, infer(graph), LooseEnd(Port(erosion, "y"), "out"))
    assert REGISTRY[behind[0]].group == follower
    fitting = layers_that_fit(graph, infer(graph), LooseEnd(Port(pool, "x"), "in"))
    unusual = [name for name in fitting if REGISTRY[name].group not in forerunners_of("Pooling")]
    assert ("Erosion" in unusual) == (follower != "Pooling")


@pytest.mark.parametrize("cls", [cls for _, cls in REGISTRY.items()], ids=lambda cls: cls.__name__)
def test_the_group_of_a_layer_is_declared(cls: type[Layer]) -> None:
    assert cls.group in GROUPS


@pytest.mark.parametrize("group", GROUPS.values(), ids=lambda group: group.title)
def test_a_group_is_whole(group: PaletteGroup) -> None:
    assert re.fullmatch("#[0-9a-f]{6}", group.colour)
    assert set(group.followers) <= GROUPS.keys()
    assert any(cls.group == group.title for _, cls in REGISTRY.items())


def test_no_two_groups_have_one_place() -> None:
    assert not [(one.title, other.title) for one, other in combinations(GROUPS.values(), 2) if one.order == other.order]


@pytest.mark.parametrize("title", ["", "Convolutoin"])
def test_a_group_that_nobody_declared_comes_last_and_is_grey(title: str) -> None:
    assert group_named(title).order > max(group.order for group in GROUPS.values())
    assert group_colour(title).name() == groups.GREY
    assert followers_of(title) == forerunners_of(title) == ()


def test_what_a_group_comes_behind_is_ordered_by_how_usual_that_is() -> None:
    assert forerunners_of("Linear")[0] == "Shape"
    assert forerunners_of("Normalisation") == ("Convolution",)


@pytest.mark.parametrize("title", ["Pooling", "Loss"])
def test_two_groups_of_one_title_are_refused(title: str) -> None:
    declare(GROUPS[title])
    with pytest.raises(ValueError, match=title):
        declare(PaletteGroup(title=title, colour="#000000", order=1))

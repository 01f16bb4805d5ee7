"""The project file: what goes in comes out, byte for byte, and what makes no sense is refused with its place."""

from __future__ import annotations

import copy
import json
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.graph_factories import default, drawn
from workbench.core.errors import UnreadableError, WorkbenchError
from workbench.core.graph import Edge, Graph, Group, Node, Port
from workbench.model.cost import costs
from workbench.model.receptive_fields import receptive_fields
from workbench.project import storage
from workbench.project.checks import project_problems
from workbench.project.document import Project, unknown_settings
from workbench.project.format import Reader, dump
from workbench.project.migrations import FORMAT, STEPS, migrate
from workbench.project.templates.spec import REGISTRY

Tree = Any


def rich() -> Tree:
    """A small file in which everything occurs that a file may hold."""
    return {
        "format": FORMAT,
        "uuid": "81d13a3e-d66b-4376-baca-3383ee862ead",
        "graph": {
            "nodes": [
                {"id": "a", "name": "image", "layer": "Input", "params": {"shape": [1, 8, 8]}, "position": [0.0, 0.0]},
                {
                    "id": "b",
                    "name": "block.0.conv",
                    "layer": "Conv2d",
                    "params": {"out_channels": 4},
                    "position": [190.5, -3.0],
                    "frozen": True,
                    "init": {"weight": "kaiming_normal_"},
                    "added_later": {"b": 1, "a": [2]},
                },
                {"id": "c", "name": "act", "layer": "Swish9", "params": {"beta": 1.5}, "position": [1.0, 2.0]},
                {"id": "d", "name": "drop", "layer": "Dropout", "params": {}, "position": [3.0, 0.0], "bypass": True},
                {
                    "id": "e", "name": "twin", "layer": "Conv2d", "params": {}, "position": [0.0, 9.0],
                    "share_with": "b",
                },
            ],
            "edges": [
                {"from": ["a", "y"], "to": ["b", "x"], "style": "dashed"},
                {"from": ["b", "y"], "to": ["c", "x"]},
                {"from": ["a", "y"], "to": ["e", "x"]},
            ],
            "groups": {
                "block": {
                    "folded": True, "title": "Block", "colour": "#aabbcc", "ports": ["0.conv.x"],
                    "block": "basic", "shade": 3,
                },
                "block.0": {},
            },
            "frames": [{"id": "f1", "title": "S \u202e", "text": "two\nlines", "colour": "mauve", "locked": True,
                        "area": [-14.0, 3.5, 400.0, 20.0]}, {"id": "f2", "area": [0.0, 0.0, 80.0, 40.0]}],
            "layout": "left to right",
        },
        "data": {"source": "digits", "batch_size": 32, "augment": {"shift": 2.0, "swirl": 1}, "cache": "ram"},
        "training": {"epochs": 2, "lr": 0.01, "sharpness": 3},
        "probes": [{"picture": "test:3"}],
        "notes": "Grüße\n\"quoted\"",
        "view": {"zoom": 1.5},
        "future": {"z": 1, "a": [1, None]},
    }  # fmt: skip


def load(folder: Path, tree: Tree) -> Project:
    data = tree if isinstance(tree, bytes) else json.dumps(tree).encode()
    (folder / "p.cnn").write_bytes(data)
    return storage.load(folder / "p.cnn")


@pytest.mark.parametrize("template", list(REGISTRY))
def test_every_template_comes_back_byte_for_byte(tmp_path: Path, template: str) -> None:
    cls = REGISTRY[template]
    project = Project("id", default(template), dict(cls.data), dict(cls.training))
    path = tmp_path / "p.cnn"
    storage.save(project, path)
    first = path.read_bytes()
    again = storage.load(path)
    assert again == project
    storage.save(again, path)
    assert path.read_bytes() == first


def test_everything_is_kept_known_or_not(tmp_path: Path) -> None:
    tree = rich()
    project = load(tmp_path, tree)
    written = json.loads(dump(project))
    assert written == tree
    assert project.extra == {"future": tree["future"]}
    graph = project.graph
    assert graph.extra == {"layout": "left to right"}
    assert graph.nodes["b"].extra == {"added_later": {"b": 1, "a": [2]}}
    assert graph.edges[0].extra == {"style": "dashed"}
    assert graph.groups["block"] == Group(True, "Block", "#aabbcc", ("0.conv.x",), "basic", extra={"shade": 3})
    assert (graph.nodes["b"].frozen, graph.nodes["d"].bypass, graph.nodes["e"].share_with) == (True, True, "b")
    assert unknown_settings(project) == ["data.cache", "training.sharpness"]


def test_a_layer_that_is_not_known_is_shown_and_kept(tmp_path: Path) -> None:
    project = load(tmp_path, rich())
    (problem,) = [each for each in project_problems(project) if each.node == "act"]
    assert problem.message == 'act: is a "Swish9", which this version does not know. It is kept as it is.'
    assert json.loads(dump(project))["graph"]["nodes"][2]["layer"] == "Swish9"


def test_equal_projects_give_equal_bytes_however_they_were_made() -> None:
    one = Project(
        "id", data={"source": "npz", "batch_size": 8, "augment": {"flip": True, "shift": 1.0}}, view={"a": 1, "b": 2}
    )
    two = Project(
        "id", data={"augment": {"shift": 1.0, "flip": True}, "batch_size": 8, "source": "npz"}, view={"b": 2, "a": 1}
    )
    assert one == two
    assert dump(one) == dump(two)
    assert list(json.loads(dump(two))["data"]) == ["source", "batch_size", "augment"]


def test_a_list_of_a_file_stays_on_short_lines() -> None:
    lines = dump(Project("id", drawn("lenet5"))).decode().splitlines()
    assert max(map(len, lines)) < 130
    assert any('"name": "relu1"' in line and line.endswith("},") for line in lines), "one line for a small node"


def test_a_newer_format_is_refused_with_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(
        UnreadableError, match=f"made by a newer version .format {FORMAT + 1}; this one reads up to"
    ) as caught:
        load(tmp_path, rich() | {"format": FORMAT + 1})
    assert caught.value.field == "format"


@pytest.mark.parametrize("value", [0, -1, "1", 1.0, True, None, [1]])
def test_a_format_that_is_no_number(tmp_path: Path, value: object) -> None:
    with pytest.raises(UnreadableError, match="the format must be a number from 1 on, found"):
        load(tmp_path, rich() | {"format": value})


@pytest.mark.parametrize("tree", [[], {}, {"nodes": []}, "text", 3, None])
def test_what_is_no_project(tmp_path: Path, tree: Tree) -> None:
    with pytest.raises(UnreadableError, match='this is no project: it has no "format"'):
        load(tmp_path, tree)


def test_older_formats_go_step_by_step(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("workbench.project.migrations.FORMAT", 3)
    monkeypatch.setitem(STEPS, 1, lambda value: {**value, "one": True})
    monkeypatch.setitem(STEPS, 2, lambda value: {**value, "two": value["one"]})
    assert migrate({"format": 1}, "p.cnn") == {"format": 1, "one": True, "two": True}
    assert migrate({"format": 2, "one": 0}, "p.cnn") == {"format": 2, "one": 0, "two": 0}


def at(tree: Tree, place: str) -> tuple[Tree, str | int]:
    """The object that holds a place such as `graph.nodes[1].params`, and the key in it."""
    keys: list[str | int] = []
    for part in place.split("."):
        name, *indices = part.replace("]", "").split("[")
        keys += [name, *map(int, indices)]
    for key in keys[:-1]:
        tree = tree[key]
    return tree, keys[-1]


@pytest.mark.parametrize(
    ("place", "value", "reason"),
    [
        ("uuid", 3, "a text is needed here, found 3"),
        ("notes", ["x"], "a text is needed"),
        ("notes", "x" * 1_000_001, "the text has 1,000,001 characters"),
        ("data", [], "a table { } is needed"),
        ("training", "fast", "a table { } is needed here, found 'fast'"),
        ("view", None, "a table { } is needed here, found nothing"),
        ("probes", {}, r"a list \[ \] is needed"),
        ("graph", [], "a table { } is needed"),
        ("graph.nodes", {}, r"a list \[ \] is needed"),
        ("graph.edges", 3, r"a list \[ \] is needed"),
        ("graph.groups", [], "a table { } is needed"),
        ("graph.nodes[1]", "conv", "a table { } is needed"),
        ("graph.nodes[1].id", "", "cannot be an id"),
        ("graph.nodes[1].id", "a b", "cannot be an id"),
        ("graph.nodes[1].id", 7, "a text is needed"),
        ("graph.nodes[1].id", "a", 'the id "a" is there twice'),
        ("graph.nodes[1].name", "import", 'cannot be a name: it may not begin with "import"'),
        ("graph.nodes[1].name", "a\nb", "cannot be a name: it may only have letters"),
        ("graph.nodes[1].name", None, "a text is needed here, found nothing"),
        ("graph.nodes[1].layer", 3, "a text is needed"),
        ("graph.nodes[1].params", [], "a table { } is needed"),
        ("graph.nodes[1].params.note", "x" * 5000, "the text has 5,000 characters"),
        ("graph.nodes[1].position", [1], "a position is two numbers"),
        ("graph.nodes[1].position", [1, "2"], "a position is two numbers"),
        ("graph.nodes[1].position", [1, 1e10], "a position is two numbers"),
        ("graph.nodes[1].position", [True, 1], "a position is two numbers"),
        ("graph.nodes[1].bypass", 1, "it must be true or false, not 1"),
        ("graph.nodes[1].frozen", "yes", "it must be true or false, not 'yes'"),
        ("graph.nodes[1].init", [], "a table { } is needed"),
        ("graph.nodes[1].init.weight", 3, "a text is needed"),
        ("graph.nodes[1].share_with", "no id", "cannot be an id"),
        ("graph.edges[1]", [], "a table { } is needed"),
        ("graph.edges[1].from", ["b"], "the end of a wire is a node's id and a port's name"),
        ("graph.edges[1].from", ["zz", "y"], 'there is no node with the id "zz"'),
        ("graph.edges[1].to", ["b", "x y"], '"x y" cannot be the name of a port'),
        ("graph.edges[1].to", 3, r"a list \[ \] is needed"),
        ("graph.groups.block", 3, "a table { } is needed"),
        ("graph.groups.block.folded", 1, "it must be true or false"),
        ("graph.groups.block.title", 1, "a text is needed"),
        ("graph.groups.block.ports", "x", r"a list \[ \] is needed"),
    ],
)
def test_a_wrong_type_is_refused_with_its_place(tmp_path: Path, place: str, value: Tree, reason: str) -> None:
    tree = rich()
    holder, key = at(tree, place)
    holder[key] = value
    with pytest.raises(UnreadableError, match=reason) as caught:
        load(tmp_path, tree)
    assert caught.value.field == place
    assert str(caught.value).startswith(f"{tmp_path / 'p.cnn'} at {place}: ")


def test_a_group_whose_prefix_cannot_be_a_name(tmp_path: Path) -> None:
    tree = rich()
    tree["graph"]["groups"] = {"a b": {}}
    with pytest.raises(UnreadableError, match='"a b" cannot be a group'):
        load(tmp_path, tree)


@pytest.mark.parametrize(
    ("names", "told"),
    [
        (["conv", "other", "conv"], '"conv" and "conv"'),
        (["block", "a", "block.conv"], '"block" and "block.conv"'),
        (["b.c.d", "b_c", "b.c"], '"b.c" and "b.c.d"'),
    ],
)
def test_names_that_cannot_stand_side_by_side(tmp_path: Path, names: list[str], told: str) -> None:
    nodes = [{"id": str(i), "name": name, "layer": "ReLU"} for i, name in enumerate(names)]
    with pytest.raises(UnreadableError, match=f"the names {told} cannot stand side by side"):
        load(tmp_path, {"format": 1, "graph": {"nodes": nodes}})
    fine = [{"id": str(i), "name": name, "layer": "ReLU"} for i, name in enumerate(["a", "ab", "a_b", "c.a", "c.ab"])]
    assert len(load(tmp_path, {"format": 1, "graph": {"nodes": fine}}).graph.nodes) == 5


def test_wires_in_a_circle_and_two_wires_in_one_input(tmp_path: Path) -> None:
    tree = rich()
    tree["graph"]["edges"] += [{"from": ["c", "y"], "to": ["d", "x"]}, {"from": ["d", "y"], "to": ["b", "x"]}]
    with pytest.raises(UnreadableError, match="two wires end at one input") as caught:
        load(tmp_path, tree)
    assert caught.value.field == "graph.edges[4]"
    del tree["graph"]["edges"][0]
    with pytest.raises(UnreadableError, match=r"go round in a circle: .*block\.0\.conv.* Cut one of them") as caught:
        load(tmp_path, tree)
    assert caught.value.field == "graph.edges"
    reader = Reader("x.cnn", cuts_circles=True)
    assert len(reader.graph(tree["graph"]).edges) == len(tree["graph"]["edges"]) - 1
    assert reader.cut == ("the wire from drop to block.0.conv",)


@pytest.mark.parametrize(("part", "count", "most"), [("nodes", 2001, "2,000"), ("edges", 10_001, "10,000")])
def test_too_many_of_them(tmp_path: Path, part: str, count: int, most: str) -> None:
    with pytest.raises(UnreadableError, match=f"it has {count:,} entries; at most {most} are taken"):
        load(tmp_path, {"format": 1, "graph": {part: [{}] * count}})


HOSTILE = [
    "",
    "\x00",
    "x'); open('c','w'); ('",
    "../../x",
    "None",
    "class",
    "naïve_层",
    "\u202ecilbup",
    "a" * 100_000,
    "🙂",
]
VALUES = [None, True, 0, -1, 2**62, 1e308, -0.0, 65536, 10**9, 3.5, "", "1", [], {}, [[]], {"": None}, *HOSTILE]


def mutant(number: int) -> bytes:
    """A damaged or hostile copy of the rich file; the same number always gives the same one."""
    dice = random.Random(number)
    tree = rich() if dice.random() < 0.5 else json.loads(dump(Project("id", drawn("autoencoder"))))
    for _ in range(dice.choice((1, 1, 2, 5))):
        holder, key = dice.choice(places(tree))
        match dice.randrange(6):
            case 0 | 1:
                holder[key] = copy.deepcopy(dice.choice(VALUES))
            case 2:
                del holder[key]
            case 3 if isinstance(holder, dict):
                holder[dice.choice(HOSTILE)] = holder.pop(key)
            case 4 if isinstance(holder, list):
                holder.insert(key, copy.deepcopy(holder[key]))
            case _:
                other, name = dice.choice(places(tree))
                holder[key] = copy.deepcopy(other[name])
    data = bytearray(json.dumps(tree).encode())
    if dice.random() < 0.2:
        at_byte = dice.randrange(len(data))
        dice.choice(
            (lambda: data.__delitem__(slice(at_byte, None)), lambda: data.__setitem__(at_byte, data[at_byte] ^ 8))
        )()
    return bytes(data)


def places(tree: Tree) -> list[tuple[Tree, Any]]:
    found = []
    for key in list(tree) if isinstance(tree, dict) else range(len(tree)):
        found.append((tree, key))
        if isinstance(tree[key], (dict, list)):
            found += places(tree[key])
    return found


def test_mutants_are_refused_or_opened_and_nothing_else(tmp_path: Path) -> None:
    """What opens can also be checked, costed and written back to the very same project."""
    opened, told = 0, []
    for number in range(300):
        try:
            project = load(tmp_path, mutant(number))
        except UnreadableError as error:
            told.append(str(error))
            continue
        opened += 1
        project_problems(project)
        costs(project.graph)
        dict(receptive_fields(project.graph))
        assert load(tmp_path, dump(project)) == project, number
    assert 30 < opened < 270
    assert all(text.startswith(f"{tmp_path / 'p.cnn'}") and "\n" not in text for text in told)
    assert [path.name for path in tmp_path.iterdir()] == ["p.cnn"]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (b"\xff\xfe{\x00", "not UTF-8"),
        (b"", "damaged or no project"),
        (b'{"format": 1, "format": 1}', 'the key "format" stands twice'),
        (b'{"format": 1, "notes": NaN}', "NaN is not a number"),
        (b'{"format": 1, "view": {"zoom": 1e400}}', "the number 1e400 is too large"),
        (b'{"format": ' + b"9" * 5000 + b"}", "is too large"),
        (b"[" * 100_000 + b"]" * 100_000, "nested too deeply"),
        (b'{"format": 1, "notes": "\\ud800"}', "lone surrogate"),
    ],
)
def test_text_that_is_no_plain_json(tmp_path: Path, text: bytes, reason: str) -> None:
    with pytest.raises(UnreadableError, match=reason):
        load(tmp_path, text)


def generated(dice: random.Random) -> Project:
    """A random project without sense but with everything in it."""
    layers = ["Conv2d", "ReLU", "Add", "Nobody"]
    nodes = {}
    for number in range(dice.randrange(1, 12)):
        name = ".".join(
            [dice.choice("abc") + str(number), *(dice.choice(("0", "conv", "x_1")) for _ in range(dice.randrange(3)))]
        )
        params = {dice.choice("pqr"): dice.choice([1, 2.5, None, True, "é", [1, [2]], {"k": 1}]) for _ in range(3)}
        position = (dice.uniform(-1e6, 1e6), dice.choice((0.0, -0.0, 1e9)))
        nodes[f"n{number}"] = Node(f"n{number}", name, dice.choice(layers), params, position, dice.random() < 0.3)
    ids = list(nodes)
    edges = tuple(
        Edge(Port(ids[dice.randrange(i)], "y"), Port(ids[i], f"x.{dice.randrange(3)}"), {"w": i} if i % 2 else {})
        for i in range(1, len(ids))
    )
    groups = {"g.h": Group(dice.random() < 0.5, "T", ports=("a.x",))} if dice.random() < 0.5 else {}
    return Project("u", Graph(nodes, edges, groups), notes='\u2028\t"', view={"zoom": dice.random()})


def test_random_projects_come_back_the_same(tmp_path: Path) -> None:
    for number in range(200):
        project = generated(random.Random(number))
        again = load(tmp_path, dump(project))
        assert again == project
        assert dump(again) == dump(project)


def test_saving_and_opening_raise_nothing_but_sentences(tmp_path: Path) -> None:
    loaders: list[Callable[[], Project]] = [
        lambda: storage.load(tmp_path),
        lambda: storage.load(tmp_path / "nothing.cnn"),
        lambda: storage.load(tmp_path / "a\0b.cnn"),
    ]
    for open_ in loaders:
        with pytest.raises(WorkbenchError):
            open_()

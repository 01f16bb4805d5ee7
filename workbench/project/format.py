"""The project file as JSON, format 2: strict about its structure, faithful to what it does not know.

Structure (types, ids, names, wires, limits) is checked here and refused with its place; what layers and settings
*mean* is not: an unknown layer or a wrong setting is a problem to be shown, not a reason not to open the file.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from itertools import pairwise
from typing import Any, NoReturn

from pydantic import BaseModel

from workbench.core.errors import UnreadableError, printable
from workbench.core.flow import closing_wires
from workbench.core.frames import LONGEST_NOTE, LONGEST_TITLE, MOST_FRAMES, Frame
from workbench.core.graph import Edge, Graph, GraphError, Group, Node, Port
from workbench.core.names import clash, name_problem
from workbench.core.strict_json import encoded, plain
from workbench.core.values import Json
from workbench.data.config import DataConfig
from workbench.project.document import Project
from workbench.project.migrations import FORMAT
from workbench.training.config import TrainingConfig

MOST_NODES = 2000
MOST_EDGES = 10_000
LONGEST_TEXT = 4096
LONGEST_NOTES = 1_000_000
ID = re.compile(r"[A-Za-z0-9_-]{1,64}\Z")
PORT = re.compile(r"[A-Za-z0-9_]{1,60}(\.[0-9]{1,5})?\Z")
PROJECT_KEYS = ("format", "uuid", "graph", "data", "training", "probes", "notes", "view")
NODE_KEYS = ("id", "name", "layer", "params", "position", "bypass", "frozen", "init", "share_with")
GROUP_KEYS = ("folded", "title", "colour", "ports", "block", "position")
FRAME_KEYS = ("id", "title", "text", "colour", "area", "group")


def dump(project: Project) -> bytes:
    """The project as the bytes of its file; the same project always gives the same bytes.

    Raises:
        UsageError: a text in it is not UTF-8.
    """
    return encoded(as_json(project))


def as_json(project: Project) -> dict[str, Json]:
    """The project as plain JSON, known keys first."""
    return {
        "format": FORMAT,
        "uuid": project.uuid,
        "graph": graph_json(project.graph),
        "data": _settings(project.data, DataConfig),
        "training": _settings(project.training, TrainingConfig),
        "probes": list(project.probes),
        "notes": project.notes,
        "view": _ordered(project.view),
        **_sorted(project.extra),
    }


def graph_json(graph: Graph) -> dict[str, Json]:
    """The graph as plain JSON."""
    groups = {prefix: _group_json(group) for prefix, group in sorted(graph.groups.items())}
    return {
        "nodes": [_node_json(node) for node in graph],
        "edges": [
            {"from": [edge.source.node, edge.source.name], "to": [edge.target.node, edge.target.name],
             **_sorted(edge.extra)}
            for edge in graph.edges
        ],
        "groups": groups,
        **({"frames": [_frame_json(id_, frame) for id_, frame in graph.frames.items()]} if graph.frames else {}),
        **_sorted(graph.extra),
    }  # fmt: skip


def _sorted(extra: Mapping[str, Json]) -> dict[str, Json]:
    return {key: plain(extra[key]) for key in sorted(extra)}


def _settings(settings: Mapping[str, Json], cls: type[BaseModel]) -> dict[str, Json]:
    """Known settings in the order of their declaration, then the others by name."""
    found: dict[str, Json] = {}
    for key, info in cls.__pydantic_fields__.items():
        if key in settings:
            value, inner = settings[key], info.annotation
            is_section = isinstance(inner, type) and issubclass(inner, BaseModel) and isinstance(value, Mapping)
            found[key] = _settings(value, inner) if is_section else _ordered(value)  # type: ignore[arg-type]
    return found | {key: _ordered(settings[key]) for key in sorted(settings) if key not in found}


def _ordered(value: Json) -> Json:
    """Plain JSON whose keys stand in alphabetical order, however they came to be."""
    if isinstance(value, Mapping):
        return {key: _ordered(value[key]) for key in sorted(value)}
    return [_ordered(item) for item in value] if isinstance(value, (list, tuple)) else plain(value)


def _node_json(node: Node) -> dict[str, Json]:
    row: dict[str, Json] = {"id": node.id, "name": node.name, "layer": node.layer, "params": _sorted(node.params)}
    row["position"] = list(node.position)
    for key in ("bypass", "frozen", "init", "share_with"):
        if getattr(node, key):
            row[key] = plain(getattr(node, key))
    return {**row, **_sorted(node.extra)}


def _group_json(group: Group) -> dict[str, Json]:
    known = {key: plain(getattr(group, key)) for key in GROUP_KEYS if getattr(group, key)}
    if group.position is not None:
        known["position"] = list(group.position)
    return {**known, **_sorted(group.extra)}


def _frame_json(id_: str, frame: Frame) -> dict[str, Json]:
    texts: dict[str, Json] = {key: getattr(frame, key) for key in ("title", "text", "colour") if getattr(frame, key)}
    group: dict[str, Json] = {"group": frame.group} if frame.group else {}
    return {"id": id_, **texts, "area": list(frame.area), **group, **_sorted(frame.extra)}


class Reader:
    """Checks types and limits while it takes a file apart; every refusal names file and place."""

    def __init__(self, file: str, *, cuts_circles: bool = False) -> None:
        """Prepares the reading.

        Args:
            file: its name in refusals.
            cuts_circles: leave out the wires that close a circle, which `cut` names then, rather than refuse the file.
        """
        self.file = file
        self.cut: tuple[str, ...] = ()
        self._cuts_circles = cuts_circles

    def refuse(self, place: str, reason: str) -> NoReturn:
        """Ends the reading.

        Raises:
            UnreadableError: always.
        """
        raise UnreadableError(self.file, reason, field=place)

    def project(self, value: Json) -> Project:
        """The project in the file's JSON (already brought to the current format)."""
        row = self.table(value, "")
        text = self.text(row.get("uuid", ""), "uuid", 64)
        notes = self.text(row.get("notes", ""), "notes", LONGEST_NOTES)
        for key in ("data", "training", "view"):
            self.values(self.table(row.get(key, {}), key), key)
        probes = self.list(row.get("probes", []), "probes", 1000)
        self.values(probes, "probes")
        return Project(
            text,
            self.graph(row.get("graph", {})),
            row.get("data", {}),
            row.get("training", {}),
            tuple(probes),
            notes,
            row.get("view", {}),
            _extra(row, PROJECT_KEYS),
        )

    def graph(self, value: Json) -> Graph:
        """The graph in the file's JSON."""
        row = self.table(value, "graph")
        nodes: dict[str, Node] = {}
        for i, each in enumerate(self.list(row.get("nodes", []), "graph.nodes", MOST_NODES)):
            node = self.node(each, f"graph.nodes[{i}]")
            if node.id in nodes:
                self.refuse(f"graph.nodes[{i}].id", f'the id "{printable(node.id)}" is there twice.')
            nodes[node.id] = node
        self._check_names(nodes)
        edges = tuple(
            self.edge(each, nodes, f"graph.edges[{i}]")
            for i, each in enumerate(self.list(row.get("edges", []), "graph.edges", MOST_EDGES))
        )
        self._check_targets(edges)
        table = self.table(row.get("groups", {}), "graph.groups")
        groups = {prefix: self.group(each, prefix) for prefix, each in table.items()}
        frames = self.frames(row.get("frames", []), nodes)
        graph = Graph(nodes, edges, groups, _extra(row, ("nodes", "edges", "groups", "frames")), frames)
        try:
            _ = graph.order
        except GraphError as error:
            if not self._cuts_circles:
                self.refuse("graph.edges", f"{error} `check FILE --fix` takes out the one that closes it.")
            closing = closing_wires(graph)
            ends = [(nodes[each.source.node].name, nodes[each.target.node].name) for each in closing]
            self.cut = tuple(f"the wire from {before} to {behind}" for before, behind in ends)
            graph = replace(graph, edges=tuple(each for each in edges if each not in closing))
        return graph

    def _check_names(self, nodes: Mapping[str, Node]) -> None:
        """No name twice, none the beginning of another: in sorted order such neighbours stand together."""
        by_parts = sorted(nodes.values(), key=lambda node: node.name.split("."))
        for before, after in pairwise(by_parts):
            if clash(after.name, [before.name]):
                reason = (
                    f'the names "{printable(before.name)}" and "{printable(after.name)}" cannot stand side by side.'
                )
                self.refuse("graph.nodes", reason)

    def _check_targets(self, edges: tuple[Edge, ...]) -> None:
        seen: set[Port] = set()
        for i, edge in enumerate(edges):
            if edge.target in seen:
                self.refuse(f"graph.edges[{i}]", "two wires end at one input.")
            seen.add(edge.target)

    def node(self, value: Json, place: str) -> Node:
        """One node."""
        row = self.table(value, place)
        name = self.text(row.get("name"), f"{place}.name", 200)
        if problem := name_problem(name):
            self.refuse(f"{place}.name", f'"{printable(name)}" cannot be a name: it {problem}.')
        position = self.position(row.get("position", [0, 0]), f"{place}.position")
        for key in ("bypass", "frozen"):
            if not isinstance(row.get(key, False), bool):
                self.refuse(f"{place}.{key}", f"it must be true or false, not {printable(repr(row[key]))}.")
        init = self.table(row.get("init", {}), f"{place}.init")
        for key, each in init.items():
            self.text(each, f"{place}.init.{key}", 60)
        params = self.table(row.get("params", {}), f"{place}.params")
        self.values(params, f"{place}.params")
        return Node(
            self.id(row.get("id"), f"{place}.id"),
            name,
            self.text(row.get("layer"), f"{place}.layer", 200),
            params,
            position,
            row.get("bypass", False),
            row.get("frozen", False),
            init,
            self.id(row["share_with"], f"{place}.share_with") if row.get("share_with") else "",
            _extra(row, NODE_KEYS),
        )

    def edge(self, value: Json, nodes: Mapping[str, Node], place: str) -> Edge:
        """One wire between nodes that are there."""
        row = self.table(value, place)
        ports = [self.port(row.get(key), nodes, f"{place}.{key}") for key in ("from", "to")]
        return Edge(ports[0], ports[1], _extra(row, ("from", "to")))

    def port(self, value: Json, nodes: Mapping[str, Node], place: str) -> Port:
        """The end of a wire at a node that is there."""
        pair = self.list(value, place, 2)
        if len(pair) != 2 or not all(isinstance(part, str) for part in pair):
            self.refuse(place, "the end of a wire is a node's id and a port's name.")
        if pair[0] not in nodes:
            self.refuse(place, f'there is no node with the id "{printable(pair[0])}".')
        if not PORT.match(pair[1]):
            self.refuse(place, f'"{printable(pair[1])}" cannot be the name of a port.')
        return Port(pair[0], pair[1])

    def group(self, value: Json, prefix: str) -> Group:
        """How one dotted prefix is shown."""
        place = f"graph.groups.{printable(prefix)}"
        if problem := name_problem(prefix):
            self.refuse(place, f'"{printable(prefix)}" cannot be a group: its name {problem}.')
        row = self.table(value, place)
        if not isinstance(row.get("folded", False), bool):
            self.refuse(f"{place}.folded", "it must be true or false.")
        texts = {key: self.text(row.get(key, ""), f"{place}.{key}", 200) for key in ("title", "colour", "block")}
        ports = self.list(row.get("ports", []), f"{place}.ports", 1000)
        names = tuple(self.text(each, f"{place}.ports[{i}]", 300) for i, each in enumerate(ports))
        position = self.position(row["position"], f"{place}.position") if "position" in row else None
        folded, extra = row.get("folded", False), _extra(row, GROUP_KEYS)
        return Group(folded, texts["title"], texts["colour"], names, texts["block"], position, extra)

    def position(self, value: Json, place: str) -> tuple[float, float]:
        """A place on the canvas."""
        position = self.list(value, place, 2)
        if len(position) != 2 or not all(_is_coordinate(number) for number in position):
            self.refuse(place, "a position is two numbers.")
        return float(position[0]), float(position[1])

    def frames(self, value: Json, nodes: Mapping[str, Node]) -> dict[str, Frame]:
        """Frames and notes by id; their ids are none of nodes."""
        found: dict[str, Frame] = {}
        for i, each in enumerate(self.list(value, "graph.frames", MOST_FRAMES)):
            place = f"graph.frames[{i}]"
            row = self.table(each, place)
            id_ = self.id(row.get("id"), f"{place}.id")
            if id_ in found or id_ in nodes:
                self.refuse(f"{place}.id", f'the id "{printable(id_)}" is there twice.')
            title, text, colour = (
                self.text(row.get(key, ""), f"{place}.{key}", longest)
                for key, longest in (("title", LONGEST_TITLE), ("text", LONGEST_NOTE), ("colour", 200))
            )
            area = self.list(row.get("area"), f"{place}.area", 4)
            if len(area) != 4 or not all(map(_is_coordinate, area)) or min(area[2:]) <= 0:
                self.refuse(f"{place}.area", "an area is left, top, width and height, the last two above 0.")
            left, top, width, height = map(float, area)
            group = self.text(row.get("group", ""), f"{place}.group", 200)
            found[id_] = Frame(title, text, colour, (left, top, width, height), group, _extra(row, FRAME_KEYS))
        return found

    def table(self, value: Json, place: str) -> dict[str, Any]:
        """A JSON object."""
        found: dict[str, Any] = self._typed(value, dict, place, "a table { }")
        return found

    def list(self, value: Json, place: str, most: int) -> list[Any]:
        """A JSON list of bounded length."""
        found: list[Any] = self._typed(value, list, place, "a list [ ]")
        if len(found) > most:
            self.refuse(place, f"it has {len(found):,} entries; at most {most:,} are taken.")
        return found

    def text(self, value: Json, place: str, longest: int) -> str:
        """A JSON text of bounded length."""
        found: str = self._typed(value, str, place, "a text")
        if len(found) > longest:
            self.refuse(place, f"the text has {len(found):,} characters; at most {longest:,} are taken.")
        return found

    def id(self, value: Json, place: str) -> str:
        """A node's id."""
        found = self.text(value, place, 64)
        if not ID.match(found):
            self.refuse(place, f'"{printable(found)}" cannot be an id: 1 to 64 letters, digits, _ and -.')
        return found

    def _typed(self, value: Json, wanted: Callable[..., Any], place: str, what: str) -> Any:
        if type(value) is not wanted:
            found = "nothing" if value is None else printable(repr(value)[:60])
            self.refuse(place, f"{what} is needed here, found {found}.")
        return value

    def values(self, value: Json, place: str) -> None:
        """Bounds texts inside settings that are kept as they are."""
        if isinstance(value, str):
            self.text(value, place, LONGEST_TEXT)
        elif isinstance(value, list):
            for i, item in enumerate(value):
                self.values(item, f"{place}[{i}]")
        elif isinstance(value, dict):
            for key, item in value.items():
                self.text(key, place, LONGEST_TEXT)
                self.values(item, f"{place}.{printable(key)}")


def _extra(row: Mapping[str, Json], known: tuple[str, ...]) -> dict[str, Json]:
    return {key: value for key, value in row.items() if key not in known}


def _is_coordinate(value: object) -> bool:
    return type(value) in (int, float) and math.isfinite(float(value)) and abs(float(value)) <= 1e9  # type: ignore[arg-type]

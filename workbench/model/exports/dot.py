"""The graph for Graphviz."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from workbench.core.files import write_file
from workbench.core.graph import Graph
from workbench.core.names import is_within, prefixes
from workbench.core.values import shape_text
from workbench.model.exports.spec import Exporter, Option, exporter

if TYPE_CHECKING:
    from torch import Tensor

    from workbench.model.network import Network

WORDS = {"left to right": "LR", "top to bottom": "TB"}


@exporter(name="dot", title="Graphviz", suffix=".dot")
class Dot(Exporter):
    """Writes nodes, groups and wires with their shapes in the language of Graphviz, which lays them out itself."""

    has_weights: ClassVar[bool] = False
    is_text: ClassVar[bool] = True
    options: ClassVar[tuple[Option, ...]] = (
        Option("direction", "Direction", ("left to right", "top to bottom"), "Which way the network runs"),
    )

    @classmethod
    def write(cls, network: Network | None, graph: Graph, out: Path, **options: Any) -> list[Path]:
        direction = WORDS[options.get("direction", "left to right")]
        write_file(out, [dot_source(graph, direction).encode()])
        return [out]

    @classmethod
    def read(cls, out: Path) -> Mapping[str, Tensor]:
        return {}


def dot_source(graph: Graph, direction: str = "LR") -> str:
    """Returns the graph as Graphviz reads it.

    Args:
        graph: the network.
        direction: Graphviz's rankdir.
    """
    from workbench.model.shapes import infer

    shapes = infer(graph)
    lines = ["digraph network {", f"  rankdir={direction};", "  node [shape=box, style=\"rounded,filled\", "
             "fontname=\"Helvetica\", fontcolor=white];", "  edge [fontname=\"Helvetica\", fontsize=10];"]  # fmt: skip
    lines += _inside(graph, "", 1)
    for edge in graph.edges:
        value = shapes.values.get(edge.source)
        label = f" [label={_quoted(shape_text(value.shape))}]" if value is not None and value.shape else ""
        lines.append(f"  {_quoted(edge.source.node)} -> {_quoted(edge.target.node)}{label};")
    return "\n".join([*lines, "}", ""])


def _inside(graph: Graph, prefix: str, depth: int) -> list[str]:
    """The nodes that stand directly in a group, and the groups in it as clusters."""
    from workbench.layers.groups import group_named
    from workbench.layers.spec import find

    indent, stem = "  " * depth, f"{prefix}." if prefix else ""
    groups = [each for each in graph.groups if each.startswith(stem) and not _has_group_between(graph, each, prefix)]
    lines = []
    for node in graph:
        if not node.name.startswith(stem) or any(is_within(node.name, each) for each in groups):
            continue
        cls = find(node.layer)
        label = _quoted(f"{node.name.removeprefix(stem)}\n{node.layer}")
        colour = group_named(cls.group).colour if cls else "#8a5a5a"
        lines.append(f"{indent}{_quoted(node.id)} [label={label}, fillcolor={_quoted(colour)}];")
    for each in groups:
        title = _quoted(graph.groups[each].title or each.removeprefix(stem))
        inner = _inside(graph, each, depth + 1)
        if inner:
            lines += [f"{indent}subgraph {_quoted(f'cluster_{each}')} {{", f"{indent}  label={title};"]
            lines += [*inner, f"{indent}}}"]
    return lines


def _has_group_between(graph: Graph, inner: str, outer: str) -> bool:
    """Whether a group stands in another one that stands in the outer one."""
    return any(each in graph.groups and each != outer and len(each) > len(outer) for each in prefixes(inner))


def _quoted(text: str) -> str:
    """A text in quotation marks, as Graphviz wants it."""
    return json.dumps(text, ensure_ascii=False)

"""Where boxes go so that a network reads from left to right, in lines like a text where it is long."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from graphlib import CycleError, TopologicalSorter

from workbench.core.graph_edits import STEP

Wires = list[tuple[str, str]]
Place = tuple[float, float]
ONE_LINE = 7  # a network of so many columns still stands in one line
FEWEST_COLUMNS = 5  # of each line of a longer one
SHAPE = 2.0  # how many times as wide as high the whole should be
GAP = (40.0, 56.0)  # least free space beside and below a box
SWEEPS = 50  # of igraph's search for an order with few crossings


def tidied(
    sizes: Mapping[str, tuple[float, float]], wires: Iterable[tuple[str, str]], rises: Mapping[str, float] | None = None
) -> dict[str, Place]:
    """Places (top left corners) for boxes, so that wires run to the right and no box covers another.

    Args:
        sizes: width and height of each box.
        wires: from which box to which; those that would close a circle are passed over.
        rises: how far down in a box that is not a plain one its row begins, which is laid level with other boxes.
    """
    if not sizes:
        return {}
    forward = _without_circles(list(sizes), wires)
    depths = _depths(list(sizes), forward)
    lanes = _lanes(list(sizes), forward, depths)
    tops = _tops(sizes, lanes, depths, rises or {})
    steps = dict.fromkeys(range(max(depths.values()) + 1), STEP[0])
    for id_, (width, _) in sizes.items():
        steps[depths[id_]] = max(steps[depths[id_]], width + GAP[0])
    most = math.ceil(sum(steps.values()) / STEP[0])
    fewest = most if most <= ONE_LINE else FEWEST_COLUMNS
    layouts = [_in_lines(sizes, depths, tops, steps, columns * STEP[0]) for columns in range(fewest, most + 1)]
    return min(layouts, key=lambda places: _misshape(sizes, places))


def _without_circles(ids: list[str], wires: Iterable[tuple[str, str]]) -> Wires:
    """The wires between two of the boxes, without those that close a circle (folding a group can make one)."""
    known = set(ids)
    kept = list(dict.fromkeys((a, b) for a, b in wires if a != b and a in known and b in known))
    while True:
        sorter = TopologicalSorter({id_: [] for id_ in ids})
        for before, after in kept:
            sorter.add(after, before)
        try:
            sorter.prepare()
        except CycleError as error:
            circle = error.args[1]
            kept = [wire for wire in kept if wire != (circle[-2], circle[-1])]
        else:
            return kept


def _longest(ids: list[str], wires: Wires) -> dict[str, int]:
    before: dict[str, list[str]] = {id_: [] for id_ in ids}
    for source, target in wires:
        before[target].append(source)
    depths: dict[str, int] = {}
    for id_ in TopologicalSorter(before).static_order():
        depths[id_] = max((depths[each] + 1 for each in before[id_]), default=0)
    return depths


def _depths(ids: list[str], wires: Wires) -> dict[str, int]:
    """Columns: the longest way, but what nothing feeds (a target) stands right before what it feeds."""
    depths = _longest(ids, wires)
    fed = {target for _, target in wires}
    for id_ in ids:
        after = [depths[target] for source, target in wires if source == id_] if id_ not in fed else []
        if after:
            depths[id_] = min(after) - 1
    return depths


def _lanes(ids: list[str], wires: Wires, depths: Mapping[str, int]) -> dict[str, int]:
    """Rows within a line: the longest chain in row 0, what igraph sorts before it above, the rest below."""
    import igraph  # takes a second, and only tidying needs it

    at = {id_: number for number, id_ in enumerate(ids)}
    drawn = igraph.Graph(n=len(ids), edges=[(at[a], at[b]) for a, b in wires], directed=True)
    across = [x for x, _ in drawn.layout_sugiyama(layers=[depths[id_] for id_ in ids], maxiter=SWEEPS)]
    main = set(_main_chain(ids, wires, depths))
    lanes = dict.fromkeys(ids, 0)
    columns: dict[int, list[str]] = {}
    for id_ in ids:
        columns.setdefault(depths[id_], []).append(id_)
    for column in columns.values():
        column.sort(key=lambda id_: across[at[id_]])
        middle = next((number for number, id_ in enumerate(column) if id_ in main), 0)
        for number, id_ in enumerate(column):
            lanes[id_] = number - middle
    if sum(lane for lane in lanes.values()) < 0:
        lanes = {id_: -lane for id_, lane in lanes.items()}
    return lanes


def _main_chain(ids: list[str], wires: Wires, depths: Mapping[str, int]) -> list[str]:
    """A longest chain of boxes, each one column behind the one before."""
    length, back = dict.fromkeys(ids, 1), {}
    for source, target in sorted(wires, key=lambda wire: depths[wire[0]]):
        if depths[target] == depths[source] + 1 and length[source] + 1 > length[target]:
            length[target], back[target] = length[source] + 1, source
    end = max(ids, key=lambda id_: length[id_])
    chain = [end]
    while chain[-1] in back:
        chain.append(back[chain[-1]])
    return chain


def _tops(
    sizes: Mapping[str, tuple[float, float]],
    lanes: Mapping[str, int],
    depths: Mapping[str, int],
    rises: Mapping[str, float],
) -> dict[str, float]:
    """How far down in its line each box begins: a lane is as high as the grid, unless a box in it is higher."""
    tops: dict[str, float] = {}
    for id_ in sorted(lanes, key=lambda each: abs(lanes[each])):
        lane, rise = lanes[id_], rises.get(id_, 0.0)
        if lane == 0:
            tops[id_] = -rise
            continue
        nearer = [each for each in tops if depths[each] == depths[id_] and abs(lanes[each]) < abs(lane)
                  and (lanes[each] >= 0 if lane > 0 else lanes[each] <= 0)]  # fmt: skip
        if lane > 0:
            tops[id_] = max([lane * STEP[1] - rise, *(tops[each] + sizes[each][1] + GAP[1] for each in nearer)])
        else:
            tops[id_] = min([lane * STEP[1] - rise, *(tops[each] - sizes[id_][1] - GAP[1] for each in nearer)])
    return tops


def _in_lines(
    sizes: Mapping[str, tuple[float, float]],
    depths: Mapping[str, int],
    tops: Mapping[str, float],
    steps: Mapping[int, float],
    widest: float,
) -> dict[str, Place]:
    """The boxes in lines that are not wider than that, each below the one before; `steps` are widths of columns."""
    lines: list[dict[int, float]] = []
    left = math.inf
    for column, step in steps.items():
        if left + step > widest:
            lines.append({})
            left = 0.0
        lines[-1][column] = left
        left += step
    places: dict[str, Place] = {}
    top = 0.0
    for lefts in lines:
        line = [id_ for id_ in depths if depths[id_] in lefts]
        highest = min(tops[id_] for id_ in line)
        for id_ in line:
            places[id_] = (lefts[depths[id_]], top + tops[id_] - highest)
        bottom = max(places[id_][1] + sizes[id_][1] for id_ in line)
        top = max(top + STEP[1], bottom + GAP[1])
    return places


def _misshape(sizes: Mapping[str, tuple[float, float]], places: Mapping[str, Place]) -> float:
    """How far from the wanted shape the whole is: the share by which it is too wide or too high."""
    width = max(places[id_][0] + sizes[id_][0] for id_ in places)
    height = max(places[id_][1] + sizes[id_][1] for id_ in places)
    ratio = width / (height * SHAPE)
    return max(ratio, 1 / ratio)

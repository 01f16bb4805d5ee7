"""Places for boxes of which some stay together in a cluster, as those in a frame or an open group do."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from workbench.core.frames import Area
from workbench.core.layout import Place, tidied

Size = tuple[float, float]


@dataclass(frozen=True)
class Cluster:
    """Boxes that stay together.

    Attributes:
        members: which.
        margins: free canvas at the left, above, at the right and below them.
    """

    members: frozenset[str]
    margins: Area


def tidied_in_clusters(
    sizes: Mapping[str, Size], wires: Iterable[tuple[str, str]], clusters: Sequence[Cluster]
) -> dict[str, Place]:
    """Places (top left corners) for boxes as `layout.tidied` has them, where no stranger stands in a cluster.

    Args:
        sizes: width and height of each box.
        wires: from which box to which.
        clusters: those that must stay together; a cluster that cuts another one, and is larger, is passed over.
    """
    places, _ = _laid(sizes, list(wires), _nested(clusters))
    return places


def _nested(clusters: Sequence[Cluster]) -> list[Cluster]:
    """The clusters that lie within each other or apart, smaller ones first."""
    found: list[Cluster] = []
    for cluster in sorted(clusters, key=lambda each: len(each.members)):
        if all(other.members <= cluster.members or not other.members & cluster.members for other in found):
            found.append(cluster)
    return [cluster for cluster in found if cluster.members]


def _laid(
    sizes: Mapping[str, Size], wires: list[tuple[str, str]], clusters: list[Cluster]
) -> tuple[dict[str, Place], Area]:
    """Places of boxes, and what they cover together with the margins of the clusters among them."""
    outer = [
        cluster
        for i, cluster in enumerate(clusters)
        if not any(cluster.members <= b.members for b in clusters[i + 1 :])
    ]
    of = {box: box for box in sizes}
    inner: dict[str, dict[str, Place]] = {}
    whole: dict[str, Size] = dict(sizes)
    rises: dict[str, float] = {}
    for number, cluster in enumerate(outer):
        key = f"\0cluster {number}"
        members = {box: whole.pop(box) for box in sizes if box in cluster.members}
        within = [each for each in clusters if each is not cluster and each.members <= cluster.members]
        places, (left, top, width, height) = _laid(members, wires, within)
        x, y = cluster.margins[0] - left, cluster.margins[1] - top
        inner[key] = {box: (place[0] + x, place[1] + y) for box, place in places.items()}
        whole[key] = (width + cluster.margins[0] + cluster.margins[2], height + cluster.margins[1] + cluster.margins[3])
        of.update(dict.fromkeys(members, key))
        rises[key] = inner[key][_entry(members, wires)][1]
    between = [(of[a], of[b]) for a, b in wires if a in of and b in of and of[a] != of[b]]
    spots = tidied(whole, between, rises)
    found: dict[str, Place] = {}
    for key, (x, y) in spots.items():
        found |= {box: (x + a, y + b) for box, (a, b) in inner[key].items()} if key in inner else {key: (x, y)}
    return found, _cover(whole, spots)


def _entry(members: Mapping[str, Size], wires: list[tuple[str, str]]) -> str:
    """The box by which wires come into a cluster; its first one where none does."""
    return next((b for a, b in wires if b in members and a not in members), next(iter(members)))


def _cover(sizes: Mapping[str, Size], places: Mapping[str, Place]) -> Area:
    left, top = min(x for x, _ in places.values()), min(y for _, y in places.values())
    right = max(places[key][0] + width for key, (width, _) in sizes.items())
    bottom = max(places[key][1] + height for key, (_, height) in sizes.items())
    return left, top, right - left, bottom - top

"""Palette groups: the headings under which layers are listed, and what usually comes behind the layers of each.

A layer names its group by title (`@layer(group="Activation")`). A layer that fits none of these declares a group of its
own in its own file, with `declare`.
"""

from __future__ import annotations

from dataclasses import dataclass

GREY = "#777777"


@dataclass(frozen=True, kw_only=True)
class PaletteGroup:
    """One group of layers.

    Attributes:
        title: its heading in the palette, by which layers name it.
        colour: of the headers of its nodes, as #rrggbb: apart in lightness as well as in hue.
        order: its place in the palette; smaller numbers come first.
        followers: titles of the groups that people usually put behind it, most usual first.
    """

    title: str
    colour: str
    order: int
    followers: tuple[str, ...] = ()


GROUPS: dict[str, PaletteGroup] = {}
# What a layer has whose group nobody declared, or that this version does not know.
UNKNOWN = PaletteGroup(title="", colour=GREY, order=1_000_000)


def declare(group: PaletteGroup) -> PaletteGroup:
    """Adds a group to those of the palette, and returns it.

    Raises:
        ValueError: there is another group of that title.
    """
    if GROUPS.setdefault(group.title, group) != group:
        raise ValueError(f"there are two palette groups called {group.title}")
    return group


def group_named(title: str) -> PaletteGroup:
    """Returns the group of that title, or `UNKNOWN`."""
    return GROUPS.get(title, UNKNOWN)


def followers_of(title: str) -> tuple[str, ...]:
    """Returns the titles of the groups that usually come behind a group, most usual first."""
    return group_named(title).followers


def forerunners_of(title: str) -> tuple[str, ...]:
    """Returns the titles of the groups that a group usually comes behind, those first of which it is most usual."""
    before = [group for group in GROUPS.values() if title in group.followers]
    before.sort(key=lambda group: (group.followers.index(title), group.order))
    return tuple(group.title for group in before)


DATA = declare(
    PaletteGroup(title="Data", colour="#56677e", order=100, followers=("Convolution", "Shape", "Linear")),
)
CONVOLUTION = declare(
    PaletteGroup(
        title="Convolution",
        colour="#3f7ff0",
        order=200,
        followers=("Normalisation", "Activation", "Pooling", "Convolution"),
    )
)
POOLING = declare(
    PaletteGroup(title="Pooling", colour="#8f5fd6", order=300, followers=("Convolution", "Shape", "Regularisation"))
)
NORMALISATION = declare(
    PaletteGroup(title="Normalisation", colour="#2f97a5", order=400, followers=("Activation", "Convolution", "Pooling"))
)
ACTIVATION = declare(
    PaletteGroup(
        title="Activation",
        colour="#b97f12",
        order=500,
        followers=("Pooling", "Convolution", "Linear", "Regularisation", "Shape"),
    )
)
REGULARISATION = declare(PaletteGroup(title="Regularisation", colour="#a8643c", order=600))
LINEAR = declare(
    PaletteGroup(
        title="Linear",
        colour="#2f9465",
        order=700,
        followers=("Activation", "Loss", "Generative", "Regularisation", "Linear"),
    )
)
SEQUENCE = declare(
    PaletteGroup(title="Sequence", colour="#7d6f9b", order=750, followers=("Shape", "Regularisation", "Linear"))
)
SHAPE = declare(PaletteGroup(title="Shape", colour="#66758a", order=800, followers=("Linear",)))
MERGE = declare(PaletteGroup(title="Merge", colour="#66758a", order=900))
GENERATIVE = declare(
    PaletteGroup(title="Generative", colour="#b04fae", order=1000, followers=("Generative", "Linear", "Loss"))
)
DECONVOLUTIONAL = declare(
    PaletteGroup(title="Deconvolutional", colour="#4f7f2f", order=1100, followers=("Loss", "Deconvolutional"))
)
LOSS = declare(PaletteGroup(title="Loss", colour="#cf4a6b", order=1200))

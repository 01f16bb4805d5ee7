"""What Look asks of the renderer, and what it is answered."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from workbench.insight.colours import DIVERGING
from workbench.insight.latent.edits import Decoded, LatentEdits
from workbench.insight.spec import Picture
from workbench.insight.units import UnitDetail
from workbench.inspection.mask_overlays import Overlay
from workbench.inspection.portraits import LIGHT_PAPER, Paper
from workbench.project.document import Project
from workbench.project.probes import Probe

Bytes = NDArray[np.uint8]
HALF = 0.5  # the middle of a frame


@dataclass(frozen=True)
class RenderRequest:
    """What is to be seen.

    Attributes:
        project: as it is now; a running training may have an older graph, matched by node id.
        path: of its file, or where its untitled runs are.
        probe: what is sent through the network.
        run: whose weights; "" is the newest.
        node: id of the node looked at; "" if only thumbnails are wanted.
        view: name of the view; "" likewise.
        unit: the unit looked at closely.
        position: where its way back starts; None is its strongest position.
        has_thumbnails: whether thumbnails of all nodes are wanted.
        signed: the colours of signed values.
        changes: what is done to the code of a node that has one.
        other: another sample, from whose code parts can be taken.
        noise: what is added to the probe first, for views of whole pictures.
        seen: which tiles are in sight, from the first up to but not with the last, and so are made first.
        paper: that curves are drawn on.
        frame: which frame of a clip, or slice of a volume, is seen; None where nobody has chosen one: the middle one of
            the sample and of maps, and the strongest plane of a unit.
    """

    project: Project
    path: Path
    probe: Probe
    run: str = ""
    node: str = ""
    view: str = ""
    unit: int = 0
    position: tuple[int, int] | None = None
    has_thumbnails: bool = True
    signed: Bytes = field(default_factory=lambda: DIVERGING)
    changes: LatentEdits = field(default_factory=LatentEdits)
    other: Probe | None = None
    noise: float = 0.0
    seen: tuple[int, int] = (0, 0)
    paper: Paper = LIGHT_PAPER
    frame: int | None = None

    def can_wait_for(self, other: RenderRequest) -> bool:
        """Whether it is no other thing, but the same anew, such as with the weights of a later batch."""
        mine, theirs = (
            (each.probe, each.run, each.changes, each.other, each.noise, each.seen, each.frame)
            for each in (self, other)
        )
        return self.project is other.project and self.has_unit_of(other) and mine == theirs

    def has_view_of(self, other: RenderRequest) -> bool:
        """Whether the same view of the same node is asked for; another unit of it, or another code, changes no tile."""
        mine, theirs = ((each.node, each.view, each.frame) for each in (self, other))
        return mine == theirs and self.signed is other.signed

    def has_unit_of(self, other: RenderRequest) -> bool:
        """Whether the same unit and pixel are asked for, and only its code may have been changed."""
        return self.has_view_of(other) and (self.unit, self.position) == (other.unit, other.position)


@dataclass(frozen=True)
class RenderResult:
    """What there is to see.

    Attributes:
        request: what was asked for.
        origin: where the weights are from.
        is_trained: whether there are weights at all.
        is_edited: whether the network was changed since it was trained.
        untrained: ids of nodes whose weights are still the first ones.
        run: whose weights they are, for asking about them again; "" is the newest run, or the one under way.
        image: the probe itself, (H, W, 3) bytes; None where the input is no picture.
        grid: rows and columns of the input that the image stands for, where these are not its pixels.
        words: the probe in words, where it is no picture.
        tokens: what each token of a text stands for, in order; () where the probe is none.
        shares: class names and probabilities in the order of the classes; empty where the network scores none.
        truth: name of the sample's class, or "".
        labels: the names of its labels, where it may have several.
        frames: how many frames, or slices, the probe has; 0 where it is no clip and no volume.
        is_clip: whether they are frames.
        sizes: how many samples each split of the data has; empty while it is not loaded.
        picture: the view; None where none was asked for or there is nothing to see.
        detail: the unit looked at closely.
        drawing: of a code, what is drawn from it; None of any other node.
        other_image: the other sample itself, as `image`.
        thumbnails: node id → small picture; None where they are as they were.
        overlays: the probe with masks over it, by `mask_overlays.MASKS`; none where the network predicts no masks.
        sheet: of a rating, the lines about it: user, item, how it is rated, what the network foretells, the user's top
            list; "" of all else.
        problem: why something is not there, in a sentence, or "".
        notes: what a person should know about the weights and the probe.
    """

    request: RenderRequest
    origin: str = ""
    is_trained: bool = False
    is_edited: bool = False
    untrained: frozenset[str] = frozenset()
    run: str = ""
    image: Bytes | None = None
    grid: tuple[int, int] | None = None
    words: str = ""
    tokens: tuple[str, ...] = ()
    shares: tuple[tuple[str, float], ...] = ()
    truth: str = ""
    sizes: Mapping[str, int] = field(default_factory=dict)
    picture: Picture | None = None
    detail: UnitDetail | None = None
    drawing: Decoded | None = None
    other_image: Bytes | None = None
    thumbnails: Mapping[str, Bytes] | None = None
    overlays: Mapping[str, Overlay] = field(default_factory=dict)
    labels: tuple[str, ...] = ()
    frames: int = 0
    is_clip: bool = False
    sheet: str = ""
    problem: str = ""
    notes: tuple[str, ...] = ()

    @property
    def moment(self) -> float | None:
        """Where along time or depth the frame lies that was asked for, from 0 to 1; None where none was."""
        return moment_of(self.request.frame, self.frames)


def moment_of(frame: int | None, frames: int) -> float | None:
    """Where a frame lies among so many, from 0 to 1."""
    return None if frame is None or not frames else (min(frame, frames - 1) + HALF) / frames

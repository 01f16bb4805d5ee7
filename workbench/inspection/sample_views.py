"""One sample at its own size: its mask or that of the network over it, one frame of a clip, a user's top list."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from workbench.core.errors import UsageError, WorkbenchError
from workbench.data.spec import Array, Dataset
from workbench.inspection.field_measures import ITEM, USER, top_items
from workbench.inspection.mask_overlays import DIFFERENCE, PREDICTED, TRUE, Colours, mask_field, overlay
from workbench.inspection.portraits import (
    CLIP,
    LIGHT_PAPER,
    OPACITY,
    Paper,
    Pixels,
    frame_picture,
    picture_of,
    thumbnail,
)
from workbench.inspection.predicting import best_classes, mask_result
from workbench.inspection.ratings import Top, as_told, foretells, foretold, foretold_text, has_users, rating_text
from workbench.inspection.trained import Trained, trained_network
from workbench.project.document import Project
from workbench.project.runs import UntrainedError

if TYPE_CHECKING:
    from workbench.model.network import Network

MIDDLE = -1  # the frame that stands for a clip
UNTRAINED = "The network is not trained yet, so it says nothing of this sample. Press Run first."
SIDE = 640  # of what is not shown pixel by pixel


@dataclass(frozen=True)
class NetworkPlace:
    """Which trained network is asked.

    Attributes:
        project: as it is now.
        path: of its file, or where its untitled runs are.
        run: whose weights; "" is the newest that has any.
        version: is another number once the weights may have changed.
    """

    project: Project
    path: Path
    run: str = ""
    version: int = 0


@dataclass(frozen=True)
class SampleRequest:
    """Which sample is to be shown, and how.

    Attributes:
        dataset: the data.
        split: of the sample.
        number: of the sample in its split.
        mask: one of `MASKS`.
        opacity: of a mask over its picture, from 0 to 1.
        frame: of a clip, or slice of a volume; `MIDDLE` for the one in the middle.
        paper: that curves are drawn on.
    """

    dataset: Dataset
    split: str
    number: int
    mask: str = TRUE
    opacity: float = OPACITY
    frame: int = MIDDLE
    paper: Paper = LIGHT_PAPER


@dataclass(frozen=True)
class ShownSample:
    """How it is shown.

    Attributes:
        request: what was asked.
        pixels: (H, W, 3) bytes; None where it is told in words.
        text: in words; "" where there is a picture.
        colours: names of the classes of the mask that is shown, with their colours.
        top: the items that the network foretells the best ratings for, with the ratings.
        note: what a person should know, in lines.
        is_whole: whether the network has been asked, where it is to be.
    """

    request: SampleRequest
    pixels: Pixels | None = None
    text: str = ""
    colours: Colours = ()
    top: Top = ()
    note: str = ""
    is_whole: bool = True


@dataclass(frozen=True)
class _Answer:
    """What a network makes of a sample: classes (H, W) of a mask, a rating and a top list; or why there is none."""

    mask: NDArray[np.int64] | None = None
    top: Top = ()
    note: str = ""
    foretold: str = ""


def clip_field(dataset: Dataset) -> str:
    """Returns the field of clips or volumes (C, D, H, W); "" if there is none."""
    found = (name for name, value in dataset.fields.items() if value.kind == "map" and len(value.shape) == 4)
    return next(found, "")


def is_clip(dataset: Dataset) -> bool:
    """Returns whether samples are clips, which have frames; volumes have slices."""
    return clip_field(dataset) == CLIP


def frames_in(dataset: Dataset) -> int:
    """Returns how many frames a clip, or slices a volume, has; 0 where the data has none."""
    name = clip_field(dataset)
    return dataset.fields[name].shape[1] if name else 0


class SampleViewer:
    """Shows samples; it keeps the network that was asked last, and its answer."""

    def __init__(self) -> None:
        self._place: NetworkPlace | None = None
        self._trained: Trained | None = None
        self._asked: object = None
        self._answer = _Answer()

    def views(self, request: SampleRequest, place: NetworkPlace | None) -> Iterator[ShownSample]:
        """Yields how a sample is shown: where the network is to be asked at first without, then with what it says.

        Args:
            request: the sample.
            place: the network; None where nobody is asked.
        """
        dataset = request.dataset
        wants_mask = bool(mask_field(dataset)) and request.mask in (PREDICTED, DIFFERENCE)
        if place is None or not (wants_mask or has_users(dataset)):
            yield _drawn(request, _Answer())
            return
        asked = place, request.dataset, request.split, request.number
        if asked != self._asked:
            yield replace(_drawn(request, _Answer(note="Asking the network …")), is_whole=False)
            self._asked, self._answer = asked, self._answered(request, place)
        yield _drawn(request, self._answer)

    def _answered(self, request: SampleRequest, place: NetworkPlace) -> _Answer:
        """What the network says of a sample, or why it says nothing."""
        try:
            if place != self._place or self._trained is None:
                self._trained = None
                self._trained, self._place = trained_network(place.project, place.path, place.run), place
            return _answer(self._trained, request)
        except UntrainedError:
            return _Answer(note=UNTRAINED)
        except WorkbenchError as error:
            return _Answer(note=str(error))


def _answer(trained: Trained, request: SampleRequest) -> _Answer:
    """What a network makes of a sample.

    Raises:
        UsageError: it makes nothing of this kind.
    """
    network, dataset = trained.network, request.dataset
    arrays = dataset.splits[request.split]
    origin = "\n".join((f"By {trained.origin}.", *trained.notes))
    if has_users(dataset):
        if not foretells(network):
            raise UsageError("This network foretells no ratings of items by users, so there is no top list.")
        user, item = (int(arrays[field][request.number, 0]) for field in (USER, ITEM))
        said = foretold_text(foretold(network, dataset, user, item), dataset)
        top = tuple((title, as_told(score, dataset)) for title, score in top_items(network, dataset, user))
        return _Answer(top=top, note=origin, foretold=said)
    name = mask_result(network)
    if not name:
        raise UsageError("This network predicts no masks.")
    return _Answer(_predicted(network, name, arrays, request.number, mask_field(dataset)), note=origin)


def _predicted(network: Network, name: str, arrays: Any, number: int, mask: str) -> NDArray[np.int64]:
    """The class that a network gives each pixel of a sample, as large as its mask."""
    import torch

    fields = {field: torch.from_numpy(np.ascontiguousarray(arrays[field][number]))[None] for field in network.inputs}
    with torch.inference_mode():
        scores = network.predict(fields)[name][0].float().cpu().numpy()
    height, width = arrays[mask][number].shape
    return best_classes(scores, height, width)


def _drawn(request: SampleRequest, answer: _Answer) -> ShownSample:
    """Draws a sample with what the network says of it."""
    dataset, arrays, number = request.dataset, request.dataset.splits[request.split], request.number
    clip, mask = clip_field(dataset), mask_field(dataset)
    try:
        frame = frame_picture(arrays[clip][number], request.frame) if clip else None
        if frame is not None:
            return ShownSample(request, frame, note=answer.note)
        if mask:
            image = picture_of(dataset.fields[dataset.image_field], arrays[dataset.image_field][number])
            assert image is not None
            return _with_mask(request, image, arrays[mask][number], answer)
    except WorkbenchError as error:
        return ShownSample(request, text=str(error))
    if has_users(dataset):
        lines = filter(None, (rating_text(dataset, request.split, number), answer.foretold))
        return ShownSample(request, text="\n".join(lines), top=answer.top, note=answer.note)
    shown = thumbnail(dataset, request.split, number, SIDE, request.paper)
    return ShownSample(request, shown.pixels, shown.text, top=answer.top, note=answer.note)


def _with_mask(request: SampleRequest, image: Pixels, true: Array, answer: _Answer) -> ShownSample:
    """Lays the mask that is wanted over a picture."""
    names = request.dataset.fields[mask_field(request.dataset)].classes
    found = overlay(image, request.mask, true, answer.mask, names)
    note = " ".join(filter(None, (found.note, answer.note)))
    return ShownSample(request, found.pixels(request.opacity), colours=found.colours, note=note)

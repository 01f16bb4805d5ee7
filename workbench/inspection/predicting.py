"""What a trained network says about picture files: classes of many at once, masks and pictures at their own size."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import numpy as np
from numpy.typing import NDArray

from workbench.core.errors import UsageError
from workbench.core.files import entries, is_folder
from workbench.core.values import Shape, shape_text
from workbench.data.cuts import starts
from workbench.data.mask_files import fit_levels
from workbench.data.pictures import SUFFIXES, Pixels, Resize, fit, placement
from workbench.data.spec import Source
from workbench.insight.full_size import as_floats, is_picture, run_full_size
from workbench.inspection.probabilities import (
    class_probabilities,
    gives_labels,
    gives_probabilities,
    label_probabilities,
)
from workbench.model.shapes import infer

if TYPE_CHECKING:
    from torch import Tensor

    from workbench.inspection.trained import Trained
    from workbench.model.network import Network
    from workbench.model.plan import Term

Numbers = NDArray[np.float32]
OUTSIDE, FAR_OUTSIDE = 255, 65535  # the class of pixels that the network has not seen; where there are so many classes
TOGETHER = 8  # tiles that go through the network at once
MOST_DEEP = 8  # folders below the one that is named


@dataclass(frozen=True)
class Made:
    """What a network made of a picture.

    Attributes:
        values: classes (H, W) of a mask, or a picture (C, H, W) of numbers between about 0 and 1.
        classes: names of a mask's classes.
        notes: what a person should know.
        is_deep: whether the picture that it is made of has grey levels of more than 8 bits, so that it should too.
    """

    values: Any
    classes: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    is_deep: bool = False

    @property
    def is_mask(self) -> bool:
        """Whether it is a mask."""
        return bool(self.values.ndim == 2)


def files_in(folder: Path, suffixes: frozenset[str] = SUFFIXES, depth: int = MOST_DEEP) -> Iterator[Path]:
    """Yields the files of some endings in a folder and those below it, in order; hidden ones are passed over.

    Raises:
        UnreadableError: a folder cannot be read.
    """
    for entry in sorted(entries(folder), key=lambda each: each.name):
        path = folder / entry.name
        if entry.name.startswith("."):
            continue
        if is_folder(path):
            yield from files_in(path, suffixes, depth - 1) if depth else ()
        elif path.suffix.lower() in suffixes:
            yield path


def answers(network: Network, fields: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Returns what a network says of some samples that go through it together.

    Args:
        network: with its weights.
        fields: of each sample, the arrays that the network takes.

    Returns:
        For each sample class, probability and the probabilities of all `classes`, best first; or the labels that are
        likelier than not with the probabilities of all; else its results' values.
    """
    import torch

    batch = {
        name: torch.from_numpy(np.stack([np.ascontiguousarray(each[name]) for each in fields])) for name in fields[0]
    }
    with torch.inference_mode():
        results = network.predict(batch)
    found: list[dict[str, Any]] = [{} for _ in fields]
    for name, result in results.items():
        term = _term_of(network, name)
        for number, row in enumerate(found):
            one = result[number : number + 1]
            if term is not None and gives_probabilities(term, one):
                best = sorted(class_probabilities(term, one), key=lambda each: -each[1])
                shares = {cls: round(share, 6) for cls, share in best}
                row |= {"class": best[0][0], "probability": best[0][1], "classes": shares}
            elif term is not None and gives_labels(term, one):
                named = dict(label_probabilities(term, one))
                row |= {"labels": [label for label, chance in named.items() if chance >= 0.5], "classes": named}
            else:
                row[name] = one[0].tolist() if one[0].numel() <= 100_000 else list(one.shape)
    return found


def _term_of(network: Network, name: str) -> Term | None:
    return next((term for term in network.terms if term.prediction == network.results[name]), None)


def mask_result(network: Network) -> str:
    """Returns the name of the result that scores the classes of a mask; "" if there is none."""
    for name in network.results:
        term = _term_of(network, name)
        if term is not None and term.answer is not None and term.answer.kind == "mask":
            return name
    return ""


def mask_classes(network: Network, name: str) -> tuple[str, ...]:
    """Returns the names of the classes that a result scores."""
    term = _term_of(network, name)
    return term.classes if term is not None else ()


def picture_result(trained: Trained) -> str:
    """Returns the name of the one result that is a picture; "" if there is none, or several."""
    values = infer(trained.project.graph).values
    found = [name for name, port in trained.network.results.items() if is_picture(values.get(port))]
    return found[0] if len(found) == 1 else ""


def made_of(trained: Trained, source: Source, path: Path) -> Made:
    """Returns the mask or picture that a network makes of a picture file, as large as the picture.

    Where the data is cut into squares, so is the picture, and what overlaps is averaged; else the network sees it as it
    sees those of the data, and its answer is brought back to the picture's own size.

    Args:
        trained: the network with its weights.
        source: of its data, by which pictures are read and brought to their size.
        path: of the picture.

    Raises:
        UnreadableError: it cannot be read.
        UsageError: the network answers neither with a mask nor with one picture, or not to one picture.
    """
    network = trained.network
    array, notes = source.decode(path)
    is_deep = array.dtype != np.uint8 or getattr(source, "bits", None) == 16
    name = mask_result(network) or picture_result(trained)
    shapes = [shape for shape in network.inputs.values() if len(shape) == 3]
    if not name or len(network.inputs) != 1 or not shapes:
        raise UsageError("This network makes no mask and no picture of a picture, so there is nothing to write.")
    (shape,), is_mask = shapes, bool(mask_result(network))
    if source.cut_side is not None:
        high, wide = source.whole_size((array.shape[1], array.shape[2]))
        cut = fit(array, shape[0], high, wide, "stretch")
        scores = _of_tiles(network, name, cut, shape)
    elif is_mask:
        scores, more = _of_whole(network, name, source, array, shape)
        notes = (*notes, *more)
    else:
        sized = as_floats(fit(array, shape[0], array.shape[1], array.shape[2], "stretch"))
        found = run_full_size(network, trained.project.graph, network.results[name], sized)
        return Made(found.result, notes=(*notes, *found.notes), is_deep=is_deep)
    if not is_mask:
        return Made(scores, notes=notes, is_deep=is_deep)
    term = _term_of(network, name)
    assert term is not None
    height, width = array.shape[1:]
    return Made(best_classes(scores, height, width), term.classes, notes)


def best_classes(scores: Numbers, height: int, width: int) -> NDArray[np.int64]:
    """Returns the best class of each pixel by scores (K, h, w), at a size; pixels without one have `outside_of(K)`."""
    best = scores.argmax(0) if len(scores) > 1 else (scores[0] > 0).astype(np.int64)
    best = np.where(np.isnan(scores[0]), outside_of(len(scores)), best)
    return fit_levels(best, height, width, "stretch")


def outside_of(classes: int) -> int:
    """Returns the number of what the network has not seen, which is none of so many classes."""
    return OUTSIDE if classes <= OUTSIDE else FAR_OUTSIDE


def _of_whole(
    network: Network, name: str, source: Source, array: Pixels, shape: Shape
) -> tuple[Numbers, tuple[str, ...]]:
    """Scores (K, H, W) of a picture that goes through as those of the data do; NaN where that cuts something off."""
    import torch

    (rows, columns), how = array.shape[1:], cast("Resize", getattr(source, "resize", "crop"))
    scores = _sent(network, name, [source.fit(array, shape)])[0]
    frame = placement((rows, columns), (shape[1], shape[2]), how)
    factor = scores.shape[1] / shape[1]
    y, x, high, wide = (round(each * factor) for each in (frame.y, frame.x, frame.height, frame.width))
    left, top, right, bottom = (round(each) for each in frame.box)
    inner = torch.nn.functional.interpolate(
        scores[None, :, y : y + high, x : x + wide], size=(bottom - top, right - left), mode="bilinear"
    )[0]
    made = np.full((len(scores), rows, columns), np.nan, np.float32)
    made[:, top:bottom, left:right] = inner.numpy()
    if (bottom - top, right - left) == (rows, columns):
        return made, ()
    note = f"what resize: crop cuts off has the class {outside_of(len(scores))} in its mask"
    return made, (f"{note} ({columns}×{rows} pixels, of which the network sees {right - left}×{bottom - top})",)


def _of_tiles(network: Network, name: str, picture: Pixels, shape: Shape) -> Numbers:
    """Scores, or pixels, (K, H, W) of a picture that goes through in squares, averaged where these overlap.

    Raises:
        UsageError: the result of a square is not as large as the square.
    """
    high, wide = shape[1], shape[2]
    rows, columns = picture.shape[1:]
    padding = ((0, 0), (0, max(0, high - rows)), (0, max(0, wide - columns)))
    padded = np.pad(picture, padding, mode="symmetric")
    corners = [
        (y, x) for y in starts(padded.shape[1], high, high // 4) for x in starts(padded.shape[2], wide, wide // 4)
    ]
    share = np.minimum.outer(_rising(high), _rising(wide))
    total, weight = None, np.zeros(padded.shape[1:], np.float32)
    for at in range(0, len(corners), TOGETHER):
        some = corners[at : at + TOGETHER]
        found = _sent(network, name, [padded[:, y : y + high, x : x + wide] for y, x in some]).numpy()
        if found.shape[2:] != (high, wide):
            raise UsageError(
                f"The result for a square of {wide}×{high} pixels is {shape_text(found.shape[1:])}, so the results of "
                "squares cannot be put together."
            )
        if total is None:
            total = np.zeros((found.shape[1], *padded.shape[1:]), np.float32)
        for (y, x), one in zip(some, found, strict=True):
            total[:, y : y + high, x : x + wide] += share * one
            weight[y : y + high, x : x + wide] += share
    assert total is not None
    return np.asarray((total / weight)[:, :rows, :columns], np.float32)


def _rising(count: int) -> Numbers:
    """Weights along one side of a square, largest in the middle: its edges know less of what is around."""
    places = np.arange(count)
    return np.asarray(np.minimum(places + 1, count - places), np.float32)


def _sent(network: Network, name: str, pictures: Sequence[Pixels]) -> Tensor:
    """The result of pictures of the network's own size, (N, K, h, w)."""
    import torch

    (field,) = network.inputs
    with torch.inference_mode():
        found = network.predict({field: torch.from_numpy(np.stack(pictures))})[name].float()
    if found.dim() != 4:
        raise UsageError(f"The result {name} has the shape {shape_text(tuple(found.shape[1:]))}, which is no mask.")
    return found

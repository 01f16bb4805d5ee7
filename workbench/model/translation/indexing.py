"""Parts of tensors, as Python's brackets take them, as layers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from workbench.core.values import Shape
from workbench.layers.spec import REGISTRY, Layer


def parts_of(index: Any, shape: Shape) -> Iterator[Layer]:
    """Yields the layers that take a part of a tensor, one behind the other.

    Args:
        index: what stands in the brackets, with plain numbers in it.
        shape: of the tensor, samples first.

    Raises:
        ValueError: it takes some samples, runs backwards, or is neither stretch nor place.
    """
    places = list(index) if isinstance(index, tuple) else [index]
    at = next((number for number, place in enumerate(places) if place is Ellipsis), None)
    if at is not None:
        left_out = len(shape) - sum(each is not None and each is not Ellipsis for each in places)
        places[at : at + 1] = [slice(None)] * left_out
    sizes = iter(shape)
    dim = 0  # in what the layers before have left
    for place in places:
        if place is None:
            yield _layer("Unsqueeze", dim)
            dim += 1
            continue
        size = next(sizes)
        if isinstance(place, slice):
            start, stop, step = place.indices(size)
            if (start, stop, step) != (0, size, 1):
                yield _layer("Slice", dim, start=start, stop=stop, step=step)
            dim += 1
        elif type(place) is int:
            yield _layer("Slice", dim, start=place % size, stop=place % size + 1)
            yield _layer("Squeeze", (dim,))
        else:
            raise ValueError("indexing is not understood")


def _layer(name: str, dim: int | tuple[int, ...], **settings: Any) -> Layer:
    if not dim or dim == (0,):
        raise ValueError("it takes some samples, or puts an axis before them")
    return REGISTRY[name].model_validate({"dim": dim, **settings})

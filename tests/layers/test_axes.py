"""Layers that move, take away, pick or join along axes: torch's numbers, what they are called, what they see."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import Tensor
from torchvision.ops import Permute as TheirPermute

from workbench.core.values import Value
from workbench.layers.axes import axes_of
from workbench.layers.chunk import Chunk
from workbench.layers.max import Max
from workbench.layers.mean import Mean
from workbench.layers.permute import Permute
from workbench.layers.reshape import Reshape
from workbench.layers.slice import Slice
from workbench.layers.spec import REGISTRY, Insert, Layer, Remedy, ShapeError, SuggestParam
from workbench.layers.split import Split
from workbench.layers.squeeze import Squeeze
from workbench.layers.sum import Sum
from workbench.layers.unsqueeze import Unsqueeze
from workbench.layers.windows import Interval

MAP = Value((6, 5, 4))
ROW = Value((12,), "vector")
SERIES = Value((6, 9))
WORDS = Value((7, 6), "sequence")
LAST = Value((5, 4, 6), "channels_last")

# layer, its settings, what comes in, what torch does, kind of what goes out
CASES: list[tuple[type[Layer], dict[str, Any], Value, Callable[[Tensor], Tensor], str]] = [
    (Permute, {}, MAP, lambda x: x.permute(0, 2, 3, 1), "channels_last"),
    (Permute, {"dims": (0, 3, 1, 2)}, LAST, lambda x: x.permute(0, 3, 1, 2), "map"),
    (Permute, {"dims": (0, -1, -3, -2)}, LAST, lambda x: x.permute(0, 3, 1, 2), "map"),
    (Permute, {"dims": (0, 2, 1, 3)}, LAST, lambda x: x.transpose(1, 2), "channels_last"),
    (Permute, {"dims": (0, 1, 3, 2)}, MAP, lambda x: x.transpose(2, 3), "map"),
    (Permute, {"dims": (0, 2, 1)}, SERIES, lambda x: x.transpose(1, 2), "sequence"),
    (Permute, {"dims": (0, 2, 1)}, WORDS, lambda x: x.transpose(1, 2), "map"),
    (Permute, {"dims": (0, 1)}, ROW, lambda x: x, "vector"),
    (Reshape, {}, MAP, lambda x: x.flatten(1), "vector"),
    (Reshape, {"shape": (6, -1)}, MAP, lambda x: x.flatten(2), "map"),
    (Reshape, {"shape": (3, 2, 2)}, ROW, lambda x: x.reshape(-1, 3, 2, 2), "map"),
    (Reshape, {"shape": (-1, 6)}, LAST, lambda x: x.flatten(1, 2), "sequence"),
    (Reshape, {"shape": (5, 2, 2, 6)}, LAST, lambda x: x.unflatten(2, (2, 2)), "channels_last"),
    (Reshape, {"shape": (6, 20)}, LAST, lambda x: x.reshape(-1, 6, 20), "map"),
    (Mean, {}, MAP, lambda x: x.mean((2, 3)), "vector"),
    (Mean, {"dim": (-1,), "keepdim": True}, MAP, lambda x: x.mean(3, keepdim=True), "map"),
    (Mean, {"dim": 1}, WORDS, lambda x: x.mean(1), "vector"),
    (Mean, {"dim": (1, 2)}, LAST, lambda x: x.mean((1, 2)), "vector"),
    (Sum, {"dim": 1}, MAP, lambda x: x.sum(1), "map"),
    (Sum, {"dim": 3}, LAST, lambda x: x.sum(3), "map"),
    (Sum, {"dim": 1}, LAST, lambda x: x.sum(1), "sequence"),
    (Sum, {"dim": 1}, ROW, lambda x: x.sum(1), "scalar"),
    (Max, {"dim": (3, 2)}, MAP, lambda x: x.amax((2, 3)), "vector"),
    (Max, {"dim": (1,), "keepdim": True}, MAP, lambda x: x.max(1, keepdim=True).values, "map"),
    (Slice, {"start": 1, "stop": -1, "step": 2}, MAP, lambda x: x[:, 1:-1:2], "map"),
    (Slice, {"dim": -1, "start": -3}, MAP, lambda x: x[..., -3:], "map"),
    (Slice, {"dim": 2, "stop": 99}, LAST, lambda x: x, "channels_last"),
    (Split, {"split_size_or_sections": 4, "index": 1}, MAP, lambda x: x.split(4, 1)[1], "map"),
    (Split, {"split_size_or_sections": [1, 4], "dim": 2, "index": 1}, MAP, lambda x: x.split([1, 4], 2)[1], "map"),
    (Chunk, {"chunks": 3, "dim": -2, "index": 2}, MAP, lambda x: x.chunk(3, -2)[2], "map"),
    (Chunk, {"chunks": 4, "index": 2}, MAP, lambda x: x.chunk(4, 1)[2], "map"),
    (Squeeze, {"dim": (2, 3)}, Value((6, 1, 1)), lambda x: x.squeeze((2, 3)), "vector"),
    (Squeeze, {}, Value((6, 4, 1)), lambda x: x.squeeze(-1), "map"),
    (Squeeze, {"dim": 1}, Value((1, 4, 6), "channels_last"), lambda x: x.squeeze(1), "sequence"),
    (Unsqueeze, {"dim": 1}, ROW, lambda x: x.unsqueeze(1), "map"),
    (Unsqueeze, {}, ROW, lambda x: x.unsqueeze(-1), "map"),
    (Unsqueeze, {"dim": 1}, WORDS, lambda x: x.unsqueeze(1), "channels_last"),
    (Unsqueeze, {"dim": -1}, WORDS, lambda x: x.unsqueeze(-1), "map"),
    (Unsqueeze, {"dim": 1}, Value((), "scalar"), lambda x: x.unsqueeze(1), "vector"),
]  # fmt: skip


def name_of(case: object) -> str | None:
    return case.__name__ if isinstance(case, type) else None


@pytest.mark.parametrize(("cls", "params", "value", "theirs", "kind"), CASES, ids=name_of)
def test_numbers_are_torchs(
    cls: type[Layer], params: dict[str, Any], value: Value, theirs: Callable[[Tensor], Tensor], kind: str
) -> None:
    layer = cls.model_validate(params)
    x = torch.randn(3, *value.shape)
    call = layer.module(value)
    assert call is not None
    expected = theirs(x)
    assert torch.equal(call.build()(x), expected)
    assert layer.output(value) == Value(tuple(expected.shape[1:]), kind)
    assert type(layer).from_module(call.build()) == layer


def test_every_one_of_them_is_a_case() -> None:
    assert {case[0] for case in CASES} == {
        REGISTRY[name] for name in "Permute Reshape Mean Sum Max Slice Split Chunk Squeeze Unsqueeze".split()
    }


@pytest.mark.parametrize("dims", [[0, 2, 3, 1], [0, 3, 1, 2], (0, 1, 3, 2)])
def test_torchvisions_permutations_are_read(dims: Any) -> None:
    assert Permute.from_module(TheirPermute(dims)) == Permute(dims=tuple(dims))


def test_a_map_becomes_a_sequence_in_two_steps() -> None:
    """Images that became sequences, as vision transformers make them: channels × positions, then the other way."""
    rows = Reshape(shape=(6, -1)).output(MAP)
    assert Permute(dims=(0, 2, 1)).output(rows) == Value((20, 6), "sequence")


# layer, what comes in, words of the sentence, the fix
REFUSED: list[tuple[Layer, Value, str, Remedy]] = [
    (Permute(), SERIES, "dims = 0, 2, 3, 1 must name the batch, 0, first", SuggestParam("dims", [0, 2, 1])),
    (Permute(dims=(1, 0, 2, 3)), MAP, "each axis of 6×5×4, 1 to 3, once", SuggestParam("dims", [0, 2, 3, 1])),
    (Permute(dims=(0, 1, 1, 2)), LAST, "dims = 0, 1, 1, 2", SuggestParam("dims", [0, 3, 1, 2])),
    (Reshape(shape=(-1, -1)), MAP, "more than one -1", SuggestParam("shape", [-1])),
    (Reshape(shape=(7, 5)), MAP, "120 values, into the shape 7, 5, which holds 35", SuggestParam("shape", [-1, 5])),
    (Reshape(shape=(7, -1)), MAP, "7 values or some times as many", SuggestParam("shape", [-1])),
    (Mean(), ROW, "dim = 2, 3 must name different axes of 12", SuggestParam("dim", [1])),
    (Mean(dim=(2, -2)), MAP, "dim = 2, -2 must name different axes", SuggestParam("dim", [2])),
    (Max(dim=(0, 2)), MAP, "different axes of 6×5×4, which has 3 and the batch", SuggestParam("dim", [2])),
    (Slice(start=8), MAP, "axis 1 of 6×5×4 there are 6 positions, of which 8 to the end", SuggestParam("start", 0)),
    (Slice(start=4, stop=2), MAP, "4 to 2 holds none", SuggestParam("stop", None)),
    (Slice(dim=4), MAP, "dim = 4 is not an axis", SuggestParam("dim", 1)),
    (Split(split_size_or_sections=(2, 3)), MAP, "into 2 . 3 = 5, but there are 6",
     SuggestParam("split_size_or_sections", [2, 4])),
    (Split(split_size_or_sections=(9, 3)), MAP, "9 . 3 = 12", SuggestParam("split_size_or_sections", 6)),
    (Split(index=7), MAP, "part 7, counted from 0, but there are 6", SuggestParam("index", 5)),
    (Chunk(chunks=4, index=3), MAP, "part 3, counted from 0, but there are 3", SuggestParam("index", 2)),
    (Squeeze(dim=(1,)), Value((6, 5, 1)), "axis 1 of 6×5×1, along which there are 6", SuggestParam("dim", [3])),
    (Squeeze(), MAP, "axis 3 of 6×5×4, along which there are 4", Insert("Mean", {"dim": [3], "keepdim": True})),
    (Unsqueeze(dim=5), MAP, "no place for a new axis of 6×5×4", SuggestParam("dim", 4)),
    (Unsqueeze(dim=-5), MAP, "dim = -5 is no place", SuggestParam("dim", 4)),
]  # fmt: skip


@pytest.mark.parametrize(("layer", "value", "words", "fix"), REFUSED, ids=lambda each: type(each).__name__)
def test_what_does_not_fit_is_refused_with_a_way_out(layer: Layer, value: Value, words: str, fix: Remedy) -> None:
    with pytest.raises(ShapeError, match=words) as caught:
        layer.output(value)
    assert caught.value.fixes == (fix,)
    assert caught.value.found
    assert caught.value.needed
    if isinstance(fix, SuggestParam):
        layer = type(layer).model_validate({**layer.model_dump(), fix.param: fix.value})
    else:
        value = REGISTRY[fix.layer].model_validate(dict(fix.params)).output(value)
    layer.output(value)


def test_a_size_of_zero_is_no_setting() -> None:
    with pytest.raises(ValueError, match="-1 for what is left"):
        Reshape(shape=(4, 0))


def test_axes_are_counted_as_torch_counts_them() -> None:
    assert axes_of((1, -1), MAP) == (1, 3)
    with pytest.raises(ShapeError, match="thing = 9") as caught:
        axes_of((9,), MAP, setting="thing")
    assert caught.value.fixes == (SuggestParam("thing", [1]),)


# layer, an output position, what it sees of a map of 6×5×4; None sees everything
SEEN: list[tuple[Layer, tuple[int, int], list[Interval] | None]] = [
    (Permute(), (1, 1), None),
    (Permute(dims=(0, 1, 3, 2)), (1, 1), None),
    (Permute(dims=(0, 1, 2, 3)), (1, 1), [(1, 1), (1, 1)]),
    (Reshape(), (1, 1), None),
    (Mean(), (0, 0), None),
    (Mean(keepdim=True), (0, 0), [(0, 4), (0, 3)]),
    (Max(dim=(-1,), keepdim=True), (2, 0), [(2, 2), (0, 3)]),
    (Sum(dim=(1,), keepdim=True), (1, 1), [(1, 1), (1, 1)]),
    (Slice(start=2), (1, 1), [(1, 1), (1, 1)]),
    (Slice(dim=2, start=1, step=2), (1, 1), [(3, 3), (1, 1)]),
    (Slice(dim=-1, start=-2), (1, 1), [(1, 1), (3, 3)]),
    (Chunk(dim=3, index=1), (1, 1), [(1, 1), (3, 3)]),
    (Split(split_size_or_sections=(1, 4), dim=2, index=1), (1, 1), [(2, 2), (1, 1)]),
    (Squeeze(), (0, 0), None),
    (Unsqueeze(), (0, 0), None),
]


@pytest.mark.parametrize(("layer", "position", "seen"), SEEN, ids=lambda each: type(each).__name__)
def test_what_a_position_sees(layer: Layer, position: tuple[int, int], seen: list[Interval] | None) -> None:
    windows = layer.windows(MAP)
    if seen is None:
        assert windows is None
        return
    assert windows is not None
    rows = zip(windows[0], position, MAP.spatial, strict=True)
    assert [window.seen(place, place, size) for window, place, size in rows] == seen


def test_pictures_are_not_cut_into_pieces_where_places_are_counted_from_the_border() -> None:
    assert not all(window.moves_evenly for window in Slice(dim=2, start=1).windows(MAP)[0])
    assert all(window.moves_evenly for window in Slice(dim=1, start=1).windows(MAP)[0])

"""A unit looked at closely, what its positions see, and thumbnails."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
import torch

from tests.insight.test_views import sample, small
from workbench.core.graph import Port
from workbench.insight.backproject import backproject, strongest
from workbench.insight.colours import DIVERGING, DIVERGING_LIGHT
from workbench.insight.probe import activations
from workbench.insight.receptive_field import Box, box_of
from workbench.insight.spec import ViewContext, coloured
from workbench.insight.thumbnails import LONGEST, SIDE, picture_thumbnail, shrunk, thumbnail
from workbench.insight.units import inspect_unit
from workbench.model.network import Network
from workbench.model.receptive_fields import receptive_fields
from workbench.project.templates.spec import GraphBuilder, Samples


def test_a_unit_has_its_map_and_the_way_back_of_its_strongest_position() -> None:
    graph, network, _ = small()
    node = graph.named("relu").id
    fields = sample()
    detail = inspect_unit(ViewContext(network, graph, node, fields), 3)
    assert detail is not None
    port = Port(node, "y")
    maps = activations(network, fields, frozenset({port}))[port]
    assert np.array_equal(detail.values, maps[0, 3].numpy())
    assert detail.strongest == float(maps[0, 3].max())
    assert detail.is_strongest
    expected = backproject(network, graph, fields, port, strongest(maps, [3]))[0].numpy()
    assert detail.down_values is not None
    assert np.allclose(detail.down_values, expected, atol=1e-7)
    assert detail.filter_tile is None  # a ReLU has none
    conv = inspect_unit(ViewContext(network, graph, graph.named("conv").id, fields), 3)
    assert conv is not None
    assert conv.filter_tile is not None


def test_the_way_back_may_start_at_a_chosen_position() -> None:
    graph, network, _ = small()
    node = graph.named("relu").id
    fields = sample()
    port = Port(node, "y")
    maps = activations(network, fields, frozenset({port}))[port]
    place = tuple(int(i) for i in torch.nonzero(maps[0, 2])[0])
    seeds = torch.zeros_like(maps)
    seeds[0, 2, place[0], place[1]] = maps[0, 2, place[0], place[1]]
    detail = inspect_unit(ViewContext(network, graph, node, fields), 2, (place[0], place[1]))
    assert detail is not None
    assert detail.position == place
    assert detail.down_values is not None
    assert np.allclose(detail.down_values, backproject(network, graph, fields, port, seeds)[0].numpy(), atol=1e-7)
    outside = inspect_unit(ViewContext(network, graph, node, fields), 2, (99, 0))
    assert outside is not None
    assert outside.is_strongest


def test_a_dead_unit_says_so_and_a_unit_that_is_not_there_is_none() -> None:
    graph, network, _ = small()
    node = graph.named("relu").id
    conv = network.modules.get_submodule("conv")
    with torch.no_grad():
        conv.bias[1] = -100.0
    detail = inspect_unit(ViewContext(network, graph, node, sample()), 1)
    assert detail is not None
    assert detail.is_dead
    assert inspect_unit(ViewContext(network, graph, node, sample()), 5) is None


CHAIN = [
    ("Conv2d", {"out_channels": 2, "kernel_size": 3, "stride": 2, "padding": 1}),
    ("AvgPool2d", {"kernel_size": 3, "stride": 2}),
    ("Conv2d", {"out_channels": 2, "kernel_size": 2, "dilation": 2, "padding": 0}),
]


@pytest.mark.parametrize("position", [(0, 0), (1, 2), (2, 3), (0, 3)])
def test_the_box_is_where_the_gradient_is(position: tuple[int, int]) -> None:
    builder = GraphBuilder(Samples((1, 23, 25)))
    port = builder.image()
    for number, (layer, params) in enumerate(CHAIN):
        port = builder.add(layer, f"n{number}", port, **params)
    graph = builder.graph()
    network = Network(graph)
    for weight in network.modules.parameters():
        torch.nn.init.constant_(weight, 0.5)
    seeds = torch.zeros(activations(network, {"image": torch.rand(1, 1, 23, 25)}, frozenset({port}))[port].shape)
    seeds[0, 0, position[0], position[1]] = 1
    support = backproject(network, graph, {"image": torch.rand(1, 1, 23, 25)}, port, seeds, "gradient")[0, 0] != 0
    box = box_of(receptive_fields(graph)[port.node], position, (23, 25))
    assert box is not None
    rows, columns = np.flatnonzero(support.any(1)), np.flatnonzero(support.any(0))
    assert (box.top, box.top + box.height - 1) == (rows[0], rows[-1])
    assert (box.left, box.left + box.width - 1) == (columns[0], columns[-1])


def test_a_box_says_what_it_sees() -> None:
    assert Box(2, 3, 14, 14, (14, 14)).text == "receptive field 14×14 pixels"
    assert Box(0, 3, 10, 14, (14, 14)).text == "receptive field 14×14 pixels, 10×14 of them in the picture"
    assert box_of(None, (0, 0), (28, 20)) == Box(0, 0, 28, 20, (28, 20))
    builder = GraphBuilder(Samples((1, 28, 20)))
    port = builder.add("Conv2d", "conv", builder.image(), kernel_size=3, padding=1)
    field = receptive_fields(builder.graph())[port.node]
    assert box_of(field, (0, 3), (28, 20)) == Box(0, 2, 2, 3, (3, 3))
    assert box_of(field, (40, 0), (28, 20)) is None
    series = GraphBuilder(Samples((1, 28)))
    port = series.add("Conv1d", "conv", series.image(), kernel_size=3)
    assert box_of(receptive_fields(series.graph())[port.node], (0, 0), (28, 20)) is None
    assert Box(0, 0, 28, 4, (5, 4)).text == "receptive field 5×4 pixels, some of them beyond the opposite border"


@pytest.mark.parametrize(
    "shape",
    [
        (6, 28, 28),
        (1, 28, 28),
        (16, 5, 5),
        (512, 1, 1),
        (3, 224, 224),
        (64, 40, 500),
        (2, 300, 3),
        (5, 100),
        (10,),
        (4096,),
    ],
    ids=str,
)
def test_thumbnails_are_small_pictures(shape: tuple[int, ...]) -> None:
    picture = thumbnail(np.random.default_rng(0).normal(size=shape))
    assert picture is not None
    height, width, channels = picture.shape
    assert (channels, picture.dtype) == (3, np.uint8)
    assert 0 < height <= SIDE
    assert 0 < width <= LONGEST
    assert picture.std() > 0


def test_a_thumbnail_shows_the_strongest_maps() -> None:
    values = np.zeros((5, 40, 40))
    values[3, 10:20] = 9.0
    picture = thumbnail(values)
    assert picture is not None
    assert len(np.unique(picture[:, -40:].reshape(-1, 3), axis=0)) == 2  # the third of three is unit 3
    assert len(np.unique(picture[:, :40].reshape(-1, 3), axis=0)) == 1


def test_bars_stand_on_zero() -> None:
    picture = thumbnail(np.array([1.0, -1.0]))
    assert picture is not None
    bright = picture.sum(axis=2) > picture.sum(axis=2).min()
    half, middle = picture.shape[1] // 2, picture.shape[0] // 2
    assert bright[: middle - 1, :half].any()
    assert not bright[middle + 1 :, :half].any()
    assert bright[middle + 1 :, half:].any()


@pytest.mark.parametrize(
    "values", [np.zeros(()), np.zeros((0,)), np.zeros((2, 3, 4, 5))], ids=lambda each: str(each.shape)
)
def test_nothing_that_is_no_map_has_a_thumbnail(values: np.ndarray) -> None:
    assert thumbnail(values) is None


def test_a_picture_is_its_own_thumbnail() -> None:
    image = np.random.default_rng(0).integers(0, 256, (28, 28, 3), np.uint8)
    assert np.array_equal(picture_thumbnail(image), image)
    assert picture_thumbnail(np.zeros((224, 100, 3), np.uint8)).shape == (37, 16, 3)


def test_shrinking_takes_the_mean_of_blocks() -> None:
    assert shrunk(np.arange(16.0).reshape(1, 4, 4), 2).tolist() == [[[2.5, 4.5], [10.5, 12.5]]]


@pytest.mark.parametrize("table", [DIVERGING, DIVERGING_LIGHT], ids=["dark", "light"])
def test_zero_is_nearest_to_the_paper_in_both_themes(table: np.ndarray) -> None:
    light = table.astype(float) @ [0.2126, 0.7152, 0.0722]
    best: Callable[..., np.intp] = np.argmin if table is DIVERGING else np.argmax
    assert abs(int(best(light)) - 128) <= 1
    tiles, _, _ = coloured(np.array([[[-1.0, 0.0, 1.0]]]), signed=True, colours=table)
    assert tiles[0, 0].tolist() == [table[0].tolist(), table[128].tolist(), table[255].tolist()]

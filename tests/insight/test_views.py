"""What views draw: the right numbers, in colours that say what they are."""

from __future__ import annotations

import io

import numpy as np
import pytest
import torch
from PIL import Image

from workbench.core.graph import Graph, Port
from workbench.insight.colours import DIVERGING, SEQUENTIAL
from workbench.insight.probe import activations
from workbench.insight.spec import REGISTRY, Picture, ViewContext, coloured, in_colour
from workbench.insight.tiling import GAP, columns_for, grid, png, range_text
from workbench.model.network import Network
from workbench.project.templates.spec import GraphBuilder, Samples


def small() -> tuple[Graph, Network, str]:
    builder = GraphBuilder(Samples((1, 10, 12)))
    port = builder.add("Conv2d", "conv", builder.image(), out_channels=5)
    builder.add("ReLU", "relu", port)
    graph = builder.graph()
    return graph, Network(graph, seed=3), port.node


def sample() -> dict[str, torch.Tensor]:
    return {"image": torch.rand(1, 1, 10, 12, generator=torch.Generator().manual_seed(1))}


def test_filters_are_the_weights() -> None:
    graph, network, node = small()
    picture = REGISTRY["filters"].render(ViewContext(network, graph, node, units=(3, 1)))
    weight = network.modules.get_submodule("conv").weight.detach().numpy()
    assert picture.units == (3, 1)
    assert np.array_equal(picture.values, weight[[3, 1]])
    assert picture.high == pytest.approx(np.abs(weight).max())
    assert picture.low == -picture.high


def test_feature_maps_are_the_activations() -> None:
    graph, network, node = small()
    picture = REGISTRY["feature-maps"].render(ViewContext(network, graph, node, sample()))
    expected = activations(network, sample(), frozenset({Port(node, "y")}))[Port(node, "y")][0].numpy()
    assert np.array_equal(picture.values, expected)
    assert picture.tiles.shape == (5, 10, 12, 3)


def test_a_deconvnet_picture_is_within_the_units_receptive_field() -> None:
    graph, network, node = small()
    picture = REGISTRY["deconvnet"].render(ViewContext(network, graph, node, sample()))
    maps = activations(network, sample(), frozenset({Port(node, "y")}))[Port(node, "y")][0]
    for unit, values in enumerate(picture.values):
        row, column = divmod(int(maps[unit].argmax()), 12)
        inside = np.zeros((10, 12), dtype=bool)
        inside[max(0, row - 1) : row + 2, max(0, column - 1) : column + 2] = True
        assert np.abs(values[0][~inside]).max() == 0
        assert (np.abs(values[0][inside]).max() > 0) == (float(maps[unit].max()) > 0)


def test_signed_numbers_are_drawn_around_neutral() -> None:
    tiles, low, high = coloured(np.array([[[-2.0, 0.0, 1.0]]]), signed=True)
    assert (low, high) == (-2.0, 2.0)
    assert tiles[0, 0].tolist() == [DIVERGING[0].tolist(), DIVERGING[128].tolist(), DIVERGING[191].tolist()]


def test_others_run_from_the_smallest_to_the_largest() -> None:
    tiles, low, high = coloured(np.array([[[3.0, 5.0]], [[4.0, 7.0]]]), signed=False)
    assert (low, high) == (3.0, 7.0)
    assert tiles[0, 0, 0].tolist() == SEQUENTIAL[0].tolist()
    assert tiles[1, 0, 1].tolist() == SEQUENTIAL[255].tolist()


def test_each_tile_may_have_its_own_range() -> None:
    tiles, low, _ = coloured(np.array([[[-1.0, 1.0]], [[-100.0, 100.0]]]), signed=True, each=True)
    assert np.isnan(low)
    assert np.array_equal(tiles[0], tiles[1])


def test_nothing_at_all_is_neutral_and_not_a_number_is_too() -> None:
    tiles, _, _ = coloured(np.zeros((1, 2, 2)), signed=True)
    assert (tiles == DIVERGING[128]).all()
    tiles, _, _ = coloured(np.array([[[np.nan, 1.0]]]), signed=True)
    assert tiles[0, 0, 0].tolist() == DIVERGING[128].tolist()


def test_three_channels_are_a_coloured_picture() -> None:
    values = np.zeros((1, 3, 1, 2))
    values[0, 0, 0, 0] = 5.0
    assert in_colour(values, each=True)[0][0, 0].tolist() == [[255, 128, 128], [128, 128, 128]]


def test_the_even_map_grows_lighter_at_every_step() -> None:
    light = SEQUENTIAL.astype(float) @ [0.2126, 0.7152, 0.0722]
    assert (np.diff(light) > -0.35).all()
    assert light[-1] - light[0] > 150


def test_tiles_are_whole_and_enlarged_without_smoothing() -> None:
    tiles = np.arange(3 * 2 * 2 * 3, dtype=np.uint8).reshape(3, 2, 2, 3)
    picture = grid(tiles, 2, zoom=3)
    assert picture.shape == (2 * (6 + GAP) + GAP, 2 * (6 + GAP) + GAP, 3)
    second = picture[GAP : GAP + 6, GAP + 6 + GAP : GAP + 6 + GAP + 6]
    assert np.array_equal(second[::3, ::3], tiles[1])
    assert np.array_equal(second[:3, :3], np.broadcast_to(tiles[1, 0, 0], (3, 3, 3)))


@pytest.mark.parametrize(("count", "columns"), [(1, 1), (8, 4), (32, 8), (3, 3)])
def test_grids_are_about_twice_as_wide_as_high(count: int, columns: int) -> None:
    assert columns_for(count, 10, 10) == columns


def test_the_png_opens_and_tells_its_range() -> None:
    picture = Picture(np.zeros((4, 5, 5, 3), np.uint8), (0, 1, 2, 3), np.zeros((4, 5, 5)), -1.5, 1.5, "note")
    with Image.open(io.BytesIO(png(picture, "Filters of conv1"))) as image:
        assert image.width > 100
        assert image.height > 100
    assert range_text(picture) == "±1.5, zero is neutral"


@pytest.mark.parametrize(("layer", "channels"), [("Conv2d", 3), ("Conv2d", 1), ("ConvTranspose2d", 3)])
def test_a_filter_that_learnt_nothing_is_as_faint_as_it_is(layer: str, channels: int) -> None:
    """Each in a range of its own, noise of 1e-10 would be as bright as a filter of 1."""
    builder = GraphBuilder(Samples((channels, 10, 12)))
    port = builder.add(layer, "conv", builder.image(), out_channels=4, kernel_size=5)
    graph = builder.graph()
    network = Network(graph, seed=1)
    weight = network.modules.get_submodule("conv").get_parameter("weight")
    with torch.no_grad():
        (weight[:, 2] if layer == "ConvTranspose2d" else weight[2]).mul_(1e-9)
    picture = REGISTRY["filters"].render(ViewContext(network, graph, port.node))
    spread = [int(np.ptp(tile.reshape(-1, 3), axis=0).max()) for tile in picture.tiles]
    assert spread[2] == 0
    assert min(spread[0], spread[1], spread[3]) > 40
    assert picture.low == -picture.high
    alone = REGISTRY["filters"].render(ViewContext(network, graph, port.node, units=(2,)))
    assert np.array_equal(alone.tiles[0], picture.tiles[2])

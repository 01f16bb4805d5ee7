"""Receptive fields against gradients: in every corner, behind every layer that enlarges, joins or wraps."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import torch

from workbench.core.graph import Graph, Port
from workbench.insight.probe import Recorder
from workbench.model.network import Network
from workbench.model.receptive_field import Box, ReceptiveField
from workbench.model.receptive_fields import receptive_fields
from workbench.model.shapes import infer
from workbench.project.templates.spec import GraphBuilder, Samples

Draw = Callable[[GraphBuilder, Port], Port]


def conv(builder: GraphBuilder, port: Port, name: str, **params: object) -> Port:
    return builder.add("Conv2d", name, port, **{"out_channels": 2, "kernel_size": 3, "padding": 0, **params})


def enlarged(layer: str, **params: object) -> Draw:
    """Two halvings, the layer, and a convolution behind it."""

    def draw(builder: GraphBuilder, port: Port) -> Port:
        port = conv(builder, conv(builder, port, "a", stride=2, padding=1), "b", stride=2)
        return conv(builder, builder.add(layer, "up", port, **params), "c", kernel_size=2)

    return draw


def tall(axis: int) -> Draw:
    """Two branches joined along the height or width, and a convolution across the joint."""

    def draw(builder: GraphBuilder, port: Port) -> Port:
        first, second = conv(builder, port, "a"), conv(builder, port, "b", kernel_size=[1, 5], padding=[0, 1])
        second = conv(builder, second, "b2", kernel_size=[3, 1])
        return conv(builder, builder.add("Concat", "joined", first, second, dim=axis), "c", kernel_size=2)

    return draw


def uneven(builder: GraphBuilder, port: Port) -> Port:
    return builder.add(
        "Add", "add", conv(builder, port, "a", kernel_size=8), conv(builder, port, "b", stride=2, padding=1)
    )


def wrapped(mode: str, padding: int) -> Draw:
    def draw(builder: GraphBuilder, port: Port) -> Port:
        port = conv(builder, port, "a", kernel_size=5, padding=padding, padding_mode=mode)
        return conv(builder, port, "b", padding=1, padding_mode=mode, dilation=2)

    return draw


def wide_margins(builder: GraphBuilder, port: Port) -> Port:
    return conv(builder, conv(builder, port, "a", kernel_size=2, padding=3), "b", kernel_size=1, padding=2, stride=3)


CASES: dict[str, Draw] = {
    "nearest": enlarged("Upsample", scale_factor=2),
    "bilinear by three": enlarged("Upsample", scale_factor=[3, 2], mode="bilinear"),
    "bicubic": enlarged("Upsample", scale_factor=2, mode="bicubic"),
    "transposed": enlarged("ConvTranspose2d", out_channels=2, kernel_size=2, stride=2),
    "transposed with gaps": enlarged("ConvTranspose2d", out_channels=2, kernel_size=[1, 2], stride=3, padding=0),
    "transposed and dilated": enlarged("ConvTranspose2d", out_channels=2, kernel_size=2, stride=2, dilation=3),
    "adaptive": enlarged("AdaptiveAvgPool2d", output_size=[3, 2]),
    "joined along the height": tall(2),
    "joined along the width": tall(3),
    "unequal strides": uneven,
    "circular": wrapped("circular", 2),
    "reflected": wrapped("reflect", 4),
    "replicated": wrapped("replicate", 4),
    "margins wider than the kernel": wide_margins,
}


def drawn(draw: Draw, shape: tuple[int, ...] = (1, 15, 15)) -> tuple[Graph, Port]:
    builder = GraphBuilder(Samples(shape))
    port = draw(builder, builder.image())
    return builder.graph(), port


def field_of(graph: Graph, port: Port) -> ReceptiveField:
    field = receptive_fields(graph)[port.node]
    assert field is not None
    return field


def touched(network: Network, port: Port, shape: tuple[int, ...], position: tuple[int, ...]) -> Box | None:
    """Where the gradient of one position is not zero."""
    x = torch.ones(1, *shape, dtype=torch.float64, requires_grad=True)
    output = Recorder(network, frozenset({port})).record(x)[port]
    (gradient,) = torch.autograd.grad(output[(0, slice(None), *position)].sum(), x)
    places = gradient[0].abs().sum(0).nonzero()
    if not len(places):
        return None
    return tuple(zip(places.amin(0).tolist(), places.amax(0).tolist(), strict=True))


@pytest.mark.parametrize("name", CASES)
def test_the_box_of_every_position_is_where_the_gradient_is(name: str) -> None:
    graph, port = drawn(CASES[name])
    field = field_of(graph, port)
    network = Network(graph, seed=3)
    network.modules.double()
    network.set_training(False)
    generator = torch.Generator().manual_seed(1)
    for weight in network.modules.parameters():
        weight.data = torch.rand(weight.shape, generator=generator, dtype=torch.float64) + 0.1
    height, width = infer(graph).values[port].spatial
    rows = [min(row, height - 1) for row in range(max(height, width))]
    columns = [min(column, width - 1) for column in range(max(height, width))]
    places = {*zip(rows, columns, strict=True), *zip(rows, reversed(columns), strict=True), *((row, 0) for row in rows)}
    for position in sorted(places):
        assert field.box(position) == touched(network, port, (1, 15, 15), position), position


def test_the_size_is_that_of_the_position_that_sees_most() -> None:
    def draw(builder: GraphBuilder, port: Port) -> Port:
        port = builder.add("MaxPool2d", "pool", port, kernel_size=4, stride=4)
        return conv(builder, builder.add("Upsample", "up", port, scale_factor=2), "conv", kernel_size=2)

    graph, port = drawn(draw, (1, 48, 48))
    field = field_of(graph, port)
    assert [field.box((i, i)) for i in (6, 7)] == [((12, 15), (12, 15)), ((12, 19), (12, 19))]
    assert (field.size, field.stride) == ((8, 8), (2.0, 2.0))
    up = field_of(graph, Port(graph.named("up").id, "y"))
    assert up.size == (4, 4)


def test_doubled_pixels_see_one_pixel() -> None:
    graph, port = drawn(lambda builder, port: builder.add("Upsample", "up", port, scale_factor=2))
    assert field_of(graph, port).size == (1, 1)
    assert field_of(graph, port).box((7, 8)) == ((3, 3), (4, 4))


def test_unequal_strides_see_most_far_from_the_corner() -> None:
    graph, port = drawn(uneven)
    field = field_of(graph, port)
    assert field.box((4, 4)) == ((4, 11), (4, 11))
    assert field.box((7, 7)) == ((7, 14), (7, 14))
    assert field.size == (9, 9), "at position 0 the one branch begins a pixel before the other"


def test_a_field_without_borders_counts_margins() -> None:
    graph, port = drawn(lambda builder, port: conv(builder, port, "a", kernel_size=5, padding=2))
    field = field_of(graph, port)
    assert field.box((0, 14)) == ((0, 2), (12, 14))
    assert field.box((0, 14), clipped=False) == ((-2, 2), (12, 16))
    assert field.box((0, 15)) is None
    assert field.box((0,)) is None


def test_unpooling_sees_every_window_that_holds_the_pixel() -> None:
    def draw(builder: GraphBuilder, port: Port) -> Port:
        pool = builder.add("MaxPool2d", "pool", port, kernel_size=3, stride=2)
        back = builder.add("MaxUnpool2d", "unpool", pool, Port(pool.node, "switches"))
        return conv(builder, back, "after", kernel_size=1)

    graph, port = drawn(draw)
    field = field_of(graph, port)
    assert [field.box((i, 0)) for i in (1, 2, 3)] == [((0, 2), (0, 2)), ((0, 4), (0, 2)), ((2, 4), (0, 2))]
    assert field.size == (5, 5)


def test_fields_of_different_axes_do_not_join() -> None:
    """A picture and a map that has lost its width cannot be told in one box; everything is seen, then."""
    graph, port = drawn(lambda builder, port: builder.add("Flatten", "flat", port))
    assert receptive_fields(graph)[port.node] is None

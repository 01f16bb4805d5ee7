"""Pictures at their own size: what a network makes of them, whole or in pieces, and the view that shows it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch
from torch import nn

from workbench.core.errors import UsageError
from workbench.core.graph import Graph, Port
from workbench.insight import full_size as whole
from workbench.insight.full_size import Numbers, run_full_size, with_noise
from workbench.insight.latent.metrics import psnr
from workbench.insight.spec import REGISTRY, ViewContext, looked_at, views_of
from workbench.model.network import Network
from workbench.model.shapes import infer
from workbench.project.templates.spec import REGISTRY as TEMPLATES
from workbench.project.templates.spec import GraphBuilder, Samples


def picture(*shape: int, seed: int = 0) -> Numbers:
    return np.random.default_rng(seed).random(shape, np.float32)


def blurring(channels: int = 1) -> tuple[Graph, Port, Network]:
    """Two convolutions, drawn for 12×12."""
    builder = GraphBuilder(Samples((channels, 12, 12)))
    port = builder.add("Conv2d", "one", builder.image(), out_channels=4, kernel_size=5, padding=2)
    port = builder.add("Conv2d", "two", port, out_channels=channels, kernel_size=5, padding=2)
    builder.add("Output", "result", port)
    graph = builder.graph()
    return graph, port, Network(graph, seed=1)


def made_by_torch(network: Network, x: Numbers) -> Numbers:
    with torch.no_grad():
        one, two = (network.modules.get_submodule(name) for name in ("one", "two"))
        found: Numbers = two(one(torch.from_numpy(x)[None]))[0].numpy()
    return found


@pytest.mark.parametrize("channels", [1, 3])
def test_a_picture_of_any_size_goes_through_the_same_weights(channels: int) -> None:
    graph, port, network = blurring(channels)
    x = picture(channels, 37, 50)
    made = run_full_size(network, graph, port, x)
    assert np.array_equal(made.picture, x)
    assert made.notes == ()
    assert np.abs(made.result - made_by_torch(network, x)).max() < 1e-6


def test_pieces_are_as_the_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    graph, port, network = blurring()
    x = picture(1, 200, 230)
    expected = made_by_torch(network, x)
    monkeypatch.setattr(whole, "MOST_BYTES", 200_000)  # of about a hundred rows and columns
    made = run_full_size(network, graph, port, x)
    assert "pieces that overlap" in made.notes[0]
    assert int(made.notes[0].split()[2]) >= 4
    assert np.abs(made.result - expected).max() < 1e-6


def standardised(builder: GraphBuilder, port: Port) -> Port:
    port = builder.add("Conv2d", "conv", port, out_channels=4, kernel_size=3)
    return builder.add("BatchNorm2d", "norm", port, track_running_stats=False)


WEIGHING = {
    "norm weighs the whole of it": standardised,
    "lcn weighs the whole of it": lambda builder, port: builder.add("LocalContrastNorm", "lcn", port, kernel_size=5),
    "shares weighs the whole of it": lambda builder, port: builder.add("Softmax", "shares", port, dim=3),
    "ring does not treat all places alike": lambda builder, port: builder.add(
        "Conv2d", "ring", port, kernel_size=3, padding=1, padding_mode="circular"
    ),
}


@pytest.mark.parametrize("reason", WEIGHING)
def test_what_weighs_the_whole_picture_is_never_made_in_pieces(reason: str, monkeypatch: pytest.MonkeyPatch) -> None:
    builder = GraphBuilder(Samples((1, 16, 16)))
    port = builder.add("Conv2d", "last", WEIGHING[reason](builder, builder.image()), out_channels=1, kernel_size=3)
    graph = builder.graph()
    network = Network(graph, seed=1)
    x = picture(1, 128, 140)
    expected = run_full_size(network, graph, port, x)
    monkeypatch.setattr(whole, "MOST_BYTES", 100_000)
    made = run_full_size(network, graph, port, x)
    assert made.notes == ()
    assert np.array_equal(made.result, expected.result)
    monkeypatch.setattr(whole, "BYTES_AT_ONCE", 100_000)
    with pytest.raises(UsageError, match=f"cannot be cut into pieces: {reason}. Make it smaller first"):
        run_full_size(network, graph, port, x)


@pytest.mark.parametrize(("down", "up"), [(3, 3), (5, 5)])
def test_pieces_keep_step_with_any_stride(down: int, up: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """A piece that begins in the middle of a pooling window would be pooled otherwise than the whole."""
    builder = GraphBuilder(Samples((1, 30, 30)))
    port = builder.add("MaxPool2d", "pool", builder.image(), kernel_size=down, stride=down)
    port = builder.add("Upsample", "up", builder.add("Conv2d", "conv", port, kernel_size=3, padding=1), scale_factor=up)
    port = builder.add("Conv2d", "last", port, out_channels=1, kernel_size=2, padding="same")
    graph = builder.graph()
    network = Network(graph, seed=1)
    x = picture(1, 240, 240)
    expected = run_full_size(network, graph, port, x)
    monkeypatch.setattr(whole, "MOST_BYTES", 400_000)
    made = run_full_size(network, graph, port, x)
    assert "pieces that overlap" in made.notes[0]
    assert np.abs(made.result - expected.result).max() < 1e-5


def test_pieces_of_a_search_that_weighs_all_are_nearly_as_the_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    builder = GraphBuilder(Samples((1, 50, 50)))
    TEMPLATES["denoiser"]().build(builder)
    graph = builder.graph()
    network = Network(graph, seed=2)
    port = network.results["denoised"]
    x = with_noise(np.tile(np.linspace(0, 1, 180, dtype=np.float32), (1, 150, 1)), 0.1)
    expected = run_full_size(network, graph, port, x)
    monkeypatch.setattr(whole, "MOST_BYTES", 1_500_000)
    made = run_full_size(network, graph, port, x)
    assert expected.notes == ()
    assert "pieces that overlap" in made.notes[0]
    assert int(made.notes[0].split()[2]) >= 9
    assert float(np.abs(expected.result - x).max()) > 0.05
    assert float(np.abs(made.result - expected.result).max()) < 1e-3


def halving() -> tuple[Graph, Port]:
    builder = GraphBuilder(Samples((1, 16, 16)))
    port = builder.add("MaxPool2d", "pool", builder.add("MaxPool2d", "first", builder.image()))
    port = builder.add("Upsample", "up", port, scale_factor=4)
    return builder.graph(), port


def test_what_halves_gets_a_size_that_comes_out_again() -> None:
    graph, port = halving()
    x = picture(1, 43, 50)
    made = run_full_size(Network(graph), graph, port, x)
    assert made.result.shape == made.picture.shape == (1, 40, 48)
    assert made.notes == ("the last 3 rows and 2 columns are left out, so that sizes fit",)
    assert np.array_equal(made.picture, x[:, :40, :48])


def test_what_cannot_be_cut_into_pieces_is_refused_if_too_large(monkeypatch: pytest.MonkeyPatch) -> None:
    builder = GraphBuilder(Samples((1, 16, 16)))
    port = builder.add("MaxPool2d", "pool", builder.image())
    graph = builder.graph()
    x = picture(1, 64, 64)
    assert run_full_size(Network(graph), graph, port, x).result.shape == (1, 32, 32)
    monkeypatch.setattr(whole, "MOST_BYTES", 100)
    monkeypatch.setattr(whole, "BYTES_AT_ONCE", 1000)
    with pytest.raises(UsageError, match=r"A picture of 64×64 pixels needs 20\.5 kB .* Make it smaller first"):
        run_full_size(Network(graph), graph, port, x)


def test_the_network_is_left_as_it_was_and_predicts() -> None:
    builder = GraphBuilder(Samples((1, 12, 12)))
    port = builder.add("Dropout", "drop", builder.image(), p=0.5)
    graph = builder.graph()
    network = Network(graph)
    network.set_training(True)
    x = picture(1, 20, 20)
    assert np.array_equal(run_full_size(network, graph, port, x).result, x)
    assert all(module.training for module in network.modules.modules() if isinstance(module, nn.Dropout))


def test_noise_is_as_strong_as_wanted_and_the_same_every_time() -> None:
    x = picture(1, 200, 200)
    noisy = with_noise(x, 0.1)
    assert float((noisy - x).std()) == pytest.approx(0.1, rel=0.02)
    assert np.array_equal(noisy, with_noise(x, 0.1))
    assert psnr(x, noisy) == pytest.approx(20, abs=0.2)
    assert psnr(x, x) == float("inf")


def scene(**changes: object) -> ViewContext:
    graph, port, network = blurring()
    sample = torch.from_numpy(picture(1, 1, 12, 12))
    return replace(ViewContext(network, graph, port.node, {"image": sample}), **changes)  # type: ignore[arg-type]


def test_the_view_shows_the_whole_picture_what_is_made_of_it_and_the_difference() -> None:
    seen = scene(whole={"image": (picture(1, 37, 50) * 255).astype(np.uint8)})
    shown = REGISTRY["whole-picture"].render(seen)
    original, made, difference = shown.values
    assert original.shape == (1, 37, 50)
    assert np.allclose(original * 255, seen.whole["image"])
    assert np.allclose(made, made_by_torch(seen.network, original), atol=1e-6)
    assert np.allclose(original - made, difference)
    assert shown.captions == ("picture 50×37", f"two {psnr(original, made):.1f} dB", "difference")
    assert np.array_equal(shown.tiles[0, :, :, 1], seen.whole["image"][0])
    middle = shown.tiles[2][np.abs(difference[0]) < 1e-3]
    assert middle.size == 0 or set(middle.flatten().tolist()) <= {127, 128}


def test_noise_comes_first_and_all_is_compared_with_the_clean_picture() -> None:
    clean = picture(1, 37, 50)
    shown = REGISTRY["whole-picture"].render(scene(whole={"image": clean}, noise=0.1))
    original, noisy, made, difference = shown.values
    assert np.array_equal(original, clean)
    assert np.allclose(noisy, with_noise(clean, 0.1))
    assert np.allclose(difference, noisy - made)
    assert shown.captions[1] == f"with noise {psnr(clean, noisy):.1f} dB"
    assert shown.captions[2] == f"two {psnr(clean, made):.1f} dB"


def test_without_a_whole_picture_it_is_the_sample() -> None:
    seen = scene()
    shown = REGISTRY["whole-picture"].render(seen)
    assert np.array_equal(shown.values[0], seen.fields["image"][0].numpy())


def test_a_result_of_another_size_is_shown_beside_without_a_difference() -> None:
    builder = GraphBuilder(Samples((1, 16, 16)))
    port = builder.add("MaxPool2d", "pool", builder.image())
    graph = builder.graph()
    seen = ViewContext(Network(graph), graph, port.node, whole={"image": picture(1, 64, 48)})
    shown = REGISTRY["whole-picture"].render(seen)
    assert shown.captions == ("picture 48×64", "pool 24×32")
    assert not shown.values[1, :, 32:].any()
    assert shown.values[1, :, :32, :24].any()


def test_what_it_applies_to() -> None:
    builder = GraphBuilder(Samples((3, 16, 16)))
    coloured = builder.add("Conv2d", "coloured", builder.image(), out_channels=3)
    maps = builder.add("Conv2d", "maps", coloured, out_channels=5)
    flat = builder.add("Flatten", "flat", maps)
    shapes = infer(builder.graph())
    for port, applies in ((coloured, True), (maps, False), (flat, False), (builder.image(), False)):
        assert (REGISTRY["whole-picture"] in views_of(shapes, port.node)) == applies


def test_an_output_shows_what_feeds_it_with_its_first_port() -> None:
    builder = GraphBuilder(Samples((1, 16, 16)))
    low = builder.add("LowPass2d", "parts", builder.image())
    first = builder.add("Output", "first", low)
    second = builder.add("Output", "second", Port(low.node, "high"))
    graph = builder.graph()
    assert looked_at(graph, first.node) == low.node
    assert looked_at(graph, second.node) == second.node
    assert looked_at(graph, low.node) == low.node

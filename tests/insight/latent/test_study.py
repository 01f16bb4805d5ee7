"""Codes of networks: which latents stand for what, what they draw, and every measure on a network that is known."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from tests.graph_factories import drawn
from workbench.core.graph import Graph, Port
from workbench.core.values import Value
from workbench.data.sources.heads import Heads
from workbench.data.spec import FACTOR, Dataset
from workbench.insight.latent.codes import code_of
from workbench.insight.latent.study import decode, encode, study
from workbench.insight.probe import activations, continued
from workbench.insight.spec import ViewContext
from workbench.insight.views.factors import REACH, STEPS, Factors
from workbench.model.network import Network
from workbench.project.templates.spec import GraphBuilder, Samples

NAMES = ("turn", "light")


def two_pixels(named: bool = True, names: tuple[str, ...] = NAMES, sizes: tuple[int, ...] = (1, 1)) -> Graph:
    """Pictures of as many pixels as there are latents, two by default, and linear layers between."""
    width = sum(sizes)
    builder = GraphBuilder(Samples((1, 1, width), factors=names))
    flat = builder.add("Flatten", "flatten", builder.image(normalised=False))
    mu, logvar = (builder.add("Linear", name, flat, out_features=width) for name in ("mu", "logvar"))
    if named:
        factor = builder.add("Factor", "factor", classes=names)
        mu = builder.add("GraphicsCode", "latents", mu, logvar, factor, factors=names, sizes=sizes)
        logvar = Port(mu.node, "logvar")
    z = builder.add("GaussianSample", "z", mu, logvar)
    shape = (1, 1, width)
    picture = builder.add(
        "Unflatten", "out", builder.add("Linear", "draw", z, out_features=width), unflattened_size=shape
    )
    target = builder.add("Target", "picture", field="image", kind="map", shape=shape)
    builder.add("GaussianLoss", "loss", picture, target)
    builder.add("GaussianKL", "kl", mu, logvar)
    return builder.graph()


def known_network(graph: Graph, mixing: list[list[float]]) -> Network:
    """The network with this matrix as its encoder and the inverse of it as its decoder."""
    network = Network(graph)
    matrix = torch.tensor(mixing)
    with torch.no_grad():
        for name, weight in (("mu", matrix), ("draw", torch.linalg.inv(matrix))):
            layer = network.modules.get_submodule(name)
            layer.weight.copy_(weight)  # type: ignore[operator]
            layer.bias.zero_()  # type: ignore[operator]
    return network


def pixels(fields: Mapping[str, Any]) -> Any:
    stacked = np.stack([fields[name] for name in NAMES], -1)
    return np.rint(stacked * 255).astype(np.uint8).reshape(-1, 1, 1, 2)


def dataset() -> Dataset:
    """Two factors, each of them the brightness of one pixel; batches of ten in which one varies."""
    random = np.random.default_rng(0)

    def split(turn: Any, light: Any, factor: Any) -> dict[str, Any]:
        fields = {"turn": turn.astype(np.float32), "light": light.astype(np.float32)}
        return {"image": pixels(fields), FACTOR: factor.astype(np.int64), **fields}

    each = np.repeat(np.arange(40) % 2, 10)
    still, moving = np.repeat(random.random((2, 40)), 10, axis=1), random.random((2, 400))
    validation = split(np.where(each == 0, moving[0], still[0]), np.where(each == 1, moving[1], still[1]), each)
    test = split(*random.random((2, 600)), np.zeros(600))
    fields = {"image": Value((1, 1, 2), "map", "uint8"), FACTOR: Value((), "class", "int64", NAMES)}
    fields |= {name: Value((), "scalar") for name in NAMES}
    groups = {"validation": np.repeat(np.arange(40), 10)}
    return Dataset(fields, {"train": validation, "validation": validation, "test": test}, groups=groups)


def test_a_perfect_code_has_perfect_measures() -> None:
    graph = two_pixels()
    found = study(known_network(graph, [[1.0, 0.0], [0.0, 1.0]]), graph, dataset(), pixels)
    assert found is not None
    assert found.measures.designated == {"turn": (0,), "light": (1,)}
    for name in NAMES:
        assert found.measures.own_r2[name] > 0.999
        assert found.measures.share[name] > 0.999
        assert found.measures.mig[name] > 0.6
        assert found.views[name].gain > 20
    assert found.measures.factor_vae == 1.0
    json = found.as_json()
    assert json["designated"] == {"turn": [0], "light": [1]}
    assert json["novel_view"]["turn"]["gain"] == pytest.approx(found.views["turn"].gain)


def test_the_latents_of_a_graphics_code_are_fixed_and_not_chosen_afterwards() -> None:
    """Two latents that are exchanged are wrong, though each knows a factor perfectly."""
    graph = two_pixels()
    found = study(known_network(graph, [[0.0, 1.0], [1.0, 0.0]]), graph, dataset(), pixels)
    assert found is not None
    assert found.measures.designated == {"turn": (0,), "light": (1,)}
    for name in NAMES:
        assert found.measures.own_r2[name] < 0.1
        assert found.measures.share[name] < 0.001
        assert found.measures.mig[name] > 0.6
        assert found.views[name].gain < 0


def test_of_a_code_without_names_the_latent_that_varies_most_is_taken() -> None:
    graph = two_pixels(named=False)
    found = study(known_network(graph, [[0.0, 1.0], [1.0, 0.0]]), graph, dataset(), pixels)
    assert found is not None
    assert found.measures.designated == {"turn": (1,), "light": (0,)}
    assert all(found.measures.own_r2[name] > 0.999 for name in NAMES)


def test_without_a_code_or_factors_there_is_nothing_to_study() -> None:
    graph = two_pixels()
    network = known_network(graph, [[1.0, 0.0], [0.0, 1.0]])
    data = dataset()
    without = Dataset({name: each for name, each in data.fields.items() if name != FACTOR}, data.splits)
    assert study(network, graph, without, pixels) is None
    assert study(network, drawn("lenet5"), data, pixels) is None


def test_where_the_source_cannot_draw_there_are_no_novel_views() -> None:
    graph = two_pixels()
    found = study(known_network(graph, [[1.0, 0.0], [0.0, 1.0]]), graph, dataset(), lambda fields: None)
    assert found is not None
    assert found.views == {}
    assert set(found.measures.own_r2) == set(NAMES)


def test_where_the_source_cannot_draw_the_truth_is_looked_up() -> None:
    """On a grid of 20 by 20 places every wanted picture is there; of a third of it some are, others are left out."""
    graph = two_pixels()
    network = known_network(graph, [[1.0, 0.0], [0.0, 1.0]])
    whole = on_a_grid(400)
    found = study(network, graph, whole, lambda fields: None)
    assert found is not None
    drawn = study(network, graph, whole, pixels)
    assert drawn is not None
    for name in NAMES:
        assert found.views[name] == drawn.views[name]
        assert found.views[name].pairs == 200
        assert found.views[name].gain > 20
    part = study(network, graph, on_a_grid(130), lambda fields: None)
    assert part is not None
    for name in NAMES:
        assert 10 <= part.views[name].pairs < 50
        assert part.views[name].gain > 20


def on_a_grid(count: int) -> Dataset:
    """Some of the scenes in which both factors have one of 20 values; batches are those of `dataset`."""
    places = np.random.default_rng(1).permutation(400)[:count]
    fields = {"turn": (places // 20 / 20).astype(np.float32), "light": (places % 20 / 20).astype(np.float32)}
    test = {"image": pixels(fields), FACTOR: np.zeros(count, np.int64), **fields}
    data = dataset()
    return replace(data, splits={**data.splits, "test": test})


def test_a_joint_factor_is_measured_in_its_parts() -> None:
    """Both pixels are one lamp, which has both latents; the other factor is a class that nothing shows."""
    graph = two_pixels(names=("lamp", "who"), sizes=(2, 1))
    data = with_a_lamp()
    network = known_network(graph, [[1.0, 0.2, 0.0], [-0.2, 1.0, 0.0], [0.0, 0.0, 1.0]])
    found = study(network, graph, data, lambda fields: None)
    assert found is not None
    assert found.parts == {"lamp": NAMES}
    assert found.measures.designated == {"turn": (0, 1), "light": (0, 1)}
    assert min(found.measures.own_r2.values()) > 0.999
    assert found.measures.share == {"lamp": pytest.approx(1)}
    assert found.measures.factor_vae == 1.0
    assert set(found.measures.mig) == {*NAMES, "who"}
    assert found.views["lamp"].gain > 20
    assert found.as_json()["parts"] == {"lamp": list(NAMES)}
    plain = two_pixels(named=False, sizes=(3,))
    chosen = study(known_network(plain, np.eye(3)[[2, 0, 1]].tolist()), plain, data, lambda fields: None)
    assert chosen is not None
    assert {tuple(sorted(each)) for each in chosen.measures.designated.values()} == {(1, 2)}, (
        "two latents for two parts"
    )
    turned = study(network, graph, replace(data, periods={"turn": 1.0}), lambda fields: None)
    assert turned is not None
    assert turned.measures.own_r2["turn"] < found.measures.own_r2["turn"], "the circle is measured, not the line"


def with_a_lamp() -> Dataset:
    """The third pixel tells who of three is seen; 5 by 5 places of the lamp."""
    rows = np.array(list(product(range(3), range(5), range(5))) * 8)
    rows = rows[np.random.default_rng(2).permutation(len(rows))]
    fields = {"turn": (rows[:, 1] / 5).astype(np.float32), "light": (rows[:, 2] / 5).astype(np.float32)}
    image = np.rint(np.stack([*fields.values(), rows[:, 0] / 4], -1) * 255).astype(np.uint8).reshape(-1, 1, 1, 3)
    arrays = {"image": image, FACTOR: np.zeros(len(rows), np.int64), "who": rows[:, 0].astype(np.int64), **fields}
    kept = {name: array[rows[:, 0] == 1] for name, array in arrays.items()}
    shapes = {"image": Value((1, 1, 3), "map", "uint8"), FACTOR: Value((), "class", "int64", ("lamp", "who"))}
    shapes |= {"who": Value((), "class", "int64", tuple("abc")), **{name: Value((), "scalar") for name in NAMES}}
    groups = {"validation": np.repeat(np.arange(20), 10)}
    splits = {"train": kept, "validation": kept, "test": arrays}
    return Dataset(shapes, splits, groups=groups, parts={"lamp": NAMES})


def test_codes_are_found_with_their_names_and_their_picture() -> None:
    graph = drawn("dcign32", (1, 32, 32))
    code = code_of(graph)
    assert code is not None
    assert (graph.nodes[code.node].name, graph.nodes[code.picture.node].name) == ("graphics_code", "drawing")
    assert code.factors == {"azimuth": (0, 1), "elevation": (1, 2), "light": (2, 3), "identity": (3, 24)}
    assert [code.name_of(latent) for latent in (0, 2, 3, 23)] == ["azimuth", "light", "identity 1", "identity 21"]
    plain = code_of(drawn("vae32", (1, 32, 32)))
    assert plain is not None
    assert (plain.latents, plain.factors, plain.name_of(3)) == (24, {}, "latent 3")
    assert code_of(drawn("autoencoder")) is None


def test_decoding_what_was_encoded_is_what_the_network_draws() -> None:
    graph = drawn("dcign32", (1, 32, 32))
    network, data = Network(graph), Heads(batches=1, batch=2, people=2, test=5).load(Path())
    code = code_of(graph)
    assert code is not None
    whole = network.modules.training
    codes = encode(network, code, data, data.splits["test"])
    picture = torch.from_numpy(data.splits["test"]["image"])
    expected = activations(network, {"image": picture}, frozenset({code.picture}))[code.picture]
    assert np.allclose(decode(network, code, codes), expected.numpy(), atol=1e-6)
    assert network.modules.training == whole


def test_what_lies_before_a_given_port_is_not_run() -> None:
    graph = drawn("dcign32", (1, 32, 32))
    network, code = Network(graph), code_of(graph)
    assert code is not None
    broken = torch.full((1, 1, 32, 32), float("nan"))
    drawing = continued(network, {"image": broken}, {code.mean: torch.zeros(3, 24)}, frozenset({code.picture}))
    assert drawing[code.picture].shape == (3, 1, 32, 32)
    assert drawing[code.picture].isfinite().all()


def test_a_strip_sweeps_its_latent_alone() -> None:
    graph = two_pixels()
    network = known_network(graph, [[1.0, 0.0], [0.0, 1.0]])
    code = code_of(graph)
    assert code is not None
    sample = {"image": torch.tensor([[[[0.25, 0.75]]]])}
    picture = Factors.render(ViewContext(network, graph, code.node, sample, units=(1,)))
    pairs = picture.values.reshape(STEPS, 2)
    assert np.allclose(pairs[:, 0], 0.25)
    assert np.allclose(pairs[:, 1], np.linspace(-REACH, REACH, STEPS), atol=1e-6)
    assert picture.tiles.shape == (1, 1, 2 * STEPS, 3)
    assert picture.captions == (f"light ±{REACH:.1f}",)


def test_a_scene_drawn_again_is_the_same_picture() -> None:
    source = Heads(batches=1, batch=2, people=3, test=6)
    arrays = source.load(Path()).splits["test"]
    again = source.redraw(arrays)
    assert again is not None
    assert np.array_equal(again, arrays["image"])
    turned = source.redraw({**arrays, "azimuth": arrays["azimuth"] + 0.5})
    assert turned is not None
    assert not np.array_equal(turned, arrays["image"])

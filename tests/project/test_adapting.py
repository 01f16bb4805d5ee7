"""Weights that come with a project, and networks that are adapted to other data."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from tests.graph_factories import changed, drawn
from workbench.core.errors import UsageError
from workbench.core.values import Value
from workbench.data.spec import Dataset
from workbench.model.network import Network
from workbench.model.weights import load_into
from workbench.project.adapting import adapt
from workbench.project.document import Project
from workbench.project.initial_weights import (
    begin_with,
    bring_along,
    fitted,
    keep_weights,
    loadable,
    own_weights,
    weights_file,
)


def data(shape: tuple[int, ...], classes: int = 3) -> Dataset:
    """Pictures of that shape."""
    pictures = np.random.default_rng(0).integers(0, 255, (12, *shape), dtype=np.uint8)
    arrays: dict[str, np.ndarray[Any, Any]] = {"image": pictures, "label": np.arange(12) % classes}
    names = tuple("abcdefgh"[:classes])
    fields = {"image": Value(shape), "label": Value((), "class", "int64", classes=names)}
    return Dataset(fields, {"train": arrays})


def test_the_last_layer_of_another_shape_begins_anew() -> None:
    before = drawn("lenet5")
    tensors = Network(before, seed=4).modules.state_dict()
    after = changed(changed(before, "fc3", params={"out_features": 3}), "label", params={"classes": ["a", "b", "c"]})
    begin = fitted(after, {f"module.{key}": each for key, each in tensors.items()})
    assert begin.fresh == ("fc3",)
    assert begin.notes == (
        "fc3 begins anew: its weight is 3×84, in the weights it is 10×84. All other layers begin with the weights.",
    )
    network = Network(after, seed=9)
    fresh = network.modules.state_dict()["fc3.weight"].clone()
    load_into(network.modules, begin.tensors, fresh=begin.fresh)
    found = network.modules.state_dict()
    assert torch.equal(found["fc3.weight"], fresh)
    assert all(torch.equal(found[key], each) for key, each in tensors.items() if not key.startswith("fc3"))
    assert fitted(before, tensors).fresh == ()
    assert fitted(before, None).tensors == {}


def test_weights_lie_beside_the_project_and_go_along(tmp_path: Path) -> None:
    tensors = Network(drawn("lenet5"), seed=4).modules.state_dict()
    with pytest.raises(UsageError, match=r"weights\.safetensors is not in a\.files"):
        own_weights(tmp_path / "a.cnn")
    keep_weights(tmp_path / "a.cnn", tensors)
    bring_along(tmp_path / "a.cnn", tmp_path / "b.cnn")
    bring_along(tmp_path / "none.cnn", tmp_path / "c.cnn")
    assert not weights_file(tmp_path / "c.cnn").exists()
    assert all(torch.equal(each, tensors[key]) for key, each in own_weights(tmp_path / "b.cnn").items())


def test_what_fits_is_told_before_it_is_loaded(tmp_path: Path) -> None:
    project = Project("id", drawn("lenet5"))
    torch.save({"conv1.weight": torch.ones(6, 1, 5, 5), "far": torch.ones(2)}, tmp_path / "w.pt")
    found = loadable(project, tmp_path / "w.pt")
    assert found.report().startswith("w.pt: 1 weights fit; 9 are missing (conv1.bias, ")
    assert found.tensors["conv1.weight"].eq(1).all()
    assert len(found.tensors) == 10
    assert project.apply(begin_with(project)).training["pretrained"] is True


def test_a_network_with_weights_gets_classes_size_and_a_plan() -> None:
    project = Project("id", drawn("vgg11", (3, 96, 96)), {}, {"epochs": 5, "lr": 0.02})
    adapted = adapt(project, data((3, 32, 32)), keeps_weights=True)
    graph = adapted.project.graph
    assert graph.named("image").params["shape"] == [3, 32, 32]
    assert graph.named("upsample").params["scale_factor"] == 2
    assert adapted.project.training["stages"] == [
        {"epochs": 1, "train": ["classifier.6"]},
        {"epochs": 4, "lr": pytest.approx(0.002)},
    ]
    assert any("enlarged 2 times, to 3×64×64" in line for line in adapted.done)
    assert project.apply(adapted.edit) == adapted.project
    assert adapted.project.apply(adapted.edit.inverse()) == project


def test_grey_pictures_are_repeated_for_the_channels() -> None:
    graph = changed(drawn("vgg11", (3, 64, 64)), "image", params={"mean": [0.4, 0.5, 0.6], "std": [0.1, 0.2, 0.3]})
    adapted = adapt(Project("id", graph), data((1, 64, 64)), keeps_weights=True, head_first=False)
    found = adapted.project.graph
    joint = found.named("channels")
    assert [port.node for port in found.incoming[joint.id].values()] == [found.named("image").id] * 3
    assert found.named("image").params["mean"] == [0.5]
    assert found.named("image").params["std"] == [0.2]
    assert "stages" not in adapted.project.training
    Network(found)


def test_without_weights_it_is_only_fitted() -> None:
    adapted = adapt(Project("id", drawn("lenet5")), data((1, 28, 28)), keeps_weights=False)
    assert adapted.project.graph.named("fc3").params["out_features"] == 3
    assert adapted.project.training == {}

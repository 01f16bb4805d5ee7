"""import, load and adapt: networks and weights of elsewhere on the command line."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import safetensors.torch
import torch
from PIL import Image
from torchvision.transforms._presets import ImageClassification

from tests.cli.conftest import Run
from tests.graph_factories import drawn
from workbench.model.network import Network
from workbench.model.weights import load_into, read_weights
from workbench.project import storage
from workbench.project.document import Project
from workbench.project.importing import bring_in
from workbench.project.initial_weights import weights_file
from workbench.training.run_folder import RunFolder
from workbench.training.state import chosen, model_weights


@pytest.fixture
def file(tmp_path: Path, tiny_data: Path) -> Path:
    """LeNet for ten classes with weights of its own, beside data of three."""
    path = tmp_path / "net.cnn"
    data = {"source": "npz", "options": {"path": str(tiny_data)}}
    storage.save(Project("id", drawn("lenet5", (1, 12, 12)), data, {"epochs": 4, "lr": 0.01}), path)
    return path


@pytest.fixture
def weights(file: Path, tmp_path: Path) -> Path:
    """Weights of that network, as a script saves them."""
    torch.save({"state_dict": Network(storage.load(file).graph, seed=8).modules.state_dict()}, tmp_path / "w.pth")
    return tmp_path / "w.pth"


def test_a_network_of_torchvision(cli: Run, tmp_path: Path) -> None:
    out = tmp_path / "net.cnn"
    answer = cli("import", "torchvision:squeezenet1_1", out)
    assert answer.code == 0
    assert "69 nodes without weights, read from torchvision's squeezenet1_1." in answer.err
    assert cli("summary", out).code == 0
    assert cli("import", "torchvision:squeezenet1_1", out).code == 2, "what is there stays"


def test_what_is_not_understood_is_named(cli: Run, tmp_path: Path, shared_data: Path) -> None:
    answer = cli("import", shared_data / "bad" / "unknown_op.onnx", tmp_path / "net.cnn", "--report")
    assert answer.code == 0
    assert "(FancyBlend): no layer of this program computes it." in answer.err


def test_weights_come_along_and_are_used(cli: Run, tmp_path: Path, shared_data: Path) -> None:
    out = tmp_path / "mobile.cnn"
    weights = shared_data / "weights" / "mobilenet_v2-b0353104.pth"
    assert cli("import", "torchvision:mobilenet_v2", out, "--weights", weights).code == 0
    assert storage.load(out).training["pretrained"] is True
    photos = sorted((shared_data / "photos").glob("*.jpg"))
    answer = cli("predict", out, *photos)
    places = []
    for photo, line in zip(photos, answer.out.splitlines(), strict=True):
        named = [each.rpartition(" ")[0] for each in line.split(": ", 1)[1].split(", ")]
        expected = photo.stem.split("_", 2)[2].replace("_", " ")
        places.append(named.index(expected) if expected in named else 5)
    assert sum(place == 0 for place in places) >= 17, "as many as were recorded"
    assert sum(place < 5 for place in places) >= 19


def test_prepared_as_it_was_recorded_it_gives_the_recorded_classes(shared_data: Path) -> None:
    recorded = json.loads((shared_data / "weights" / "expected_mobilenet_v2.json").read_text("utf-8"))["top5"]
    brought = bring_in("torchvision:mobilenet_v2", shared_data / "weights" / "mobilenet_v2-b0353104.pth")
    network = Network(brought.project.graph)
    load_into(network.modules, brought.tensors)
    network.set_training(False)
    prepared = ImageClassification(crop_size=224, mean=(0, 0, 0), std=(1, 1, 1))  # the Input node normalises
    photos = [Image.open(shared_data / "photos" / name).convert("RGB") for name in recorded]
    with torch.no_grad():
        batch = torch.stack([prepared(photo) for photo in photos])
        shares = next(iter(network.predict({"image": batch}).values())).softmax(1)
    best = shares.topk(5)
    for at, name in enumerate(recorded):
        expected = recorded[name]["mobilenet_v2"]
        assert best.indices[at, 0] == expected[0][0], name
        found = dict(zip(best.indices[at].tolist(), best.values[at].tolist(), strict=True))
        assert all(abs(found.get(number, 0.0) - share) < 5e-3 for number, share in expected), name
    numbers = torch.tensor([int(name[:4]) for name in recorded])
    assert int((best.indices[:, 0] == numbers).sum()) == 17
    assert int((best.indices == numbers[:, None]).any(1).sum()) == 19


def test_loaded_weights_are_where_a_training_begins(cli: Run, file: Path, weights: Path) -> None:
    answer = cli("load", file, weights)
    assert answer.code == 0
    assert "Trainings of net.cnn begin with these weights now." in answer.err
    kept = read_weights(weights_file(file))
    expected = torch.load(weights, weights_only=True)["state_dict"]
    assert all(torch.equal(kept[key], each) for key, each in expected.items())


def test_weights_that_fit_in_part_are_loaded_where_that_is_asked_for(cli: Run, file: Path, tmp_path: Path) -> None:
    tensors = {"conv1.weight": torch.ones(6, 1, 5, 5), "other": torch.zeros(2)}
    safetensors.torch.save_file(tensors, tmp_path / "w.safetensors")
    answer = cli("load", file, tmp_path / "w.safetensors")
    assert answer.code == 2
    assert "Nothing was loaded. w.safetensors: 1 weights fit; " in answer.err
    assert not weights_file(file).exists()
    assert cli("load", file, tmp_path / "w.safetensors", "--partly").code == 0
    assert read_weights(weights_file(file))["conv1.weight"].eq(1).all()
    assert cli("load", file, tmp_path / "none.pth").code == 2


def test_adapted_it_keeps_all_but_the_last_layer(cli: Run, file: Path, weights: Path) -> None:
    cli("load", file, weights)
    answer = cli("adapt", file)
    assert answer.code == 0
    assert "fc3 learns first, then all layers with a tenth of the learning rate." in answer.err
    project = storage.load(file)
    assert project.graph.named("fc3").params["out_features"] == 3
    assert project.training["stages"] == [
        {"epochs": 1, "train": ["fc3"]},
        {"epochs": 3, "lr": pytest.approx(0.001)},
    ]
    trained = cli("train", file, "--set", 'training.stages=[{"epochs": 1, "train": ["fc3"]}]')
    assert trained.code == 0, trained.err
    assert "fc3 begins anew: its weight is 3×84, in the weights it is 10×84." in trained.err
    found, _ = chosen(RunFolder(file.with_name("net.runs") / "run-001").checkpoints)
    assert found is not None
    after = model_weights(found)
    before = read_weights(weights_file(file))
    assert all(torch.equal(after[key], before[key]) for key in before if not key.startswith("fc3"))
    assert after["fc3.weight"].shape == (3, 84)


def test_grey_and_small_pictures_are_brought_to_what_the_weights_know(cli: Run, tmp_path: Path) -> None:
    out = tmp_path / "net.cnn"
    pictures = np.random.default_rng(0).integers(0, 255, (40, 24, 24), dtype=np.uint8)
    np.savez(tmp_path / "grey.npz", images=pictures, labels=np.arange(40) % 2)
    assert cli("import", "torchvision:squeezenet1_1", out).code == 0
    graph = storage.load(out).graph
    safetensors.torch.save_file(
        {key: each.contiguous() for key, each in Network(graph).modules.state_dict().items()},
        tmp_path / "w.safetensors",
    )
    assert cli("load", out, tmp_path / "w.safetensors").code == 0
    answer = cli("adapt", out, "--data", f"npz:{tmp_path / 'grey.npz'}")
    assert answer.code == 0, answer.err
    assert "image is grey and is repeated 3 times" in answer.err
    adapted = storage.load(out).graph
    assert adapted.named("upsample").params["scale_factor"] == 5
    assert len(adapted.incoming[adapted.named("channels").id]) == 3
    assert cli("check", out).code == 0


def test_a_training_that_is_to_begin_with_weights_says_where_there_are_none(cli: Run, file: Path) -> None:
    assert cli("adapt", file).code == 0
    answer = cli("train", file, "--set", "training.pretrained=true", "--epochs", "1")
    assert answer.code == 2
    assert "weights.safetensors is not in net.files" in answer.err

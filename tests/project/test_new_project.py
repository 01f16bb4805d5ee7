from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from workbench.core.errors import UnreadableError, UsageError
from workbench.core.graph import Node
from workbench.core.values import Json, Value
from workbench.data.spec import Dataset
from workbench.project.checks import data_problems, project_problems
from workbench.project.format import dump
from workbench.project.new_project import create, describe, find_template, samples_for, statistics


def save(folder: Path, **arrays: object) -> tuple[str, dict[str, str]]:
    np.savez(folder / "a.npz", **arrays)
    return "npz", {"path": "a.npz"}


def test_input_and_head_are_those_of_the_data(tmp_path: Path, tiny_data: Path) -> None:
    project, notes = create("lenet5", ("npz", {"path": str(tiny_data)}), tmp_path)
    graph = project.graph
    assert notes == ()
    assert graph.named("image").params["shape"] == [1, 12, 12]
    assert len(graph.named("image").params["mean"]) == len(graph.named("image").params["std"]) == 1
    assert graph.named("label").params["classes"] == ["0", "1", "2"]
    assert graph.named("fc3").params["out_features"] == 3
    assert project.data == {"source": "npz", "options": {"path": str(tiny_data)}}
    assert project_problems(project) == []


def test_a_template_s_other_data_settings_stay(tmp_path: Path) -> None:
    pictures = np.random.default_rng(0).integers(0, 256, (6, 3, 32, 32), np.uint8)
    project, _ = create("vgg11", save(tmp_path, images=pictures, labels=[0, 1] * 3), tmp_path)
    assert project.data == {"source": "npz", "options": {"path": "a.npz"}, "batch_size": 32}
    assert project.graph.named("classifier.6").params["out_features"] == 2


def test_without_a_choice_the_template_is_drawn_for_its_own(tmp_path: Path) -> None:
    lenet, _ = create("lenet5", None, tmp_path)
    assert lenet.data["source"] == "digits"
    assert lenet.graph.named("label").params["classes"] == [str(digit) for digit in range(10)]
    vgg, notes = create("vgg11", None, tmp_path)
    assert (vgg.graph.named("image").params["shape"], notes) == ([3, 224, 224], ())


def test_two_projects_differ_in_nothing_but_their_identity(tmp_path: Path, tiny_data: Path) -> None:
    one, two = (create("small-resnet", ("npz", {"path": str(tiny_data)}), tmp_path)[0] for _ in range(2))
    assert one.uuid != two.uuid
    assert dump(one).replace(one.uuid.encode(), b"") == dump(two).replace(two.uuid.encode(), b"")


def test_notes_of_the_data_are_handed_on(tmp_path: Path) -> None:
    choice = save(tmp_path, images=np.zeros((4, 12, 12), np.uint8), labels=[0, 1, 0, 1], names=np.array(["a"]))
    _, notes = create("lenet5", choice, tmp_path)
    assert any("names" in note for note in notes)


def test_what_does_not_suit_is_refused(tmp_path: Path) -> None:
    small = save(tmp_path, images=np.zeros((4, 8, 30), np.uint8), labels=[0, 1, 0, 1])
    with pytest.raises(UsageError, match="LeNet-5 needs pictures of at least 12×12 pixels; these have 1×8×30"):
        create("lenet5", small, tmp_path)
    with pytest.raises(UsageError, match=r'no template "lenet6"\. There are: alexnet, '):
        create("lenet6", None, tmp_path)
    with pytest.raises(UnreadableError, match="no such file"):
        create("lenet5", ("npz", {"path": "gone.npz"}), tmp_path)
    with pytest.raises(UsageError, match="Data source npz: imgae is not a setting"):
        create("lenet5", ("npz", {"path": "a.npz", "imgae": "x"}), tmp_path)
    assert find_template("lenet5").name == "lenet5"


def test_data_without_pictures_or_classes() -> None:
    vectors = Dataset({"code": Value((4,), "vector")}, {"train": {"code": np.zeros((2, 4), np.float32)}})
    with pytest.raises(UsageError, match="need pictures, but the data has code"):
        describe(vectors)
    pictures = Dataset({"scan": Value((1, 4, 4))}, {"train": {"scan": np.zeros((2, 1, 4, 4), np.uint8)}})
    found = describe(pictures)
    assert (found.image, found.classes, found.scores, found.mean, found.std) == ("scan", (), 10, (0.0,), (0.001,))


def test_an_autoencoder_needs_no_classes(tmp_path: Path) -> None:
    choice = save(tmp_path, images=np.random.default_rng(0).integers(0, 256, (20, 9, 11), np.uint8))
    project, _ = create("autoencoder", choice, tmp_path)
    assert project.graph.named("picture").params["shape"] == [1, 9, 11]
    assert project_problems(project) == []
    with np.load(tmp_path / "a.npz") as arrays:
        dataset = Dataset({"image": Value((1, 9, 11))}, {"train": {"image": arrays["images"][:, None]}})
    assert data_problems(project.graph, dataset) == []


def test_statistics_are_of_pixels_between_0_and_1() -> None:
    pixels = np.zeros((2, 2, 4, 4), np.uint8)
    pixels[:, 1, :2] = 255
    bytes_ = Dataset({"image": Value((2, 4, 4))}, {"train": {"image": pixels}})
    assert statistics(bytes_, "image") == ((0.0, 0.5), (0.001, 0.5))
    shares = Dataset({"image": Value((2, 4, 4))}, {"train": {"image": pixels.astype(np.float32) / 255}})
    assert statistics(shares, "image") == statistics(bytes_, "image")


def test_a_factor_that_goes_round_gets_two_latents(tmp_path: Path) -> None:
    angles = np.tile(np.arange(0, 360, 30), 6)
    pictures = np.random.default_rng(0).integers(0, 256, (len(angles), 32, 32), np.uint8)
    np.savez(tmp_path / "turned.npz", images=pictures, object=np.repeat(np.arange(6), 12), angle_deg=angles)
    project, _ = create("dcign32", ("poses", {"path": "turned.npz"}), tmp_path)
    code = project.graph.named("graphics_code").params
    assert code["factors"] == ["angle", "object"]
    assert code["sizes"] == [2, 22]
    assert project_problems(project) == []


@pytest.mark.parametrize(
    ("template", "arrays", "told"),
    [
        ("lenet5", {"pictures": np.full((6, 28, 28), 200, np.uint8)}, "but the data has image alone"),
        ("small-resnet", {"x": np.full((6, 32, 32), 200, np.uint8), "y": np.linspace(0, 1, 6)},
         'but the data has image, y alone. "y" was not taken as classes: it holds fractions.'),
    ],
)  # fmt: skip
def test_a_template_that_needs_classes_says_that_there_are_none(
    tmp_path: Path, template: str, arrays: dict[str, np.ndarray], told: str
) -> None:
    with pytest.raises(UsageError) as caught:
        create(template, save(tmp_path, **arrays), tmp_path)
    assert "needs a class number for each picture (the field label)" in str(caught.value)
    assert told in str(caught.value)
    assert create("autoencoder", save(tmp_path, **arrays), tmp_path)[0].graph.nodes


def test_fields_of_other_data_are_found_by_what_they_are() -> None:
    def dataset(**fields: Value) -> Dataset:
        return Dataset({**fields, "kind": Value((), "class", "int64", classes=("a", "b", "c"))}, {})

    series = find_template("fcn1d")
    found = samples_for(series, dataset(load=Value((4, 50))))
    assert dict(found.fields) == {"load": Value((4, 50))}
    assert (found.label, found.scores) == ("kind", 3)
    with pytest.raises(UsageError, match="ResNet for series reads series of measurements"):
        samples_for(find_template("resnet1d"), dataset(image=Value((3, 8, 8), dtype="uint8")))
    with pytest.raises(UsageError, match="EEGNet reads"):
        samples_for(find_template("eegnet"), dataset(image=Value((1, 8, 8), dtype="uint8")))
    ids = {"item": Value((1,), "tokens", "int64", ("x",)), "user": Value((1,), "tokens", "int64", ("y", "z"))}
    assert list(samples_for(find_template("convncf"), dataset(**ids)).fields) == ["user", "item"]
    with pytest.raises(UsageError, match="the fields user and item"):
        samples_for(find_template("convncf"), dataset(user=ids["user"]))


def test_masks_give_the_parts_that_pixels_belong_to(tmp_path: Path) -> None:
    options = {"size": 32, "batches": 1, "batch": 2, "people": 2, "test": 1, "parts": True}
    project, _ = create("unet", ("heads", options), tmp_path)
    target = project.graph.named("parts").params
    assert (target["kind"], target["shape"]) == ("mask", [32, 32])
    assert project.graph.named("head").params["out_channels"] == len(target["classes"]) > 2
    with pytest.raises(UsageError, match="U-Net needs a mask of class numbers for each picture"):
        create("unet", ("digits", {}), tmp_path)


def segmenting(folder: Path, tmp_path: Path, **options: Json) -> tuple[Node, Node]:
    """Target and loss of a U-Net for pictures with masks."""
    project, _ = create("unet", ("masks", {"path": str(folder), **options}), tmp_path)
    target, loss = (
        next(node for node in project.graph if node.layer == layer) for layer in ("Target", "CrossEntropyLoss")
    )
    return target, loss


def test_what_does_not_count_in_masks_is_left_out_of_the_loss(shared_data: Path, tmp_path: Path) -> None:
    target, loss = segmenting(shared_data / "segmentation" / "drive", tmp_path, tile=64)
    classes = target.params["classes"]
    assert isinstance(classes, list)
    assert classes[-1] == "void"
    assert loss.params["ignore_index"] == len(classes) - 1
    _, loss = segmenting(shared_data / "segmentation" / "isbi_em", tmp_path)
    assert "ignore_index" not in loss.params


def test_what_needs_pictures_names_templates_for_other_data() -> None:
    series = Dataset({"series": Value((3, 40)), "label": Value((), "class", "int64", ("a", "b"))}, {})
    told = r"LeNet-5 needs pictures, but the data has series, label\. Templates .*: fcn1d, "
    with pytest.raises(UsageError, match=told):
        samples_for(find_template("lenet5"), series)
    found = samples_for(find_template("tcn"), series)
    assert found.fields == {"series": series.fields["series"]}
    assert found.scores == 2

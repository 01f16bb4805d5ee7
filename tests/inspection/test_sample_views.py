"""One sample at its own size: masks, true and predicted, frames of clips, and top lists."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from workbench.core.values import Value
from workbench.data.spec import Dataset
from workbench.inspection import sample_views as module
from workbench.inspection.mask_overlays import DIFFERENCE, PICTURE, PREDICTED, TRUE, overlay, overlays
from workbench.inspection.portraits import mask_colours
from workbench.inspection.sample_views import (
    NetworkPlace,
    SampleRequest,
    SampleViewer,
    ShownSample,
)
from workbench.inspection.trained import Trained, untrained_network
from workbench.project.document import Project
from workbench.project.templates.spec import REGISTRY, GraphBuilder, Samples

SIDE, CLASSES = 32, ("ground", "tree", "void")
CHANCE = np.random.default_rng(0)


def pictures_with_masks() -> Dataset:
    images = CHANCE.integers(0, 256, (3, 3, SIDE, SIDE)).astype(np.uint8)
    masks = CHANCE.integers(0, 2, (3, SIDE, SIDE))
    masks[:, 0, 0] = 255
    fields = {
        "image": Value((3, SIDE, SIDE), dtype="uint8"),
        "mask": Value((SIDE, SIDE), "mask", "int64", CLASSES),
    }
    return Dataset(fields, {"test": {"image": images, "mask": masks}})


@pytest.fixture
def segmenting(tmp_path: Path) -> NetworkPlace:
    """A network that gives each pixel a class."""
    builder = GraphBuilder(Samples((3, SIDE, SIDE), parts=CLASSES))
    REGISTRY["small-unet"]().build(builder)
    return NetworkPlace(Project("test", builder.graph(), {}, {}), tmp_path / "test.cnn")


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The runs whose network was loaded; it has its first weights."""
    found: list[str] = []

    def loaded(project: Project, path: Path, run: str) -> Trained:
        found.append(run)
        return replace(untrained_network(project), origin=run or "run-001", notes=())

    monkeypatch.setattr(module, "trained_network", loaded)
    return found


def shown(viewer: SampleViewer, request: SampleRequest, place: NetworkPlace | None) -> ShownSample:
    *_, last = viewer.views(request, place)
    return last


@pytest.mark.parametrize("opacity", [0.0, 0.4, 1.0])
def test_the_true_mask_lies_over_its_picture_as_strong_as_is_wanted(opacity: float) -> None:
    data = pictures_with_masks()
    found = shown(SampleViewer(), SampleRequest(data, "test", 1, TRUE, opacity), None)
    image, mask = data.splits["test"]["image"][1].transpose(1, 2, 0), data.splits["test"]["mask"][1]
    colours = mask_colours(3)[np.where(mask == 255, 0, mask)]
    expected = image * (1 - opacity) + colours * opacity
    assert found.pixels is not None
    known = mask != 255
    assert np.abs(found.pixels.astype(float) - expected)[known].max() <= 1
    assert np.array_equal(found.pixels[0, 0], image[0, 0]), "void"
    assert [name for name, _ in found.colours] == ["ground", "tree"]
    plain = shown(SampleViewer(), SampleRequest(data, "test", 1, PICTURE, opacity), None)
    assert np.array_equal(plain.pixels, image)  # type: ignore[arg-type]


def test_the_predicted_mask_and_where_it_is_wrong(segmenting: NetworkPlace, asked: list[str]) -> None:
    data, viewer = pictures_with_masks(), SampleViewer()
    request = SampleRequest(data, "test", 2, PREDICTED, 1.0)
    first, last = viewer.views(request, segmenting)
    image, mask = data.splits["test"]["image"][2].transpose(1, 2, 0), data.splits["test"]["mask"][2]
    assert not first.is_whole
    assert np.array_equal(first.pixels, image)  # type: ignore[arg-type]
    colours = mask_colours(3)
    assert last.pixels is not None
    predicted = np.stack([(last.pixels == colour).all(-1) for colour in colours]).argmax(0)
    assert "By run-001." in last.note
    wrong = shown(viewer, replace(request, mask=DIFFERENCE), segmenting)
    is_marked = (wrong.pixels != image).any(-1)
    assert np.array_equal(is_marked, (predicted != mask) & (mask != 255))
    right = 1 - is_marked.sum() / (mask != 255).sum()
    assert wrong.note.startswith(f"{right:.1%} of the pixels are right.")
    assert asked == [""], "the network is kept"


def test_the_network_is_asked_again_once_its_weights_are_others(segmenting: NetworkPlace, asked: list[str]) -> None:
    data, viewer = pictures_with_masks(), SampleViewer()
    request = SampleRequest(data, "test", 0, PREDICTED)
    for place in (segmenting, segmenting, replace(segmenting, version=1), replace(segmenting, run="run-002")):
        found = shown(viewer, request, place)
    assert asked == ["", "", "run-002"]
    assert "By run-002." in found.note


def test_an_untrained_network_is_said_beside_the_picture(segmenting: NetworkPlace) -> None:
    found = shown(SampleViewer(), SampleRequest(pictures_with_masks(), "test", 0, PREDICTED), segmenting)
    assert found.pixels is not None
    assert "train" in found.note


def test_frames_of_clips_are_shown_and_slices_of_volumes_compare() -> None:
    clips = CHANCE.integers(0, 256, (2, 1, 6, 4, 4)).astype(np.uint8)
    data = Dataset({"clip": Value((1, 6, 4, 4), dtype="uint8")}, {"test": {"clip": clips}})
    viewer = SampleViewer()
    for frame, expected in ((0, 0), (5, 5), (-1, 3)):
        found = shown(viewer, SampleRequest(data, "test", 1, frame=frame), None).pixels
        assert found is not None
        assert np.array_equal(found[..., 0], clips[1, 0, expected])
    volumes = np.linspace(-2, 2, 2 * 3 * 2 * 2, dtype=np.float32).reshape(2, 1, 3, 2, 2)
    data = Dataset({"volume": Value((1, 3, 2, 2))}, {"test": {"volume": volumes}})
    slices = [shown(viewer, SampleRequest(data, "test", 1, frame=frame), None).pixels for frame in range(3)]
    means = [float(each.mean()) for each in slices if each is not None]
    assert means == sorted(means)
    assert means[0] < 40 < 215 < means[-1], "by the range of the whole volume, not of each slice"


def ratings() -> Dataset:
    users, items = np.divmod(np.arange(12), 4)
    keep = np.arange(12) % 5 != 0
    fields = {
        "user": Value((1,), "tokens", "int64", ("ann", "bob", "eve")),
        "item": Value((1,), "tokens", "int64", ("Alien", "Brazil", "Crash", "Dune")),
        "rating": Value((), "scalar", "float32"),
    }
    part = {"user": users[keep, None], "item": items[keep, None], "rating": np.full(keep.sum(), 4.0, np.float32)}
    return Dataset(fields, {"train": part})


def test_a_users_top_list_has_what_was_not_rated(
    segmenting: NetworkPlace, monkeypatch: pytest.MonkeyPatch, asked: list[str]
) -> None:
    data = ratings()
    number = int(np.flatnonzero(data.splits["train"]["user"][:, 0] == 1)[0])

    class Foretelling:
        inputs, results = ("user", "item"), ("rating",)

    def loaded(project: Project, *_: object) -> Trained:
        return replace(untrained_network(project), network=Foretelling(), origin="run-003", notes=())  # type: ignore[arg-type]

    users = []

    def top(network: object, dataset: Dataset, user: int) -> list[tuple[str, float]]:
        users.append(user)
        return [("Brazil", 4.5)]

    monkeypatch.setattr(module, "trained_network", loaded)
    monkeypatch.setattr(module, "top_items", top)
    monkeypatch.setattr(module, "foretold", lambda *_: 3.25)
    found = shown(SampleViewer(), SampleRequest(data, "train", number), segmenting)
    assert users == [1]
    assert found.top == (("Brazil", 4.5),)
    assert found.text.split("\n")[::3] == ["User bob", "Foretold 3.25"]
    assert "By run-003." in found.note


def test_a_network_that_makes_something_else_says_so(segmenting: NetworkPlace, asked: list[str]) -> None:
    found = shown(SampleViewer(), SampleRequest(ratings(), "train", 0), segmenting)
    assert found.top == ()
    assert "no top list" in found.note
    builder = GraphBuilder(Samples((3, SIDE, SIDE), classes=CLASSES, scores=3))
    REGISTRY["lenet5"]().build(builder)
    other = replace(segmenting, project=Project("test", builder.graph(), {}, {}))
    found = shown(SampleViewer(), SampleRequest(pictures_with_masks(), "test", 0, PREDICTED), other)
    assert found.note == "This network predicts no masks."


def test_a_picture_without_a_true_mask_has_the_predicted_one_alone() -> None:
    image = np.full((2, 2, 3), 100, np.uint8)
    predicted = np.array([[0, 1], [1, 1]])
    assert list(overlays(image, None, predicted, CLASSES)) == [PICTURE, PREDICTED]
    found = overlays(image, np.array([[0, 1], [0, 255]]), predicted, CLASSES)
    assert list(found) == [PICTURE, TRUE, PREDICTED, DIFFERENCE]
    assert found[PICTURE].pixels() is image
    assert [name for name, _ in found[PREDICTED].colours] == ["ground", "tree"]
    assert found[DIFFERENCE].note == "66.7% of the pixels are right."
    assert (found[DIFFERENCE].pixels() != image).any(2).tolist() == [[False, False], [True, False]]


def test_what_is_not_known_leaves_the_picture_as_it_is() -> None:
    image = np.full((2, 2, 3), 100, np.uint8)
    for what in (TRUE, PREDICTED, DIFFERENCE):
        assert overlay(image, what, None, None, CLASSES).pixels() is image

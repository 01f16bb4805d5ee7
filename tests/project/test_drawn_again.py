"""A network as its template drew it becomes for other data what the template would draw for them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.graph_factories import changed
from workbench.data.config import DataConfig
from workbench.data.loading import load
from workbench.data.spec import Dataset
from workbench.model.problems import find_problems
from workbench.project.checks import fitted, look_at_data, mend
from workbench.project.drawn_again import LABEL, drawn_again
from workbench.project.new_project import create

CHANCE = np.random.default_rng(0)


def pictures(folder: Path, **sizes: tuple[int, int]) -> None:
    """Writes six pictures of the same names into each folder."""
    for name, (width, height) in sizes.items():
        (folder / name).mkdir(parents=True)
        for number in range(6):
            array = CHANCE.integers(0, 2 if name == "masks" else 256, (height, width, 3), np.uint8)
            Image.fromarray(array[..., 0] if name == "masks" else array).save(folder / name / f"{number}.png")


@pytest.mark.parametrize(("template", "source", "folders"), [
    ("small-dncnn", "pairs", ("noisy", "clean")), ("small-unet", "masks", ("images", "masks")),
    ("lenet5", "folder", ("cats", "dogs")), ("small-resnet", "folder", ("cats", "dogs")),
])  # fmt: skip
def test_it_is_what_new_makes_for_the_data(
    template: str, source: str, folders: tuple[str, str], tmp_path: Path
) -> None:
    pictures(tmp_path / "data", **dict.fromkeys(folders, (40, 32)))
    options = {"path": str(tmp_path / "data")}
    dataset = load(DataConfig(source=source, options=options), tmp_path)
    before, _ = create(template, None, tmp_path)
    wanted, _ = create(template, (source, options), tmp_path)
    edit = drawn_again(before.graph, dataset)
    assert edit is not None
    after = before.apply(edit)
    assert {node.name: node.params for node in after.graph} == {node.name: node.params for node in wanted.graph}
    assert {node.name: node.layer for node in after.graph} == {node.name: node.layer for node in wanted.graph}
    assert len(after.graph.edges) == len(wanted.graph.edges)
    assert after.apply(edit.inverse()).graph == before.graph
    assert drawn_again(after.graph, dataset) is None, "it fits already"


def data(tmp_path: Path) -> Dataset:
    pictures(tmp_path / "data", cats=(40, 32), dogs=(40, 32))
    return load(DataConfig(source="folder", options={"path": str(tmp_path / "data")}), tmp_path)


def test_check_draws_it_anew_before_anything_is_mended(tmp_path: Path) -> None:
    pictures(tmp_path / "data", images=(64, 64), masks=(64, 64))
    whole = ("masks", {"path": str(tmp_path / "data")})
    squares = ("masks", {**whole[1], "tile": 32})
    project, _ = create("small-unet", whole, tmp_path)
    wanted, _ = create("small-unet", squares, tmp_path)
    mended, fixes = mend(replace(project, data=wanted.data), look_at_data(wanted, tmp_path))
    assert [fix.text for fix in fixes] == [LABEL]
    assert {node.name: node.params for node in mended.graph} == {node.name: node.params for node in wanted.graph}


def test_what_somebody_has_changed_is_not_drawn_over(tmp_path: Path) -> None:
    project, _ = create("lenet5", None, tmp_path)
    wider = changed(project.graph, "conv1", params={"out_channels": 11})
    assert drawn_again(wider, data(tmp_path)) is None


def test_a_layer_that_somebody_has_frozen_is_not_drawn_over(tmp_path: Path) -> None:
    project, _ = create("lenet5", None, tmp_path)
    dataset = data(tmp_path)
    assert drawn_again(project.graph, dataset) is not None
    assert drawn_again(changed(project.graph, "conv1", frozen=True), dataset) is None


def test_nodes_stay_where_somebody_has_put_them_and_keep_their_ids(tmp_path: Path) -> None:
    project, _ = create("lenet5", None, tmp_path)
    moved = replace(project, graph=changed(project.graph, "conv1", position=(-77.0, 99.0)))
    edit = drawn_again(moved.graph, data(tmp_path))
    assert edit is not None
    after = moved.apply(edit).graph
    assert {node.name: (node.id, node.position) for node in after} == {
        node.name: (node.id, node.position) for node in moved.graph
    }
    assert after.groups == moved.graph.groups
    assert not find_problems(after)


def test_data_that_a_template_does_not_read_are_left_to_the_fixes(tmp_path: Path) -> None:
    project, _ = create("textcnn", None, tmp_path)
    assert drawn_again(project.graph, data(tmp_path)) is None


def test_notes_on_the_canvas_stay(tmp_path: Path) -> None:
    from workbench.core.frames import Frame
    from workbench.core.framing import add_frame

    project, _ = create("lenet5", None, tmp_path)
    noted = project.apply(add_frame(project.graph, Frame(text="mine", area=(0.0, -300.0, 200.0, 100.0))))
    edit = drawn_again(noted.graph, data(tmp_path))
    assert edit is not None
    assert [frame.text for frame in noted.apply(edit).graph.frames.values()] == ["mine"]


@pytest.mark.parametrize(("before", "after"), [((64, 64), (96, 80)), ((96, 80), (64, 64)), ((64, 64), (65, 67))])
def test_enlarged_maps_of_a_network_that_somebody_has_changed_follow_the_data(
    tmp_path: Path, before: tuple[int, int], after: tuple[int, int]
) -> None:
    for name, size in (("before", before), ("after", after)):
        pictures(tmp_path / name, images=size, masks=size)
    wanted, _ = create("small-unet", ("masks", {"path": str(tmp_path / "after")}), tmp_path)
    project, _ = create("small-unet", ("masks", {"path": str(tmp_path / "before")}), tmp_path)
    own = replace(project, graph=changed(project.graph, "up1.conv1", params={"out_channels": 20}))
    dataset = load(wanted.data_config(), tmp_path)
    assert drawn_again(own.graph, dataset) is None
    mended, _ = fitted(own, dataset)
    own_ones = ("image", "up1.conv1")  # with its own mean and deviation, and with the width that was set
    assert {node.name: node.params for node in mended.graph if node.name not in own_ones} == {
        node.name: node.params for node in wanted.graph if node.name not in own_ones
    }

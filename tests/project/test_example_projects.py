"""The projects that come with the program: each is whole, says what it shows and needs, and fits its data."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from workbench.data.loading import load
from workbench.project import storage
from workbench.project.checks import data_problems, project_problems

FOLDER = Path(__file__).parents[2] / "projects"
FILES = sorted(path for path in FOLDER.glob("*.cnn") if path.stem != "lenet5-digits")
SMALL = ("movements-of-a-hand", "chest-x-rays", "share-prices", "finger-movements", "film-reviews", "moving-digits")


@pytest.mark.parametrize("file", FILES, ids=lambda path: path.stem)
def test_it_is_whole_and_says_what_it_shows_and_needs(file: Path) -> None:
    project = storage.load(file)
    assert project_problems(project) == []
    (note,) = project.graph.frames.values()
    assert "\n\nNeeds " in note.text
    assert note.area[1] + note.area[3] <= min(node.position[1] for node in project.graph.nodes.values())
    path = project.data["options"]["path"]
    assert path.startswith("data/")


@pytest.mark.parametrize("name", SMALL)
def test_it_fits_its_data(name: str, shared_data: Path) -> None:
    project = storage.load(FOLDER / f"{name}.cnn")
    options = project.data["options"]
    path = shared_data / Path(options["path"]).relative_to("data")
    project = replace(project, data={**project.data, "options": {**options, "path": str(path)}})
    assert data_problems(project.graph, load(project.data_config(), shared_data)) == []

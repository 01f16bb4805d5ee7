"""Ratings are told in words: who rates what and how, what a network foretells, and what a user would rate best."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from workbench.core.values import Value
from workbench.data.spec import Dataset
from workbench.inspection import rating_sheet as module
from workbench.inspection.browsing import samples_of
from workbench.inspection.ratings import as_told, rating_text, top_lines
from workbench.inspection.render_request import RenderRequest
from workbench.inspection.renderer import Renderer
from workbench.inspection.sample_search import matches
from workbench.inspection.sample_views import NetworkPlace, SampleRequest, SampleViewer
from workbench.project.document import Project
from workbench.project.new_project import create
from workbench.project.probes import SampleProbe
from workbench.project.runs import new_job
from workbench.training.engine import train


def ratings(**more: list[float]) -> Dataset:
    fields = {
        "user": Value((1,), "tokens", "int64", ("ann", "bob")),
        "item": Value((1,), "tokens", "int64", ("Alien", "Brazil", "Crash")),
        "rating": Value((), "scalar", "float32"),
    } | {name: Value((), "scalar", "float32") for name in more}
    part = {
        "user": np.array([[0], [0], [1]]), "item": np.array([[0], [1], [2]]),
        "rating": np.array([4.5, 2.0, 0.0], np.float32),
    } | {name: np.array(each, np.float32) for name, each in more.items()}  # fmt: skip
    return Dataset(fields, {"train": part})


def test_a_rating_is_told_with_user_and_item() -> None:
    assert rating_text(ratings(), "train", 0) == "User ann\nAlien\nRated 4.5"
    chosen = ratings(chosen=[1, 1, 0])
    assert rating_text(chosen, "train", 2) == "User bob\nCrash\nNot rated"
    assert [each.label for each in samples_of(chosen, "train", [0, 2])] == ["Rated 4.5", "Not rated"]


@pytest.mark.parametrize(("text", "found"), [
    ("User ann", [0, 1]), ("user bob", [2]), ("Rated 4.5", [0]), ("rated 2", [1, 2]), ("ann alien", [0]),
    ("someone", []),
])  # fmt: skip
def test_what_stands_on_a_card_is_found(text: str, found: list[int]) -> None:
    assert np.flatnonzero(matches(ratings(), "train", text)).tolist() == found


def test_of_a_choice_the_probability_is_told() -> None:
    assert as_told(3.0, ratings()) == 3.0
    assert as_told(0.0, ratings(chosen=[1, 1, 0])) == 0.5
    assert top_lines([("Alien", 0.25)], ratings(chosen=[1, 1, 0]))[1:] == ["1. Alien   25.0%"]
    assert top_lines([], ratings()) == []


@pytest.fixture
def films(tmp_path: Path) -> Project:
    """A network on ratings of films."""
    chance = np.random.default_rng(0)
    rows = [
        f"{user},{item},{chance.integers(1, 6)}" for user in range(8) for item in range(15) if chance.random() < 0.6
    ]
    (tmp_path / "ratings.csv").write_text("\n".join(["user,item,rating", *rows]), "utf-8")
    project = create("factors", ("ratings", {"path": str(tmp_path / "ratings.csv")}), tmp_path)[0]
    return replace(project, training={"epochs": 1})


def test_look_says_how_a_film_is_rated_what_is_foretold_and_the_top_list(
    films: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    request = RenderRequest(films, tmp_path / "f.cnn", SampleProbe("train", 0))
    before = Renderer().render(request).sheet.split("\n")
    assert before[0].startswith("User ")
    assert before[2].startswith("Rated ")
    assert before[-1] == module.UNTRAINED, "first random weights foretell nothing"
    list(train(new_job(films, tmp_path / "f.cnn")))
    lines = Renderer().render(request).sheet.split("\n")
    assert lines[:3] == before[:3]
    assert lines[3].startswith("Foretold ")
    assert any(line.startswith("1. ") for line in lines)
    monkeypatch.setattr(module, "is_fast", lambda *_: False)
    assert Renderer().render(request).sheet.split("\n")[-1] == module.SLOW


def test_data_says_what_is_foretold_of_the_chosen_rating(films: Project, tmp_path: Path) -> None:
    from workbench.data.loading import load
    from workbench.inspection import sample_views
    from workbench.inspection.trained import untrained_network

    dataset = load(films.data_config(), tmp_path)
    with pytest.MonkeyPatch.context() as patch:
        trained = replace(untrained_network(films), origin="run-001", notes=())
        patch.setattr(sample_views, "trained_network", lambda *_: trained)
        *_, found = SampleViewer().views(SampleRequest(dataset, "train", 0), NetworkPlace(films, tmp_path / "f.cnn"))
    lines = found.text.split("\n")
    assert lines[2].startswith("Rated ")
    assert lines[3].startswith("Foretold ")
    assert len(found.top) > 1

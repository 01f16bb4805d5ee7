"""Another unit or pixel of the same view: the tiles stay as they are, and the close-up is of what is asked for now."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from tests.gui.conftest import small_project
from workbench.gui.insight.renderer import Renderer, Request
from workbench.insight.views.feature_maps import FeatureMaps
from workbench.project import storage
from workbench.project.probes import SampleProbe
from workbench.project.runs import new_job, runs_of
from workbench.training.engine import train


@pytest.fixture
def request_(tmp_path: Path) -> Request:
    path = small_project(tmp_path)
    project = storage.load(path)
    node = project.graph.named("conv").id
    return Request(project, path, SampleProbe("test", 0), node=node, view="feature-maps")


def test_only_the_close_up_is_made_anew(request_: Request, monkeypatch: pytest.MonkeyPatch) -> None:
    renderer, rendered = Renderer(), []
    render = FeatureMaps.render
    monkeypatch.setattr(FeatureMaps, "render", lambda scene: rendered.append(1) or render(scene))
    first = renderer.render(request_)
    for change in ({"unit": 2}, {"unit": 2, "position": (1, 3)}, {"unit": 0}):
        answer = renderer.render(replace(request_, **change))
        fresh = Renderer().render(replace(request_, **change))
        rendered.pop()
        assert answer.picture is first.picture
        assert answer.detail is not None
        assert fresh.detail is not None
        assert (answer.detail.unit, answer.detail.position) == (fresh.detail.unit, fresh.detail.position)
    assert len(rendered) == 1
    other = renderer.render(replace(request_, probe=SampleProbe("test", 1), unit=2))
    assert other.picture is not first.picture
    assert len(rendered) == 2


def test_weights_that_are_damaged_are_told(request_: Request) -> None:
    """A looker is told which checkpoint was passed over, and that none is left is not "not trained yet"."""
    list(train(new_job(request_.project, request_.path)))
    checkpoints = runs_of(request_.path)[0].checkpoints
    sound = Renderer().render(request_)
    assert (sound.is_trained, sound.notes) == (True, ())
    best = next(checkpoints.glob("best-*.safetensors"))
    best.write_bytes(best.read_bytes()[:-3])
    passed_over = Renderer().render(request_)
    assert passed_over.is_trained
    assert best.name in " ".join(passed_over.notes)
    for path in checkpoints.glob("*.safetensors"):
        path.write_bytes(b"")
    lost = Renderer().render(request_)
    assert not lost.is_trained
    assert lost.origin == "weights are lost"
    assert "No checkpoint of run-001 is whole" in lost.notes[0]

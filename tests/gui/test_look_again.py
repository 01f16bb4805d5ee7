"""Another unit or pixel of the same view: the tiles stay as they are, and the close-up is of what is asked for now."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.gui.conftest import small_project
from workbench.insight.views.feature_maps import FeatureMaps
from workbench.inspection.network_loading import LiveWeights
from workbench.inspection.render_request import RenderRequest, RenderResult
from workbench.inspection.renderer import Renderer
from workbench.model.network import Network
from workbench.project import storage
from workbench.project.probes import SampleProbe
from workbench.project.runs import new_job, runs_of
from workbench.training.engine import train


@pytest.fixture
def request_(tmp_path: Path) -> RenderRequest:
    path = small_project(tmp_path)
    project = storage.load(path)
    node = project.graph.named("conv").id
    return RenderRequest(project, path, SampleProbe("test", 0), node=node, view="feature-maps")


def test_only_the_close_up_is_made_anew(request_: RenderRequest, monkeypatch: pytest.MonkeyPatch) -> None:
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


def test_weights_that_are_damaged_are_told(request_: RenderRequest) -> None:
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


def test_weights_of_a_run_do_not_stay_behind_it(request_: RenderRequest) -> None:
    """Its runs are gone, or beside another file: what is shown are the first weights."""
    list(train(new_job(request_.project, request_.path)))
    renderer = Renderer()
    trained = renderer.render(request_)
    assert trained.is_trained
    assert trained.picture is not None
    for gone in (replace(request_, path=request_.path.with_name("copy.cnn")), request_):
        if gone is request_:
            runs_of(request_.path)[0].delete()
            renderer.show_weights(None)
        after, fresh = renderer.render(gone), Renderer().render(gone)
        assert not after.is_trained
        assert after.picture is not None
        assert fresh.picture is not None
        assert np.array_equal(after.picture.values, fresh.picture.values)
        assert not np.array_equal(after.picture.values, trained.picture.values)
        if gone is not request_:
            assert renderer.render(request_).is_trained


def test_what_other_weights_do_not_cover_is_as_it_was_drawn(request_: RenderRequest) -> None:
    graph = request_.project.graph
    conv = graph.named("conv")
    keys = [key for key in Network(graph).modules.state_dict() if key.startswith("conv.")]
    assert keys
    renderer = Renderer()
    first = renderer.render(request_)
    full = {
        key: each.numpy() + 1 for key, each in Network(graph).modules.state_dict().items() if each.is_floating_point()
    }
    renderer.show_weights(LiveWeights(1, full))
    assert not np.array_equal(_values(renderer.render(request_)), _values(first))
    renderer.show_weights(LiveWeights(2, {key: each for key, each in full.items() if key not in keys}))
    part = renderer.render(request_)
    assert conv.id in part.untrained
    assert np.array_equal(_values(part), _values(first))


def _values(answer: RenderResult) -> NDArray[Any]:
    assert answer.picture is not None
    return answer.picture.values

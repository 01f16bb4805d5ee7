"""A deconvolutional network of four layers in the Look panel: the way down travels along wires, and is no picture."""

from __future__ import annotations

from pathlib import Path

import pytest

from workbench.inspection.render_request import RenderRequest
from workbench.inspection.renderer import Renderer
from workbench.project.new_project import create
from workbench.project.probes import SampleProbe


@pytest.mark.parametrize("view", ["projections", "reconstructions", "rate-distortion", "feature-maps"])
def test_a_layer_above_others_is_looked_at(tmp_path: Path, view: str) -> None:
    project, _ = create("deconv4", ("natural", {"crops": 5, "size": 24}), tmp_path)
    node = project.graph.named("layer2").id
    request = RenderRequest(project, tmp_path / "p.cnn", SampleProbe("train", 0), "", node, view, has_thumbnails=True)
    answer = Renderer().render(request)
    assert answer.problem == ""
    assert answer.picture is not None
    assert answer.thumbnails is not None
    assert {project.graph.nodes[id_].name for id_ in answer.thumbnails} >= {"image", "contrast", "layer1", "layer4"}

"""The template denoiser, learnt as a user would let it learn, takes noise out of photographs that it has not seen."""

from __future__ import annotations

import numpy as np
import pytest

from workbench.cli.trained import trained_network
from workbench.core.graph import Graph
from workbench.insight.full_size import Numbers, as_floats, run_full_size, with_noise
from workbench.insight.latent.metrics import psnr
from workbench.model.network import Network
from workbench.project import new_project as creation
from workbench.project import runs, storage
from workbench.project.settings import assign
from workbench.training.engine import train

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module", params=[True, False], ids=["grey", "colour"])
def learnt(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[Network, Graph, bool]:
    """A network after two epochs, what it was built from, and whether it is grey."""
    file = tmp_path_factory.mktemp("denoiser") / "d.cnn"
    project, _ = creation.create("denoiser", ("natural", {"grey": request.param}), file.parent)
    project = assign(project, "training.epochs", 2)
    storage.save(project, file)
    for _ in train(runs.new_job(project, file)):
        pass
    return trained_network(project, file, "", None).network, project.graph, bool(request.param)


def photograph(name: str, *, is_grey: bool) -> Numbers:
    """The middle 128×128 pixels."""
    data = pytest.importorskip("skimage.data", reason="scikit-image is not installed")
    pixels = as_floats(np.asarray(getattr(data, name)()))
    pixels = pixels if pixels.ndim == 3 else pixels[..., None].repeat(3, axis=-1)
    pixels = (pixels @ np.array([0.299, 0.587, 0.114], np.float32))[..., None] if is_grey else pixels
    top, left = ((size - 128) // 2 for size in pixels.shape[:2])
    return np.ascontiguousarray(pixels[top : top + 128, left : left + 128].transpose(2, 0, 1))


@pytest.mark.parametrize("name", ["camera", "chelsea", "astronaut"])
def test_noise_is_taken_out(learnt: tuple[Network, Graph, bool], name: str) -> None:
    network, graph, is_grey = learnt
    clean = photograph(name, is_grey=is_grey)
    noisy = with_noise(clean, 0.1)
    denoised = run_full_size(network, graph, network.results["denoised"], noisy).result
    assert psnr(clean, denoised) - psnr(clean, noisy) >= 5


@pytest.mark.parametrize("name", ["camera", "chelsea", "astronaut"])
def test_filters_that_have_learnt_beat_those_drawn_by_lot(learnt: tuple[Network, Graph, bool], name: str) -> None:
    network, graph, is_grey = learnt
    clean = photograph(name, is_grey=is_grey)
    noisy = with_noise(clean, 0.1)
    port = network.results["denoised"]
    found = [run_full_size(each, graph, port, noisy).result for each in (network, Network(graph, seed=7))]
    assert psnr(clean, found[0]) - psnr(clean, found[1]) >= 0.8

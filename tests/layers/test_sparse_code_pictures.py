"""What sparse coding learns from natural pictures: edges, better pictures from fewer codes, and less noise."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from torch import Tensor

from workbench.layers.local_contrast_norm.module import LocalContrastNorm
from workbench.layers.sparse_code2d.module import SparseCode2d, sparse_synthesis

FEATURES = 16


@pytest.fixture(scope="module", autouse=True)
def _one_thread() -> Iterator[None]:
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    with torch.no_grad():
        yield
    torch.set_num_threads(threads)


@pytest.fixture(scope="module")
def photographs(shared_data: Path) -> list[Tensor]:
    """Grey photographs between 0 and 1, (1, 1, H, W) each; the last eight are kept for testing."""
    files = sorted((shared_data / "natural").glob("bsd_test*.png"))
    if len(files) < 20:
        pytest.skip("the natural pictures are not here")
    grey = [np.asarray(Image.open(file).convert("L"), np.float32) / 255 for file in files]
    return [torch.from_numpy(each)[None, None] for each in grey]


def crops(pictures: list[Tensor], count: int, side: int, seed: int) -> Tensor:
    """Pieces of the contrast-normalised pictures, as many from each."""
    generator = torch.Generator().manual_seed(seed)
    normalised = [LocalContrastNorm()(picture) for picture in pictures]
    found = []
    for number in range(count):
        picture = normalised[number % len(normalised)]
        i, j = (int(torch.randint(size - side, (), generator=generator)) for size in picture.shape[2:])
        found.append(picture[..., i : i + side, j : j + side])
    return torch.cat(found)


def fresh(seed: int, **settings: float) -> SparseCode2d:
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        return SparseCode2d(1, FEATURES, 7, **settings)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def learnt(photographs: list[Tensor]) -> SparseCode2d:
    """Filters learnt from 36 crops of 40×40 in batches of six, 25 times over."""
    x = crops(photographs[:12], 36, 40, seed=0)
    module = fresh(1, lam=1.5, iterations=6, learning_steps=3, warm_start=True)
    generator = torch.Generator().manual_seed(3)
    for _ in range(25):
        for indices in torch.randperm(len(x), generator=generator).split(6):
            module.sample_indices = indices
            module(x[indices])
            module.update()
    module.iterations = 60
    return module.eval()


@pytest.fixture(scope="module")
def drawn_by_lot() -> SparseCode2d:
    """Filters of random numbers of norm 1."""
    return fresh(100, lam=1.5, iterations=60).eval()


def coherence(filters: Tensor) -> Tensor:
    """How much a filter looks like an edge: the structure tensor of its power spectrum, (l1 - l2) / (l1 + l2)."""
    power = torch.fft.fftshift(torch.fft.fft2(filters[:, 0], s=(32, 32)).abs().square(), dim=(1, 2))
    row, column = torch.meshgrid(*[torch.arange(32) - 16.0] * 2, indexing="ij")
    a, b, c = ((power * each).sum((1, 2)) for each in (row * row, column * column, row * column))
    return ((a - b).square() + 4 * c.square()).sqrt() / (a + b)


def test_the_energy_of_an_epoch_never_rises_and_every_map_is_used(photographs: list[Tensor]) -> None:
    x = crops(photographs[:12], 12, 32, seed=2)
    module = fresh(1, lam=1.5, iterations=10, warm_start=True)
    module.sample_indices = torch.arange(len(x))
    energy = []
    for _ in range(30):
        codes = module(x)[0]
        energy.append(float(module.energy(x, codes).sum()))
        module.update()
    assert energy == sorted(energy, reverse=True)
    assert energy[-1] < 0.75 * energy[0]
    assert float(module.weight.flatten(1).norm(dim=1).max()) <= 1 + 1e-6
    assert float((codes != 0).float().mean((0, 2, 3)).min()) > 0.001


def test_filters_become_edges(learnt: SparseCode2d, drawn_by_lot: SparseCode2d) -> None:
    assert int((coherence(learnt.filters()) > 0.5).sum()) >= 6
    assert int((coherence(drawn_by_lot.filters()) > 0.5).sum()) == 0


def test_learnt_filters_draw_unseen_pictures_better_with_fewer_codes(
    learnt: SparseCode2d, drawn_by_lot: SparseCode2d, photographs: list[Tensor]
) -> None:
    y = crops(photographs[12:], 16, 40, seed=1)
    energy, noise, counts = [], [], []
    for module in (learnt, drawn_by_lot):
        codes, drawn = module(y)
        energy.append(float(module.energy(y, codes).sum()))
        noise.append(float((drawn - y).square().sum()))
        counts.append(int((codes != 0).sum()))
    assert energy[0] < 0.8 * energy[1]
    assert noise[0] < noise[1]
    assert counts[0] < counts[1]


def blurred(x: Tensor, sigma: float = 4.0) -> Tensor:
    reach = int(4 * sigma)
    window = torch.exp(-0.5 * (torch.arange(-reach, reach + 1) / sigma) ** 2)
    window = window / window.sum()
    x = torch.nn.functional.pad(x, (reach,) * 4, mode="reflect")
    x = torch.nn.functional.conv2d(x, window[None, None, :, None])
    return torch.nn.functional.conv2d(x, window[None, None, None, :])


def test_noise_is_taken_out(learnt: SparseCode2d, drawn_by_lot: SparseCode2d, photographs: list[Tensor]) -> None:
    """Noise of 0.1 on photographs that were not learnt from: what is coarse stays, the rest is coded sparsely."""
    gains, ahead = [], []
    for picture in photographs[12:]:
        clean = picture[..., 100:228, 100:228]
        noisy = clean + 0.1 * torch.randn(clean.shape, generator=torch.Generator().manual_seed(1))
        coarse = blurred(noisy)
        decibels = [-10 * torch.log10((noisy - clean).square().mean())]
        for filters in (learnt.filters(), drawn_by_lot.filters()):
            module = SparseCode2d(1, FEATURES, 7, lam=5.0, iterations=30).eval()
            module.weight.copy_(filters)
            codes, _ = module.infer(noisy - coarse)
            denoised = coarse + sparse_synthesis(codes, filters)
            decibels.append(-10 * torch.log10((denoised - clean).square().mean()))
        gains.append(float(decibels[1] - decibels[0]))
        ahead.append(float(decibels[1] - decibels[2]))
    assert sum(gains) / len(gains) >= 5
    assert min(gains) >= 3
    assert min(ahead) >= 1.2

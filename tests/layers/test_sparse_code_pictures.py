"""What sparse coding learns from natural pictures: edges, better pictures from fewer codes, and less noise."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from workbench.layers.local_contrast_norm.module import LocalContrastNorm
from workbench.layers.sparse_code2d.module import SparseCode2d, sparse_synthesis

pytestmark = pytest.mark.slow  # as a whole more than half a minute

FEATURES = 16
STRIP = 60


@pytest.fixture(scope="module", autouse=True)
def _one_thread() -> Iterator[None]:
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    with torch.no_grad():
        yield
    torch.set_num_threads(threads)


@pytest.fixture(scope="module")
def photographs() -> dict[str, Tensor]:
    """Grey photographs between 0 and 1, (1, 1, H, W) each."""
    data = pytest.importorskip("skimage.data", reason="scikit-image is not installed")
    datasets = pytest.importorskip("sklearn.datasets", reason="scikit-learn is not installed")
    china, flower = datasets.load_sample_images().images
    found = {"china": china, "flower": flower}
    found |= {name: getattr(data, name)() for name in ("astronaut", "camera", "chelsea", "coffee")}
    return {name: grey(pixels) for name, pixels in found.items()}


def grey(pixels: Any) -> Tensor:
    shares = np.asarray(pixels, np.float32) / 255
    return torch.from_numpy(shares if shares.ndim == 2 else shares @ np.float32([0.299, 0.587, 0.114]))[None, None]


def crops(pictures: dict[str, Tensor], count: int, side: int, seed: int, *, unseen: bool = False) -> Tensor:
    """Pieces of the contrast-normalised pictures, as many from each; unseen ones are from every third of its strips."""
    generator = torch.Generator().manual_seed(seed)
    normalised = [LocalContrastNorm()(picture) for picture in pictures.values()]
    found = []
    for number in range(count):
        picture = normalised[number % len(normalised)]
        strips = [x for x in range(0, picture.shape[3] - STRIP + 1, STRIP) if (x // STRIP % 3 == 2) == unseen]
        left = strips[int(torch.randint(len(strips), (), generator=generator))]
        i, j = (int(torch.randint(size - side, (), generator=generator)) for size in (picture.shape[2], STRIP))
        found.append(picture[..., i : i + side, left + j : left + j + side])
    return torch.cat(found)


def fresh(seed: int, **settings: float) -> SparseCode2d:
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        return SparseCode2d(1, FEATURES, 7, **settings)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def learnt(photographs: dict[str, Tensor]) -> SparseCode2d:
    """Filters learnt from 60 crops of 40×40 in batches of six, 50 times over."""
    x = crops(photographs, 60, 40, seed=0)
    module = fresh(1, lam=1.5, iterations=6, learning_steps=3, warm_start=True)
    generator = torch.Generator().manual_seed(3)
    for _ in range(50):
        for indices in torch.randperm(len(x), generator=generator).split(6):
            module.sample_indices = indices
            module(x[indices])
            module.update()
    module.iterations = 300  # a search that is broken off leaves many small codes
    return module.eval()


@pytest.fixture(scope="module")
def drawn_by_lot() -> SparseCode2d:
    """Filters of random numbers of norm 1."""
    return fresh(100, lam=1.5, iterations=300).eval()


def coherence(filters: Tensor) -> Tensor:
    """How much a filter looks like an edge: the structure tensor of its power spectrum, (l1 - l2) / (l1 + l2)."""
    power = torch.fft.fftshift(torch.fft.fft2(filters[:, 0], s=(32, 32)).abs().square(), dim=(1, 2))
    row, column = torch.meshgrid(*[torch.arange(32) - 16.0] * 2, indexing="ij")
    a, b, c = ((power * each).sum((1, 2)) for each in (row * row, column * column, row * column))
    return ((a - b).square() + 4 * c.square()).sqrt() / (a + b)


def test_the_energy_of_an_epoch_never_rises_and_every_map_is_used(photographs: dict[str, Tensor]) -> None:
    x = crops(photographs, 12, 32, seed=2)
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
    learnt: SparseCode2d, drawn_by_lot: SparseCode2d, photographs: dict[str, Tensor]
) -> None:
    y = crops(photographs, 18, 40, seed=1, unseen=True)
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
    x = nn.functional.pad(x, (reach,) * 4, mode="reflect")
    x = nn.functional.conv2d(x, window[None, None, :, None])
    return nn.functional.conv2d(x, window[None, None, None, :])


@pytest.mark.parametrize("name", ["camera", "chelsea", "astronaut"])
def test_noise_is_taken_out(
    learnt: SparseCode2d, drawn_by_lot: SparseCode2d, photographs: dict[str, Tensor], name: str
) -> None:
    """Noise of 0.1 on the middle 128×128 pixels: what is coarse stays, the rest is coded sparsely."""
    picture = photographs[name]
    top, left = ((size - 128) // 2 for size in picture.shape[2:])
    clean = picture[..., top : top + 128, left : left + 128]
    noisy = clean + 0.1 * torch.randn(clean.shape, generator=torch.Generator().manual_seed(1))
    coarse = blurred(noisy)
    decibels = [-10 * float(torch.log10((noisy - clean).square().mean()))]
    for filters in (learnt.filters(), drawn_by_lot.filters()):
        module = SparseCode2d(1, FEATURES, 7, lam=5.0, iterations=60).eval()
        module.weight.copy_(filters)
        codes, _ = module.infer(noisy - coarse)
        denoised = coarse + sparse_synthesis(codes, filters)
        decibels.append(-10 * float(torch.log10((denoised - clean).square().mean())))
    assert decibels[1] - decibels[0] >= 5
    assert decibels[1] - decibels[2] >= 1.2


def test_it_needs_fewer_codes_than_patches_do(learnt: SparseCode2d, photographs: dict[str, Tensor]) -> None:
    """Against a dictionary of as many atoms learnt from patches of the same crops, at the same distortion.

    Patches lie side by side, which spends far fewer codes than patches that overlap.
    """
    decomposition = pytest.importorskip("sklearn.decomposition", reason="scikit-learn is not installed")
    seen = crops(photographs, 36, 40, seed=0)
    patches = nn.functional.unfold(seen, 7, stride=1)[..., ::7].movedim(1, 2).reshape(-1, 49).numpy()
    dictionary = decomposition.MiniBatchDictionaryLearning(
        FEATURES, alpha=0.5, max_iter=10, random_state=0, transform_algorithm="lasso_lars", transform_alpha=0.1
    ).fit(patches)
    y = crops(photographs, 18, 42, seed=1, unseen=True)
    tiles = nn.functional.unfold(y, 7, stride=7).movedim(1, 2).reshape(-1, 49).numpy()
    rates, heights = [], []
    for alpha in (2.0, 1.0, 0.5, 0.25, 0.1, 0.03):
        dictionary.set_params(transform_alpha=alpha)
        codes = dictionary.transform(tiles)
        rates.append(float((codes != 0).sum()) / tiles.size)
        heights.append(snr(tiles, codes @ dictionary.components_))
    assert heights == sorted(heights)
    codes, drawn = learnt(y)
    wanted = min(snr(y.numpy(), drawn.numpy()), heights[-1])
    ours = float((codes != 0).sum()) / y.numel()
    assert snr(y.numpy(), drawn.numpy()) >= wanted
    assert ours < float(np.interp(wanted, heights, rates))


def snr(signal: Any, drawn: Any) -> float:
    """Decibels of a signal over what a drawing of it lacks."""
    return 10 * float(np.log10(np.square(signal).sum() / np.square(drawn - signal).sum()))

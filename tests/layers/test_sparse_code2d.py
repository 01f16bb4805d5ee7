"""Convolutional sparse coding: its operators, its searches and its learning, on drawn pictures of random numbers."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest
import torch
from torch import Tensor

from workbench.layers.sparse_code2d.module import (
    DeepSparseCode2d,
    SparseCode2d,
    Synthesis,
    back_to_their_places,
    filter_gradient,
    largest_of_blocks,
    shrink,
    sparse_analysis,
    sparse_synthesis,
)
from workbench.layers.sparsity_loss.module import SparsityLoss


def random(*shape: int, seed: int = 0) -> Tensor:
    return torch.randn(shape, dtype=torch.float64, generator=torch.Generator().manual_seed(seed))


def coding(*args: Any, cls: type[SparseCode2d] = SparseCode2d, seed: int = 0, **kwargs: Any) -> SparseCode2d:
    """A module with weights of its own seed, in double precision."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        return cls(*args, **kwargs).double()


def smooth(count: int = 4, side: int = 18) -> Tensor:
    """Pictures with structure to learn: edges at random places, of random direction."""
    angle, shift = 3 * random(count, 1, 1, 1), 4 * random(count, 1, 1, 1, seed=1)
    row, column = torch.meshgrid(*[torch.arange(side, dtype=torch.float64) - side / 2] * 2, indexing="ij")
    return (row * angle.cos() + column * angle.sin() - shift).tanh() + 0.05 * random(count, 1, side, side, seed=2)


def energies(module: SparseCode2d, x: Tensor, below: Synthesis | None = None) -> Tensor:
    with torch.no_grad():
        return module.energy(x, module.infer(x, below)[0], below)


def relative(a: Tensor, b: Tensor) -> float:
    return float((a - b).abs() / b.abs())


def tower(levels: int) -> tuple[Synthesis, tuple[int, ...]]:
    """A synthesis with random filters and switches, and the shape that its top takes; for two pictures of 2×20×17."""
    synthesis, channels, height, width = Synthesis(), 2, 20, 17
    for level in range(levels):
        h, w = height + 4, width + 4
        filters = random(6, channels, 5, 5, seed=level)
        values, switches = largest_of_blocks(random(2, 6, h, w, seed=10 + level), 2, 2)
        synthesis = synthesis.above(filters, switches, (6, h, w))
        channels, height, width = values.shape[1:]
    return synthesis, (channels, height, width)


def test_analysis_is_the_adjoint_of_synthesis() -> None:
    filters, codes, maps = random(5, 3, 7, 7), random(2, 5, 15, 18, seed=1), random(2, 3, 9, 12, seed=2)
    drawn = sparse_synthesis(codes, filters)
    assert drawn.shape == maps.shape
    one, two = (drawn * maps).sum(), (codes * sparse_analysis(maps, filters)).sum()
    assert relative(one, two) < 1e-10
    three = (filters * filter_gradient(maps, codes, filters.shape)).sum()
    assert relative(three, two) < 1e-10


def test_synthesis_is_the_valid_part_of_a_sum_of_convolutions() -> None:
    filters, codes = random(2, 1, 3, 3), random(1, 2, 6, 7, seed=1)
    expected = torch.zeros(1, 1, 4, 5, dtype=torch.float64)
    for k in range(2):
        for i in range(4):
            for j in range(5):
                patch = codes[0, k, i : i + 3, j : j + 3]
                expected[0, 0, i, j] += (patch * filters[k, 0].flip(0, 1)).sum()
    assert torch.allclose(sparse_synthesis(codes, filters), expected, rtol=0, atol=1e-12)


@pytest.mark.parametrize("levels", [1, 2, 3])
def test_the_way_up_is_the_adjoint_of_the_way_down(levels: int) -> None:
    synthesis, shape = tower(levels)
    z, y = random(2, *shape, seed=20), random(2, 2, 20, 17, seed=21)
    drawn = synthesis.down(z)
    assert drawn.shape == y.shape
    assert relative((drawn * y).sum(), (z * synthesis.up(y)).sum()) < 1e-10


@pytest.mark.parametrize("beta", [1.0, 10.0, 100.0])
@pytest.mark.parametrize("p", [0.5, 2 / 3, 0.8, 1.0])
def test_shrinkage_is_the_best_of_a_fine_grid(p: float, beta: float) -> None:
    values = torch.linspace(-3, 3, 401, dtype=torch.float64) + 1e-3  # off the tie at |v| = tau
    grid = torch.linspace(-3.2, 3.2, 64001, dtype=torch.float64)
    found = shrink(values, torch.tensor(1 / beta, dtype=torch.float64), p)
    cost = 0.5 * (grid - values[:, None]).square() + grid.abs().pow(p) / beta
    best = grid[cost.argmin(1)]
    assert float((found - best).abs().max()) < 2e-4
    assert int((found == 0).sum()) == int((best.abs() < 1e-9).sum())


@pytest.mark.parametrize("lam", [0.5, 3.0])
def test_the_search_ends_where_no_code_could_be_better(lam: float) -> None:
    """The optimality of |z|_1: where a code is, the gradient is its sign; where none is, it is at most 1 in size."""
    module = coding(1, 4, 5, lam=lam, iterations=3000)
    x = random(2, 1, 12, 12)
    codes, _ = module.infer(x)
    with torch.no_grad():
        gradient = lam * sparse_analysis(sparse_synthesis(codes, module.filters()) - x, module.filters())
    assert 0 < int((codes != 0).sum()) < codes.numel()
    assert float((gradient + codes.sign())[codes != 0].abs().max()) < 1e-6
    assert float(gradient[codes == 0].abs().max()) < 1 + 1e-6


def test_inference_is_a_search_and_no_filter_bank() -> None:
    """A deconvolutional network has no encoder: correlating with the filters, shrunk or not, explains much worse."""
    module, x = coding(1, 8, 5, iterations=100), smooth()
    best = float(energies(module, x).sum())
    with torch.no_grad():
        correlation = sparse_analysis(x, module.filters())
        for threshold in (0.0, 0.5, 1.0, 2.0):
            codes = shrink(correlation, torch.tensor(threshold))
            scaled = [float(module.energy(x, scale * codes).sum()) for scale in torch.linspace(0, 1, 51).tolist()]
            assert min(scaled) > 1.05 * best


def test_plain_shrinkage_never_rises_and_acceleration_pays() -> None:
    x = smooth()
    found: dict[str, list[float]] = {}
    for solver in ("ista", "fista"):
        module = coding(1, 8, 5, solver=solver)
        found[solver] = []
        for module.iterations in (1, 2, 5, 10, 20, 40, 80):
            found[solver].append(float(energies(module, x).sum()))
    assert found["ista"] == sorted(found["ista"], reverse=True)
    best = float(energies(coding(1, 8, 5, iterations=2000), x).sum())
    assert found["fista"][-1] - best < 0.3 * (found["ista"][-1] - best)


def test_the_step_is_never_longer_than_the_operator_allows() -> None:
    for in_channels, kernel in ((1, 7), (3, 5), (1, 1)):
        module = coding(in_channels, 6, kernel, lam=1.0)
        filters = module.filters().detach()
        v = random(1, 6, 40, 40)
        for _ in range(200):
            v = sparse_analysis(sparse_synthesis(v / v.norm(), filters), filters)
        with torch.no_grad():
            curvature = float(module._curvature())
        assert 0.99 * float(v.norm()) < curvature < 1.25 * float(v.norm())


def test_the_published_search_comes_near_the_best_codes_if_it_is_not_hurried() -> None:
    """Six stages, as in the paper, stop far from the minimum; that the scheme is right, many stages show."""
    x = smooth()
    best = float(energies(coding(1, 8, 5, iterations=2000), x).sum())
    found = [float(energies(coding(1, 8, 5, solver="published", iterations=n), x).sum()) for n in (6, 30, 200, 2000)]
    assert found == sorted(found, reverse=True)
    assert best * 1.1 < found[0] < 0.75 * float(x.square().sum()), "better than no codes at all"
    assert best <= found[-1] < best * 1.002


def test_a_smaller_power_gives_fewer_codes() -> None:
    x, counts = smooth(), []
    for p in (1.0, 0.8, 0.5):
        codes, _ = coding(1, 8, 5, lam=10.0, solver="published", p=p, iterations=100).infer(x)
        assert codes.isfinite().all()
        counts.append(int((codes != 0).sum()))
    assert 0 < counts[2] < counts[1] < counts[0]


@pytest.mark.parametrize("solver", ["fista", "ista", "published"])
def test_pictures_of_a_batch_do_not_see_each_other(solver: str) -> None:
    module, x = coding(1, 4, 5, solver=solver), smooth()
    together, alone = module.infer(x)[0], module.infer(x[2:3])[0]
    assert torch.allclose(together[2:3], alone, rtol=0, atol=1e-10)
    assert torch.equal(module.infer(torch.zeros_like(x))[0], torch.zeros_like(together))


def test_the_gradient_of_the_reconstruction_is_that_of_the_energy_with_the_codes_fixed() -> None:
    module, x = coding(2, 3, 3, lam=2.0).eval(), random(2, 2, 8, 8)
    codes, drawn = module(x)
    assert not codes.requires_grad
    (0.5 * (drawn - x).square().sum()).backward()
    expected = filter_gradient((drawn - x).detach(), codes, module.weight.shape)
    assert module.weight.grad is not None
    assert torch.allclose(module.weight.grad, expected, rtol=1e-10, atol=1e-10)


def test_what_is_sent_down_from_the_codes_is_drawn_by_the_filters() -> None:
    """The deconvnet's picture of a feature at a place is its filter, set there."""
    module, x = coding(1, 4, 5).eval(), random(1, 1, 12, 12).requires_grad_()
    codes, _ = module(x)
    seed = torch.zeros_like(codes)
    seed[0, 2, 8, 9] = 1
    (picture,) = torch.autograd.grad(codes, x, seed)
    assert torch.equal(picture[0, 0, 4:9, 5:10], module.weight.detach()[2, 0])
    assert float(picture.abs().sum()) == pytest.approx(float(module.weight.detach()[2].abs().sum()))


def learn(module: SparseCode2d, x: Tensor, epochs: int, below: Synthesis | None = None) -> list[tuple[float, float]]:
    """The energy of the codes just found, before and after each update of the filters."""
    module.train()
    module.sample_indices = torch.arange(len(x))
    found = []
    for _ in range(epochs):
        with torch.no_grad():
            codes = module(x, below)[0]
            before = float(module.energy(x, codes, below).sum())
            module.update()
            found.append((before, float(module.energy(x, codes, below).sum())))
    return found


def test_projected_learning_never_rises_and_keeps_filters_in_the_unit_ball() -> None:
    module = coding(1, 6, 5, iterations=10, warm_start=True)
    steps = learn(module, smooth(8), 30)
    energy = [each for step in steps for each in step]
    assert all(after <= before * (1 + 1e-9) for before, after in pairwise(energy))
    assert energy[-1] < 0.8 * energy[0]
    assert float(module.weight.detach().flatten(1).norm(dim=1).max()) <= 1 + 1e-6


def test_least_squares_made_unit_afterwards_can_rise() -> None:
    """Why it is not the default: filters that make up for shrunk codes are cut back, and the codes are not told."""
    published = coding(1, 6, 5, iterations=10, warm_start=True, learning="published", learning_steps=2)
    steps = learn(published, smooth(8), 30)
    assert sum(after > before * (1 + 1e-6) for before, after in steps) >= 5
    norms = published.weight.detach().flatten(2).norm(dim=2)
    assert torch.allclose(norms, torch.ones_like(norms), rtol=0, atol=1e-9)
    projected = coding(1, 6, 5, iterations=10, warm_start=True)
    assert learn(projected, smooth(8), 30)[-1][1] < steps[-1][1]


@pytest.mark.parametrize("learning", ["projected", "published"])
@pytest.mark.parametrize(
    ("connectivity", "features", "members"),
    [
        ("full", 5, [4] * 5),
        ("singles", 4, [1] * 4),
        ("doubles", 6, [2] * 6),
        ("singles_doubles", 10, [1] * 4 + [2] * 6),
        ("singles_doubles_triples", 12, [1] * 4 + [2] * 6 + [3] * 2),
        ("random_doubles", 9, [2] * 9),
        ("random_mixed", 6, [1, 2, 3] * 2),
    ],
)
def test_filters_of_maps_that_are_not_connected_stay_exactly_zero(
    learning: str, connectivity: str, features: int, members: list[int]
) -> None:
    module = coding(4, features, 3, connectivity=connectivity, learning=learning)
    connected = module.connected[:, :, 0, 0].bool()
    assert connected.sum(1).tolist() == members
    if "random" not in connectivity and connectivity != "full":
        assert len({tuple(row) for row in connected.tolist()}) >= min(features, 10)
    assert connected.any(0).all(), "every map is used"
    learn(module, random(3, 4, 10, 10), 3)
    weight = module.weight.detach()
    assert torch.equal(weight[~connected], torch.zeros_like(weight[~connected]))
    assert (weight[connected].flatten(1).norm(dim=1) > 0).all()


def test_a_warm_start_goes_on_where_each_sample_was() -> None:
    x = smooth(6)
    warm, cold = (coding(1, 6, 5, iterations=3, warm_start=each) for each in (True, False))
    for number in range(8):
        for module in (warm, cold):
            module.sample_indices = torch.tensor([4, 1, 9])
            with torch.no_grad():
                codes = module(x[:3])[0]
                energy = module.energy(x[:3], codes).sum()
            if module is warm:
                assert torch.equal(module.sample_state["codes"][[4, 1, 9]], codes)
                warm_energy = energy
        assert (warm_energy < energy * 0.99) == (number > 0), "there is no difference at the first time"
    assert warm.sample_state["codes"].shape == (10, 6, 22, 22)
    assert int(warm.sample_state["codes"][[0, 2, 3]].count_nonzero()) == 0
    assert cold.sample_state == {}


def test_remembered_codes_can_be_put_into_another_module() -> None:
    x, first = smooth(3), coding(1, 6, 5, iterations=3, warm_start=True)
    learn(first, x, 2)
    second = coding(1, 6, 5, iterations=3, warm_start=True, seed=1)
    second.load_state_dict(first.state_dict())
    second.sample_state["codes"] = first.sample_state["codes"].clone()
    assert learn(first, x, 2) == learn(second, x, 2)


def test_to_predict_starts_cold_and_remembers_nothing() -> None:
    x, module = smooth(3), coding(1, 6, 5, iterations=3, warm_start=True)
    fresh = module.eval()(x)[0]
    learn(module, x, 1)
    kept, weight = module.sample_state["codes"].clone(), module.weight.detach().clone()
    module.weight.data.copy_(coding(1, 6, 5).weight.data)
    assert torch.equal(module.eval()(x)[0], fresh)
    module.update()
    assert torch.equal(module.sample_state["codes"], kept)
    assert not torch.equal(module.weight, weight), "there was nothing to learn from"


@pytest.mark.parametrize("p", [0.5, 1.0, 2.0])
@pytest.mark.parametrize(("reduction", "divisor"), [("sum", 1), ("batch_mean", 2), ("mean", 24)])
def test_the_sparsity_loss_is_the_sum_of_powers(p: float, reduction: str, divisor: int) -> None:
    codes = random(2, 3, 4)
    codes[0, 1] = 0
    codes.requires_grad_()
    loss = SparsityLoss(p, reduction)(codes)
    assert float(loss.detach()) == pytest.approx(float(codes.detach().abs().pow(p).sum()) / divisor)
    loss.backward()
    assert codes.grad is not None
    assert torch.equal(codes.grad[0, 1], torch.zeros(4, dtype=torch.float64))
    expected = p * codes.detach().abs().pow(p - 1) * codes.detach().sign() / divisor
    is_active = codes.detach() != 0
    assert torch.allclose(codes.grad[is_active], expected[is_active])


def two_layers() -> tuple[SparseCode2d, SparseCode2d, Tensor]:
    """A pooling layer, one above it, and pictures."""
    first = coding(1, 8, 5, solver="ista", iterations=30, pool=2, pool_maps=2, synthesis=True)
    second = coding(4, 6, 3, cls=DeepSparseCode2d, solver="ista", iterations=10, warm_start=True, seed=1)
    return first, second, smooth()


def test_pooling_within_the_search_leaves_one_code_of_each_block() -> None:
    first, _, x = two_layers()
    codes, drawn, below = first(x)
    values, switches = largest_of_blocks(codes, 2, 2)
    assert torch.equal(back_to_their_places(values, switches, codes.shape[1:]), codes)
    assert torch.allclose(below.down(values), drawn, rtol=0, atol=1e-12), "the synthesis has its unpooling"
    assert values.shape[1:] == (4, 11, 11)


def test_pooling_within_the_search_keeps_more_than_pooling_at_its_end() -> None:
    first, _, x = two_layers()
    first.iterations = 100
    inside = first(x)[1]
    free = coding(1, 8, 5, iterations=300)
    free.load_state_dict(first.state_dict())
    codes, _ = free.infer(x)
    values, switches = largest_of_blocks(codes, 2, 2)
    after = sparse_synthesis(back_to_their_places(values, switches, codes.shape[1:]), free.filters())
    assert float((inside - x).square().sum().detach()) < 0.8 * float((after - x).square().sum().detach())


def test_a_higher_layer_reconstructs_the_picture_itself() -> None:
    first, second, x = two_layers()
    below = first(x)[2]
    codes, drawn = second(x, below)
    assert drawn.shape == x.shape
    assert torch.allclose(drawn, below.down(sparse_synthesis(codes, second.filters())), rtol=0, atol=1e-12)
    drawn.square().sum().backward()
    assert second.weight.grad is not None
    assert first.weight.grad is None, "the layers below stand still"
    steps = learn(second, x, 20, below)
    assert all(after <= before * (1 + 1e-9) for before, after in steps)
    assert steps[-1][1] < 0.8 * steps[0][0]


def test_the_search_of_a_higher_layer_never_rises_while_it_does_not_pool() -> None:
    first, second, x = two_layers()
    below = first(x)[2]
    found = []
    for second.iterations in (1, 2, 5, 10, 20, 40):
        found.append(float(energies(second, x, below).sum()))
    assert found == sorted(found, reverse=True)
    assert found[-1] < 0.9 * found[0]


def test_a_third_layer_goes_down_through_both() -> None:
    first, _, x = two_layers()
    pooling: dict[str, Any] = {"solver": "ista", "pool": 2, "pool_maps": 2, "synthesis": True}
    second = coding(4, 6, 3, cls=DeepSparseCode2d, seed=1, **pooling)
    third = coding(3, 5, 3, cls=DeepSparseCode2d, seed=2, solver="ista")
    below = second(x, first(x)[2])[2]
    codes, drawn = third(x, below)
    assert drawn.shape == x.shape
    assert codes.shape == (4, 5, 8, 8)
    image = x.clone().requires_grad_()
    codes, _ = third(image, below)
    (picture,) = torch.autograd.grad(codes, image, codes.detach())
    assert torch.allclose(picture, drawn.detach(), rtol=0, atol=1e-12)

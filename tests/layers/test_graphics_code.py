"""The clamp of inverse graphics networks, its sign and scale, and the losses round it (Kulkarni et al. 2015)."""

from __future__ import annotations

import copy

import pytest
import torch
from torch import Tensor

from tests.graph_factories import changed, drawn
from workbench.layers.bernoulli_loss.module import BernoulliLoss
from workbench.layers.gaussian_kl.module import GaussianKL
from workbench.layers.gaussian_sample.module import GaussianSample
from workbench.layers.graphics_code.module import GraphicsCode
from workbench.model.network import Network
from workbench.model.problems import find_problems
from workbench.model.shapes import infer

GROUPS = ((0, 1), (1, 2), (2, 6))
every_factor = pytest.mark.parametrize("factor", range(len(GROUPS)))


def codes(seed: int = 0, n: int = 20) -> tuple[Tensor, Tensor]:
    generator = torch.Generator().manual_seed(seed)
    mu, logvar = (torch.randn(n, 6, dtype=torch.float64, generator=generator) for _ in range(2))
    return mu, logvar


def factors(k: int, n: int = 20) -> Tensor:
    return torch.full((n,), k)


def active(factor: int) -> Tensor:
    first, last = GROUPS[factor]
    places = torch.arange(6)
    return (places >= first) & (places < last)


@every_factor
def test_forward_keeps_the_active_latents_and_gives_the_others_their_mean(factor: int) -> None:
    mu, logvar = codes()
    for z, clamped in zip((mu, logvar), GraphicsCode(6, GROUPS)(mu, logvar, factors(factor)), strict=True):
        on = active(factor)
        assert torch.equal(clamped[:, on], z[:, on])
        assert torch.equal(clamped[:, ~on], z.mean(0)[~on].expand(20, -1))


@every_factor
@pytest.mark.parametrize("scale", [1.0, 1 / 640])
def test_backward_replaces_the_gradient_of_the_others(factor: int, scale: float) -> None:
    module = GraphicsCode(6, GROUPS, invariance=0.01)
    module.loss_scale = scale
    both = [each.requires_grad_() for each in codes()]
    upstream = codes(seed=1)
    torch.autograd.backward(module(*both, factors(factor)), upstream)
    for z, gradient in zip(both, upstream, strict=True):
        on, distance = active(factor), (z - z.mean(0)).detach()
        expected = torch.where(on, gradient, 0.01 * scale * distance)
        assert z.grad is not None
        assert float((z.grad - expected).abs().max()) <= 1e-12


def test_a_step_down_draws_the_other_latents_together() -> None:
    """With the sign of the released code it would push them apart."""
    module = GraphicsCode(6, GROUPS, invariance=0.5)
    mu, logvar = (each.requires_grad_() for each in codes())
    clamped, _ = module(mu, logvar, factors(0))
    clamped.backward(torch.zeros_like(clamped))
    assert mu.grad is not None
    with torch.no_grad():
        stepped = mu - 0.1 * mu.grad
    others = ~active(0)
    assert (stepped.var(0)[others] < mu.var(0)[others]).all()
    assert torch.equal(stepped[:, 0], mu[:, 0])


@every_factor
def test_it_is_the_detached_mean_with_a_loss_of_its_own(factor: int) -> None:
    mu, logvar = codes()
    weights = torch.linspace(-1, 1, 6, dtype=torch.float64)

    def downstream(z: Tensor) -> Tensor:
        return (z * weights).sin().sum()

    one, other = mu.clone().requires_grad_(), mu.clone().requires_grad_()
    downstream(GraphicsCode(6, GROUPS, invariance=0.3)(one, logvar, factors(factor))[0]).backward()
    on, mean = active(factor), other.mean(0).detach()
    explicit = downstream(torch.where(on, other, mean)) + 0.15 * (other - mean)[:, ~on].square().sum()
    explicit.backward()
    assert one.grad is not None
    assert other.grad is not None
    assert float((one.grad - other.grad).abs().max()) <= 1e-12


def test_what_comes_in_is_not_written_to() -> None:
    """A port of the paper's code wrote the mean into its input and so lost the invariance gradient."""
    mu, logvar = codes()
    kept = mu.clone(), logvar.clone()
    leaf = mu.requires_grad_()
    clamped, _ = GraphicsCode(6, GROUPS, invariance=1.0)(leaf, logvar, factors(0))
    assert torch.equal(leaf, kept[0])
    assert torch.equal(logvar, kept[1])
    clamped.sum().backward()
    assert leaf.grad is not None
    assert float(leaf.grad[:, 1:].abs().min()) > 0, "z − mean is there on the way back"


def test_it_is_the_identity_where_nothing_is_trained_or_told() -> None:
    mu, logvar = codes()
    module = GraphicsCode(6, GROUPS)
    assert all(a is b for a, b in zip(module(mu, logvar), (mu, logvar), strict=True))
    assert all(a is b for a, b in zip(module.eval()(mu, logvar, factors(1)), (mu, logvar), strict=True))


@pytest.mark.parametrize(("reduction", "divisor"), [("sum", 1), ("batch_mean", 20), ("mean", 120)])
def test_the_divergence_is_torchs(reduction: str, divisor: int) -> None:
    mu, logvar = codes()
    ours = GaussianKL(reduction)(mu, logvar)
    normal = torch.distributions.Normal
    theirs = torch.distributions.kl_divergence(normal(mu, (logvar / 2).exp()), normal(0.0, 1.0)).sum() / divisor
    assert float((ours - theirs).abs()) <= 1e-6 * float(theirs.abs())


def test_the_gradient_reaches_mean_and_log_variance_through_the_draw() -> None:
    mu, logvar = (each[:3].clone().requires_grad_() for each in codes())

    def draw(mu: Tensor, logvar: Tensor) -> Tensor:
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(0)
            drawn: Tensor = GaussianSample()(mu, logvar)
        return drawn

    assert torch.autograd.gradcheck(draw, (mu, logvar))
    assert not torch.equal(draw(mu, logvar), mu)
    assert GaussianSample().eval()(mu, logvar) is mu


def test_a_certain_wrong_pixel_costs_a_finite_sum() -> None:
    prediction = torch.tensor([[0.0, 1.0, 0.5]], requires_grad=True)
    loss = BernoulliLoss("sum")(prediction, torch.tensor([[1.0, 1.0, 0.25]]))
    assert float(loss.detach()) == pytest.approx(100 + 0.693147, rel=1e-5)
    loss.backward()
    assert prediction.grad is not None
    assert prediction.grad.isfinite().all()


def test_the_paper_has_4131137_weights_and_its_shapes() -> None:
    graph = drawn("dcign")
    shapes = infer(graph)
    of = {graph.nodes[port.node].name: value.shape for port, value in shapes.values.items() if port.name == "y"}
    expected = {
        "conv1": (96, 146, 146), "relu1": (96, 73, 73), "conv2": (48, 69, 69), "relu2": (48, 34, 34),
        "conv3": (24, 30, 30), "relu3": (24, 15, 15), "flatten": (5400,), "map": (24, 15, 15), "up1": (24, 30, 30),
        "drawn1": (48, 24, 24), "drawn2": (96, 42, 42), "drawn3": (96, 78, 78), "up4": (96, 156, 156),
        "drawing": (1, 150, 150),
    }  # fmt: skip
    assert {name: of[name] for name in expected} == expected
    with torch.device("meta"):
        network = Network(graph)
    assert sum(weight.numel() for weight in network.modules.parameters()) == 4_131_137


def batch(seed: int = 0) -> dict[str, Tensor]:
    generator = torch.Generator().manual_seed(seed)
    image = torch.randint(0, 256, (20, 1, 32, 32), dtype=torch.uint8, generator=generator)
    return {"image": image, "factor": torch.zeros(20, dtype=torch.int64)}


def test_with_everything_active_a_step_is_that_of_the_plain_autoencoder() -> None:
    graph = drawn("dcign32", (1, 32, 32))
    whole = {"factors": ["all"], "sizes": [24], "invariance": 0.0}
    graph = changed(changed(graph, "graphics_code", params=whole), "factor", params={"classes": ["all"]})
    found = []
    for network in (Network(graph), Network(drawn("vae32", (1, 32, 32)))):
        network.set_training(True)
        network.begin_batch(torch.arange(20))
        torch.manual_seed(1)
        network.objective(network.train_batch(batch()).losses).backward()
        found.append({name: weight.grad for name, weight in network.named_parameters()})
    assert found[0].keys() == found[1].keys()
    for name, gradient in found[0].items():
        other = found[1][name]
        assert gradient is not None
        assert other is not None
        assert torch.equal(gradient, other), name


@pytest.mark.parametrize(("reduction", "scale"), [("sum", 1), ("batch_mean", 1 / 20), ("mean", 1 / (20 * 1024))])
def test_the_pull_follows_the_reduction_of_the_loss(reduction: str, scale: float) -> None:
    """So a network learns the same whether its loss is summed or averaged: gradients differ by one factor alone."""
    graph = drawn("dcign32", (1, 32, 32))
    summed = changed(graph, "reconstruction", params={"reduction": "sum"})
    summed = changed(summed, "kl", params={"weight": 0.0})
    other = changed(summed, "reconstruction", params={"reduction": reduction})
    found = []
    for each in (summed, other):
        network = Network(each)
        network.set_training(True)
        network.begin_batch(torch.arange(20))
        torch.manual_seed(1)
        network.objective(network.train_batch(batch()).losses).backward()
        found.append([copy.deepcopy(weight.grad) for _, weight in network.named_parameters()])
    for one, two in zip(*found, strict=True):
        assert one is not None
        assert two is not None
        assert torch.allclose(one * scale, two, rtol=2e-3, atol=1e-6 * scale * float(one.abs().max()))


def test_a_code_without_its_factor_is_told_with_a_fix() -> None:
    graph = drawn("dcign32", (1, 32, 32))
    wire = next(edge for edge in graph.edges if edge.target.name == "factor")
    edges = tuple(edge for edge in graph.edges if edge != wire)
    problem = find_problems(type(graph)(graph.nodes, edges))[0]
    assert problem.node == "graphics_code"
    assert problem.port == "factor"
    assert "Connect factor to graphics_code" in [fix.text for fix in problem.fixes]


def test_a_code_without_its_divergence_is_told_and_mended() -> None:
    graph = drawn("vae32", (1, 32, 32))
    kl = graph.named("kl").id
    edges = tuple(edge for edge in graph.edges if edge.target.node != kl)
    without = type(graph)({id_: node for id_, node in graph.nodes.items() if id_ != kl}, edges)
    (problem,) = find_problems(without)
    assert problem.message == (
        "z: nothing keeps its noise from being learnt away: a GaussianKL on the same mu and logvar is missing."
    )
    assert find_problems(without, purpose="predict") == []
    mended = problem.fixes[0].edit.apply(without)
    assert find_problems(mended) == []
    assert {type(term.layer).__name__ for term in Network(mended).terms} == {"BernoulliLoss", "GaussianKL"}


def test_factors_that_the_data_does_not_have_are_told_with_a_fix() -> None:
    graph = changed(drawn("dcign32", (1, 32, 32)), "factor", params={"classes": ["angle", "object"]})
    problem = find_problems(graph)[0]
    assert "has no latents for the factor angle of the data" in problem.message
    (fix,) = problem.fixes
    assert fix.text.startswith("Set factors of graphics_code to ['angle', 'object'], then set sizes of graphics_code")
    assert find_problems(fix.edit.apply(graph)) == []


def test_the_factor_is_no_input_of_the_network_that_predicts() -> None:
    network = Network(drawn("dcign32", (1, 32, 32)))
    assert set(network.inputs) == {"image"}
    assert set(network.fields) == {"image", "factor"}
    network.set_training(False)
    drawing = network.predict({"image": batch()["image"]})["drawing"]
    assert drawing.shape == (20, 1, 32, 32)


def test_a_code_in_a_network_without_any_factor_gets_one() -> None:
    graph = drawn("dcign32", (1, 32, 32))
    factor = graph.named("factor").id
    edges = tuple(edge for edge in graph.edges if edge.source.node != factor)
    without = type(graph)({id_: node for id_, node in graph.nodes.items() if id_ != factor}, edges)
    problem = find_problems(without)[0]
    assert (problem.node, problem.port) == ("graphics_code", "factor")
    assert [fix.text for fix in problem.fixes] == ["Add a Factor for graphics_code"]
    mended = problem.fixes[0].edit.apply(without)
    assert find_problems(mended) == []
    assert set(Network(mended).fields) == {"image", "factor"}

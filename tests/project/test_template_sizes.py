"""How many parameters templates have, against what papers and torchvision say."""

from __future__ import annotations

from dataclasses import replace

import pytest

from workbench.core.graph import Graph
from workbench.core.values import Value
from workbench.model.cost import costs, total
from workbench.project.templates.spec import REGISTRY, GraphBuilder, Samples

CIFAR = Samples((3, 32, 32))
VOC = Samples((3, 224, 224), scores=21)
GREY = Samples((1, 32, 32))
SIZES = {
    "alexnet": 61_100_840, "vgg16": 138_357_544, "vgg19": 143_667_240, "googlenet": 6_624_904,
    "resnet34": 21_797_672, "resnet50": 25_557_032, "wide_resnet50_2": 68_883_240, "densenet121": 7_978_856,
    "squeezenet1_1": 1_235_496, "mobilenet_v2": 3_504_872, "mobilenet_v3_small": 2_542_856,
    "mobilenet_v3_large": 5_483_032, "shufflenet_v2_x1_0": 2_278_604, "efficientnet_b0": 5_288_548,
    "convnext_tiny": 28_589_128, "zfnet": 62_357_608, "c3d": 78_409_573, "eegnet": 2_258,
    "shallow-convnet": 47_364,
}  # fmt: skip
SIZES_FOR = {
    ("nin", CIFAR): 966_986, ("resnet20", CIFAR): 269_722, ("resnet56", CIFAR): 853_018,
    ("unet", replace(GREY, scores=2)): 31_030_658, ("segnet", VOC): 29_455_125, ("fcn8s", VOC): 134_489_759,
    ("dncnn", GREY): 556_097, ("srcnn", GREY): 8_129, ("espcn", GREY): 21_284,
    ("tcn", Samples((1, 28, 28))): 66_510,
}  # fmt: skip


def drawn(name: str, samples: Samples) -> Graph:
    builder = GraphBuilder(samples)
    REGISTRY[name]().build(builder)
    return builder.graph()


def parameters(graph: Graph) -> int:
    return total(costs(graph).values())["parameters"]


@pytest.mark.parametrize("name", SIZES)
def test_sizes_are_those_of_the_literature(name: str) -> None:
    assert parameters(drawn(name, REGISTRY[name].usual_samples())) == SIZES[name]


@pytest.mark.parametrize(("name", "samples"), SIZES_FOR, ids=[name for name, _ in SIZES_FOR])
def test_sizes_for_the_paper_s_samples_are_those_of_the_literature(name: str, samples: Samples) -> None:
    assert parameters(drawn(name, samples)) == SIZES_FOR[name, samples]


@pytest.mark.parametrize(
    ("name", "vectors", "others"), [("textcnn", 20_000 * 300, 360_902), ("convncf", 2 * 1000 * 64, 20_833 + 2 * 1000)]
)
def test_vectors_are_counted_apart(name: str, vectors: int, others: int) -> None:
    assert parameters(drawn(name, REGISTRY[name].usual_samples())) - vectors == others


@pytest.mark.parametrize("name", ["alexnet", "vgg16", "fcn8s"])
def test_small_pictures_have_a_small_head(name: str) -> None:
    assert parameters(drawn(name, Samples((3, 63, 80)))) < parameters(drawn(name, Samples((3, 64, 80)))) / 2


def test_words_and_steps_are_those_of_the_data() -> None:
    words = ("", "good", "film")
    text = drawn("textcnn", Samples(fields={"review": Value((9,), "tokens", "int64", words)}, scores=3))
    assert text.named("embed").params["num_embeddings"] == len(words)
    assert text.named("review").params["shape"] == [9]
    series = drawn("fcn1d", Samples(fields={"load": Value((4, 50))}, scores=7))
    assert series.named("load").params["shape"] == [4, 50]
    assert series.named("fc").params["out_features"] == 7

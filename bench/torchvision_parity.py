"""Convolutional classifiers of torchvision and timm: drawn here, they have the same weights and give the same answers.

    python bench/torchvision_parity.py [NAME ...] [--timm] [--round] [--onnx] [--seconds 600] [--json]

Without names all of torchvision's, with --timm also many of timm's; a name such as timm:resnet26d is one of those. Each
is read by its name in a process of its own, built from the graph, and given the weights of the library's module, whose
batch-norm statistics are random. Compared are the names and the number of the weights and the outputs for one picture,
in eval mode. With --round the same answers are asked of the exported Python file of the saved and loaded project; with
--onnx of ONNX Runtime with the exported file, and of the network that is imported from it, for pictures of 64 by 64
where the network takes such. Networks with more than 150 million weights are compared in structure alone. Left out are
the classifiers that are no convolutional networks: vit, swin, maxvit.
"""

from __future__ import annotations

import argparse
import contextlib
import importlib.util
import json
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn
from torchvision import models

from workbench.core.errors import WorkbenchError
from workbench.core.graph import Graph
from workbench.model.network import Network
from workbench.model.weight_names import ALONE
from workbench.model.weights import load_into
from workbench.project.importing import Brought, bring_in, write_brought

OTHERS = ("vit", "swin", "maxvit")
LARGEST = 150_000_000
AGREEMENT = 1e-5  # of the largest number of the output
SECONDS = 600
SIDE = 64
TIMM = """
    resnet18 resnet18d resnet26 resnet26d resnet26t resnet50 resnetv2_50 resnetrs50 resnetblur18 resnext50_32x4d
    res2net50_26w_4s res2next50 seresnet18 seresnet50 seresnext26d_32x4d legacy_seresnet18 ecaresnet26t skresnet18
    resnest14d resnest26d gcresnet33ts densenet121 densenet169 densenetblur121d efficientnet_b0 efficientnet_b1
    efficientnet_es efficientnet_lite0 efficientnetv2_rw_t tf_efficientnet_b0 tf_efficientnet_lite0 tf_efficientnetv2_b0
    tf_mobilenetv3_small_100 tf_mixnet_s mixnet_s mobilenetv1_100 mobilenetv2_050 mobilenetv2_100 mobilenetv3_small_050
    mobilenetv3_large_100 mobilenetv4_conv_small mnasnet_100 mnasnet_small semnasnet_075 spnasnet_100 ghostnet_050
    ghostnet_100 ghostnetv2_100 repghostnet_050 regnetx_002 regnetx_004 regnety_002 regnety_004 regnetz_b16 regnetv_040
    convnext_atto convnext_femto convnext_tiny convnextv2_atto convnext_tiny_hnf dla34 dla46_c dla46x_c dla60
    dla60_res2net dla60_res2next hrnet_w18_small hrnet_w18_small_v2 inception_v3 inception_v4 inception_resnet_v2
    legacy_xception xception41 xception65 xception41p vgg11 vgg11_bn vgg13 vgg16_bn darknet17 darknet21 darknet53
    darknetaa53 cspdarknet53 cspresnet50 cspresnext50 cs3darknet_m cs3darknet_focus_s repvgg_a0 repvgg_a1 rexnet_100
    rexnetr_100 selecsls42 selecsls42b selecsls60 hardcorenas_a hardcorenas_b hardcorenas_c fbnetc_100 fbnetv3_b
    tinynet_e lcnet_050 gernet_s nf_resnet26 dpn68 mobileone_s0 ese_vovnet19b_dw ese_vovnet39b hgnet_tiny hgnetv2_b0
    starnet_s1 fasternet_t0 convmixer_768_32 tresnet_m inception_next_atto
""".split()  # convolutional families of timm, mostly their smallest network
SMALL = (
    "alexnet", "convnext_tiny", "densenet121", "efficientnet_b0", "googlenet", "mnasnet0_5", "mobilenet_v2",
    "mobilenet_v3_small", "regnet_x_400mf", "resnet18", "shufflenet_v2_x0_5", "squeezenet1_1", "vgg11_bn",
    "inception_v3",
)  # fmt: skip


@dataclass(frozen=True)
class Parity:
    """How a network that was drawn here compares with torchvision's.

    Attributes:
        nodes: how many it has.
        is_whole: whether everything of it was understood.
        has_same_weights: whether the names and shapes of its weights are the same, as far as names can be drawn.
        difference: of the outputs, as a share of the largest; None where they were not compared.
        others: the same of the network after it was written and read again, by the way it took.
        reason: why something could not be compared.
    """

    nodes: int
    is_whole: bool
    has_same_weights: bool
    difference: float | None = None
    others: Mapping[str, float] = field(default_factory=dict)
    reason: str = ""

    @property
    def is_met(self) -> bool:
        """Whether it is the same network, on all ways that were asked for."""
        differences = [each for each in (self.difference, *self.others.values()) if each is not None]
        return (
            self.is_whole and self.has_same_weights and not self.reason and max(differences, default=0.0) <= AGREEMENT
        )


def names() -> list[str]:
    """Returns the convolutional classifiers."""
    return [name for name in models.list_models(module=models) if not name.startswith(OTHERS)]


def theirs(name: str) -> nn.Module:
    """Returns the library's module with random weights and random running statistics."""
    library, _, own = name.rpartition(":")
    module: nn.Module
    if library == "timm":
        import timm

        module = timm.create_model(own, pretrained=False)
    else:
        settings = {"init_weights": False} if name in ("googlenet", "inception_v3") else {}
        module = models.get_model(name, weights=None, **settings)
    generator = torch.Generator().manual_seed(0)
    for key, tensor in module.state_dict().items():
        if key.endswith("running_mean"):
            tensor.normal_(0, 0.1, generator=generator)
        elif key.endswith("running_var"):
            tensor.uniform_(0.5, 1.5, generator=generator)
    return module.eval()


def drawn_key(key: str) -> str:
    """Returns a weight's name without what differs where a name cannot be drawn."""
    return key.removesuffix(ALONE).replace("-", "_")


def shapes_of(module: nn.Module) -> dict[str, tuple[int, ...]]:
    """Returns the shape of each weight."""
    return {drawn_key(key): tuple(each.shape) for key, each in module.state_dict().items()}


def pictures(graph: Graph) -> tuple[Tensor, Tensor]:
    """Returns one picture for a network, and the same normalised as its Input node does it."""
    params: Mapping[str, Any] = next(node.params for node in graph if node.layer == "Input")
    picture = torch.rand(1, *params["shape"], generator=torch.Generator().manual_seed(1))
    mean, std = (torch.tensor(params.get(key, [usual])).view(-1, 1, 1) for key, usual in (("mean", 0.0), ("std", 1.0)))
    return picture, (picture - mean) / std


def outputs(network: Network, graph: Graph, module: nn.Module) -> tuple[Tensor, Tensor]:
    """Returns what both give for one picture: this program normalises it in the Input node, torchvision before."""
    picture, normalised = pictures(graph)
    network.set_training(False)
    with torch.no_grad():
        return next(iter(network.predict({"image": picture}).values())), module(normalised)


def parity(name: str, ways: tuple[str, ...] = ()) -> Parity:
    """Compares one network.

    Args:
        name: torchvision's, or timm's behind `timm:`.
        ways: "round" and "onnx", by which it is compared besides.
    """
    brought = bring_in(name if ":" in name else f"torchvision:{name}")
    graph = brought.project.graph
    if brought.imported.unread or brought.problems:
        reason = "; ".join(
            [*(f"{each.kind}: {each.reason}" for each in brought.imported.unread), *brought.problems][:2]
        )
        return Parity(len(graph.nodes), is_whole=False, has_same_weights=False, reason=reason)
    module = theirs(name)
    network = Network(graph)
    same = shapes_of(network.modules) == shapes_of(module)
    if not same or sum(each.numel() for each in module.parameters()) > LARGEST:
        return Parity(len(graph.nodes), is_whole=True, has_same_weights=same)
    load_into(network.modules, module.state_dict())
    found = Parity(len(graph.nodes), True, same, difference(*outputs(network, graph, module)))
    with tempfile.TemporaryDirectory() as folder:
        for way in ways:
            try:
                others = WAYS[way](replace(brought, tensors=network.modules.state_dict()), module, Path(folder))
                found = replace(found, others={**found.others, **others})
            except WorkbenchError as error:
                found = replace(found, reason=f"{way}: {error}")
    return found


def left_over(brought: Brought) -> str:
    """Returns what was not understood and what is wrong, the first of it."""
    return "; ".join([*(f"{each.kind}: {each.reason}" for each in brought.imported.unread), *brought.problems][:2])


def difference(ours: Tensor, other: Tensor) -> float:
    """Returns the largest difference as a share of the largest number."""
    return float((ours - other).abs().max() / other.abs().max())


def by_python(brought: Brought, module: nn.Module, folder: Path) -> dict[str, float]:
    """Saves the project, loads it, exports it as Python and runs that file."""
    from workbench.inspection.exporting import export
    from workbench.project import storage

    write_brought(brought, folder / "net.cnn")
    project = storage.load(folder / "net.cnn")
    export(project, folder / "net.cnn", "python", folder / "net.py")
    spec = importlib.util.spec_from_file_location("exported", folder / "net.py")
    assert spec is not None
    assert spec.loader is not None
    code = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(code)
    picture, normalised = pictures(project.graph)
    with torch.no_grad():
        answer = code.load(str(folder / "net.safetensors"))(picture)
        answer = next(iter(answer.values())) if isinstance(answer, dict) else answer
        return {"python": difference(answer, module(normalised))}


def by_onnx(brought: Brought, module: nn.Module, folder: Path) -> dict[str, float]:
    """Compares by an ONNX file, for small pictures where the network takes them and its file is read whole.

    Heads that enlarge small maps are written as operators that only count places.
    """
    from workbench.model.problems import find_problems

    graph = brought.project.graph
    small = smaller(graph)
    if not find_problems(small) and takes(module, small):
        with contextlib.suppress(WorkbenchError):
            return by_onnx_of(small, brought.tensors, module, folder / "net.onnx")
    return by_onnx_of(graph, brought.tensors, module, folder / "net.onnx")


def by_onnx_of(graph: Graph, tensors: Mapping[str, Tensor], module: nn.Module, file: Path) -> dict[str, float]:
    """Exports a network as ONNX, runs the file, imports it and runs what was imported.

    Raises:
        WorkbenchError: it cannot be exported, or is not read whole.
    """
    import onnxruntime

    from workbench.model.exports.onnx import Onnx

    network = Network(graph)
    load_into(network.modules, tensors)
    network.set_training(False)
    Onnx.write(network, graph, file)
    picture, normalised = pictures(graph)
    with torch.no_grad():
        expected = module(normalised)
    session = onnxruntime.InferenceSession(file, providers=["CPUExecutionProvider"])
    answer = torch.from_numpy(session.run(None, {session.get_inputs()[0].name: picture.numpy()})[0])
    again = bring_in(str(file))
    if again.imported.unread or again.problems:
        told = f"the file gives the same to {difference(answer, expected):.1e} in ONNX Runtime, but is not read whole"
        raise WorkbenchError(f"{told}: {left_over(again)}")
    network = Network(again.project.graph)
    load_into(network.modules, again.tensors)
    network.set_training(False)
    with torch.no_grad():
        ours = next(iter(network.predict({"image": pictures(again.project.graph)[0]}).values()))
    return {"onnxruntime": difference(answer, expected), "onnx": difference(ours, expected)}


def smaller(graph: Graph) -> Graph:
    """Returns the network for pictures of 64 by 64, where it was drawn for larger ones."""
    node = next(node for node in graph if node.layer == "Input")
    shape = [node.params["shape"][0], SIDE, SIDE]
    return replace(graph, nodes={**graph.nodes, node.id: replace(node, params={**node.params, "shape": shape})})


def takes(module: nn.Module, graph: Graph) -> bool:
    """Whether the library's module takes pictures of that size."""
    try:
        with torch.no_grad():
            module(pictures(graph)[1])
    except (RuntimeError, AssertionError, ValueError):
        return False
    return True


WAYS = {"round": by_python, "onnx": by_onnx}


def alone(name: str, ways: list[str], seconds: float) -> Parity:
    """Compares one network in a process of its own."""
    command = [sys.executable, __file__, "--one", name, *(f"--{way}" for way in ways)]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=seconds, check=False)
    except subprocess.TimeoutExpired:
        return Parity(0, is_whole=False, has_same_weights=False, reason=f"it took more than {seconds:g} seconds")
    lines = [line for line in done.stdout.splitlines() if line.startswith("{")]
    if not lines:
        last = (done.stderr.strip() or f"exit code {done.returncode}").splitlines()[-1]
        return Parity(0, is_whole=False, has_same_weights=False, reason=last)
    return Parity(**json.loads(lines[-1]))


def told(name: str, found: Parity) -> str:
    """Returns a network's line."""
    first = {} if found.difference is None else {"drawn": found.difference}
    differences = ", ".join(f"{way} {value:.1e}" for way, value in {**first, **found.others}.items())
    verdict = "same" if found.is_met else "OTHER"
    return f"{name:<28} {found.nodes:>5} nodes  {verdict}  {differences or 'not compared'}  {found.reason}".rstrip()


def main() -> int:
    """Prints a line for each network."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*")
    parser.add_argument("--timm", action="store_true", help="also timm's")
    for way in WAYS:
        parser.add_argument(f"--{way}", action="store_true", help=f"also by the way of {way}")
    parser.add_argument("--seconds", type=float, default=SECONDS, help=f"for one network ({SECONDS})")
    parser.add_argument("--json", action="store_true", help="print JSON alone")
    parser.add_argument("--one", action="store_true", help=argparse.SUPPRESS)  # what each process is called with
    asked = parser.parse_args()
    ways = [way for way in WAYS if getattr(asked, way)]
    if asked.one:
        torch.set_num_threads(1)
        try:
            found = parity(asked.names[0], tuple(ways))
        except WorkbenchError as error:
            found = Parity(0, is_whole=False, has_same_weights=False, reason=str(error))
        print(json.dumps(asdict(found)))
        return 0
    wanted = asked.names or [*names(), *(f"timm:{each}" for each in TIMM if asked.timm)]
    rows = {}
    for name in wanted:
        rows[name] = found = alone(name, ways, asked.seconds)
        if not asked.json:
            print(told(name, found), flush=True)
    met = sum(each.is_met for each in rows.values())
    if asked.json:
        print(json.dumps({name: {**asdict(each), "met": each.is_met} for name, each in rows.items()}))
    else:
        print(f"{met} of {len(wanted)} are the same")
    return 0 if met == len(wanted) else 1


if __name__ == "__main__":
    sys.exit(main())

"""Weights in the dresses that people keep them in: found by content, under any key, behind any wrapper's words."""

from __future__ import annotations

import pickle
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import safetensors.torch
import torch

from tests.graph_factories import line, picture
from workbench.core.errors import UnreadableError, WorkbenchError
from workbench.model import unpickling, weights
from workbench.model.network import Network
from workbench.model.weight_names import named_as, nearest
from workbench.model.weights import fit, load_into, read_weights

STATE = {"conv.weight": torch.arange(16 * 9.0).reshape(16, 1, 3, 3), "conv.bias": torch.arange(16.0)}


def modules() -> torch.nn.Module:
    return Network(line(picture(), ("conv", "Conv2d", {}))).modules


def behind(prefix: str, state: dict[str, torch.Tensor] = STATE) -> dict[str, torch.Tensor]:
    return {prefix + key: tensor for key, tensor in state.items()}


@pytest.fixture(autouse=True)
def _converting(monkeypatch: pytest.MonkeyPatch) -> None:
    """The helper's work in this process: quicker, and its refusals are the same."""

    def convert(path: Path) -> dict[str, torch.Tensor]:
        target = path.with_name("converted.safetensors")
        try:
            unpickling.convert(path, target)
        except unpickling.RefusedError as error:
            raise UnreadableError(path, str(error)) from None
        return weights.parse_safetensors(bytearray(target.read_bytes()), path)

    monkeypatch.setattr(weights, "_unpickle", convert)


def is_taken(path: Path) -> bool:
    ours = modules()
    load_into(ours, read_weights(path))
    return all(torch.equal(ours.state_dict()[key], tensor) for key, tensor in STATE.items())


@pytest.mark.parametrize("prefix", ["_orig_mod.", "module.", "net.", "model._orig_mod.module.", "ema_model.module."])
@pytest.mark.parametrize("name", ["w.pth", "w.ckpt", "w.pth.tar", "w.bin", "w"])
def test_whatever_wraps_them_and_whatever_the_file_is_called(tmp_path: Path, prefix: str, name: str) -> None:
    torch.save({"state_dict": behind(prefix), "epoch": 7}, tmp_path / name)
    assert is_taken(tmp_path / name)
    (tmp_path / name).write_bytes(safetensors.torch.save(behind(prefix)))
    assert is_taken(tmp_path / name)


@pytest.mark.parametrize(
    "made",
    [
        {"network": STATE, "accuracy": 0.9, "optimizer": {"state": {0: {"exp_avg": torch.ones(2)}}}},
        {"epoch": 1, "best_model_weights": STATE, "loss": None},
        {"state": {"params": STATE}, "args": {"lr": 0.1, "name": "x"}},
        {"state_dict": STATE, "state_dict_ema": behind("x."), "loss": torch.tensor(0.25)},
        {**STATE, "epoch": 3, "note": "the best one"},
        {"model": {**behind("model."), "loss.weight": torch.ones(3)}},
    ],
    ids=["beside an optimiser", "an unusual key", "nested", "beside an average", "beside numbers", "beside a loss"],
)
def test_the_table_is_found_under_any_key(tmp_path: Path, made: dict[str, Any]) -> None:
    torch.save(made, tmp_path / "w.pt")
    assert is_taken(tmp_path / "w.pt")


def test_of_several_tables_none_is_guessed(tmp_path: Path) -> None:
    torch.save({"generator": STATE, "discriminator": {**STATE}}, tmp_path / "w.pt")
    with pytest.raises(UnreadableError, match=r"several tables of weights \(generator, discriminator\)"):
        read_weights(tmp_path / "w.pt")


def test_a_compiled_part_of_a_network() -> None:
    assert named_as(STATE, {"conv._orig_mod.weight": 1, "conv._orig_mod.bias": 2}) == {"conv.weight": 1, "conv.bias": 2}


def test_a_group_that_is_called_as_wrappers_are_keeps_its_name() -> None:
    ours = {"model.conv.weight", "model.conv.bias"}
    assert named_as(ours, {"model.conv.weight": 1}) == {"model.conv.weight": 1}
    assert named_as(ours, {"net.model.conv.weight": 1, "net.extra": 2}) == {"model.conv.weight": 1, "extra": 2}


def test_what_lies_beside_an_unknown_word_is_not_dropped() -> None:
    found = named_as(STATE, {**behind("encoder."), "decoder.weight": torch.ones(1)})
    assert set(found) == {*STATE, "decoder.weight"}
    with pytest.raises(WorkbenchError, match=r"2 weights fit; 1 is unknown \(decoder\.weight\)"):
        load_into(modules(), {**behind("encoder."), "decoder.weight": torch.ones(1)})


def test_the_file_and_the_nearest_difference_are_named(tmp_path: Path) -> None:
    torch.save({"conv_1.weight": STATE["conv.weight"], "fc.bias": torch.ones(3)}, tmp_path / "mine.pth")
    with pytest.raises(WorkbenchError) as caught:
        load_into(modules(), read_weights(tmp_path / "mine.pth"))
    told = str(caught.value)
    assert told.startswith(
        f"The weights in {tmp_path / 'mine.pth'} are of another network: 0 weights fit; 2 are missing"
    )
    assert "the nearest to conv.weight is conv_1.weight" in told
    assert nearest("conv.weight", {"zzz": (1,)}, (1,)) == ""
    assert nearest("conv.weight", {}, (1,)) == ""


@pytest.mark.parametrize("bad", [float("nan"), float("inf"), float("-inf")])
@pytest.mark.parametrize("name", ["w.safetensors", "w.pth"])
def test_weights_that_are_no_numbers_are_refused_by_name(tmp_path: Path, bad: float, name: str) -> None:
    state = {**STATE, "conv.bias": torch.tensor([1.0, bad, bad])}
    if name == "w.pth":
        torch.save(state, tmp_path / name)
    else:
        (tmp_path / name).write_bytes(safetensors.torch.save(state))
    with pytest.raises(UnreadableError, match=r'its tensor "conv\.bias" holds NaN or infinity in 2 of 3 places'):
        read_weights(tmp_path / name)


@pytest.mark.parametrize("dtype", [torch.int8, torch.int64, torch.bool])
def test_whole_numbers_are_no_weights(dtype: torch.dtype) -> None:
    state = {**STATE, "conv.weight": torch.ones(16, 1, 3, 3).to(dtype)}
    name = str(dtype).removeprefix("torch.")
    assert fit(modules(), state).mistyped == {"conv.weight": name}
    with pytest.raises(WorkbenchError, match=rf"1 holds whole numbers.*conv\.weight is {name}.*float32 is needed"):
        load_into(modules(), state)


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16, torch.float64])
def test_fractions_of_any_precision_are(tmp_path: Path, dtype: torch.dtype) -> None:
    torch.save({key: tensor.to(dtype) for key, tensor in STATE.items()}, tmp_path / "w.pt")
    assert is_taken(tmp_path / "w.pt")


@pytest.mark.parametrize(
    ("value", "named"), [(np.float32(0.5), r"numpy\._?core\.multiarray\.scalar"), (Path("x"), r"pathlib\.\w+")]
)
def test_what_is_no_tensor_is_named(tmp_path: Path, value: object, named: str) -> None:
    torch.save({"state_dict": STATE, "best": value}, tmp_path / "w.pt")
    with pytest.raises(
        UnreadableError, match=rf"not tensors \({named}\), so it was not opened\. Save the weights alone"
    ):
        read_weights(tmp_path / "w.pt")


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"\x89HDF\r\n\x1a\n" + bytes(20), "HDF5 file, as Keras writes it"),
        (b"version https://git-lfs.github.com/spec/v1\noid sha256:0", "a pointer of Git LFS"),
        (b"<!doctype html><html>404", "a web page and not the file itself"),
        (b"\x1f\x8b\x08" + bytes(20), "packed with gzip"),
        (b"\x08\x07\x12\x07pytorch", "looks like an ONNX network"),
        (b"conv.weight 1 2 3", r"none of them, or damaged \(it begins with 'conv\.wei'\)"),
        (pickle.dumps([1, 2]), "damaged or not made by|code or objects that are not tensors"),
    ],
)
def test_other_files_are_called_what_they_are(tmp_path: Path, data: bytes, told: str) -> None:
    (tmp_path / "w.pth").write_bytes(data)
    with pytest.raises(UnreadableError, match=told):
        read_weights(tmp_path / "w.pth")


@pytest.mark.parametrize(
    ("member", "told"),
    [
        ("archive/constants.pkl", "a TorchScript archive, which holds code"),
        ("x.npy", r"not made by torch\.save \(it holds x\.npy\)"),
    ],
)
def test_other_archives_are_called_what_they_are(tmp_path: Path, member: str, told: str) -> None:
    with zipfile.ZipFile(tmp_path / "w.pt", "w") as archive:
        archive.writestr(member, b"x")
    with pytest.raises(UnreadableError, match=told):
        read_weights(tmp_path / "w.pt")


def test_a_part_of_another_network_is_no_wrapper() -> None:
    """Names inside a group (`layer1.0`) are taken for the network's own only if all of its names stand there."""
    ours = ("conv1.weight", "conv2.weight", "fc.weight")
    foreign = {"conv1.weight": 1, "layer1.0.conv1.weight": 2, "layer1.0.conv2.weight": 3, "fc.weight": 4}
    assert named_as(ours, foreign) == foreign
    whole = {f"encoder.body.{name}": number for number, name in enumerate(ours)}
    assert named_as(ours, whole) == {name: number for number, name in enumerate(ours)}

"""Weights from anywhere: taken where they fit, told where they do not, and nothing of a file is ever run."""

from __future__ import annotations

import io
import json
import os
import pickle
import subprocess
import sys
import zipfile
from collections import OrderedDict
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import safetensors.torch
import torch
from torch import nn

from tests.graph_factories import drawn, line, picture
from workbench.core.errors import UnreadableError, WorkbenchError
from workbench.model import unpickling, weights
from workbench.model.network import Network
from workbench.model.weight_names import named_as
from workbench.model.weights import fit, load_into, named_by_order, read_weights

CONV = {"conv.weight": torch.arange(16 * 9.0).reshape(16, 1, 3, 3), "conv.bias": torch.arange(16.0)}


def network() -> Network:
    return Network(line(picture(), ("conv", "Conv2d", {}), ("norm", "BatchNorm2d", {})))


def equal(found: dict[str, torch.Tensor], expected: dict[str, torch.Tensor]) -> bool:
    return found.keys() == expected.keys() and all(torch.equal(found[key], expected[key]) for key in expected)


@pytest.fixture
def converting(monkeypatch: pytest.MonkeyPatch) -> None:
    """The helper's work in this process: quicker, and its refusals are the same."""

    def convert(path: Path) -> dict[str, torch.Tensor]:
        target = path.with_name("converted.safetensors")
        try:
            unpickling.convert(path, target)
        except unpickling.RefusedError as error:
            raise UnreadableError(path, str(error)) from None
        return weights.parse_safetensors(bytearray(target.read_bytes()), path)

    monkeypatch.setattr(weights, "_unpickle", convert)


def test_safetensors_come_back_as_they_were(tmp_path: Path) -> None:
    path = tmp_path / "w.safetensors"
    path.write_bytes(safetensors.torch.save(CONV))
    assert equal(read_weights(path), CONV)


def test_a_state_dict_comes_through_the_helper(tmp_path: Path) -> None:
    torch.save(CONV, tmp_path / "w.pth")
    assert equal(read_weights(tmp_path / "w.pth"), CONV)


@pytest.mark.usefixtures("converting")
class TestPickled:
    @pytest.mark.parametrize(
        "wrap",
        [
            OrderedDict,
            lambda state: {"state_dict": state, "best_prec1": 91.0, "epoch": 3},
            lambda state: {"model": state},
            lambda state: {"model_state_dict": {f"module.{key}": each for key, each in state.items()}},
        ],
    )
    def test_the_usual_ways_to_keep_a_state_dict(self, tmp_path: Path, wrap: Any) -> None:
        for suffix in (".pth", ".pt", ".th", ".PTH"):
            path = tmp_path / f"w{suffix}"
            torch.save(wrap(CONV), path)
            assert equal(named_as(CONV, read_weights(path)), CONV)

    def test_the_old_format_of_torch_too(self, tmp_path: Path) -> None:
        path = tmp_path / "w.pth"
        torch.save(CONV, path, _use_new_zipfile_serialization=False)
        assert equal(read_weights(path), CONV)

    @pytest.mark.parametrize(
        ("value", "reason"),
        [
            ([torch.zeros(2)], "it holds a list, but a table of named tensors is needed"),
            ({}, "it holds a dict, but a table"),
            (torch.zeros(2), "it holds a Tensor, but a table"),
            ({"epoch": 3, "best": [1]}, r"it holds 'epoch' \(a int\), 'best' \(a list\), but a table of named tensors"),
            ({3: torch.zeros(2)}, "one of its keys is '3', but a table of named"),
            ({"a": torch.zeros(2, dtype=torch.complex64)}, "its tensor 'a' is sparse, quantised or complex"),
            ({"a": torch.eye(3).to_sparse()}, "objects that are not tensors|is sparse"),
        ],
    )
    def test_what_is_no_state_dict(self, tmp_path: Path, value: Any, reason: str) -> None:
        path = tmp_path / "w.pth"
        torch.save(value, path)
        with pytest.raises(UnreadableError, match=reason):
            read_weights(path)

    def test_a_tensor_that_claims_more_than_the_file_holds(self, tmp_path: Path) -> None:
        path = tmp_path / "w.pth"
        torch.save({"a": torch.zeros(1).expand(40_000_000_000)}, path)
        assert path.stat().st_size < 3000
        with pytest.raises(UnreadableError, match="its tensor 'a' claims more values than the file holds"):
            read_weights(path)

    def test_a_packed_archive(self, tmp_path: Path) -> None:
        path, packed = tmp_path / "w.pth", tmp_path / "packed.pth"
        torch.save({"a": torch.zeros(1_000_000)}, path)
        with zipfile.ZipFile(path) as source, zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as target:
            for name in source.namelist():
                target.writestr(name, source.read(name))
        assert packed.stat().st_size < 20_000
        with pytest.raises(UnreadableError, match="its parts are packed, which torch never does"):
            read_weights(packed)

    def test_parts_that_claim_more_bytes_than_the_file_has(self, tmp_path: Path) -> None:
        path = tmp_path / "w.pth"
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("a/data.pkl", b"x" * 10)
        data = bytearray(path.read_bytes())
        at = data.rindex(b"PK\x01\x02")
        data[at + 24 : at + 28] = (2**31 - 1).to_bytes(4, "little")
        path.write_bytes(data)
        with pytest.raises(UnreadableError, match="claim more bytes than the file has"):
            read_weights(path)

    @pytest.mark.parametrize(
        "spoil",
        [
            lambda data: data[: len(data) // 2],
            lambda data: data[:-40],
            lambda data: b"PK\x03\x04" + bytes(200),
            lambda data: bytes(200),
            lambda data: b"\x80\x02junk",
            lambda data: data.replace(b"storage", b"st\xffrage"),
        ],
    )
    def test_damage(self, tmp_path: Path, spoil: Any) -> None:
        buffer = io.BytesIO()
        torch.save(CONV, buffer)
        path = tmp_path / "w.pth"
        path.write_bytes(spoil(buffer.getvalue()))
        with pytest.raises(UnreadableError, match=r"damaged|holds code or objects|not made by torch") as caught:
            read_weights(path)
        assert caught.value.file == str(path)


class Evil:
    """Creates a file as soon as it is unpickled."""

    def __init__(self, canary: Path) -> None:
        self.canary = canary

    def __reduce__(self) -> Any:
        return (os.mkdir, (str(self.canary),))


@pytest.mark.parametrize("way", ["torch", "pickle"])
def test_code_in_a_file_is_not_run(tmp_path: Path, way: str) -> None:
    path, canary = tmp_path / "evil.pth", tmp_path / "canary"
    if way == "pickle":
        path.write_bytes(pickle.dumps(Evil(canary)))
    else:
        torch.save({"conv.weight": torch.zeros(1), "x": Evil(canary)}, path)
    with pytest.raises(UnreadableError, match=r"it holds code or objects that are not tensors.*, so it was not opened"):
        read_weights(path)
    assert not canary.exists()
    assert sorted(each.name for each in tmp_path.iterdir()) == ["evil.pth"]
    if way == "torch":
        torch.load(path, weights_only=False)
        assert canary.exists(), "the file would have done it"


def test_the_helper_finds_this_program_from_any_folder(tmp_path: Path) -> None:
    """Run from the checkout without an installation and without PYTHONPATH."""
    torch.save(CONV, tmp_path / "w.pth")
    code = (
        "import sys; sys.path.insert(0, sys.argv[1]); from pathlib import Path\n"
        "from workbench.model.weights import read_weights\n"
        "print(sorted(read_weights(Path(sys.argv[2]))))"
    )
    root = str(Path(weights.__file__).parents[2])
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
    command = [sys.executable, "-c", code, root, str(tmp_path / "w.pth")]
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert done.stdout.strip() == "['conv.bias', 'conv.weight']", done.stderr


def test_a_helper_that_hangs_or_dies_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "w.pth"
    path.write_bytes(b"PK\x03\x04")

    def late(*args: Any, **kwargs: Any) -> Any:
        raise subprocess.TimeoutExpired("helper", 120)

    monkeypatch.setattr(subprocess, "run", late)
    with pytest.raises(UnreadableError, match="took more than 120 seconds"):
        read_weights(path)
    monkeypatch.setattr(subprocess, "run", lambda *a, **k: subprocess.CompletedProcess(a, -9, "", ""))
    with pytest.raises(UnreadableError, match="needs more memory than is allowed"):
        read_weights(path)


def header(entries: str | bytes, body: bytes = b"") -> bytes:
    data = entries.encode() if isinstance(entries, str) else entries
    return len(data).to_bytes(8, "little") + data + body


ENTRY = '"a": {"dtype": "F32", "shape": [2], "data_offsets": [0, 8]}'


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"\x01\x00", "the file is cut off: it has 2 bytes"),
        (header("{" + ENTRY + "}", bytes(4)), "the file is cut off: a tensor ends at byte 8 of 4"),
        ((2**40).to_bytes(8, "little") + bytes(100), "its header claims 1,099,511,627,776 bytes"),
        (header(" " * 5_000_000), "its header claims 5,000,000 bytes"),
        (header("{" + ENTRY + ", " + ENTRY + "}", bytes(8)), 'the key "a" stands twice'),
        (header("[1]"), "its header is not a table"),
        (header(b"\xff\xfe"), "not UTF-8"),
        (header('{"a": 3}'), "a tensor's entry is damaged"),
        (header('{"a": {"dtype": "F32", "shape": [-2], "data_offsets": [0, 8]}}'), "shape or place is damaged"),
        (header('{"a": {"dtype": "F32", "shape": [3], "data_offsets": [0, 8]}}', bytes(8)), "does not fit its bytes"),
        (header('{"a": {"dtype": "X9", "shape": [2], "data_offsets": [0, 8]}}'), "element type X9 is not known"),
        (header("{" + ENTRY + "}", bytes(9)), "the file is damaged"),
    ],
)  # fmt: skip
def test_broken_safetensors(tmp_path: Path, data: bytes, reason: str) -> None:
    path = tmp_path / "w.safetensors"
    path.write_bytes(data)
    with pytest.raises(UnreadableError, match=reason) as caught:
        read_weights(path)
    assert caught.value.file == str(path)
    assert "\n" not in str(caught.value)


def test_half_a_million_tensors(tmp_path: Path) -> None:
    entries = {str(i): {"dtype": "U8", "shape": [0], "data_offsets": [0, 0]} for i in range(20_001)}
    (tmp_path / "w.safetensors").write_bytes(header(json.dumps(entries)))
    with pytest.raises(UnreadableError, match="at most 20,000 tensors"):
        read_weights(tmp_path / "w.safetensors")


def test_files_of_another_sort(tmp_path: Path) -> None:
    (tmp_path / "w.h5").write_bytes(b"x")
    (tmp_path / "empty.pth").touch()
    for name, reason in (("w.h5", "weights are read from"), ("empty.pth", "is empty"), ("no.pth", "no such file")):
        with pytest.raises(UnreadableError, match=reason):
            read_weights(tmp_path / name)


class TestFit:
    def test_everything_fits(self) -> None:
        modules = network().modules
        found = fit(modules, modules.state_dict())
        assert found.is_exact
        assert found.report() == "7 weights fit"

    def test_a_counter_of_batches_may_be_missing(self) -> None:
        state = network().modules.state_dict()
        assert fit(network().modules, {k: v for k, v in state.items() if not k.endswith("tracked")}).is_exact

    def test_what_does_not_fit_is_listed(self) -> None:
        state = dict(network().modules.state_dict())
        del state["norm.weight"]
        state |= {"conv.bias": torch.zeros(3), **{f"x{i}": torch.zeros(1) for i in range(5)}}
        found = fit(network().modules, state)
        assert (found.missing, found.unexpected) == (("norm.weight",), ("x0", "x1", "x2", "x3", "x4"))
        assert found.misshapen == {"conv.bias": ((3,), (16,))}
        assert found.report() == (
            "5 weights fit; 1 is missing (norm.weight); 5 are unknown (x0, x1, x2, …); "
            "1 has another shape (conv.bias is 3, needed 16)"
        )

    def test_nothing_is_loaded_unless_everything_fits(self) -> None:
        ours = network().modules
        before = {key: each.clone() for key, each in ours.state_dict().items()}
        state = {key: each + 1 for key, each in before.items()} | {"conv.bias": torch.zeros(3)}
        with pytest.raises(
            WorkbenchError, match=r"another network: 6 weights fit; 1 has another shape .*Nothing was loaded"
        ):
            load_into(ours, state)
        assert equal(dict(ours.state_dict()), before)

    def test_or_partly_where_that_is_asked_for(self) -> None:
        ours = network().modules
        found = load_into(ours, {"conv.bias": torch.full((16,), 9.0), "other": torch.zeros(1)}, partly=True)
        assert found.unexpected == ("other",)
        assert (ours.state_dict()["conv.bias"] == 9).all()


def test_real_weights_of_another_network(shared_data: Path) -> None:
    wrapped = read_weights(shared_data / "weights" / "resnet20-12fca82f.th")
    plain = read_weights(shared_data / "weights" / "resnet20-12fca82f.safetensors")
    assert len(wrapped) == 97
    tensors = named_as(plain, wrapped)
    assert equal(tensors, plain)
    report = fit(Network(drawn("small-resnet", (3, 32, 32))).modules, tensors).report()
    assert "weights fit" in report


def test_weights_come_in_the_order_of_their_file(tmp_path: Path) -> None:
    torch.save({"z": torch.zeros(1), "a": torch.zeros(2), "n": torch.zeros(3, dtype=torch.int64)}, tmp_path / "w.pt")
    assert list(read_weights(tmp_path / "w.pt")) == ["z", "a", "n"]


def test_arrays_of_numpy_are_weights(tmp_path: Path) -> None:
    arrays: dict[str, Any] = {"conv/weight": np.ones((2, 1, 3, 3), np.float32), "conv/bias": np.zeros(2)}
    np.savez(tmp_path / "w.npz", **arrays)
    found = read_weights(tmp_path / "w.npz")
    assert {key: tuple(each.shape) for key, each in found.items()} == {"conv.weight": (2, 1, 3, 3), "conv.bias": (2,)}


def test_arrays_of_objects_are_not_unpickled(tmp_path: Path) -> None:
    np.savez(tmp_path / "w.npz", w=np.array([{"a": 1}], dtype=object))
    with pytest.raises(UnreadableError, match="cannot be read as weights"):
        read_weights(tmp_path / "w.npz")


def test_weights_are_matched_by_order_and_shape_where_names_say_nothing() -> None:
    network = nn.Sequential(nn.Conv2d(1, 4, 3), nn.BatchNorm2d(4), nn.Linear(4, 2))
    theirs = {f"var_{at}": each.clone() for at, each in enumerate(network.state_dict().values()) if each.dim()}
    theirs = {"step": torch.zeros(7), **theirs}
    found = named_by_order(network, theirs)
    assert found.keys() == {key for key in network.state_dict() if not key.endswith("num_batches_tracked")}
    assert all(torch.equal(found[key], network.state_dict()[key]) for key in found)


def test_weights_of_a_sequence_fit_nodes_whose_names_begin_with_a_letter() -> None:
    ours = {"layer0.weight", "layer3.bias"}
    assert named_as(ours, {"0.weight": 1, "3.bias": 2}) == {"layer0.weight": 1, "layer3.bias": 2}
    assert named_as(ours, {"module.0.weight": 1, "module.3.bias": 2}) == {"layer0.weight": 1, "layer3.bias": 2}
    assert named_as({"layer1.0.conv.weight"}, {"net.layer1.0.conv.weight": 1}) == {"layer1.0.conv.weight": 1}

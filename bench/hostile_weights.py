"""Files of weights that are made to harm: pickles with code in them, sizes that lie, bombs."""

from __future__ import annotations

import io
import json
import os
import pickle
import struct
import subprocess
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
from hostile_bases import Case, arrays, hostile, npz_bytes, packed, safetensors_bytes, torch_bytes, unpacked

BOMB = 400_000_000  # bytes of zeros, which pack to a thousandth


class Reduced:
    """Pickles as a call."""

    def __init__(self, function: Any, *arguments: object) -> None:
        self._made = function, arguments

    def __reduce__(self) -> tuple[Any, tuple[object, ...]]:
        return self._made


def calls(case: Case) -> dict[str, Any]:
    """Returns objects that make the canary where they are unpickled."""
    import torch

    inner = io.BytesIO()
    torch.save(Reduced(os.system, case.shell), inner)
    return {
        "system": Reduced(os.system, case.shell), "exec": Reduced(exec, case.code), "eval": Reduced(eval, case.code),
        "process": Reduced(subprocess.Popen, ["touch", str(case.canary)]),
        "inner": Reduced(torch.storage._load_from_bytes, inner.getvalue()),
        "open": Reduced(open, str(case.canary), "w"), "import": Reduced(__import__, "antigravity"),
    }  # fmt: skip


@hostile
def pth_raw_pickle(case: Case) -> Path:
    """A plain pickle with a call in it."""
    value = case.dice.choice(list(calls(case).values()))
    protocol = case.dice.choice((2, 3, 4, 5))
    return case.put("net.pth", pickle.dumps({"conv.weight": value}, protocol))


@hostile
def pt_archive_with_a_call(case: Case) -> Path:
    """An archive of torch.save whose pickle calls something."""
    value = case.dice.choice(list(calls(case).values()))
    return case.put("net.pt", torch_bytes({"state_dict": {"conv.weight": value}}))


@hostile
def th_old_file_with_a_call(case: Case) -> Path:
    """A file of torch before 1.6 that calls something."""
    return case.put("net.th", torch_bytes({"w": case.dice.choice(list(calls(case).values()))}, is_old=True))


@hostile
def bin_call_behind_good_weights(case: Case) -> Path:
    """Good weights, and a call behind them."""
    return case.put("pytorch_model.bin", case.bases[".pth"] + pickle.dumps(Reduced(os.system, case.shell)))


@hostile
def pth_whole_module(case: Case) -> Path:
    """A module that was pickled whole."""
    from torch import nn

    return case.put("net.pth", torch_bytes(nn.Sequential(nn.Conv2d(1, 4, 3), nn.ReLU())))


@hostile
def pth_torchscript(case: Case) -> Path:
    """A TorchScript archive, which is code."""
    members = {"net/constants.pkl": b"\x80\x02).", "net/code/__torch__.py": case.code.encode(), "net/version": b"3\n"}
    return case.put("net.pth", packed({**members, "net/data.pkl": pickle.dumps(Reduced(os.system, case.shell), 2)}))


@hostile
def pth_laughs(case: Case) -> Path:
    """Tables in tables, each of which holds the next one a hundred times: a few bytes, and billions of places."""
    import torch

    value: dict[str, object] = {"w": torch.zeros(1)}
    for _ in range(6):
        value = {f"k{at}": value for at in range(100)}
    return case.put("net.pth", torch_bytes(value))


@hostile
def pth_nested_deeply(case: Case) -> Path:
    """A pickle of lists in lists."""
    depth = 200_000
    return case.put("net.pth", b"\x80\x02" + b"]" * depth + b"a" * (depth - 1) + b".")


@hostile
def pth_lying_sizes(case: Case) -> Path:
    """A tensor that claims to be far larger than its storage."""
    import torch

    flat = torch.zeros(4)
    huge = flat.as_strided((1 << 40,), (0,)) if case.dice.random() < 0.5 else flat[:1].expand(1 << 20, 1 << 12)
    return case.put("net.pth", torch_bytes({"conv.weight": huge}))


@hostile
def pth_packed_members(case: Case) -> Path:
    """An archive whose numbers are packed zeros."""
    members = unpacked(case.bases[".pth"])
    name = next(each for each in members if "/data/" in each)
    return case.put("net.pth", packed({**members, name: bytes(BOMB)}, zipfile.ZIP_DEFLATED))


@hostile
def pt_odd_keys(case: Case) -> Path:
    """Weights called as no weight can be."""
    import torch

    keys = (
        "../../escaped",
        "\x1b[31mred\n",
        "a" * 100_000,
        "",
        "conv.weight\x00",
        "\u202etxt.weight",
        ".weight.",
        "__class__",
    )
    return case.put("net.pt", torch_bytes({key: torch.zeros(3) for key in case.dice.sample(keys, 4)}))


@hostile
def bin_odd_types(case: Case) -> Path:
    """Tensors of types that no network here has."""
    import torch

    odd = {
        "complex": torch.zeros(3, dtype=torch.complex64),
        "sparse": torch.eye(3).to_sparse(), "int": torch.zeros(4, 1, 3, 3).int(),
        "meta": torch.zeros(3, device="meta"), "bool": torch.zeros(3, dtype=torch.bool),
        "float8": torch.zeros(3).to(torch.float8_e4m3fn),
        "empty": torch.zeros(0, 3), "scalar": torch.tensor(1.0), "double": torch.zeros(4, 1, 3, 3).double(),
    }  # fmt: skip
    return case.put(
        "net.bin", torch_bytes({"conv.weight": odd[case.dice.choice(list(odd))], "conv.bias": torch.zeros(4)})
    )


@hostile
def pth_bad_numbers(case: Case) -> Path:
    """Weights that are NaN or infinite."""
    import torch

    return case.put(
        "net.pth",
        torch_bytes({"conv.weight": torch.full((4, 1, 3, 3), case.dice.choice((float("nan"), float("inf"))))}),
    )


@hostile
def safetensors_bad_numbers(case: Case) -> Path:
    """Weights that are NaN."""
    weights = {name: np.full_like(each, np.nan) for name, each in arrays(case.dice).items()}
    return case.put("net.safetensors", safetensors_bytes(weights))


def _with_header(header: object, body: bytes = bytes(64), length: int | None = None) -> bytes:
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    return struct.pack("<Q", len(text) if length is None else length) + text + body


@hostile
def safetensors_header(case: Case) -> Path:
    """Headers that lie."""
    fine = {"dtype": "F32", "shape": [4, 4], "data_offsets": [0, 64]}
    headers: list[bytes] = [
        _with_header({"w": fine}, length=1 << 60), _with_header({"w": fine}, length=(1 << 64) - 1),
        _with_header({"w": {**fine, "shape": [1 << 62, 4]}}), _with_header({"w": {**fine, "shape": [-4, -4]}}),
        _with_header({"w": {**fine, "data_offsets": [64, 0]}}),
        _with_header({"w": {**fine, "data_offsets": [0, 1 << 50]}}),
        _with_header({"w": {**fine, "dtype": "F64"}}), _with_header({"w": {**fine, "dtype": "../../x\x1b[0m"}}),
        _with_header({"w": fine, "v": fine}), _with_header({"../../x": fine}), _with_header({"a\nb\x1b[31m": fine}),
        _with_header(b"[" * 100_000), _with_header({"w": {**fine, "shape": [[4], 4]}}), _with_header({"w": None}),
        _with_header({f"w{at}": {**fine, "shape": [0], "data_offsets": [0, 0]} for at in range(30_000)}, b""),
        _with_header(b'{"w": NaN}'), _with_header(b'{"w": 1e999}'),
        _with_header({"__metadata__": {"a": "b" * 10**6}}, b""),
        _with_header({"w": {**fine, "shape": [True, 16]}}), _with_header({"w": {**fine, "shape": [1] * 5000}}),
        _with_header({}, b""), b"{" * 9, _with_header(b"\xff\xfe"), _with_header({"w": fine}, bytes(65)),
    ]  # fmt: skip
    return case.put("net.safetensors", case.dice.choice(headers))


@hostile
def npz_objects(case: Case) -> Path:
    """An array of objects, which are pickled."""
    return case.put("net.npz", npz_bytes({"conv.weight": np.array([Reduced(os.system, case.shell)], object)}))


@hostile
def npz_bomb(case: Case) -> Path:
    """Zeros that are packed to nothing."""
    buffer = io.BytesIO()
    archive = zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED)
    with archive, archive.open("w.npy", "w", force_zip64=True) as member:
        member.write(_npy_header((6 * BOMB // 4,)))
        for _ in range(6):
            member.write(bytes(BOMB))
    return case.put("net.npz", buffer.getvalue())


def _npy_header(shape: object, dtype: str = "'<f4'", *, order: str = "False") -> bytes:
    text = f"{{'descr': {dtype}, 'fortran_order': {order}, 'shape': {shape}, }}\n".encode()
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(text)) + text


@hostile
def npz_header(case: Case) -> Path:
    """Arrays whose headers lie, or are code."""
    code = f"__import__('os').system({case.shell!r})"
    headers = [
        _npy_header((1 << 40,)), _npy_header((1 << 62, 1 << 62)), _npy_header((-1,)), _npy_header((3,), f"({code},)"),
        _npy_header(code), _npy_header((1,), "'|O'"), _npy_header((2,), "'<U9'"), _npy_header((2,), "'<c16'"),
        _npy_header((4,), "'>f4'"), _npy_header((2,), "[('a', '<f4'), ('b', '|O')]"), _npy_header((2,), "'<M8[s]'"),
        _npy_header((2,), "'|V8'"), _npy_header((2,), "'<f16'"),
        _npy_header((1,) * 65), _npy_header("'x'"), b"\x93NUMPY\x09\x00",
        b"\x93NUMPY\x02\x00\xff\xff\xff\x7f",
        _npy_header("(" * 5000), b"", _npy_header((True,)), _npy_header((2,), order="3"),
        _npy_header((0, 1 << 50)),
    ]  # fmt: skip
    header = case.dice.choice(headers)
    return case.put("net.npz", packed({"conv.weight.npy": header + bytes(case.dice.choice((0, 16, 64)))}))


@hostile
def npz_archive(case: Case) -> Path:
    """Archives that are odd themselves: names, methods, flags, sums, sizes."""
    data = bytearray(case.bases[".npz"])
    what = case.dice.randrange(6)
    central = data.index(b"PK\x01\x02")
    if what == 0:
        names = {"../../escaped.npy": b"", "/abs.npy": b"", "a\x1b[31m\n.npy": _npy_header((1,)) + bytes(4)}
        return case.put("net.npz", packed(names))
    if what == 1:
        data[6:8] = data[central + 8 : central + 10] = b"\x01\x00"  # encrypted
    elif what == 2:
        data[8:10] = data[central + 10 : central + 12] = struct.pack("<H", case.dice.choice((1, 6, 9, 12, 14, 93, 99)))
    elif what == 3:
        data[60:80] = bytes(case.dice.randrange(256) for _ in range(20))  # inside what is packed
    elif what == 4:
        data[central + 24 : central + 28] = b"\xff\xff\xff\x7f"  # what it claims to be unpacked
    else:
        data[central + 16 : central + 20] = b"\0\0\0\0"  # the sum
    return case.put("net.npz", bytes(data))

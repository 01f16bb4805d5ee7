"""Files of networks that are made to harm: places outside the folder, sizes that lie, bombs, circles, code."""

from __future__ import annotations

import base64
import json
import marshal
import pickle
import zipfile
from collections.abc import Callable
from os import system
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
from hostile_bases import NAMES, Case, arrays, h5_bytes, hostile, keras_bytes, keras_config, packed, unpacked
from hostile_weights import Reduced
from mutants import ODD_NUMBERS, spoilt_json


def changed_json(case: Case, ending: str, member: str, change: Callable[[Any, Random], object]) -> bytes:
    """Returns an archive with one of its JSON members changed; what the change returns takes its place."""
    members = unpacked(case.bases[ending])
    name = next(each for each in members if each.endswith(member))
    value = json.loads(members[name])
    found = change(value, case.dice)
    members[name] = found if isinstance(found, bytes) else json.dumps(value if found is None else found).encode()
    return packed(members)


def _nested(value: Any, dice: Random) -> bytes:
    return b'{"a":' * 100_000 + b"1" + b"}" * 100_000


@hostile
def pt2_json(case: Case) -> Path:
    """The graph of torch.export with something odd in it."""

    def odd(value: Any, dice: Random) -> bytes:
        return spoilt_json(value, dice).encode()

    change = case.dice.choice((odd, odd, odd, odd, _nested))
    member = case.dice.choice(("models/model.json", "models/model.json", "model_weights_config.json"))
    return case.put("net.pt2", changed_json(case, ".pt2", member, change))


@hostile
def pt2_steps(case: Case) -> Path:
    """Steps that call what is no step, are very many, or of sizes nobody has."""

    def change(value: Any, dice: Random) -> None:
        graph = value["graph_module"]["graph"]
        what = dice.randrange(5)
        if what == 0:
            node = dice.choice(graph["nodes"])
            node["target"] = dice.choice(
                (
                    "os.system",
                    "torch.ops.aten._print.default",
                    "torch.load",
                    "builtins.exec",
                    "\x1b[31m",
                    "torch.ops.aten.conv2d.default.__class__",
                )
            )
        elif what == 1:
            graph["nodes"] *= 5000
        elif what == 2:
            for row in graph["tensor_values"].values():
                for size in row["sizes"]:
                    size["as_int"] = dice.choice((1 << 60, -1, 0, 10**9))
        elif what == 3:
            value["schema_version"] = {"major": dice.choice((99, -1, "x", None)), "minor": 0}
        else:
            for row in value["graph_module"]["signature"]["input_specs"]:
                row[next(iter(row))]["arg"]["name"] = dice.choice(NAMES)

    return case.put("net.pt2", changed_json(case, ".pt2", "models/model.json", change))


@hostile
def pt2_weights(case: Case) -> Path:
    """Weights that are pickled, lie elsewhere, or lie about their sizes."""

    def change(value: Any, dice: Random) -> None:
        row = dice.choice(list(value["config"].values()))
        meta = row["tensor_meta"]
        what = dice.randrange(5)
        if what == 0:
            row["use_pickle"] = True
        elif what == 1:
            row["path_name"] = dice.choice((f"../../{case.secret.name}", str(case.secret), "\x1b[0m", ""))
        elif what == 2:
            meta["sizes"] = [{"as_int": dice.choice((1 << 40, -3, 1 << 62))}] * dice.choice((1, 3, 300))
            meta["strides"] = [{"as_int": dice.choice((0, 1, -1))}] * len(meta["sizes"])
        elif what == 3:
            meta["dtype"] = dice.choice((0, 9, 99, -1, "x"))
        else:
            meta["storage_offset"] = {"as_int": dice.choice((-5, 1 << 62))}

    data = changed_json(case, ".pt2", "model_weights_config.json", change)
    members = unpacked(data)
    if case.dice.random() < 0.5:
        members = {
            name: pickle.dumps(Reduced(system, case.shell)) if "/weight_" in name else each
            for name, each in members.items()
        }
    return case.put("net.pt2", packed(members))


@hostile
def pt2_bomb(case: Case) -> Path:
    """Members that are packed to a thousandth."""
    members = unpacked(case.bases[".pt2"])
    ending = case.dice.choice(("weight_0", "model.json"))
    name = next(each for each in members if each.endswith(ending))
    return case.put("net.pt2", packed({**members, name: bytes(300_000_000)}, zipfile.ZIP_DEFLATED))


def _odd_config(case: Case) -> Any:
    """Keras's description with something odd in it."""
    config = keras_config()
    rows = config["config"]["layers"]
    row = case.dice.choice(rows)
    what = case.dice.randrange(9)
    if what == 0:
        code = base64.b64encode(marshal.dumps(compile(case.code, "x", "exec"))).decode()
        rows.insert(2, {"class_name": "Lambda", "config": {"name": "code", "function": [code, None, None]}})
    elif what == 1:
        row |= {"module": "os", "class_name": "system", "registered_name": case.shell}
    elif what == 2:
        row["config"] |= {
            name: case.dice.choice(ODD_NUMBERS[:9])
            for name in ("filters", "units", "strides", "kernel_size", "pool_size")
        }
    elif what == 3:
        rows[0]["config"]["batch_shape"] = case.dice.choice(
            ([None, 10**9, 10**9, 1], [None], [-1, -1], "x", None, [None, 0, 12, 1], [None, 12.5, 12, 1], [None] * 30)
        )
    elif what == 4:
        rows *= 4000
    elif what == 5:
        row["config"]["name"] = case.dice.choice(NAMES)
    elif what == 6:
        config |= {"class_name": "Functional"}
        for at, each in enumerate(rows):
            each |= {"name": f"n{at}", "inbound_nodes": [[[f"n{(at + 1) % len(rows)}", 0, 0, {}]]]}
    elif what == 7:
        deep: Any = {}
        for _ in range(case.dice.choice((30, 900))):
            deep = {"args": [deep]}
        row["inbound_nodes"] = deep
    else:
        return json.loads(spoilt_json(config, case.dice).replace("NaN", "1").replace("Infinity", "1"))
    return config


def _try(make: Callable[[], Any], instead: Any) -> Any:
    """What was made, or something else where the odd thing is no JSON at all."""
    try:
        return make()
    except ValueError:
        return instead


@hostile
def keras_config_odd(case: Case) -> Path:
    """A `.keras` archive whose description is odd."""
    return case.put("net.keras", keras_bytes(_try(lambda: _odd_config(case), []), arrays(case.dice)))


@hostile
def h5_config_odd(case: Case) -> Path:
    """An `.h5` file whose description is odd; HDF5 holds no more than 64 kB of it so."""
    config = _try(lambda: _odd_config(case), [])
    return case.put(
        "net.h5", h5_bytes(config if len(json.dumps(config)) < 60_000 else keras_config(), arrays(case.dice))
    )


def _odd_group(case: Case) -> Callable[[Any], None]:
    """Puts something odd among the tensors."""
    import h5py

    what = case.dice.randrange(8)

    def odd(group: Any) -> None:
        if what == 0:
            group["conv/outside"] = h5py.ExternalLink(str(case.secret), "/x")
        elif what == 1:
            group.create_dataset("conv/far", (16,), "f4", external=[(str(case.secret), 0, 64)])
        elif what == 2:
            group["conv/circle"] = h5py.SoftLink("/model_weights/conv/circle")
        elif what == 3:
            group.create_dataset("conv/huge", (1 << 34,), "f4", chunks=(1 << 16,), compression="gzip")
        elif what == 4:
            group.create_dataset("conv/claimed", (1 << 20, 1 << 20), "f8")
        elif what == 5:
            group["conv/loop"] = group["/"]
        elif what == 6:
            group["conv/objects"] = np.array([b"x"], dtype=h5py.string_dtype())
            group["conv/\x1b[31m"] = np.zeros(3)
        else:
            each = group
            for _ in range(200):
                each = each.create_group("d")
            each["kernel"] = np.zeros(3)

    return odd


@hostile
def h5_tensors(case: Case) -> Path:
    """Tensors elsewhere, in circles, or of sizes nobody has."""
    return case.put("net.h5", h5_bytes(keras_config(), arrays(case.dice), _odd_group(case)))


@hostile
def keras_tensors(case: Case) -> Path:
    """The same in a `.keras` archive."""
    return case.put("net.keras", keras_bytes(keras_config(), arrays(case.dice), _odd_group(case)))


@hostile
def keras_archive(case: Case) -> Path:
    """A `.keras` archive that is odd itself."""
    members = unpacked(case.bases[".keras"])
    what = case.dice.randrange(5)
    if what == 0:
        return case.put("net.keras", packed({**members, "model.weights.h5": bytes(400_000_000)}, zipfile.ZIP_DEFLATED))
    if what == 1:
        return case.put("net.keras", packed({**members, "../../escaped": b"x", "/abs": b"y"}))
    if what == 2:
        del members[case.dice.choice(list(members))]
        return case.put("net.keras", packed(members))
    if what == 3:
        return case.put("net.keras", packed({**members, "config.json": _nested(None, case.dice)}))
    data = bytearray(packed(members, zipfile.ZIP_DEFLATED))
    at = data.index(b"config.json") + len("config.json") + 5
    data[at : at + 40] = bytes(case.dice.randrange(256) for _ in range(40))
    return case.put("net.keras", bytes(data))


@hostile
def py_code(case: Case) -> Path:
    """A Python file, which is not trusted."""
    text = f"import torch\n{case.code}\nclass Net(torch.nn.Module):\n    pass\n"
    return case.put(case.dice.choice(("net.py", "a\nb.py", "net\x1b[31m.py")), text.encode())


@hostile
def cnn_odd(case: Case) -> Path:
    """A project with something odd in it."""
    return case.put("odd.cnn", spoilt_json(json.loads(case.bases[".cnn"]), case.dice).encode())


@hostile
def cnn_sizes(case: Case) -> Path:
    """A project whose layers ask for sizes nobody has."""
    value = json.loads(case.bases[".cnn"])
    for node in value["graph"]["nodes"]:
        for name in ("out_channels", "out_features", "kernel_size", "padding", "stride", "shape"):
            if name in node.get("params", {}) or case.dice.random() < 0.1:
                node.setdefault("params", {})[name] = case.dice.choice((*ODD_NUMBERS[:8], [1 << 40] * 3, [1] * 3000))
    return case.put("odd.cnn", json.dumps(value).encode())


@hostile
def cnn_nested(case: Case) -> Path:
    """A project that is nested deeply, or long."""
    texts = (
        b'{"a":' * 100_000,
        b"[" * 200_000 + b"]" * 200_000,
        b'{"format": ' + b"9" * 100_000 + b"}",
        b'"' + b"x" * 30_000_000 + b'"',
    )
    return case.put("odd.cnn", case.dice.choice(texts))


@hostile
def block_odd(case: Case) -> Path:
    """A kept block with something odd in it."""
    return case.put("odd.block", spoilt_json(json.loads(case.bases[".block"]), case.dice).encode())


INSTEAD = (
    b"", b"\x00", b"version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 9\n",
    b"<!DOCTYPE html><html></html>",
    b"\x1f\x8b\x08" + bytes(40), b"PK\x05\x06" + bytes(18),
    b"PK\x03\x04" + bytes(60), b"\x80\x02.", b"\x89HDF\r\n\x1a\n" + bytes(90),
    b"{}", b"[]", b"null", bytes(10_000), b"\xff" * 300, b"hello\n", b"\x08\x08\x12\x00",
)  # fmt: skip
ENDINGS = (
    ".onnx",
    ".pt2",
    ".keras",
    ".h5",
    ".pth",
    ".pt",
    ".th",
    ".bin",
    ".safetensors",
    ".npz",
    ".py",
    ".block",
    ".cnn",
)


@hostile
def any_instead(case: Case) -> Path:
    """Something else under the name of a model file: nothing, a pointer, a page, an archive, another kind."""
    ending = case.dice.choice(ENDINGS)
    return case.put(f"net{ending}", case.dice.choice((*INSTEAD, *case.bases.values())))


@hostile
def any_place(case: Case) -> Path:
    """A folder, a pipe, a device, a circle of links or nothing under the name of a model file."""
    import os

    path = case.folder / f"net{case.dice.choice(ENDINGS)}"
    what = case.dice.randrange(6)
    if what == 0:
        path.mkdir()
    elif what == 1:
        os.mkfifo(path)
    elif what == 2:
        path.symlink_to("/dev/zero")
    elif what == 3:
        path.symlink_to(path)
    elif what == 4:
        path.symlink_to(case.secret)
    return path

"""Damaged and hostile copies of a run's folder: one change for each number, drawn from a seed."""

from __future__ import annotations

import hashlib
import json
import os
import random
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

ODD_NUMBERS = (0, -1, 1, 2, 2**31, 2**40, 2**63 - 1, 2**64, -(2**63), 0.5, -0.0, 1e-300, 1e308, 3.0, 10**30)
ODD_VALUES: tuple[Any, ...] = (
    None,
    True,
    False,
    "",
    "x",
    "cpu",
    "<b>x</b>",
    "a\nb",
    "../../x",
    "x" * 5000,
    [],
    {},
    [[]],
    {"a": 1},
    [0] * 50,
)
RAW = ("NaN", "Infinity", "-Infinity", "1e999", "0x10", '"\\ud800"', "[" * 100 + "]" * 100, '{"a": 1, "a": 2}', "01")
HEAVY = 2**20  # bytes of one long line


def places_of(value: Any, at: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Every place in a JSON value, as keys and numbers from the root."""
    found = [at] if at else []
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, part in pairs:
        found += places_of(part, (*at, key))
    return found


def spoilt_json(value: Any, chance: random.Random) -> str:
    """JSON text with one thing in it made odd; mostly numbers, since they are what a program trusts."""
    places = places_of(value)
    if not places:
        return "{}"
    numbers = [at for at in places if type(_at(value, at)) in (int, float)]
    at = chance.choice(numbers if numbers and chance.random() < 0.6 else places)
    holder, key = _at(value, at[:-1]), at[-1]
    act = chance.random()
    if act < 0.15:
        del holder[key]
    elif act < 0.25:
        other = chance.choice(places)
        holder[key] = json.loads(json.dumps(_at(value, other)))
    elif act < 0.35:
        holder[key] = "@RAW@"
        return json.dumps(value).replace('"@RAW@"', chance.choice(RAW))
    else:
        holder[key] = chance.choice(ODD_NUMBERS if chance.random() < 0.6 else ODD_VALUES)
    return json.dumps(value)


def _at(value: Any, place: tuple[Any, ...]) -> Any:
    for part in place:
        value = value[part]
    return value


def spoil_json(file: Path, chance: random.Random) -> None:
    """Makes one thing in a JSON file odd; the file stays JSON."""
    file.write_text(spoilt_json(json.loads(file.read_text("utf-8")), chance), "utf-8")


def spoil_log(file: Path, chance: random.Random) -> None:
    """Changes a line of a log, or the order and number of its lines."""
    lines = file.read_bytes().splitlines(keepends=True)
    number, act = chance.randrange(len(lines)), chance.randrange(6)
    if act < 3:
        lines[number] = spoilt_json(json.loads(lines[number]), chance).encode() + b"\n"
    elif act == 3:
        chance.shuffle(lines)
    elif act == 4:
        lines[number:number] = [chance.choice((lines[-1], b"x" * HEAVY + b"\n", b"\n", b"[]\n", chance.randbytes(40)))]
    else:
        del lines[number:]
    file.write_bytes(b"".join(lines))


def spoil_bytes(file: Path, chance: random.Random) -> None:
    """Damages a file as disks and programs do."""
    data = bytearray(file.read_bytes())
    place, size = chance.randrange(len(data) or 1), chance.choice((1, 8, 300))
    act = chance.randrange(7)
    if act == 0 and data:
        data[place] ^= 1 << chance.randrange(8)
    elif act == 1:
        del data[place:]
    elif act == 2:
        del data[place : place + size]
    elif act == 3:
        data[place:place] = chance.randbytes(size)
    elif act == 4:
        data[place : place + size] = bytes(size)
    else:
        data = bytearray(chance.choice((b"", b"\xef\xbb\xbf" + data, data + data, bytes(len(data)))))
    file.write_bytes(data)


def spoil_tensors(file: Path, chance: random.Random) -> None:
    """Changes tensors as somebody who means it: the seal in the JSON beside them is right again."""
    import safetensors.torch
    import torch

    if chance.random() < 0.5:
        spoil_bytes(file, chance)
    else:
        tensors = safetensors.torch.load(file.read_bytes())
        name = chance.choice(sorted(tensors))
        changes: tuple[Callable[[Any], Any], ...] = (
            lambda each: None,
            lambda each: each * float("nan") if each.is_floating_point() else each + 7,
            lambda each: each.double(),
            lambda each: each.to(torch.int8),
            lambda each: each.reshape(-1)[: max(1, each.numel() // 2)].clone(),
            lambda each: each.unsqueeze(0),
            lambda each: torch.zeros(0),
            lambda each: torch.full_like(each, 3e38 if each.is_floating_point() else -1),
        )
        changed = chance.choice(changes)(tensors.pop(name))
        if changed is not None:
            tensors[chance.choice((name, name, f"{name}.x", "model.", "optimizer.a.b", "samples.x"))] = changed
        file.write_bytes(safetensors.torch.save(tensors))
    seal(file)


def seal(file: Path) -> None:
    """Makes size and check sum in the record of a checkpoint right."""
    record, data = json.loads(file.with_suffix(".json").read_text("utf-8")), file.read_bytes()
    record["tensors"] = {"bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()}
    file.with_suffix(".json").write_text(json.dumps(record), "utf-8")


def change_kind(file: Path, chance: random.Random, outside: Path) -> None:
    """Puts something else in a file's or folder's place: nothing, a folder, a pipe, a link, another file."""
    act = chance.choice(("gone", "folder", "pipe", "link", "link", "loop", "broken", "hard link", "swap", "moved"))
    others = [each for each in file.parent.iterdir() if each.is_file() and each != file]
    if act == "swap" and others and file.is_file():
        other = chance.choice(others)
        one, two = file.read_bytes(), other.read_bytes()
        file.write_bytes(two)
        other.write_bytes(one)
        return
    if act == "moved":
        file.rename(
            file.with_name(chance.choice((f"{file.name}.bak", "<b>x<b>", "a\nb", "step-000099.json", "run-009")))
        )
        return
    is_folder = file.is_dir() and not file.is_symlink()
    shutil.rmtree(file) if is_folder else file.unlink()
    if act == "folder":
        file.mkdir()
    elif act == "pipe":
        os.mkfifo(file)
    elif act == "link":
        file.symlink_to(outside / ("folder" if is_folder else chance.choice(("text", "copy.json", "copy.safetensors"))))
    elif act == "loop":
        file.symlink_to(file.name)
    elif act == "broken":
        file.symlink_to(outside / "nothing")
    elif act == "hard link" and not is_folder:
        os.link(outside / "text", file)


def mutate(runs: Path, outside: Path, chance: random.Random) -> str:
    """Changes one or two things in a folder of runs; says which."""
    told = []
    for _ in range(chance.choice((1, 1, 1, 2))):
        files = sorted(each for each in runs.rglob("*") if each.is_file() and not each.is_symlink())
        if not files:
            break
        run = chance.choice(sorted({each.relative_to(runs).parts[0] for each in files}))
        files = [each for each in files if each.relative_to(runs).parts[0] == run]
        kinds = ("run.json", "run.json", "events.jsonl", ".json", ".safetensors", ".safetensors", "any", "any")
        kind = chance.choice(kinds)
        fitting = [each for each in files if kind == "any" or each.name.endswith(kind)]
        if kind == ".json":
            fitting = [each for each in fitting if each.name != "run.json"]
        file = chance.choice(fitting or files)
        told.append(f"{_spoil(file, kind, chance, outside)} {file.relative_to(runs)}")
    return ", ".join(told)


def _spoil(file: Path, kind: str, chance: random.Random, outside: Path) -> str:
    """Changes one file; says how."""
    act = chance.random()
    if kind == "any" and act < 0.7:
        if act < 0.2:
            file = chance.choice([each for each in file.parents if each.parent.name.endswith(".runs")] + [file.parent])
        change_kind(file, chance, outside)
        return "kind of"
    try:
        if kind == ".safetensors" and file.name.endswith(kind) and act < 0.8:
            spoil_tensors(file, chance)
            return "sealed"
        if file.suffix == ".json" and act < 0.85:
            spoil_json(file, chance)
            return "value in"
        if file.suffix == ".jsonl" and act < 0.85:
            spoil_log(file, chance)
            return "line of"
    except Exception:  # what is spoilt already is damaged once more
        pass
    spoil_bytes(file, chance)
    return "bytes of"

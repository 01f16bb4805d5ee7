"""Writes small EDF and BDF recordings for tests."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from workbench.data.spec import Array

ROOM = 64  # bytes of annotations in a record


def edf(
    path: Path,
    signals: dict[str, Array],
    annotations: Sequence[tuple[float, float, str]] | None = (),
    *,
    seconds: float = 1.0,
    records: int = 1,
    starts: Sequence[float] | None = None,
    is_bdf: bool = False,
    header: dict[str, str] | None = None,
    unit: str = "uV",
) -> Path:
    """Writes whole-number signals of equal or different rates; one unit for each step of the digital range.

    Args:
        path: of the file.
        signals: samples by label, of as many seconds each.
        annotations: onset, duration and text; None for a recording without a signal of annotations.
        seconds: of a record.
        records: how many there are, where `starts` does not say.
        starts: when each record begins, for EDF+D.
        is_bdf: whether it has three bytes a sample.
        header: fields to write otherwise: "version", "length", "records", "seconds", "signals".
        unit: of the signals.
    """
    width, most = (3, 2**23) if is_bdf else (2, 2**15)
    records = len(starts) if starts is not None else records
    parts = {name: np.asarray(each, np.int64).reshape(records, -1) for name, each in signals.items()}
    counts = [each.shape[1] for each in parts.values()]
    labels = list(parts)
    room = ROOM // width
    if annotations is not None:
        labels.append("BDF Annotations" if is_bdf else "EDF Annotations")
        counts.append(room)
    count = len(labels)
    wanted = {
        "length": str(256 * (count + 1)),
        "records": str(records),
        "seconds": f"{seconds:g}",
        "signals": str(count),
    }
    wanted |= header or {}
    version = wanted.get("version", "\xffBIOSEMI" if is_bdf else "0")
    kind = "EDF+D" if starts is not None else "EDF+C"
    text = f"{version:8}{'X X X X':80}{'Startdate X X X X':80}{'01.01.20':8}{'00.00.00':8}{wanted['length']:8}{kind:44}"
    text += f"{wanted['records']:8}{wanted['seconds']:8}{wanted['signals']:4}"
    for size, values in (
        (16, labels), (80, [""] * count), (8, [unit] * count), (8, [str(-most)] * count), (8, [str(most - 1)] * count),
        (8, [str(-most)] * count), (8, [str(most - 1)] * count), (80, [""] * count),
        (8, [str(each) for each in counts]), (32, [""] * count),
    ):  # fmt: skip
        text += "".join(f"{value:{size}}" for value in values)
    data = text.encode("latin-1")
    for record in range(records):
        for each in parts.values():
            data += each[record].astype("<i4").view(np.uint8).reshape(-1, 4)[:, :width].tobytes()
        if annotations is not None:
            start = starts[record] if starts is not None else record * seconds
            lists = f"+{start:g}\x14\x14\0".encode()
            for onset, duration, name in annotations if not record else ():
                lasting = f"\x15{duration:g}" if duration else ""
                lists += f"+{onset:g}{lasting}\x14{name}\x14\0".encode()
            assert len(lists) <= room * width
            data += lists.ljust(room * width, b"\0")
    path.write_bytes(data)
    return path

"""Reads EDF, EDF+ and BDF recordings: a header of text, records of samples, and annotations among them.

The format is that of Kemp et al. 1992 and Kemp and Olivan 2003; BDF is the same with three bytes a sample.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from workbench.core.errors import UnreadableError, printable
from workbench.core.files import read_buffer
from workbench.core.status import plain_status
from workbench.data.limits import check_amount
from workbench.data.spec import Array
from workbench.data.text_table import LARGEST

BLOCK = 256  # bytes of the header, and of what it says of each signal
MOST_SIGNALS = 4096
FIELDS = {
    "label": 16, "transducer": 80, "unit": 8, "physical_min": 8, "physical_max": 8, "digital_min": 8,
    "digital_max": 8, "filters": 80, "samples": 8, "reserved": 32,
}  # fmt: skip
ANNOTATIONS = ("EDF Annotations", "BDF Annotations")
STATUS = "Status"  # of BDF: its low 16 bits are what triggers have set
TRIGGERS = 0xFFFF
LIST = re.compile(rb"([+-]\d+(?:\.\d*)?)(?:\x15(\d+(?:\.\d*)?))?\x14((?:[^\x14]*\x14)*)")
MICROVOLTS = {"uV": 1.0, "µV": 1.0, "μV": 1.0, "mV": 1e3, "V": 1e6, "nV": 1e-3}


@dataclass(frozen=True, slots=True)
class Annotation:
    """What somebody noted of a time: seconds from the beginning of the file, how long it lasts, and the text."""

    onset: float
    duration: float
    text: str


@dataclass(frozen=True)
class EdfSignal:
    """What the header says of one signal."""

    label: str
    unit: str
    physical: tuple[float, float]
    digital: tuple[int, int]
    samples: int

    @property
    def is_annotations(self) -> bool:
        """Whether it holds annotations and no samples."""
        return self.label in ANNOTATIONS

    def scaled(self, digital: Array) -> Array:
        """Returns samples in the signal's unit, microvolts where that is a kind of volt."""
        (low, high), (least, most) = self.physical, self.digital
        factor = MICROVOLTS.get(self.unit, 1.0)
        return ((digital.astype(np.float64) - least) * ((high - low) / (most - least)) + low) * factor


class EdfFile:
    """One recording.

    Attributes:
        path: the file.
        signals: what the header says of each signal, the annotations among them.
        record_seconds: how long one record is.
        starts: for each record, when it begins, in seconds from the beginning of the file.
        annotations: in the order of their onset.
        notes: what is odd with the file.
    """

    def __init__(self, path: Path) -> None:
        """Reads the whole file.

        Raises:
            UnreadableError: it cannot be read, is no such file, or its header and its length contradict each other.
        """
        self.path = path
        self.notes: list[str] = []
        check_amount(path, 12 * plain_status(path).st_size, "Cut the recording into parts.")
        self._data = read_buffer(path, plain_status(path).st_size)
        self._read_header()
        self._records = self._all_records()
        self.starts = np.arange(len(self._records)) * self.record_seconds
        self.annotations = sorted(self._annotations(), key=lambda each: each.onset)

    def rate(self, signal: int) -> float:
        """Returns the samples a second of a signal."""
        return self.signals[signal].samples / self.record_seconds

    def samples(self, signal: int) -> Array:
        """Returns all samples of a signal, in microvolts or its own unit."""
        return self.signals[signal].scaled(self._digital(signal))

    def _digital(self, signal: int) -> Array:
        raw = np.ascontiguousarray(self._bytes_of(signal)).reshape(-1, self._width)
        if self._width == 2:
            return raw.view("<i2").reshape(-1)
        wide = np.zeros((len(raw), 4), np.uint8)
        wide[:, 1:] = raw
        return wide.view("<i4").reshape(-1) >> 8  # the sign goes with the highest byte

    def _bytes_of(self, signal: int) -> Array:
        """The bytes of a signal, (records, bytes)."""
        start = sum(each.samples for each in self.signals[:signal]) * self._width
        return self._records[:, start : start + self.signals[signal].samples * self._width]

    def _text(self, start: int, length: int) -> str:
        return self._data[start : start + length].decode("latin-1").strip(" \0")

    def _number(self, start: int, length: int, what: str) -> float:
        text = self._text(start, length)
        try:
            value = float(text)
        except ValueError:
            value = float("inf")
        if "_" in text or not abs(value) <= LARGEST:
            raise UnreadableError(
                self.path, f'its header has "{printable(text)}" as {what}, which is no finite number.'
            )
        return value

    def _whole(self, start: int, length: int, what: str, bounds: tuple[int, int]) -> int:
        value = self._number(start, length, what)
        if value != int(value) or not bounds[0] <= value <= bounds[1]:
            raise UnreadableError(
                self.path,
                f"its header has {value:g} as {what}; a whole number from {bounds[0]:,} to {bounds[1]:,} is needed.",
            )
        return int(value)

    def _read_header(self) -> None:
        version = bytes(self._data[:8])
        if version not in (b"0       ", b"\xffBIOSEMI") or len(self._data) < BLOCK:
            raise UnreadableError(self.path, f"this is no EDF or BDF recording (it begins with {ascii(version)[1:]}).")
        self._width = 2 if version[:1] == b"0" else 3
        self.kind = self._text(192, 44)
        count = self._whole(252, 4, "the number of signals", (1, MOST_SIGNALS))
        length = self._whole(184, 8, "its own length", (0, 10**8))
        if length != BLOCK * (count + 1) or len(self._data) < length:
            raise UnreadableError(
                self.path,
                f"its header has {length:,} bytes by its own word, but {count:,} signals need {BLOCK * (count + 1):,}; "
                f"the file has {len(self._data):,}. It is cut off or damaged.",
            )
        self._claimed = self._whole(236, 8, "the number of records", (-1, 10**8))
        self.record_seconds = self._number(244, 8, "the seconds of a record")
        self.signals = [self._signal(number, count) for number in range(count)]
        if self.record_seconds <= 0:
            raise UnreadableError(
                self.path, f"its records last {self.record_seconds:g} seconds, so no time can be told."
            )

    def _signal(self, number: int, count: int) -> EdfSignal:
        places, start = {}, BLOCK
        for name, width in FIELDS.items():
            places[name] = (start + number * width, width)
            start += width * count
        label = self._text(*places["label"])
        of = f'of signal {number + 1} ("{printable(label)}")'
        physical = [
            self._number(*places[name], f"{name.replace('_', ' ')} {of}") for name in ("physical_min", "physical_max")
        ]
        most = 2 ** (8 * self._width - 1)
        digital = [
            self._whole(*places[name], f"{name.replace('_', ' ')} {of}", (-most, most))
            for name in ("digital_min", "digital_max")
        ]
        if label not in ANNOTATIONS and (digital[0] >= digital[1] or physical[0] == physical[1]):
            raise UnreadableError(
                self.path,
                f"the range {of} is {digital[0]} to {digital[1]} for {physical[0]:g} to {physical[1]:g}, so its "
                "samples have no scale.",
            )
        samples = self._whole(*places["samples"], f"the samples a record {of}", (1, 10**7))
        return EdfSignal(
            label, self._text(*places["unit"]), (physical[0], physical[1]), (digital[0], digital[1]), samples
        )

    def _all_records(self) -> Array:
        """The bytes of all records, (records, bytes)."""
        one = sum(each.samples for each in self.signals) * self._width
        header = BLOCK * (len(self.signals) + 1)
        there, over = divmod(len(self._data) - header, one)
        if self._claimed > there:
            raise UnreadableError(
                self.path, f"it is cut off: its header promises {self._claimed:,} records, but there are {there:,}."
            )
        count = there if self._claimed < 0 else self._claimed
        if not count:
            raise UnreadableError(self.path, "there are no records in it.")
        if self._claimed < 0:
            self.notes.append(f"The header does not say how many records there are; {there:,} were found.")
        if over or there > count:
            self.notes.append(f"{len(self._data) - header - count * one:,} bytes behind the last record were left out.")
        return np.frombuffer(self._data, np.uint8, count * one, header).reshape(count, one)

    def _annotations(self) -> list[Annotation]:
        """The annotations; sets when each record begins, where the first signal of annotations says so."""
        places = [number for number, each in enumerate(self.signals) if each.is_annotations]
        if not places:
            return self._triggers()
        found = []
        for place in places:
            for record, data in enumerate(self._bytes_of(place)):
                for number, each in enumerate(part for part in data.tobytes().split(b"\0") if part):
                    match = LIST.fullmatch(each)
                    if match is None:
                        raise UnreadableError(
                            self.path, f"the annotations of record {record + 1:,} are damaged ({ascii(each[:40])[1:]})."
                        )
                    onset, duration = float(match[1]), float(match[2] or 0)
                    texts = match[3].split(b"\x14")[:-1]
                    if not number and place == places[0]:
                        self.starts[record] = onset
                    found += [
                        Annotation(onset, duration, text.decode("utf-8", "replace").strip())
                        for text in texts
                        if text.strip()
                    ]
        if (np.diff(self.starts) <= 0).any():
            raise UnreadableError(self.path, "its records are not in the order of time.")
        return found

    def _triggers(self) -> list[Annotation]:
        """What the triggers of a BDF recording have set, named by their numbers."""
        place = next((i for i, each in enumerate(self.signals) if each.label == STATUS and self._width == 3), None)
        if place is None:
            return []
        values = self._digital(place) & TRIGGERS
        begins = np.flatnonzero((values != 0) & (values != np.concatenate([[0], values[:-1]])))
        rate = self.rate(place)
        return [Annotation(float(at / rate), 0.0, str(values[at])) for at in begins]


def is_edf(path: Path) -> bool:
    """Returns whether a file is a recording by its suffix; its content is looked at when it is read."""
    return path.suffix.lower() in (".edf", ".bdf")

"""Recordings in EDF and BDF: samples, times, annotations, and headers that lie."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.data.edf_writer import edf
from workbench.core.errors import UnreadableError
from workbench.data.edf_file import Annotation, EdfFile

RAMP = np.arange(-8, 8)


def test_a_real_recording(shared_data: Path) -> None:
    file = EdfFile(shared_data / "eeg" / "subject01_ssvep.edf")
    assert [each.label for each in file.signals[:-1]] == ["Oz", "O1", "O2", "PO3", "POz", "PO7", "PO8", "PO4"]
    assert (file.kind, file.rate(0), file.record_seconds, len(file.starts)) == ("EDF+C", 256.0, 1.0, 222)
    assert len(file.annotations) == 32
    assert {each.duration for each in file.annotations} == {5.0}
    assert [each.text for each in file.annotations[:9]] == ["rest"] * 8 + ["21 Hz"]
    assert len(file.samples(0)) == 222 * 256
    assert file.notes == []


@pytest.mark.parametrize("is_bdf", [False, True])
def test_samples_of_two_and_of_three_bytes(tmp_path: Path, is_bdf: bool) -> None:
    large = RAMP * (2**19 if is_bdf else 2**11)
    notes = [(0.5, 0, "blink"), (0.25, 2.5, "Bäume")]
    file = EdfFile(edf(tmp_path / "a", {"Cz": RAMP, "slow": large[:8]}, notes, is_bdf=is_bdf, records=2))
    assert np.allclose(file.samples(0), RAMP)
    assert np.allclose(file.samples(1), large[:8])
    assert (file.rate(0), file.rate(1)) == (8, 4)
    assert file.annotations == [Annotation(0.25, 2.5, "Bäume"), Annotation(0.5, 0, "blink")]


def test_volts_become_microvolts(tmp_path: Path) -> None:
    assert np.allclose(EdfFile(edf(tmp_path / "a", {"Cz": RAMP}, unit="mV")).samples(0), RAMP * 1000)
    assert np.allclose(EdfFile(edf(tmp_path / "a", {"Cz": RAMP}, unit="degC")).samples(0), RAMP)


def test_records_with_gaps_between_them(tmp_path: Path) -> None:
    file = EdfFile(edf(tmp_path / "a", {"Cz": RAMP}, starts=[0.5, 10]))
    assert list(file.starts) == [0.5, 10]
    with pytest.raises(UnreadableError, match="its records are not in the order of time"):
        EdfFile(edf(tmp_path / "a", {"Cz": RAMP}, starts=[10, 0]))


def test_triggers_of_a_bdf_recording(tmp_path: Path) -> None:
    status = np.array([0, 0, 7, 7, 0, 0x10000, 0x10003, 2])
    file = EdfFile(edf(tmp_path / "a", {"Cz": RAMP[:8], "Status": status}, None, is_bdf=True))
    assert file.annotations == [Annotation(2 / 8, 0, "7"), Annotation(6 / 8, 0, "3"), Annotation(7 / 8, 0, "2")]
    assert EdfFile(edf(tmp_path / "a", {"Cz": RAMP[:8], "Status": status % 100}, None)).annotations == []


def test_how_many_records_there_are(tmp_path: Path) -> None:
    file = EdfFile(edf(tmp_path / "a", {"Cz": RAMP}, records=4, header={"records": "-1"}))
    assert len(file.starts) == 4
    assert file.notes == ["The header does not say how many records there are; 4 were found."]
    fewer = EdfFile(edf(tmp_path / "a", {"Cz": RAMP}, records=4, header={"records": "3"}))
    assert len(fewer.samples(0)) == 12
    assert fewer.notes == ["72 bytes behind the last record were left out."]


@pytest.mark.parametrize(
    ("header", "reason"),
    [
        ({"version": "1"}, r"this is no EDF or BDF recording \(it begins with '1       '\)"),
        ({"records": "5"}, "it is cut off: its header promises 5 records, but there are 4"),
        ({"records": "0"}, "there are no records in it"),
        ({"records": "x"}, 'its header has "x" as the number of records, which is no finite number'),
        ({"records": "-2"}, "its header has -2 as the number of records; a whole number from -1"),
        ({"signals": "0"}, "its header has 0 as the number of signals"),
        ({"signals": "9999"}, "its header has 9999 as the number of signals"),
        ({"signals": "4000"}, "its header has 768 bytes by its own word, but 4,000 signals need 1,024,256"),
        ({"length": "99999999"}, "its header has 99,999,999 bytes by its own word"),
        ({"seconds": "0"}, "its records last 0 seconds, so no time can be told"),
        ({"seconds": "nan"}, 'its header has "nan" as the seconds of a record'),
    ],
)
def test_wrong_headers(tmp_path: Path, header: dict[str, str], reason: str) -> None:
    file = edf(tmp_path / "a.edf", {"Cz": RAMP}, records=4, header=header)
    with pytest.raises(UnreadableError, match=rf"a\.edf: {reason}"):
        EdfFile(file)


def test_damaged_files(tmp_path: Path) -> None:
    file = edf(tmp_path / "a.edf", {"Cz": RAMP}, [(0, 0, "x")])
    data: Any = file.read_bytes()
    for size in (0, 100, 256, 700):
        file.write_bytes(data[:size])
        with pytest.raises(UnreadableError, match=r"no EDF or BDF|cut off or damaged"):
            EdfFile(file)
    file.write_bytes(data[:-1])
    with pytest.raises(UnreadableError, match="it is cut off: its header promises 1 records, but there are 0"):
        EdfFile(file)
    file.write_bytes(data.replace(b"+0\x14", b"*0\x14", 1))
    with pytest.raises(UnreadableError, match=r"the annotations of record 1 are damaged \('\*0"):
        EdfFile(file)
    file.write_bytes(data.replace(b"-32768  ", b"1E+99   ", 1))
    with pytest.raises(UnreadableError, match=r'has "1E.99" as physical min of signal 1 .*, which is no finite number'):
        EdfFile(file)
    file.write_bytes(data.replace(b"-32768  ", b"32767   "))
    with pytest.raises(UnreadableError, match=r'the range of signal 1 ."Cz". is 32767 to 32767 for 32767 to 32767'):
        EdfFile(file)

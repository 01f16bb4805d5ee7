"""Trials of electrode signals: arrays, recordings, filters, scales, subjects."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.data.edf_writer import edf
from workbench.core.errors import UnreadableError, UsageError
from workbench.data import limits
from workbench.data.choice import parse_choice
from workbench.data.config import DataConfig
from workbench.data.loading import source_for, source_of
from workbench.data.sources.eeg import Eeg
from workbench.data.spec import Array, Dataset

RANDOM = np.random.default_rng(0)
X = RANDOM.normal(5, 3, (6, 2, 20)).astype(np.float32)
Y = np.array([1, 0, 1, 1, 0, 0])
GOOD: dict[str, Any] = {
    "x": X, "y": Y, "classes": np.array(["left", "right"]), "channels": np.array(["C3", "C4"]), "rate_hz": 10.0,
}  # fmt: skip
TWO_HERTZ = (1000 * np.sin(2 * np.pi * 2 * np.arange(320) / 32)).round().astype(int)


def load(folder: Path, arrays: dict[str, Any], **options: Any) -> Dataset:
    np.savez(folder / "a.npz", **arrays)
    return Eeg(path="a.npz", **options).load(folder)


def cut(file: Path, **options: Any) -> Dataset:
    return Eeg(path=file.name, **{"standardise": "none", **options}).load(file.parent)


def only(dataset: Dataset) -> Array:
    assert set(dataset.splits) == {"train"}
    eeg: Array = dataset.splits["train"]["eeg"]
    return eeg


def test_finger_movements(shared_data: Path) -> None:
    path = shared_data / "eeg" / "finger_movements.npz"
    dataset = Eeg(path=str(path)).load(Path())
    assert dataset.fields["eeg"].shape == (1, 28, 50)
    assert (dataset.fields["eeg"].kind, dataset.fields["eeg"].dtype) == ("map", "float32")
    assert dataset.fields["label"].classes == ("left", "right")
    assert list(np.bincount(dataset.splits["train"]["label"])) == [159, 157]
    assert np.allclose(only(dataset).mean(axis=(0, 1, 3)), 0, atol=1e-5)
    assert np.allclose(only(dataset).std(axis=(0, 1, 3)), 1, atol=1e-5)
    assert "The 28 channels at 100 Hz are F3, F1, Fz, F2, F4 and 23 more." in dataset.notes
    raw = Eeg(path=str(path), standardise="none").load(Path())
    assert np.array_equal(only(raw)[:, 0], np.load(path)["x"])
    assert source_for(path) == "eeg"


def test_one_subject_is_kept_for_the_test(shared_data: Path) -> None:
    path = str(shared_data / "eeg" / "ssvep_5subjects.npz")
    assert parse_choice(f"eeg:{path},test_subject=3")[1]["test_subject"] == 3
    dataset = source_of(DataConfig(source="eeg", options={"path": path, "test_subject": 3})).load(Path())
    assert dataset.fields["subject"].classes == ("1", "2", "3", "4", "5")
    assert (dataset.size("train"), dataset.size("test")) == (128, 32)
    assert set(dataset.splits["test"]["subject"]) == {2}
    assert 2 not in dataset.splits["train"]["subject"]
    assert "test_subject=NAME keeps one of them for the test: 1, 2, 3, 4, 5." in Eeg(path=path).load(Path()).notes[-1]
    with pytest.raises(UsageError, match=r"test_subject=6: there is no such subject .* There are: 1, 2, 3, 4, 5\."):
        Eeg(path=path, test_subject="6").load(Path())


def test_the_recording_is_the_trials_of_the_first_subject(shared_data: Path) -> None:
    path = shared_data / "eeg" / "subject01_ssvep.edf"
    dataset = cut(path, tmin=0.5, tmax=4.5, rate=128.0)
    trials = np.load(shared_data / "eeg" / "ssvep_5subjects.npz")
    expected = trials["x"][trials["subject"] == 1]
    assert only(dataset).shape == (32, 1, 8, 512)
    assert np.corrcoef(only(dataset)[:, 0].ravel(), expected.ravel())[0, 1] > 0.98
    names = [dataset.fields["label"].classes[i] for i in dataset.splits["train"]["label"]]
    assert names == [str(trials["classes"][i]) for i in trials["y"][trials["subject"] == 1]]
    assert dataset.notes[0] == "Epochs from 0.5 to 4.5 s around 32 annotations: 13 Hz 8, 17 Hz 8, 21 Hz 8, rest 8."
    assert cut(path).fields["eeg"].shape == (1, 8, 1280)
    assert source_for(path) == "eeg"


def test_flicker_is_found_in_the_recording(shared_data: Path) -> None:
    dataset = cut(shared_data / "eeg" / "subject01_ssvep.edf", tmin=1, tmax=5, low=8.0, high=30.0, channels="oz;O1")
    assert dataset.fields["eeg"].shape == (1, 2, 1024)
    power = np.abs(np.fft.rfft(only(dataset)[:, 0, 0])) ** 2  # bins of a quarter hertz
    labels = dataset.splits["train"]["label"]
    for number, hertz in enumerate((13, 17, 21)):
        at_class = power[labels == number].mean(axis=0)
        around = np.r_[at_class[4 * hertz - 6 : 4 * hertz - 1], at_class[4 * hertz + 2 : 4 * hertz + 7]].mean()
        assert at_class[4 * hertz - 1 : 4 * hertz + 2].max() > 2 * around, hertz


def test_trials_in_arrays(tmp_path: Path) -> None:
    dataset = load(tmp_path, {**GOOD, "age": np.arange(3)}, standardise="none")
    assert np.array_equal(only(dataset)[:, 0], X)
    assert list(dataset.splits["train"]["label"]) == list(Y)
    assert dataset.notes == (
        "Arrays that are not used, left out (1): age.",
        "The 2 channels at 10 Hz are C3, C4.",
    )
    words = load(tmp_path, {"x": X, "y": np.array(list("abcabc"))})
    assert words.fields["label"].classes == ("a", "b", "c")
    assert words.notes[-1] == "The 2 channels are 1, 2."
    same = load(tmp_path, {**GOOD, "classes": np.array(["a", "a"])})
    assert same.fields["label"].classes == ("a", "a (2)")
    assert list(same.splits["train"]["label"]) == list(Y)


def test_parts_of_trials(tmp_path: Path) -> None:
    options: dict[str, Any] = {"standardise": "none"}
    assert np.array_equal(only(load(tmp_path, GOOD, tmin=0.5, tmax=1.5, **options))[:, 0], X[:, :, 5:15])
    assert np.array_equal(only(load(tmp_path, GOOD, channels="c4", **options))[:, 0], X[:, 1:])
    right = load(tmp_path, GOOD, events="right", **options)
    assert np.array_equal(only(right)[:, 0], X[Y == 1])
    assert right.fields["label"].classes == ("right",)
    assert "3 trials of other classes were left out (events)." in right.notes
    assert only(load(tmp_path, GOOD, rate=5.0, **options)).shape == (6, 1, 2, 10)


def test_scales(tmp_path: Path) -> None:
    each = only(load(tmp_path, GOOD, standardise="trial"))
    assert np.allclose(each.mean(axis=3), 0, atol=1e-5)
    assert np.allclose(each.std(axis=3), 1, atol=1e-5)
    subjects = np.array([1, 1, 1, 2, 2, 2])
    shifted = X + 100 * subjects[:, None, None]
    own = only(load(tmp_path, {**GOOD, "x": shifted, "subject": subjects}))
    assert np.allclose(own[:3].mean(axis=(0, 3)), 0, atol=1e-4)
    assert np.allclose(own[3:].std(axis=(0, 3)), 1, atol=1e-4)
    assert not only(load(tmp_path, {**GOOD, "x": np.full_like(X, 7)})).any()


def test_trials_that_are_not_finite(tmp_path: Path) -> None:
    broken = X.copy()
    broken[2, 0, 3] = np.nan
    dataset = load(tmp_path, {**GOOD, "x": broken, "subject": np.arange(6)})
    assert only(dataset).shape[0] == 5
    assert list(dataset.splits["train"]["label"]) == [1, 0, 1, 0, 0]
    assert "Trials with values that are not finite, left out (1): numbers 2." in dataset.notes
    with pytest.raises(UnreadableError, match="every trial has values that are not finite"):
        load(tmp_path, {**GOOD, "x": np.full_like(X, np.inf)})


@pytest.mark.parametrize(
    ("arrays", "reason"),
    [
        ({"x": X}, r'there is no array "y" of classes. There are: x \(6×2×20\)'),
        ({"y": Y}, 'there is no array "x" of trials × channels × time'),
        ({"x": X[0], "y": Y}, '"x" is 2×20, but numbers of trials × channels × time are needed'),
        ({"x": X, "y": Y[:5]}, r'"y" \(int64, 5\) has not one class for each of 6 trials'),
        ({"x": X, "y": Y / 3}, r'"y" \(float64, 6\) has not one class'),
        ({**GOOD, "classes": np.array(["left"])}, '"y" has the class 1, but "classes" has 1 names'),
        ({**GOOD, "channels": np.array(["C3"])}, '"channels" has 1 names for 2 channels'),
        ({**GOOD, "subject": Y[:3]}, '"subject" has 3 entries for 6 trials'),
    ],
)
def test_wrong_arrays(tmp_path: Path, arrays: dict[str, Any], reason: str) -> None:
    with pytest.raises(UnreadableError, match=rf"a\.npz: {reason}"):
        load(tmp_path, arrays)


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        ({"high": 5.0}, "high must be below half the samples a second, 5 Hz, found 5"),
        ({"rate": 11.0}, "rate must be at most the samples a second that there are, 10, found 11"),
        ({"tmin": 1.0, "tmax": 2.5}, "tmin and tmax must lie within the trials, 0 to 2 s, found 1 to 2.5"),
        ({"channels": "C5"}, 'channels: there is no "C5" in .* There are: C3, C4'),
        ({"events": "both"}, 'events: there is no class "both" in .* There are: left, right'),
        ({"test_subject": "1"}, "It does not say whose the trials are"),
    ],
)
def test_wrong_options(tmp_path: Path, options: dict[str, Any], reason: str) -> None:
    with pytest.raises(UsageError, match=reason):
        load(tmp_path, GOOD, **options)


def test_options_against_each_other(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"tmax must be above tmin \(1\)"):
        Eeg(path="a", tmin=1.0, tmax=1.0)
    with pytest.raises(ValueError, match=r"high must be above low \(8\)"):
        Eeg(path="a", low=8.0, high=4.0)
    with pytest.raises(UnreadableError, match='low needs the samples a second: there is no "rate_hz" in it'):
        load(tmp_path, {"x": X, "y": Y}, low=1.0)


def test_epochs_of_a_recording(tmp_path: Path) -> None:
    signals = {"Cz": np.arange(320), "Pz": -np.arange(320), "slow": np.arange(80)}
    file = edf(tmp_path / "a.edf", signals, [(1, 2, "a"), (4, 3, "b")], seconds=10.0)
    dataset = cut(file)
    assert only(dataset).shape == (2, 1, 2, 64)
    assert list(only(dataset)[0, 0, 0, :3]) == [32, 33, 34]
    assert list(only(dataset)[1, 0, 1, :3]) == [-128, -129, -130]
    assert dataset.notes[:2] == (
        "Signals that are not sampled at 32 Hz or hold triggers, left out (1): slow.",
        "Epochs from 0 to 2 s around 2 annotations: a 1, b 1.",
    )
    early = cut(file, tmin=-2.0, tmax=1.0)
    assert only(early).shape[0] == 1
    assert "Epochs that reach beyond the recording, left out (1): a at 1 s." in early.notes
    assert list(cut(file, events="b").fields["label"].classes) == ["b"]
    with pytest.raises(UnreadableError, match="none of 2 epochs lies wholly within the recording"):
        cut(file, tmin=20.0, tmax=30.0)
    with pytest.raises(UsageError, match=r'events: there is no annotation "c" in .* There are: a, b'):
        cut(file, events="c")
    with pytest.raises(UsageError, match=r"tmax must be above tmin \(5 s\), found 2"):
        cut(file, tmin=5.0)


def test_no_epoch_crosses_a_gap(tmp_path: Path) -> None:
    signals = {"Cz": np.arange(320)}
    file = edf(tmp_path / "a.edf", signals, [(4, 0, "a"), (102, 0, "b")], seconds=5.0, starts=[0, 100])
    dataset = cut(file, tmax=2.0)
    assert dataset.fields["label"].classes == ("b",)
    assert only(dataset)[0, 0, 0, 0] == 160 + 2 * 32
    assert "left out (1): a at 4 s." in dataset.notes[0] + dataset.notes[1]


def test_filters_and_scale_of_a_recording(tmp_path: Path) -> None:
    file = edf(tmp_path / "a.bdf", {"Cz": TWO_HERTZ + 500}, [(2, 0, "a"), (5, 0, "b")], seconds=10.0, is_bdf=True)
    plain = only(cut(file, tmax=2.0))
    assert np.abs(only(cut(file, tmax=2.0, low=0.5, high=6.0)) - (plain - 500)).max() < 30
    assert np.abs(only(cut(file, tmax=2.0, high=0.5)) - 500).max() < 60
    even = only(cut(file, tmax=2.0, standardise="recording"))
    assert np.allclose(even, (plain - 500) / TWO_HERTZ.std(), atol=1e-3)


def test_a_folder_of_recordings(tmp_path: Path) -> None:
    for name in ("ann", "bob"):
        edf(tmp_path / f"{name}.edf", {"Cz": np.arange(320)}, [(1, 2, "a"), (4, 3, "b")], seconds=10.0)
    dataset = Eeg(path=".", test_subject="bob").load(tmp_path)
    assert dataset.fields["subject"].classes == ("ann", "bob")
    assert (dataset.size("train"), dataset.size("test")) == (2, 2)
    assert "ann.edf: Epochs from 0 to 2 s around 2 annotations: a 1, b 1." in dataset.notes
    assert source_for(tmp_path) == "eeg"
    edf(tmp_path / "cid.edf", {"Pz": np.arange(320)}, [(1, 2, "a")], seconds=10.0)
    with pytest.raises(UnreadableError, match=r"cid\.edf: it has other channels or another rate than ann\.edf"):
        Eeg(path=".").load(tmp_path)


def test_what_is_no_recording_of_trials(tmp_path: Path) -> None:
    with pytest.raises(UnreadableError, match=r"there are no \.edf or \.bdf files in this folder"):
        Eeg(path=".").load(tmp_path)
    with pytest.raises(UnreadableError, match="there are no annotations in it"):
        cut(edf(tmp_path / "a.edf", {"Cz": np.arange(32)}, None))
    with pytest.raises(UnreadableError, match="there are no signals in it beside annotations"):
        cut(edf(tmp_path / "a.edf", {}, [(0, 0, "a")]))
    (tmp_path / "a.mat").write_bytes(b"MATLAB")
    with pytest.raises(UnreadableError, match=r"trials are read from \.npz, \.edf and \.bdf files"):
        cut(tmp_path / "a.mat")


def test_what_is_claimed(tmp_path: Path) -> None:
    np.savez(tmp_path / "pictures.npz", x=X, y=Y)
    np.savez(tmp_path / "trials.npz", **GOOD)
    (tmp_path / "nonsense.npz").write_bytes(b"PK")
    assert [source_for(tmp_path / f"{name}.npz") for name in ("pictures", "trials", "nonsense")] == [
        "npz",
        "eeg",
        "npz",
    ]


def test_too_much_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = edf(tmp_path / "a.edf", {"Cz": np.arange(320)}, [(1, 2, "a")], seconds=10.0)
    monkeypatch.setattr(limits, "MOST_BYTES", 1000)
    with pytest.raises(UnreadableError, match="Cut the recording into parts"):
        cut(file)
    with pytest.raises(UnreadableError, match="Take a part of it"):
        load(tmp_path, GOOD)


def test_values_that_are_too_large(tmp_path: Path) -> None:
    for standardise in ("none", "trial", "recording"):
        with pytest.raises(UnreadableError, match="every trial has values that are not finite"):
            load(tmp_path, {**GOOD, "x": X.astype(float) * 1e300}, standardise=standardise)


def test_trials_that_are_shorter_than_a_wave(tmp_path: Path) -> None:
    assert "The trials (2 s) are shorter than a wave of 0.25 Hz (low)." in load(tmp_path, GOOD, low=0.25).notes

"""An array of texts beside pictures and their numbers names the classes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from workbench.data.sources.npz import Npz


def test_numbers_of_classes_have_the_names_that_lie_beside_them(tmp_path: Path) -> None:
    pictures, labels = np.zeros((4, 8, 8), np.uint8), np.array([0, 2, 0, 2])
    np.savez(tmp_path / "a.npz", images=pictures, labels=labels, classes=np.array(["normal", "viral", "bacterial"]))
    dataset = Npz(path="a.npz").load(tmp_path)
    assert dataset.fields["label"].classes == ("normal", "bacterial"), "by their numbers, not by their order"
    assert 'The classes have the names in the array "classes".' in dataset.notes
    assert not any("left out" in note for note in dataset.notes)


@pytest.mark.parametrize("names", [
    np.array(["only one"]), np.array([1.0, 2.0, 3.0]), np.array([["a", "b"]]), np.array(["a", "b", "c" * 300]),
    np.array(["a", "b", "c", "d"]),
])  # fmt: skip
def test_what_names_no_class_is_left_out_as_before(names: Any, tmp_path: Path) -> None:
    pictures, labels = np.zeros((4, 8, 8), np.uint8), np.array([0, 1, 0, 1])
    np.savez(tmp_path / "a.npz", images=pictures, labels=labels, classes=names)
    dataset = Npz(path="a.npz").load(tmp_path)
    assert dataset.fields["label"].classes == ("0", "1")
    assert any('"classes" is left out' in note for note in dataset.notes)

"""Precision, recall, F1 and IoU of each class come from the confusion matrix."""

from __future__ import annotations

import numpy as np
import pytest

from workbench.training.class_figures import class_figures


def test_figures_are_those_of_the_matrix() -> None:
    first, second, third = class_figures(np.array([[6, 2, 0], [1, 3, 0], [0, 0, 0]]), ("cat", "dog", "emu"))
    assert (first.name, first.samples) == ("cat", 8)
    assert first.precision == pytest.approx(6 / 7)
    assert first.recall == pytest.approx(6 / 8)
    assert first.f1 == pytest.approx(12 / 15)
    assert first.iou == pytest.approx(6 / 9)
    assert (second.precision, second.recall) == (pytest.approx(3 / 5), pytest.approx(3 / 4))
    assert third == type(third)("emu", 0, None, None, None, None), "of nothing there is no share"


def test_classes_without_names_go_by_their_numbers() -> None:
    assert [each.name for each in class_figures(np.eye(3), ("a",))] == ["0", "1", "2"]

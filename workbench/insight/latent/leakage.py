"""The leakage matrix: what each part of a code knows of every factor, its own and the others."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from workbench.insight.latent.study import Study

OTHERS = "all other latents"
CLAMP = (
    "A clamp makes the latents of a factor sufficient and clean: they tell the factor and little else. It does not "
    "take the factor out of the other latents, which may know it too."
)


@dataclass(frozen=True)
class LeakageMatrix:
    """Rows are latents, columns quantities; clean latents have a large number at their own factor and small ones else.

    Attributes:
        rows: the factors whose latents are looked at, and last `OTHERS`: those that stand for none.
        columns: the quantities.
        own: for each row the columns that its latents stand for.
        values: |r| of latents and quantity, the multiple correlation where a factor has several; in the last row R² of
            a linear regression on the half that it was not fitted to.
    """

    rows: tuple[str, ...]
    columns: tuple[str, ...]
    own: tuple[tuple[int, ...], ...]
    values: NDArray[np.float64]

    def describe(self, row: int, column: int) -> str:
        """A cell in words."""
        name, value = self.columns[column], self.values[row, column]
        if row == len(self.rows) - 1:
            return f"All latents that stand for no factor tell {value:.2f} of the variance of {name} (linear R²)."
        return f"The latents of {self.rows[row]} and the true {name}: |r| = {value:.2f}"

    def lines(self) -> Iterator[str]:
        """As text, a line for each row."""
        width = max(map(len, self.rows))
        widths = [max(5, len(name)) for name in self.columns]
        yield "  ".join([" " * width, *(f"{name:>{each}}" for name, each in zip(self.columns, widths, strict=True))])
        for row, values in zip(self.rows, self.values, strict=True):
            yield "  ".join([f"{row:<{width}}", *(f"{v:>{each}.3f}" for v, each in zip(values, widths, strict=True))])


def leakage_matrix(found: Study) -> LeakageMatrix:
    """The matrix of what was measured; a joint factor is one row, and each of its quantities a column."""
    measures, columns = found.measures, tuple(found.measures.leakage)
    factors = {factor: names for factor, names in found.parts.items() if names}
    known = [[measures.crosstalk[names[0]][column] for column in columns] for names in factors.values()]
    others = [measures.leakage[column] for column in columns]
    own = tuple(tuple(columns.index(name) for name in names) for names in factors.values())
    return LeakageMatrix((*factors, OTHERS), columns, (*own, ()), np.array([*known, others]))

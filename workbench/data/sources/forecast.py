"""Windows of tables over time, to foretell how they go on."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
from pydantic import Field, field_validator, model_validator

from workbench.core.errors import UnreadableError, printable
from workbench.core.values import Value
from workbench.data.folder_listing import some
from workbench.data.forecast_table import TIME_COLUMNS, ColumnChoice, TimeTable, arranged
from workbench.data.limits import check_amount
from workbench.data.listening import heard
from workbench.data.option_text import number_as_text
from workbench.data.paths import locate
from workbench.data.spec import SPLITS, Array, Dataset, Reads, Source, source
from workbench.data.text_table import header_of, read_table
from workbench.data.time_windows import Standardisation, TimeSeries, Windows, changed, cut, parts_of

FEWEST_LEFT = 0.05  # share of the times that is trained with at least
CHANGES = {
    "value": "the value itself",
    "difference": "the difference to the last value that is seen",
    "relative": "the difference to the last value that is seen, divided by it",
    "log": "the logarithm of the quotient to the last value that is seen",
}
STEPS = {
    "difference": "differences from step to step",
    "relative": "relative changes from step to step",
    "log": "log changes from step to step",
}


@source(name="forecast", title="Table over time, to forecast (.csv)", reads=Reads("file", "Tables", ("*.csv", "*.tsv")))
class Forecast(Source):
    """Cuts a table over time into windows, and asks how a column goes on; what is tested lies behind what is learnt.

    Each sample has the fields `series`, columns × steps that are seen, less the mean and divided by the deviation of
    the training part; `future`, the steps that follow; `naive`, what `future` is if nothing changes, in the same
    units, which a forecast has to beat; and `last`, the last value seen as the table has it. In long form, where a
    column says which series a row is of, each series has a mean and deviation of its own. No window straddles the
    borders between training, validation and test, which are the same times for all series.
    """

    path: str = Field(min_length=1, max_length=4096, description="The .csv file, with a header")
    time: str | None = Field(
        None, max_length=200, description="Column of the times; found by default; empty if the rows are in order"
    )
    time_format: str | None = Field(
        None, min_length=2, max_length=100, description="How dates are written, such as %d/%m/%Y; found by default"
    )
    key: str | None = Field(
        None, max_length=200, description="Column that says which series a row is of; found by default; empty for none"
    )
    target: str | None = Field(
        None, min_length=1, max_length=2000, description="Columns to foretell, parted by semicolons; one by default"
    )
    inputs: str | None = Field(
        None, min_length=1, max_length=20_000, description="Columns that are seen, parted by semicolons; all by default"
    )
    window: int = Field(30, ge=1, le=100_000, description="Steps that are seen")
    horizon: int = Field(1, ge=1, le=10_000, description="Steps that are foretold")
    step: int = Field(1, ge=1, le=100_000, description="Steps from one window to the next")
    change: Literal["auto", "value", "difference", "relative", "log"] = Field(
        "auto", description="What is foretold: by default the log change, or the difference where not all is positive"
    )
    seen: Literal["value", "change"] = Field(
        "value", description="What is seen: the values, or how each differs from the one before"
    )
    scaled: bool = Field(True, description="Whether the future is divided by its deviation in the training part")
    missing: Literal["refuse", "previous", "drop"] = Field(
        "refuse", description="What happens to empty cells: an error, the value before, or the row is left out"
    )
    validation: float = Field(0.15, ge=0.01, le=0.9, description="Share of the times, behind the training, to validate")
    test: float = Field(0.15, ge=0.01, le=0.9, description="Share of the times, the newest, to test")

    _text = field_validator("time", "key", "target", "inputs", mode="before")(number_as_text)

    @model_validator(mode="after")
    def _something_left(self) -> Forecast:
        if self.validation + self.test > 1 - FEWEST_LEFT:
            raise ValueError(f"validation and test must leave at least {FEWEST_LEFT:.0%} of the times to train with")
        return self

    @classmethod
    def claim(cls, path: Path) -> int:
        names = {name.casefold() for name in header_of(path)} if path.suffix.lower() in (".csv", ".tsv") else set()
        return 1 if len(names) > 1 and names & set(TIME_COLUMNS) else 0

    def load(self, folder: Path) -> Dataset:
        choice = ColumnChoice(self.time, self.time_format, self.key, self.target, self.inputs, self.missing)
        table = arranged(read_table(locate(self.path, folder)), choice)
        with np.errstate(over="ignore", invalid="ignore"):  # what is not finite is told in the end
            return _Cutting(self, table).dataset()


@dataclass
class _Cutting:
    """Cuts the series of one table as the options say."""

    options: Forecast
    table: TimeTable

    def dataset(self) -> Dataset:
        """Returns the windows of every split."""
        change = self._change()
        borders, notes = self._borders()
        found: dict[str, list[tuple[Windows, Array]]] = {split: [] for split in SPLITS}
        unknown, units = [], []
        self._check_amount()
        for series in heard(self.table.series, "series"):
            made = self._of_one(series, change, borders)
            if made is None:
                unknown.append(series.name or "the table")
                continue
            parts, unit = made
            units.append(unit)
            for split, cut_of_one in parts.items():
                found[split].append(cut_of_one)
        if unknown and units:
            notes.append(f"Series with too few steps to train with, left out ({len(unknown):,}): {some(unknown)}")
        for split, windows in found.items():
            if not windows:
                raise UnreadableError(
                    self.table.table.path,
                    f"the {split} part has too few rows for a window of {self.options.window:,} steps and "
                    f"{self.options.horizon:,} to foretell. Make window smaller, or the share of that part larger.",
                )
        notes += self._scale_notes(change, units)
        return self._made(found, notes)

    def _change(self) -> str:
        """What is foretold; checks that it can be."""
        change = self.options.change
        places = self.table.targets
        positive = all((each.values[:, places] > 0).all() for each in self.table.series)
        if change == "auto":
            return "log" if positive else "difference"
        seen = self.table.inputs if self.options.seen == "change" else []
        if change in ("log", "relative"):
            for series in self.table.series:
                for place in dict.fromkeys((*places, *seen)):
                    values = series.values[:, place]
                    bad = np.flatnonzero(values <= 0 if change == "log" else values == 0)
                    if len(bad):
                        what = "a log change needs values above 0" if change == "log" else "0 has no relative change"
                        raise self.table.table.bad_cell(
                            int(series.rows[bad[0]]), self.table.columns[place], f"{what}. Choose change=difference."
                        )
        return change

    def _borders(self) -> tuple[tuple[float, float], list[str]]:
        """The times from which on rows belong to validation and to test."""
        every = np.unique(np.concatenate([each.times for each in self.table.series]))
        if len(every) < 3:
            raise UnreadableError(
                self.table.table.path, f"it has {len(every):,} different times; at least 3 are needed."
            )
        second = min(max(2, round(len(every) * (1 - self.options.test))), len(every) - 1)
        first = min(max(1, round(len(every) * (1 - self.options.test - self.options.validation))), second - 1)
        text = self.table.time_text
        edges = [text(float(every[i])) for i in (0, first - 1, first, second - 1, second, -1)]
        note = (
            f"Training from {edges[0]} to {edges[1]}, validation from {edges[2]} to {edges[3]}, test from {edges[4]} "
            f"to {edges[5]}; no window straddles a border."
        )
        return (float(every[first]), float(every[second])), [*self.table.notes, note]

    def _check_amount(self) -> None:
        options = self.options
        steps = sum(len(each.values) for each in self.table.series)
        one = 4 * options.window * len(self.table.inputs) + 20 * options.horizon * len(self.table.targets)
        advice = "Make window or horizon smaller, or step larger."
        check_amount(self.table.table.path, 2 * one * (steps // options.step + 1), advice)

    def _step_change(self, change: str) -> str:
        """How each step that is seen differs from the one before, where changes are seen."""
        positive = all((each.values[:, self.table.inputs] > 0).all() for each in self.table.series)
        if change == "value" or (self.options.change == "auto" and not positive):
            return "difference"
        return change

    def _seen(self, values: Array, change: str) -> Array:
        """What is seen of a series, (steps, columns); of changes the first step is 0, which nobody is shown."""
        inputs = values[:, self.table.inputs]
        if self.options.seen == "value":
            return inputs
        return np.concatenate([np.zeros_like(inputs[:1]), changed(inputs[1:], inputs[:-1], self._step_change(change))])

    def _of_one(
        self, series: TimeSeries, change: str, borders: tuple[float, float]
    ) -> tuple[dict[str, tuple[Windows, Array]], tuple[Standardisation, Array]] | None:
        """The windows of one series by split, each with its naive forecasts; and what it was scaled by."""
        options = self.options
        skipped = int(options.seen == "change")
        inputs = self._seen(series.values, change)[skipped:]
        targets = series.values[skipped:, self.table.targets]
        parts = dict(parts_of(series.times[skipped:], borders))
        if len(inputs[parts["train"]]) < 2:
            return None
        scale = Standardisation.of(inputs[parts["train"]])
        level = Standardisation.of(targets[parts["train"]])
        shown = scale.standardised(inputs)
        found = {}
        for split, rows in parts.items():
            windows = cut(
                shown[rows], targets[rows], window=options.window, horizon=options.horizon, step=options.step,
                change=change,
            )  # fmt: skip
            if windows is not None:
                naive = np.repeat(windows.last[:, :, None], options.horizon, axis=2)
                found[split] = (windows, naive if change == "value" else np.zeros_like(naive))
        if "train" not in found:
            return None
        shift = level.mean[:, None] if change == "value" and options.scaled else 0.0
        unit = np.ones(len(self.table.targets))
        if options.scaled:
            changes = found["train"][0].future.transpose(0, 2, 1).reshape(-1, len(unit))
            unit = level.deviation if change == "value" else Standardisation.of(changes).deviation
        made = {
            split: (
                Windows(each.seen, (each.future - shift) / unit[:, None], each.last),
                (naive - shift) / unit[:, None],
            )
            for split, (each, naive) in found.items()
        }
        return made, (level, unit)

    def _scale_notes(self, change: str, units: list[tuple[Standardisation, Array]]) -> list[str]:
        options = self.options
        own = " (each series by its own)" if len(units) > 1 else ""
        what = "values" if options.seen == "value" else STEPS[self._step_change(change)]
        notes = [f"What is seen are {what}, less the mean and divided by the deviation of the training part{own}."]
        names = self.table.names(self.table.targets)
        asked = f"Foretold is {CHANGES[change]}, of {some(names)[:-1]}, {options.horizon:,} step(s) ahead"
        if not options.scaled:
            return [*notes, f"{asked}."]
        if len(units) > 1:
            return [*notes, f"{asked}, divided by its deviation in the training part{own}."]
        level, unit = units[0]
        how = f"less {_numbers(level.mean)} and divided by {_numbers(unit)}"
        how = how if change == "value" else f"divided by its deviation in the training part, {_numbers(unit)}"
        return [*notes, f"{asked}, {how}."]

    def _made(self, found: dict[str, list[tuple[Windows, Array]]], notes: list[str]) -> Dataset:
        """The data set of all series' windows."""
        options, targets = self.options, len(self.table.targets)
        many = targets * options.horizon
        future = Value((many,), "vector") if many > 1 else Value((), "scalar")
        last = Value((targets,), "vector") if targets > 1 else Value((), "scalar")
        fields = {
            "series": Value((len(self.table.inputs), options.window), "map", "float32"),
            "future": future,
            "naive": future,
            "last": last,
        }
        splits = {}
        for split, windows in found.items():
            arrays = {
                "series": np.concatenate([each.seen for each, _ in windows]),
                "future": np.concatenate([each.future for each, _ in windows]),
                "naive": np.concatenate([naive for _, naive in windows]),
                "last": np.concatenate([each.last for each, _ in windows]),
            }
            splits[split] = {
                name: array.reshape(len(array), *fields[name].shape).astype(np.float32, copy=False)
                for name, array in arrays.items()
            }
            for name, array in splits[split].items():
                if not np.isfinite(array).all():
                    raise UnreadableError(
                        self.table.table.path, f"{name} of the {split} part is not finite in single precision."
                    )
        names = self.table.names(self.table.inputs)
        notes.append(f"The channels of series are {some(printable(name) for name in names)}")
        return Dataset(fields, splits, tuple(notes))


def _numbers(values: Array) -> str:
    return ", ".join(f"{value:.6g}" for value in values)

"""What the data panel says about factors of a scene: which one varies with a sample, and where all of them stand."""

from __future__ import annotations

from workbench.core.errors import printable
from workbench.data.spec import FACTOR, Dataset

LONGEST_ROW = 4  # numbers of a vector that are written out


def factors_of(dataset: Dataset) -> tuple[str, ...]:
    """Names of the factors of the data, in the order of its numbers; empty where it has none."""
    field = dataset.fields.get(FACTOR)
    return field.classes if field is not None and field.kind == "class" else ()


def is_grouped(dataset: Dataset, split: str) -> bool:
    """Whether samples of a split come in batches in which one factor varies."""
    numbers = dataset.groups.get(split)
    return numbers is not None and bool((numbers >= 0).any())


def varying(dataset: Dataset, split: str, number: int) -> str:
    """The factor that varies in the batch of a sample; "" where all of them do."""
    numbers, names = dataset.groups.get(split), factors_of(dataset)
    if numbers is None or not names or numbers[number] < 0:
        return ""
    return names[int(dataset.splits[split][FACTOR][number])]


def value_text(dataset: Dataset, split: str, number: int, factor: str) -> str:
    """Where a factor stands in a sample, for people; "" where the data does not say."""
    texts = (_part_text(dataset, split, number, name) for name in dataset.parts_of(factor))
    return ", ".join(text for text in texts if text)


def details(dataset: Dataset, split: str, number: int) -> str:
    """A sample's factors, a line for each."""
    changing = varying(dataset, split, number)
    lines = []
    for factor in factors_of(dataset):
        value = value_text(dataset, split, number, factor)
        mark = " (varies in its batch)" if factor == changing else ""
        lines.append(f"{printable(factor)}: {value or 'not told'}{mark}")
    return "\n".join(lines)


def _part_text(dataset: Dataset, split: str, number: int, field: str) -> str:
    array = dataset.splits[split].get(field)
    if array is None:
        return ""
    value, declared = array[number], dataset.fields[field]
    if declared.kind == "class":
        return printable(declared.classes[int(value)]) if int(value) < len(declared.classes) else str(int(value))
    if declared.shape and declared.shape[0] > LONGEST_ROW:
        return f"{declared.shape[0]} numbers"
    row = value.ravel().tolist() if declared.shape else [float(value)]
    return ", ".join(f"{each:.2f}".replace("-", "−") for each in row)

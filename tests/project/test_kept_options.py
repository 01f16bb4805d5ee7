"""A run keeps which number each word has, so that its weights go on meaning the same."""

from __future__ import annotations

from pathlib import Path

import pytest

from workbench.core.errors import UnreadableError
from workbench.core.graph_edits import set_param
from workbench.data import loading
from workbench.inspection import judging
from workbench.inspection.judging import Judged, judged
from workbench.inspection.network_loading import build, load
from workbench.inspection.probe_loader import ProbeReader
from workbench.inspection.trained import trained_network
from workbench.project import storage
from workbench.project.document import setting
from workbench.project.kept_options import KEPT, as_trained, kept_of
from workbench.project.new_project import create
from workbench.project.probes import parse_probe
from workbench.project.runs import find_run, new_job
from workbench.training.engine import train

ROWS = (
    ("a good film and very fun", "pos"), ("good good fun fun indeed", "pos"), ("bad boring mess of a film", "neg"),
    ("bad bad film of all", "neg"), ("fun film good and all", "pos"), ("boring bad old film really", "neg"),
)  # fmt: skip


def write_table(folder: Path, **renamed: str) -> None:
    """Writes the texts, some words in the place of others."""
    lines = ["text,label"]
    for text, label in ROWS * 6:
        lines.append(" ".join(renamed.get(word, word) for word in text.split()) + f",{label}")
    (folder / "t.csv").write_text("\n".join(lines), "utf-8")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A project of texts that has been trained."""
    write_table(tmp_path)
    project, _ = create("textcnn", ("text", {"path": "t.csv"}), tmp_path)
    path = tmp_path / "t.cnn"
    storage.save(project, path)
    for _ in train(new_job(storage.load(path), path)):
        pass
    return path


def numbers(file: Path, text: str) -> list[int]:
    """What the newest run makes of a text."""
    trained = trained_network(storage.load(file), file)
    reader = ProbeReader(trained.project, file.parent)
    return list(reader.read(parse_probe(text), trained.network.inputs).fields["text"].tolist())


def losses(found: object) -> list[float]:
    """The losses of the samples that were judged."""
    assert isinstance(found, Judged)
    return list(found.losses.loss.tolist())


def test_data_that_are_as_they_were_are_read_as_they_are(file: Path) -> None:
    project = storage.load(file)
    kept = kept_of(find_run(file))
    assert set(kept) == {"vocabulary", "tokens", "length"}
    assert as_trained(project, find_run(file), file.parent) == (project, ())
    assert trained_network(project, file).project is project


def test_words_keep_their_numbers_when_the_data_would_number_them_otherwise(file: Path) -> None:
    before = numbers(file, "fun a film")
    write_table(file.parent, film="fun", fun="film", a="indeed", indeed="a")
    assert numbers(file, "fun a film") == before
    trained = trained_network(storage.load(file), file)
    assert any("by the data they would have others now" in note for note in trained.notes)
    project = storage.load(file)
    loaded = load(project, file, "", None, *build(project.graph))
    assert loaded.project is not None
    assert loaded.project.data == trained.project.data
    fresh = ProbeReader(project, file.parent).read(parse_probe("fun a film"), trained.network.inputs)
    assert fresh.fields["text"].tolist() != before, "the data alone would have numbered them otherwise"


def test_words_are_known_where_the_data_are_gone(file: Path) -> None:
    before = numbers(file, "fun a film")
    (file.parent / "t.csv").unlink()
    assert numbers(file, "fun a film") == before


def test_losses_of_samples_are_found_in_the_numbers_that_were_learnt(file: Path) -> None:
    project = storage.load(file)
    *_, before = judged(project, file, "", "test", folder=file.parent)
    write_table(file.parent, film="fun", fun="film", a="indeed", indeed="a")
    *_, after = judged(project, file, "", "test", folder=file.parent)
    assert losses(after) != losses(before)
    write_table(file.parent)
    *_, again = judged(project, file, "", "test", folder=file.parent)
    assert losses(again) == losses(before)


def test_the_samples_that_are_shown_are_judged_also_where_the_network_was_edited_since(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    project, _ = create("lenet5", ("digits", {}), tmp_path)
    path = tmp_path / "d.cnn"
    storage.save(project, path)
    for _ in train(new_job(project.apply(setting(project, "training", ("epochs",), 1)), path)):
        pass
    shown = loading.load(project.data_config(), tmp_path)
    monkeypatch.setattr(judging, "load", lambda *_: pytest.fail("other data were read"))
    conv = next(node for node in project.graph if node.layer == "Conv2d")
    edited = project.apply(set_param(conv, "out_channels", 3))
    *_, found = judged(edited, path, "", "test", folder=tmp_path, dataset=shown)
    assert len(losses(found)) == shown.size("test")


def test_pictures_have_nothing_to_keep(tmp_path: Path) -> None:
    project, _ = create("lenet5", ("digits", {}), tmp_path)
    job = new_job(project, tmp_path / "d.cnn")
    assert KEPT not in job.record


def test_a_damaged_record_is_told_by_its_field(file: Path) -> None:
    record = find_run(file).path / "run.json"
    record.write_text(record.read_text("utf-8").replace(f'"{KEPT}": {{', f'"{KEPT}": 3, "other": {{'), "utf-8")
    with pytest.raises(UnreadableError, match="it should be a table"):
        kept_of(find_run(file))

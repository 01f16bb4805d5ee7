"""Model files that are broken or made to harm, in a short form of the campaign of bench/.

CNN_WORKBENCH_SEED draws other files; CNN_WORKBENCH_HOSTILE says how many.
"""

from __future__ import annotations

import os
from pathlib import Path

import campaign
import hostile_models
import pytest
from hostile_bases import MAKERS, Case, Maker

from workbench.cli import importing
from workbench.project import importing as bringing

SEED = int(os.environ.get("CNN_WORKBENCH_SEED", "1"))
COUNT = int(os.environ.get("CNN_WORKBENCH_HOSTILE", "28"))
PICKLED = 2  # files that the helper process reads, which starts in seconds

pytest.importorskip("h5py")
needs_proc = pytest.mark.skipif(
    not Path("/proc/self/fd").exists(), reason="reads /proc, which this system does not have"
)


@pytest.fixture
def tally() -> campaign.Tally:
    return campaign.Tally("short")


@needs_proc
def test_nothing_is_run_and_each_is_a_sentence(
    tmp_path: Path, tally: campaign.Tally, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "home"))
    quick = [each for each in MAKERS if hostile_models.spare(each)]
    pickled = [each for each in MAKERS if not hostile_models.spare(each)]
    found = hostile_models.run(SEED, 0, COUNT, tmp_path / "quick", tally, quick)
    found += hostile_models.run(SEED, 0, PICKLED, tmp_path / "pickled", tally, pickled)
    assert not tally.broken, f"CNN_WORKBENCH_SEED={SEED}\n" + "\n".join(tally.broken)
    assert len(found) == COUNT + PICKLED
    assert tally.seen["exit 2"] > COUNT // 3


def trusted(case: Case) -> Path:
    """A Python file, as the program takes it that forgets to ask."""
    return case.put("net.py", f"{case.code}\n".encode())


def beside(case: Case) -> Path:
    return case.put("net.onnx", case.bases[".onnx"])


MAKER_OF_CODE: list[Maker] = [trusted]


@needs_proc
def test_the_campaign_sees_code_that_is_run(
    tmp_path: Path, tally: campaign.Tally, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        importing, "bring_in", lambda what, weights, *, may_run: bringing.bring_in(what, weights, may_run=True)
    )
    hostile_models.run(SEED, 0, 1, tmp_path / "place", tally, MAKER_OF_CODE)
    assert any("CODE WAS RUN" in sentence for sentence in tally.broken)


@needs_proc
def test_the_campaign_sees_a_mistake_and_what_is_left_behind(
    tmp_path: Path, tally: campaign.Tally, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "home"))

    def careless(what: str, weights: Path | None, *, may_run: bool) -> None:
        (tmp_path / "place" / "escaped").write_text("x")
        raise RuntimeError("nobody foresaw this")

    monkeypatch.setattr(importing, "bring_in", careless)
    hostile_models.run(SEED, 0, 1, tmp_path / "place", tally, [beside])
    assert any("exit 3" in sentence for sentence in tally.broken)
    assert any("left behind" in sentence for sentence in tally.broken)


def test_what_counts_as_one_sentence() -> None:
    def wrong(code: int, text: str) -> list[str]:
        return hostile_models.wrong(campaign.Answer(code, text, 0.1), Path("/a/net.onnx"))

    assert wrong(2, "Error: /a/net.onnx: it is damaged.\n") == []
    assert wrong(0, "It is written.\n") == []
    assert wrong(2, "Error: /a/net.onnx: bad.\nmore\n") == ["1 sentences in 2 lines"]
    assert wrong(2, "Error: it is damaged.\n") == ["names no file"]
    assert wrong(2, "Error: /a/net.onnx: \x1b[31mred\n") == ["prints control characters"]
    assert wrong(3, "Error: this is a mistake in the program\n") == ["exit 3"]

"""The commands that need no training: new, check, summary."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from PIL import Image

from tests.cli.conftest import Run
from tests.graph_factories import changed, drawn, without
from workbench.data.spec import REGISTRY as SOURCES
from workbench.project import storage
from workbench.project.document import Project
from workbench.project.templates.spec import REGISTRY as TEMPLATES


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A project with a sound network."""
    storage.save(Project("id", drawn("lenet5")), tmp_path / "net.cnn")
    return tmp_path / "net.cnn"


@pytest.fixture
def lacking(tmp_path: Path) -> Path:
    """LeNet without its Flatten."""
    storage.save(Project("id", without(drawn("lenet5"), "flatten")), tmp_path / "net.cnn")
    return tmp_path / "net.cnn"


@pytest.fixture
def two_classes(tmp_path: Path) -> Path:
    """Six pictures of two classes."""
    for name in ("cats", "dogs"):
        (tmp_path / "pictures" / name).mkdir(parents=True)
        for number in range(3):
            Image.new("RGB", (64, 48), (80 * number, 90, 200)).save(tmp_path / "pictures" / name / f"{number}.png")
    return tmp_path / "pictures"


class TestNew:
    def test_the_list_has_templates_and_sources(self, cli: Run) -> None:
        answer = cli("new", "--list")
        assert answer.code == 0
        for name in [*TEMPLATES, *SOURCES]:
            assert f"\n  {name}" in answer.out

    def test_a_project_fitted_to_its_data(self, cli: Run, tmp_path: Path, tiny_data: Path) -> None:
        out = tmp_path / "net.cnn"
        answer = cli("new", "lenet5", out, "--data", f"npz:{tiny_data}", "--set", "conv1.out_channels=4", "--set",
                     "training.lr=0.02", "--set", "data.augment.shift=1")  # fmt: skip
        assert (answer.code, answer.out) == (0, "")
        assert f"{out} has 15 nodes. Train it: cnn-workbench train {out}" in answer.err
        project = storage.load(out)
        assert project.graph.named("image").params["shape"] == [1, 12, 12]
        assert project.graph.named("conv1").params["out_channels"] == 4
        assert project.graph.named("fc3").params["out_features"] == 3
        assert project.data["augment"] == {"shift": 1}
        assert cli("check", out).code == 0

    def test_options_of_the_data_count_before_the_network_is_drawn(
        self, cli: Run, tmp_path: Path, two_classes: Path
    ) -> None:
        out = tmp_path / "net.cnn"
        answer = cli("new", "lenet5", out, "--data", f"folder:{two_classes}", "--set", "data.options.width=40", "--set",
                     "data.options.height=36")  # fmt: skip
        assert answer.code == 0
        assert storage.load(out).graph.named("image").params["shape"][1:] == [36, 40]
        assert cli("check", out).code == 0

    def test_what_reads_no_pictures_is_made_without_data_and_says_what_is_missing(
        self, cli: Run, tmp_path: Path
    ) -> None:
        answer = cli("new", "textcnn", tmp_path / "net.cnn")
        assert answer.code == 0
        assert "Note: Text CNN reads sentences as rows of numbers of words (the field text), and no data" in answer.err
        assert "It can be trained once it has such data." in answer.err
        refused = cli("new", "textcnn", tmp_path / "other.cnn", "--data", "digits")
        assert refused.code == 2
        assert "(the field text), but the data has image, label alone." in refused.err
        assert not (tmp_path / "other.cnn").exists()
        checked = cli("check", tmp_path / "net.cnn")
        assert 'text brings in the field "text", but the data has image, label.' in checked.out
        rated = cli("new", "convncf", tmp_path / "rated.cnn", "--data", "digits")
        assert "numbers of users and items (the fields user and item), but" in rated.err

    def test_a_path_below_the_project_is_kept_relative(
        self, cli: Run, tmp_path: Path, tiny_data: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        (tmp_path / "sub").mkdir()
        (tmp_path / "sub" / "tiny.npz").write_bytes(tiny_data.read_bytes())
        monkeypatch.chdir(tmp_path / "sub")
        assert cli("new", "small-resnet", tmp_path / "net.cnn", "--data", "npz:tiny.npz").code == 0
        assert storage.load(tmp_path / "net.cnn").data["options"] == {"path": "sub/tiny.npz"}

    def test_a_file_that_is_there_stays(self, cli: Run, file: Path) -> None:
        before = file.read_bytes()
        answer = cli("new", "autoencoder", file)
        assert (answer.code, file.read_bytes()) == (2, before)
        assert "exists already. Choose another name, or write over it with --force." in answer.err
        assert cli("new", "autoencoder", file, "--force").code == 0
        assert file.read_bytes() != before

    @pytest.mark.parametrize(
        ("words", "told"),
        [
            (["lenet5", "net.txt"], 'A project\'s file ends in .cnn, such as "net.cnn".'),
            (["lenet5", "."], 'such as "network.cnn"'),
            (["lenet5"], "Name a template and a file"),
            ([], "Name a template and a file"),
            (["lenet6", "a.cnn"], 'There is no template "lenet6". There are: alexnet, '),
            (["lenet5", "a.cnn", "--data", "cloud"], 'There is no data source "cloud". There are: '),
            (["lenet5", "a.cnn", "--data", "npz"], '"npz" needs a path: --data npz:PATH.'),
            (["lenet5", "a.cnn", "--data", "npz:gone.npz"], "there is no such file"),
            (["lenet5", "a.cnn", "--data", "digits,limit"], '"limit" in --data is not of the form key=value'),
            (["lenet5", "a.cnn", "--set", "conv1.strid=2"], 'conv1.strid is not a setting; did you mean "stride"?\n'),
            (["lenet5", "a.cnn", "--set", "conv1.stride=0"], "conv1.stride must be 1 to 1024, found 0."),
            (["lenet5", "a.cnn", "--set", "training.lr.x=0"], 'training.lr is 0.004, so it has no setting "x".'),
            (["lenet5", "a.cnn", "--set", "stride"], "is not of the form path=value"),
            (["lenet5", "no/such/folder/a.cnn"], "its folder does not exist"),
        ],
    )
    def test_wrong_wishes_are_told(
        self, cli: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: list[str], told: str
    ) -> None:
        monkeypatch.chdir(tmp_path)
        answer = cli("new", *words)
        assert (answer.code, answer.out) == (2, "")
        assert told in answer.err
        assert list(tmp_path.rglob("*.cnn")) == []

    def test_a_setting_that_spoils_the_network_is_said(self, cli: Run, tmp_path: Path) -> None:
        answer = cli("new", "lenet5", tmp_path / "a.cnn", "--set", "fc3.out_features=7")
        assert answer.code == 0
        assert "Problem: loss: gets 7 scores, but the data has 10 classes." in answer.err


class TestCheck:
    def test_a_sound_network(self, cli: Run, file: Path) -> None:
        answer = cli("check", file)
        assert (answer.code, answer.out, answer.err) == (0, "net.cnn: no problems.\n", "")
        assert cli("check", file, "--json").json == {"problems": [], "unknown": [], "notes": []}

    def test_a_problem_has_node_port_found_needed_and_fix(self, cli: Run, lacking: Path) -> None:
        answer = cli("check", lacking)
        assert answer.code == 1
        assert answer.out.startswith("net.cnn: 1 problem\n")
        for row in (
            "node    fc1",
            "port    x",
            "found   map 16×5×5",
            "needed  a flat vector",
            "fix     Insert Flatten",
        ):
            assert f"\n    {row}" in answer.out
        assert answer.out.endswith(f"cnn-workbench check {lacking} --fix\n")

    def test_as_json(self, cli: Run, lacking: Path) -> None:
        answer = cli("check", lacking, "--json")
        assert answer.code == 1
        (problem,) = answer.json["problems"]
        assert list(problem) == ["node", "port", "message", "found", "needed", "severity", "fixes"]
        assert (problem["node"], problem["fixes"]) == ("fc1", ["Insert Flatten before fc1"])

    def test_the_fix_is_applied_and_saved(self, cli: Run, lacking: Path) -> None:
        answer = cli("check", lacking, "--fix")
        assert (answer.code, answer.err) == (0, "Done: Insert Flatten before fc1\n")
        assert cli("check", lacking).code == 0
        assert storage.load(lacking).graph.named("flatten1").layer == "Flatten"

    def test_the_wire_that_closes_a_circle_is_taken_out(self, cli: Run, file: Path) -> None:
        sound = storage.load(file)
        tree = json.loads(file.read_text("utf-8"))
        first, last = (sound.graph.named(name).id for name in ("relu1", "conv1"))
        rows = tree["graph"]["edges"]
        rows[:] = [row for row in rows if row["to"][0] != last]
        rows.append({"from": [first, "y"], "to": [last, "x"]})
        file.write_text(json.dumps(tree), "utf-8")
        answer = cli("check", file)
        assert answer.code == 2
        assert "go round in a circle" in answer.err
        assert "`check FILE --fix` takes out the one that closes it" in answer.err
        answer = cli("check", file, "--fix")
        assert answer.code == 0
        assert answer.err.startswith("Done: Take out the wire from relu1 to conv1, which closed a circle\n")
        assert "Done: Connect image to conv1" in answer.err
        assert set(storage.load(file).graph.edges) == set(sound.graph.edges)

    def test_a_problem_without_a_fix_does_not_keep_others_from_theirs(self, cli: Run, tmp_path: Path) -> None:
        graph = changed(without(drawn("lenet5"), "flatten"), "relu1", layer="Swish9")
        graph = changed(changed(graph, "fc2", params={"bias": 3}), "label", params={"kind": 3})
        storage.save(Project("id", graph), tmp_path / "net.cnn")
        answer = cli("check", tmp_path / "net.cnn", "--fix")
        assert answer.code == 1
        assert "Done: Set bias of fc2 to True" in answer.err
        assert "Done: Set kind of label to class" in answer.err
        assert answer.out.startswith("net.cnn: 1 problem\n\n  relu1: is a ")

    def test_a_fix_that_does_not_help_is_tried_once_and_keeps_no_other_back(
        self, cli: Run, lacking: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        from workbench.cli import check
        from workbench.core.edits import CompositeGraphEdit
        from workbench.model.mending import Fix
        from workbench.model.problems import Problem
        from workbench.project import checks

        texts = ("Do nothing", "Do nothing else")
        found = [Problem("a", "", "a: wrong", fixes=(Fix(text, CompositeGraphEdit((), "")),)) for text in texts]
        for module in (check, checks):
            monkeypatch.setattr(module, "project_problems", lambda project: found)
        answer = cli("check", lacking, "--fix")
        assert (answer.code, answer.err) == (1, "Done: Do nothing\nDone: Do nothing else\n")

    def test_settings_are_problems_too(self, cli: Run, file: Path) -> None:
        tree = json.loads(file.read_text())
        tree |= {"training": {"epochs": 0}, "data": {"source": "cloud", "cache": 1}}
        file.write_text(json.dumps(tree))
        answer = cli("check", file)
        assert answer.code == 1
        assert "training.epochs must be at least 1, found 0." in answer.out
        assert 'There is no data source "cloud"' in answer.out
        assert "Note: this version does not know the setting data.cache; it is kept and changes nothing." in answer.out
        assert cli("check", file, "--json").json["unknown"] == ["data.cache"]


class TestSummary:
    @pytest.mark.parametrize(("template", "parameters"), [("vgg11", 132_863_336), ("resnet18", 11_689_512)])
    def test_parameters_of_known_networks(self, cli: Run, tmp_path: Path, template: str, parameters: int) -> None:
        cli("new", template, tmp_path / "net.cnn")
        answer = cli("summary", tmp_path / "net.cnn", "--json")
        assert answer.code == 0
        assert answer.json["total"]["parameters"] == parameters
        assert list(answer.json["total"]) == ["parameters", "macs", "memory"]

    def test_a_row_for_each_node(self, cli: Run, file: Path) -> None:
        rows = {row["name"]: row for row in cli("summary", file, "--json").json["nodes"]}
        assert len(rows) == 15
        assert rows["conv2"] == {
            "name": "conv2",
            "layer": "Conv2d",
            "output": [16, 10, 10],
            "parameters": 2416,
            "macs": 240_000,
            "memory": 6400,
            "receptive_field": {"size": [14, 14], "stride": [2, 2], "centre": [4.5, 4.5]},
            "problem": None,
        }
        assert rows["fc1"]["receptive_field"] is None

    def test_for_people(self, cli: Run, file: Path) -> None:
        answer = cli("summary", file)
        assert answer.code == 0
        rows = {line.split()[0]: line.split() for line in answer.out.splitlines() if line.strip()}
        assert rows["conv2"] == ["conv2", "Conv2d", "16×10×10", "2,416", "240,000", "6.4", "kB", "14×14"]
        assert rows["fc1"][-1] == "all"
        assert rows["total"][1] == "61,706"

    def test_a_network_with_a_problem_is_summed_up_as_far_as_it_goes(self, cli: Run, lacking: Path) -> None:
        answer = cli("summary", lacking, "--json")
        assert answer.code == 0
        rows = {row["name"]: row for row in answer.json["nodes"]}
        assert rows["fc1"]["problem"].startswith("fc1: needs a flat vector")
        assert (rows["fc1"]["output"], rows["fc2"]["output"], rows["fc2"]["problem"]) == (None, None, None)
        assert rows["conv2"]["macs"] == 240_000
        assert " problem " in cli("summary", lacking).out

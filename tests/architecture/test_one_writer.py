"""Only the one writer opens files for writing; everything else hands it bytes."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.architecture.sources import PACKAGE, modules, where

# The writer itself, and what moves whole files; what grows a log or holds a lock opens its file by the first.
MAY_WRITE = {"workbench.core.files", "workbench.core.moving"}

WRITING_METHODS = {"write_text", "write_bytes", "tofile", "save_file", "savefig", "extractall", "extract"}
WRITING_CALLS = {
    "np.save", "np.savez", "np.savez_compressed", "np.savetxt", "numpy.save", "numpy.savez", "torch.save",
    "safetensors.torch.save_file", "shutil.copy", "shutil.copyfile", "shutil.copytree", "shutil.move", "os.open",
    "os.replace", "os.rename", "os.truncate", "json.dump", "QSaveFile", "QFile", "tempfile.NamedTemporaryFile",
}  # fmt: skip


# Methods called `save` that make bytes, or end in the one writer.
OURS = re.compile(r"(safetensors\.torch|storage|state|painter|(self\.)?_?session)\.save\Z")
MODE = re.compile(r"[rwaxbt+U]{1,4}\Z")


def text_of(node: ast.expr | None) -> str:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""


def is_writing(mode: ast.expr | None) -> bool:
    """Whether a mode of `open` writes; one that is no plain text counts as such."""
    return mode is not None and (not isinstance(mode, ast.Constant) or bool(set(text_of(mode)) & set("wax+")))


def mode_of(call: ast.Call, position: int) -> ast.expr | None:
    """The mode that a call of `open` gives."""
    given = next((each.value for each in call.keywords if each.arg == "mode"), None)
    return call.args[position] if given is None and len(call.args) > position else given


def opens_to_write(call: ast.Call) -> bool:
    """Whether a method called `open` is given a mode that writes; the name of a member may stand before it."""
    texts = [each for each in call.args if MODE.match(text_of(each))]
    return is_writing(mode_of(call, 99) or (texts[-1] if texts else None))


def buffers(tree: ast.Module) -> set[str]:
    """Names that hold a file in memory."""
    return {
        target.id
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign) and any(each in ast.unparse(node.value) for each in ("BytesIO", "QBuffer"))
        for target in node.targets
        if isinstance(target, ast.Name)
    }


def writing(tree: ast.Module) -> Iterator[ast.Call]:
    """Calls that would write a file."""
    memory = buffers(tree)
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        name = ast.unparse(node.func)
        into_memory = any(isinstance(each, ast.Name) and each.id in memory for each in node.args)
        if name in ("open", "io.open"):
            found = is_writing(mode_of(node, 1))
        elif isinstance(node.func, ast.Attribute) and node.func.attr == "open" and name != "os.open":
            found = opens_to_write(node)
        elif name == "os.open":
            found = ast.unparse(node.args[0]) != "os.devnull"
        elif isinstance(node.func, ast.Attribute) and node.func.attr == "save" and name not in WRITING_CALLS:
            found = not (into_memory or OURS.match(name))
        else:
            last = node.func.attr if isinstance(node.func, ast.Attribute) else name
            found = not into_memory and (name in WRITING_CALLS or last in WRITING_METHODS)
        if found:
            yield node


def test_nobody_else_writes() -> None:
    found = [
        f"{where(path, call)} {ast.unparse(call)[:60]}"
        for name, (path, tree) in modules().items()
        if name not in MAY_WRITE
        for call in writing(tree)
    ]
    assert not found, "\n".join(found)


def test_the_writer_is_seen_to_write() -> None:
    """The search finds something where there is something."""
    for name in MAY_WRITE:
        assert list(writing(modules()[name][1])), name


@pytest.mark.parametrize(
    "line",
    [
        "open(p, 'w')", "open(p, mode='ab')", "p.open('x')", "p.open(mode='r+')", "open(p, m)", "p.open(mode=m)",
        "p.write_text('')",
        "p.write_bytes(b'')", "np.save(p, a)", "np.savez(p, a=a)", "torch.save(x, p)", "image.save(p)", "os.open(p, f)",
        "safetensors.torch.save_file(t, p)", "archive.extractall(p)", "a.tofile(p)", "shutil.copy(a, b)",
    ],
)  # fmt: skip
def test_what_counts_as_writing(line: str) -> None:
    assert list(writing(ast.parse(line)))


@pytest.mark.parametrize(
    "line",
    [
        "open(p)", "open(p, 'rb')", "p.open()", "p.open('rb')", "zipfile.ZipFile(p).open('x', 'r')", "p.read_bytes()",
        "b = io.BytesIO()\nimage.save(b, 'PNG')",
        "b = QBuffer()\nimage.save(b, 'PNG')", "b = io.BytesIO()\nnp.save(b, a)", "safetensors.torch.save(t)",
        "write_file(p, [b''])", "os.open(os.devnull, flags)", "archive.open(info)",
    ],
)  # fmt: skip
def test_what_does_not(line: str) -> None:
    assert not list(writing(ast.parse(line)))


def test_the_list_of_writers_is_short_and_real() -> None:
    for name in MAY_WRITE:
        assert Path(PACKAGE.parent, *name.split(".")).with_suffix(".py").is_file()

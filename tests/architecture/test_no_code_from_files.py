"""Nothing that could run what a file says is even named in the program."""

from __future__ import annotations

import ast
from collections.abc import Iterator

import pytest

from tests.architecture.sources import modules, where

MODULES = {"pickle", "marshal", "shelve", "dill", "cloudpickle", "joblib", "imp", "runpy", "code", "codeop", "yaml"}
CALLS = {
    "eval", "exec", "compile", "__import__", "os.system", "os.popen", "yaml.load", "yaml.unsafe_load", "torch.jit.load",
    "torch.hub.load", "torch.hub.load_state_dict_from_url", "torch.package.PackageImporter", "pickle.loads",
    "numpy.lib.format.read_array", "builtins.eval", "builtins.exec",
}  # fmt: skip
FLAGS = {"allow_pickle": False, "weights_only": True, "shell": False}  # the only value that each may have
# What people have agreed to after a question: the importer of Python files runs the one that they name.
AGREED = {"workbench.model.translation.run_file": {"runpy"}}
NEEDED = {"torch.load": "weights_only"}  # calls that must say it


def dangers(tree: ast.Module) -> Iterator[tuple[ast.AST, str]]:
    """Places and what is wrong there."""
    for node in ast.walk(tree):
        names: list[str] = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            names = [node.module or ""] + [f"{node.module}.{alias.name}" for alias in node.names]
        for name in names:
            if name.split(".")[0] in MODULES or name in CALLS or name.startswith(("torch.hub", "torch.jit")):
                yield node, name
        if isinstance(node, ast.Attribute) and ast.unparse(node).startswith(
            ("torch.hub", "torch.jit", "torch.package")
        ):
            yield node, ast.unparse(node)
        if isinstance(node, ast.Call):
            yield from called(node)


def called(node: ast.Call) -> Iterator[tuple[ast.AST, str]]:
    """What is wrong with a call."""
    name = ast.unparse(node.func)
    if name in CALLS:
        yield node, name
    given = {each.arg: each.value for each in node.keywords}
    for flag, value in FLAGS.items():
        if flag in given and not (isinstance(given[flag], ast.Constant) and given[flag].value is value):
            yield node, f"{name} with {flag}={ast.unparse(given[flag])}"
    if name in NEEDED and NEEDED[name] not in given:
        yield node, f"{name} without {NEEDED[name]}"
    if name in ("np.load", "numpy.load") and "mmap_mode" in given:
        yield node, f"{name} with mmap_mode"


def test_no_module_names_any_of_it() -> None:
    found = [
        f"{where(path, node)} {what}"
        for name, (path, tree) in modules().items()
        for node, what in dangers(tree)
        if what not in AGREED.get(name, ())
    ]
    assert not found, "\n".join(found)


def test_user_files_are_never_mapped_into_memory() -> None:
    """safetensors' load_file ties tensors to the file; a truncated one kills the process."""
    for name, (path, tree) in modules().items():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and isinstance(node.func, (ast.Name, ast.Attribute)):
                last = node.func.id if isinstance(node.func, ast.Name) else node.func.attr
                assert last not in ("load_file", "safe_open", "memmap", "open_memmap"), f"{name}: {where(path, node)}"


@pytest.mark.parametrize(
    "line",
    [
        "import pickle", "from pickle import loads", "import shelve", "from yaml import load", "eval(x)", "exec(x)",
        "np.load(p, allow_pickle=True)", "np.load(p, allow_pickle=flag)", "torch.load(p)", "torch.hub.load(a, b)",
        "torch.load(p, weights_only=False)", "torch.jit.load(p)", "run(c, shell=True)", "__import__(x)", "os.system(c)",
        "from torch.hub import load", "compile(s, f, 'exec')",
    ],
)  # fmt: skip
def test_what_is_found(line: str) -> None:
    assert list(dangers(ast.parse(line)))


@pytest.mark.parametrize(
    "line",
    ["re.compile(x)", "module.eval()", "torch.load(p, weights_only=True)", "np.load(p, allow_pickle=False)", "run(c)"],
)
def test_what_is_harmless(line: str) -> None:
    assert not list(dangers(ast.parse(line)))

"""Helper process that runs a Python file and passes on the network in it; started by the importer of such files.

    python -m workbench.model.translation.run_file FILE NAME SIZE FOLDER

NAME and SIZE may be empty: then the file must have one network, and sizes that usual networks take are tried.
Ends with 1 and a sentence on stderr if there is nothing to pass on.
"""

from __future__ import annotations

import inspect
import runpy
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import torch
from torch import nn

from workbench.core.errors import UsageError, WorkbenchError
from workbench.layers.spec import REGISTRY
from workbench.model.translation.imported import Imported
from workbench.model.translation.passed import to_folder
from workbench.model.translation.traced import Traced, traced

Shape = tuple[int, ...]
SIDES = (224, 32, 28, 64, 96, 128, 256, 299, 384, 512)  # of pictures, in the order in which they are tried
LENGTHS = (128, 256, 512, 1024)  # of series


def networks_in(names: Mapping[str, Any], file: str) -> dict[str, Any]:
    """Returns what in a file may be a network: modules, and classes of modules that were declared there."""
    found = {}
    for name, each in names.items():
        is_class = inspect.isclass(each) and issubclass(each, nn.Module) and each.__module__ == file
        if (isinstance(each, nn.Module) or is_class) and not name.startswith("_"):
            found[name] = each
    return found


def chosen(found: Mapping[str, Any], name: str) -> nn.Module:
    """Returns the network of that name; without a name the only one, or the one that no other is a part of.

    Raises:
        UsageError: there is none, there are several, or it cannot be made without arguments.
    """
    if name and name not in found:
        raise UsageError(f"it has no network {name}; there are: {', '.join(found) or 'none'}.")
    wanted = [name] if name else [each for each, thing in found.items() if needs_nothing(thing)]
    modules = {each: made(found[each], each) for each in wanted}
    if not modules:
        raise UsageError(
            f"it has no network that can be made without arguments (there are: {', '.join(found) or 'none'}). Add a "
            "line such as net = Net(10) and name it: FILE.py:net."
        )
    inner = {type(part) for each in modules.values() for part in list(each.modules())[1:]}
    whole = {each: module for each, module in modules.items() if type(module) not in inner}
    if len(whole) != 1:
        raise UsageError(
            f"it has several networks; name one: {', '.join(f'FILE.py:{each}' for each in whole or modules)}."
        )
    return next(iter(whole.values()))


def needs_nothing(thing: Any) -> bool:
    """Returns whether a network is there, or can be made without arguments."""
    if isinstance(thing, nn.Module):
        return True
    needed = list(inspect.signature(thing).parameters.values())
    return all(
        each.default is not each.empty or each.kind in (each.VAR_POSITIONAL, each.VAR_KEYWORD) for each in needed
    )


def made(thing: Any, name: str) -> nn.Module:
    """Returns the network itself.

    Raises:
        UsageError: its class needs arguments.
    """
    if isinstance(thing, nn.Module):
        return thing
    if not needs_nothing(thing):
        raise UsageError(f"{name} needs arguments. Add a line such as net = {name}(10) and name that: FILE.py:net.")
    module: nn.Module = thing()
    return module


def shapes_to_try(module: nn.Module, size: str) -> Iterator[Shape]:
    """Yields the sizes of a sample that are tried: the given one alone, else those that the first layer may take."""
    if size:
        yield tuple(map(int, size.split("x")))
        return
    for part in module.modules():
        if isinstance(part, (nn.Conv2d, nn.ConvTranspose2d, nn.Conv3d, nn.Conv1d)):
            axes = len(part.kernel_size)
            sides = LENGTHS if axes == 1 else SIDES if axes == 2 else (112, 64, 32)
            for side in sides:
                yield (part.in_channels, *((16,) if axes == 3 else ()), *(side,) * min(axes, 2))
            return
        if isinstance(part, nn.Linear):
            yield (part.in_features,)
            for side in SIDES:
                yield (1, side, side)
                yield (3, side, side)
            return


def read(module: nn.Module, size: str) -> tuple[Traced, Shape]:
    """Returns what torch.fx records of a module, for the first size of samples that it takes.

    Raises:
        UsageError: it takes none of them, or cannot be recorded.
    """
    problem: Exception = UsageError("it has no layer from which the size of its samples could be known; name it: "
                                    "FILE.py:NAME:3x32x32.")  # fmt: skip
    for shape in shapes_to_try(module, size):
        kind = "vector" if len(shape) == 1 else "map"
        try:
            return traced(module, REGISTRY["Input"].model_validate({"shape": shape, "kind": kind}), shape), shape
        except (UsageError, ValueError) as error:
            problem = error
    raise problem


def run(file: Path, name: str, size: str, folder: Path) -> None:
    """Runs the file and writes its network into a folder.

    Raises:
        WorkbenchError: there is none, or it cannot be read.
    """
    sys.path.insert(0, str(file.parent))
    names = runpy.run_path(str(file), run_name=file.stem)
    module = chosen(networks_in(names, file.stem), name)
    weights = {key: each.detach().clone() for key, each in module.state_dict().items()}
    found, shape = read(module.to("meta"), size)
    text = "×".join(map(str, shape))
    notes = () if size else (f"It takes {text}, which was found by trying; name another size behind it: :{text}.",)
    to_folder(
        Imported(
            found.graph, file.name, weights=weights, notes=notes, unread=found.unread, blocks=found.blocks,
            outputs=found.outputs,
        ),
        folder,
    )  # fmt: skip


def main() -> int:
    """Runs one file; 0 when its network is in FOLDER."""
    file, name, size, folder = sys.argv[1:]
    torch.set_num_threads(1)
    try:
        run(Path(file), name, size, Path(folder))
    except WorkbenchError as error:
        print(error, file=sys.stderr)
        return 1
    except BaseException as error:  # the file may end the process, or fail in any way
        print(f"it fails with {type(error).__name__}: {' '.join(str(error).split())[:300]}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())

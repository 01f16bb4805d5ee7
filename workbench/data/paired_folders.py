"""Lists pictures that belong together by their names: pictures with masks, noisy ones with clean ones."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from workbench.core.errors import UnreadableError, printable
from workbench.core.files import entries, is_folder
from workbench.data.folder_listing import MOST_FILES, NO_PICTURES, UNPACKERS, some
from workbench.data.pictures import SUFFIXES
from workbench.data.spec import SPLITS
from workbench.data.split_names import ALTERNATIVES, WORDS, split_of

OTHER_FOLDERS = "folders whose names say neither what they hold nor a split"
UNUSED = "folders beside others of the same meaning"
Pool = dict[tuple[str, int], dict[str, str]]  # split and role → stem → path below the root


@dataclass(frozen=True)
class Role:
    """What one picture of a pair is.

    Attributes:
        name: as notes call it, such as "mask".
        words: names of its folders in small letters, the likeliest first.
        endings: of the names of its files, as a pattern: what is left before one is the pair's name.
        is_needed: whether a pair without it is left out.
    """

    name: str
    words: tuple[str, ...]
    endings: str = ""
    is_needed: bool = True


@dataclass(frozen=True, slots=True)
class PicturePair:
    """Pictures that belong together: their split, their common name, and for each role a path; "" for none."""

    split: str
    name: str
    paths: tuple[str, ...]


@dataclass
class Pairing:
    """What was found below a folder: the pairs by split and name, and notes on all else."""

    root: Path
    roles: Sequence[Role]
    pairs: list[PicturePair] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    left_out: dict[str, list[str]] = field(default_factory=dict)
    found: set[int] = field(default_factory=set)  # roles of which there are folders
    entries: int = 0


def list_pairs(root: Path, roles: Sequence[Role]) -> Pairing:
    """Finds pictures that belong together.

    Taken are `root/ROLE/PICTURE`, `root/ROLE/SPLIT/PICTURE` and `root/SPLIT/ROLE/PICTURE`, `root/SPLIT_ROLE/PICTURE`,
    and pictures in one folder (or one for each split) whose names end as a role's do.

    Raises:
        UnreadableError: a folder cannot be read, or there are no pairs in it; says what was found.
    """
    pairing = Pairing(root, roles)
    pool = _pool(pairing, _wrapper(pairing))
    for split in SPLITS:
        _match(pairing, split, [pool.get((split, number), {}) for number in range(len(roles))])
    pairing.notes += [
        f"Left out, {reason} ({len(names):,}): {some(names)}" for reason, names in pairing.left_out.items()
    ]
    if not pairing.pairs:
        raise _nothing(pairing)
    return pairing


def has_pairs(root: Path, roles: Sequence[Role]) -> bool:
    """Returns whether a folder has folders for all roles that are needed, right in it or in its folders of splits."""
    if not is_folder(root):
        return False
    pairing = Pairing(root, roles)
    try:
        needed = {number for number, role in enumerate(roles) if role.is_needed}
        names = [name for name, is_dir in _visible(pairing, "") if is_dir]
        inside = [f"{name}/" for name in names if split_of(name)] or ([f"{names[0]}/"] if len(names) == 1 else [])
        for below in ("", *inside):
            folders = [name for name, is_dir in _visible(pairing, below) if is_dir]
            found = {_meaning(roles, name)[1] for name in folders if _holds_pictures(pairing, f"{below}{name}/")}
            if needed <= found:
                return True
    except UnreadableError:
        return False
    return False


def inputs_among(paths: Sequence[Path], root: Path, roles: Sequence[Role]) -> list[Path]:
    """Returns those pictures of a folder that are of the first role, by their folders or the endings of their names.

    Pictures that say nothing of a role stay, and all do where none is of the first role by its folder, or, in a folder
    of pictures of all roles, has a picture of another role beside it.
    """
    of_folder = {path: _role_of_folders(roles, path.relative_to(root).parts[:-1]) for path in paths}
    if 0 in of_folder.values():
        return [path for path in paths if of_folder[path] <= 0]
    stems = {path.parent / path.stem for path in paths}
    firsts = stems | {stem.with_name(_without(roles[0], stem.name)) for stem in stems}

    def is_other(path: Path) -> bool:
        plain = [_without(role, path.stem) for role in roles[1:]]
        return any(stem != path.stem and path.parent / stem in firsts for stem in plain)

    return [path for path in paths if not is_other(path)]


def _role_of_folders(roles: Sequence[Role], names: Sequence[str]) -> int:
    """The role that the first of some folders, one in the other, is named after; -1 for none."""
    return next((role for _, role in (_meaning(roles, name) for name in names) if role >= 0), -1)


def _holds_pictures(pairing: Pairing, below: str) -> bool:
    """Whether there is a picture in a folder or in its folders of splits."""
    visible = _visible(pairing, below)
    inside = [f"{below}{name}/" for name, is_dir in visible if is_dir and split_of(name)]
    return any(_is_picture(name) for name, _ in visible) or any(_holds_pictures(pairing, each) for each in inside)


def _visible(pairing: Pairing, below: str) -> list[tuple[str, bool]]:
    """Names in a folder, sorted, and whether each is a folder; hidden ones are passed over."""
    found = [entry for entry in entries(pairing.root / below) if not entry.name.startswith(".")]
    pairing.entries += len(found)
    if pairing.entries > MOST_FILES:
        raise UnreadableError(pairing.root, f"it has more than {MOST_FILES:,} files. Take a part of it.")
    return sorted((entry.name, is_folder(entry.path)) for entry in found if entry.name.lower() not in UNPACKERS)


def _wrapper(pairing: Pairing) -> str:
    """The one folder that everything lies in, such as `shapes/`; empty if there is none."""
    visible = _visible(pairing, "")
    folders = [name for name, is_dir in visible if is_dir]
    if len(folders) != 1 or _meaning(pairing.roles, folders[0]) != ("", -1) or any(_is_picture(n) for n, _ in visible):
        return ""
    pairing.notes.append(f'Everything was taken from the folder "{printable(folders[0])}" in it.')
    return f"{folders[0]}/"


def _is_picture(name: str) -> bool:
    return Path(name).suffix.lower() in SUFFIXES


def _meaning(roles: Sequence[Role], name: str) -> tuple[str, int]:
    """The split ("" for none) and the role (-1 for none) that a folder is named after."""
    plain = name.strip().lower()
    for number, role in enumerate(roles):
        words = "|".join(map(re.escape, role.words))
        match = re.fullmatch(rf"(?:({ALTERNATIVES})[-_ .]?)?(?:{words})(?:[-_ .]?({ALTERNATIVES}))?", plain)
        if match and not (match[1] and match[2]):
            return WORDS.get(match[1] or match[2] or "", ""), number
    return split_of(name) or "", -1


def _pool(pairing: Pairing, root: str) -> Pool:
    pool: Pool = {}
    files: dict[str, list[str]] = {}  # split → pictures that lie in no folder of a role
    ordered = sorted(_visible(pairing, root), key=lambda each: _rank(pairing.roles, each[0]))
    for name, is_dir in ordered:
        split, role = _meaning(pairing.roles, name)
        path = root + name
        if not is_dir:
            _take_file(pairing, files.setdefault("train", []), path)
        elif role >= 0:
            _take_role(pairing, pool, f"{path}/", split, role)
        elif split:
            for inner, is_inner_dir in sorted(_visible(pairing, f"{path}/"), key=lambda e: _rank(pairing.roles, e[0])):
                _, inner_role = _meaning(pairing.roles, inner)
                if not is_inner_dir:
                    _take_file(pairing, files.setdefault(split, []), f"{path}/{inner}")
                elif inner_role >= 0:
                    _take_role(pairing, pool, f"{path}/{inner}/", split, inner_role)
                else:
                    pairing.left_out.setdefault(OTHER_FOLDERS, []).append(f"{path}/{inner}")
        else:
            pairing.left_out.setdefault(OTHER_FOLDERS, []).append(path)
    if pool:
        loose = [path for paths in files.values() for path in paths]
        if loose:
            pairing.left_out["pictures outside the folders"] = loose
        return pool
    for split, paths in files.items():
        _by_ending(pairing, pool, split, paths)
    return pool


def _rank(roles: Sequence[Role], name: str) -> tuple[int, str]:
    """The likelier of two folders for one role first."""
    words = [word for role in roles for word in role.words]
    plain = re.sub(rf"[-_ .]?({ALTERNATIVES})[-_ .]?", "", name.strip().lower()) or name
    return (words.index(plain) if plain in words else len(words)), name


def _take_file(pairing: Pairing, taken: list[str], path: str) -> None:
    if _is_picture(path):
        taken.append(path)
    elif not path.lower().endswith((".txt", ".md", ".csv", ".json", ".pdf")):  # what describes the data
        pairing.left_out.setdefault(NO_PICTURES, []).append(path)


def _take_role(pairing: Pairing, pool: Pool, below: str, split: str, role: int) -> None:
    """Takes the pictures of a folder of a role, and those in folders of splits inside."""
    taken: list[str] = []
    for name, is_dir in _visible(pairing, below):
        inner = split_of(name)
        if is_dir and inner and not split:
            _take_role(pairing, pool, f"{below}{name}/", inner, role)
        elif is_dir:
            pairing.left_out.setdefault(OTHER_FOLDERS, []).append(below + name)
        else:
            _take_file(pairing, taken, below + name)
    key = (split or "train", role)
    if not taken:
        return
    if key in pool:
        pairing.left_out.setdefault(UNUSED, []).append(below.rstrip("/"))
        return
    pairing.found.add(role)
    pool[key] = {}
    for path in taken:
        _add(pairing, pool[key], Path(path).stem, path)


def _add(pairing: Pairing, stems: dict[str, str], stem: str, path: str) -> None:
    if stem in stems:
        pairing.left_out.setdefault("of the same name as another one", []).append(path)
    else:
        stems[stem] = path


def _by_ending(pairing: Pairing, pool: Pool, split: str, paths: list[str]) -> None:
    """Sorts the pictures of one folder into roles by the endings of their names."""
    for path in paths:
        stem = Path(path).stem
        role = next((n for n, each in enumerate(pairing.roles) if _without(each, stem) != stem), 0)
        _add(pairing, pool.setdefault((split, role), {}), stem, path)


def _without(role: Role, stem: str) -> str:
    """A name without the ending of its role."""
    return re.sub(rf"(?<=.)(?:{role.endings})\Z", "", stem, flags=re.IGNORECASE) if role.endings else stem


def _match(pairing: Pairing, split: str, stems: list[dict[str, str]]) -> None:
    """Makes the pairs of a split: by the same name, else by the names without their endings."""
    first, *others = stems
    columns = [_matched(pairing, number, first, other) for number, other in enumerate(others, 1)]
    missing: dict[int, list[str]] = {}
    for stem in sorted(first):
        paths = (first[stem], *(column.get(stem, "") for column in columns))
        for number, path in enumerate(paths):
            if not path:
                missing.setdefault(number, []).append(first[stem])
        if all(path or not role.is_needed for path, role in zip(paths, pairing.roles, strict=True)):
            pairing.pairs.append(PicturePair(split, stem, paths))
    for number, names in missing.items():
        role = pairing.roles[number]
        if role.is_needed or stems[number]:
            what = "are left out" if role.is_needed else "are taken as a whole"
            pairing.notes.append(f"Without a {role.name}, {what} ({len(names):,}): {some(names)}")


def _matched(pairing: Pairing, number: int, first: dict[str, str], other: dict[str, str]) -> dict[str, str]:
    """For each stem of the first role the path of another one; those of nobody are noted."""
    role = pairing.roles[number]
    found = {stem: path for stem, path in other.items() if stem in first}
    names = {_without(pairing.roles[0], stem): stem for stem in first if stem not in found}
    spare = []
    for stem, path in other.items():
        if stem in found:
            continue
        key = names.get(_without(role, stem))
        if key is None or key in found:
            spare.append(path)
        else:
            found[key] = path
    if spare:
        a = pairing.roles[0].name
        pairing.notes.append(f"Left out, a {role.name} without a {a} ({len(spare):,}): {some(sorted(spare))}")
    return found


def _nothing(pairing: Pairing) -> UnreadableError:
    """The error for a folder without a pair: what is needed, and what is there."""
    needed = [role for role in pairing.roles if role.is_needed]
    text = " and ".join(f'"{role.words[0]}"' for role in needed)
    there = [name for name, _ in _visible(pairing, "")]
    found = f" Found: {some(there)}" if there else " There is nothing in it."
    notes = f" {' '.join(pairing.notes)}" if pairing.notes else ""
    return UnreadableError(
        pairing.root, f"there are no pairs in it; folders {text} with files of the same names are needed.{found}{notes}"
    )

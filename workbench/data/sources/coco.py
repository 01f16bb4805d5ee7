"""Pictures with objects outlined in COCO's format."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

from pydantic import Field

from workbench.core.errors import UnreadableError
from workbench.core.files import is_folder, is_plain_file, listed, open_plain
from workbench.data.coco_file import CocoFile, read_coco
from workbench.data.folder_listing import some
from workbench.data.object_pictures import ObjectPicture, ObjectPictures
from workbench.data.paths import locate
from workbench.data.picture_table import PictureFiles
from workbench.data.spec import Dataset, Reads, source
from workbench.data.split_names import split_of

LOOKED_AT = 2**22  # bytes at the start of a file, by which it is claimed
ANNOTATIONS = "annotations"  # folder beside those of the pictures


@source(name="coco", title="Pictures with outlined objects (COCO)", reads=Reads("either", "COCO", ("*.json",)))
class Coco(ObjectPictures):
    """Reads a file of annotations and draws the objects as a mask, or takes the class of the largest, or of all.

    Polygons and run lengths are drawn as they are, boxes alone as rectangles; where objects overlap, the smaller one is
    on top. In a folder, files such as `annotations/instances_train2017.json` and `train/_annotations.coco.json` are
    those of splits.
    """

    path: str = Field(min_length=1, max_length=4096, description="File of annotations, or a folder with such files")

    @classmethod
    def claim(cls, path: Path) -> int:
        try:
            files = _files(path) if is_folder(path) else [path]
        except UnreadableError:
            return 0
        return 2 if any(_is_coco(file) for file in files[:5]) else 0

    def load(self, folder: Path) -> Dataset:
        place = locate(self.path, folder)
        pictures: list[ObjectPicture] = []
        names: list[str] = []
        notes: list[str] = []
        for split, path in _chosen(place):
            found = read_coco(path)
            names += [name for name in found.categories.values() if name not in names]
            pictures += _pictures(found, split, names, notes)
            if found.boxes:
                total = sum(map(len, found.objects.values()))
                told = {"mask": " They were drawn as rectangles.", "label": " Their area is that of the box."}
                how = told.get(self.what, "")
                notes.append(f"{found.boxes:,} of {total:,} objects of {path.name} have a box and no outline.{how}")
        if not pictures:
            raise UnreadableError(place, f"none of its pictures is there. {' '.join(notes)}")
        return self.made(place if is_folder(place) else place.parent, pictures, names, notes)


def _pictures(found: CocoFile, split: str, names: list[str], notes: list[str]) -> list[ObjectPicture]:
    """The pictures of a file that are there, with the numbers of their objects' classes among the names."""
    folder = found.path.parent
    files = PictureFiles(folder.parent if folder.name.lower() == ANNOTATIONS else folder)
    beside = PictureFiles(folder)
    pictures, missing = [], []
    for key, name in found.names.items():
        path = files.find(name, split) or beside.find(name, split)
        if path is None:
            missing.append(name)
            continue
        objects = tuple(
            replace(outline, number=names.index(found.categories[category]))
            for category, outline in found.objects.get(key, [])
        )
        pictures.append(ObjectPicture(path, split, objects, found.sizes[key]))
    if missing:
        told = f"{len(missing):,} of {len(found.names):,} pictures of {found.path.name} are not there"
        notes.append(f"{told}, left out: {some(missing)}")
    return pictures


def _chosen(place: Path) -> list[tuple[str, Path]]:
    """The files of annotations that a path leads to, each with its split."""
    if not is_folder(place):
        return [("train", place)]
    files = [path for path in _files(place) if _is_coco(path)]
    files = [path for path in files if path.name.startswith("instances")] or files
    by_split: dict[str, list[Path]] = {}
    for path in files:
        by_split.setdefault(_split(place, path), []).append(path)
    for split, paths in by_split.items():
        if len(paths) > 1:
            told = some(path.name for path in paths)
            raise UnreadableError(place, f"{len(paths)} annotation files are for the {split} split: {told} Choose one.")
    if not files:
        raise UnreadableError(place, "there is no file of COCO annotations (.json) in it.")
    return [(split, paths[0]) for split, paths in by_split.items()]


def _split(place: Path, path: Path) -> str:
    """The split that a file or its folder is named after; "train" where there is none."""
    words = [word for word in re.split(r"[-_. ]|\d+", path.stem) if word]
    if path.parent != place:
        words.append(path.parent.name)
    return next((split for word in words if (split := split_of(word))), "train")


def _files(place: Path) -> list[Path]:
    """Files named as JSON in a folder, in its folder of annotations and in those of its splits."""
    inside = [path for path in listed(place) if not path.name.startswith(".")]
    folders = [path for path in inside if is_folder(path) and (path.name.lower() == ANNOTATIONS or split_of(path.name))]
    found = inside + [path for folder in folders for path in listed(folder)]
    return [path for path in found if path.suffix.lower() == ".json" and is_plain_file(path)]


def _is_coco(path: Path) -> bool:
    """Whether a file begins as one of annotations does."""
    if path.suffix.lower() != ".json" or not is_plain_file(path):
        return False
    try:
        with open_plain(path) as file:
            start = file.read(LOOKED_AT)
    except (UnreadableError, OSError):
        return False
    return b'"images"' in start and (b'"annotations"' in start or b'"file_name"' in start)

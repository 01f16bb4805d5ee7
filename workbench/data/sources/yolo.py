"""Pictures with objects in YOLO's format."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field

from workbench.core.errors import UnreadableError, printable
from workbench.core.files import exists, is_folder, is_plain_file, listed, read_bytes
from workbench.data.folder_listing import MOST_FILES, some
from workbench.data.object_pictures import ObjectPicture, ObjectPictures
from workbench.data.paths import locate
from workbench.data.pictures import SUFFIXES
from workbench.data.spec import SPLITS, Dataset, Reads, source
from workbench.data.yolo_file import Values, read_objects, read_yaml

FILES = ("data.yaml", "data.yml", "dataset.yaml", "dataset.yml")
KEYS = {"train": "train", "validation": "val", "test": "test"}
LARGEST_LIST = 2**26  # bytes of a file that lists pictures


@source(name="yolo", title="Pictures with boxes (YOLO)", reads=Reads("either", "YOLO", ("*.yaml", "*.yml")))
class Yolo(ObjectPictures):
    """Reads `data.yaml`, the pictures that it names, and of `images/NAME.jpg` the objects in `labels/NAME.txt`.

    Boxes are drawn as rectangles and corners as polygons, the smaller object on top; or each picture has the class of
    its largest object, or a label for every class that it has objects of.
    """

    path: str = Field(min_length=1, max_length=4096, description="The file data.yaml, or the folder that it is in")

    @classmethod
    def claim(cls, path: Path) -> int:
        file = _file(path)
        if file is None or file.suffix.lower() not in (".yaml", ".yml") or not is_plain_file(file):
            return 0
        try:
            found = read_yaml(file)
        except UnreadableError:
            return 0
        return 2 if "names" in found and "train" in found else 0

    def load(self, folder: Path) -> Dataset:
        place = locate(self.path, folder)
        file = _file(place)
        if file is None:
            raise UnreadableError(place, "there is no data.yaml in it, which names the classes and the folders.")
        values = read_yaml(file)
        names = _names(file, values)
        pictures: list[ObjectPicture] = []
        notes: list[str] = []
        bare: list[str] = []
        bad: list[str] = []
        for split in SPLITS:
            given = values.get(KEYS[split]) or (values.get("valid") if split == "validation" else None)
            for path in _pictures(file, values, split, given or [], notes):
                labels = _labels_of(path)
                if not exists(labels):
                    bare.append(path.name)
                try:
                    objects = read_objects(labels, len(names)) if exists(labels) else ()
                except UnreadableError as error:
                    place_in_it = f", {error.field}" if error.field else ""
                    bad.append(f"{labels.name}{place_in_it} ({error.reason.rstrip('.')})")
                    continue
                pictures.append(ObjectPicture(path, split, objects))
        if bare:
            notes.append(f"Pictures without a file of labels ({len(bare):,}): {some(bare)}")
        if bad:
            told = f"{len(bad):,} of {len(bad) + len(pictures):,} files of labels cannot be read, left out: {some(bad)}"
            if len(bad) > len(pictures):
                raise UnreadableError(file, told)
            notes.append(told)
        boxes = sum(not each.polygons for picture in pictures for each in picture.objects)
        if boxes and self.what == "mask":
            notes.append(f"{boxes:,} objects have a box and no outline. They were drawn as rectangles.")
        return self.made(file.parent, pictures, names, notes)


def _file(place: Path) -> Path | None:
    """The data.yaml that a path leads to; None for a folder without one."""
    if not is_folder(place):
        return place
    return next((place / name for name in FILES if is_plain_file(place / name)), None)


def _names(file: Path, values: Values) -> list[str]:
    names = values.get("names")
    if not isinstance(names, list) or not names:
        raise UnreadableError(file, 'it needs "names", the names of the classes.')
    count = values.get("nc")
    if isinstance(count, str) and count != str(len(names)):
        raise UnreadableError(file, f"nc is {printable(count)}, but there are {len(names)} names.")
    return names


def _pictures(file: Path, values: Values, split: str, given: str | list[str], notes: list[str]) -> list[Path]:
    """The pictures of a split, from folders or from files that list them."""
    found: list[Path] = []
    for text in [given] if isinstance(given, str) else given:
        place = _place(file, values, text)
        if place is None:
            if split == "train":
                raise UnreadableError(file, f'there is no "{printable(text)}", where the pictures to train with are.')
            notes.append(f'There is no "{printable(text)}", so there is no {split} split.')
        elif is_folder(place):
            found += _in_folder(place)
        else:
            lines = read_bytes(place, LARGEST_LIST).decode("utf-8", "replace").splitlines()
            listed_there = [place.parent / line.strip() for line in lines if line.strip()]
            if missing := [path.name for path in listed_there if not is_plain_file(path)]:
                notes.append(f"Pictures of {place.name} that are not there ({len(missing):,}): {some(missing)}")
            found += [path for path in listed_there if is_plain_file(path)]
        if len(found) > MOST_FILES:
            raise UnreadableError(file, f"it has more than {MOST_FILES:,} pictures. Take a part of it.")
    return found


def _place(file: Path, values: Values, text: str) -> Path | None:
    """Where a path of the file leads: below `path`, or below the file's folder; None if nothing is there."""
    root = values.get("path")
    roots = [file.parent / root] if isinstance(root, str) and root else []
    inner = text
    while inner.startswith(("../", "./")):  # as exporters write them for a folder of their own
        inner = inner.split("/", 1)[1]
    places = [base / each for base in (*roots, file.parent) for each in (text, inner)]
    return next((place for place in places if exists(place)), None)


def _in_folder(place: Path) -> list[Path]:
    """The pictures in a folder and in its folder `images`."""
    inside = listed(place)
    found = [path for path in inside if path.suffix.lower() in SUFFIXES and not path.name.startswith(".")]
    images = place / "images"
    return found or (_in_folder(images) if images in inside and is_folder(images) else [])


def _labels_of(picture: Path) -> Path:
    """The file of labels of a picture: in `labels` where that is in `images`, else beside it."""
    parts = list(picture.parts)
    for at in range(len(parts) - 2, -1, -1):
        if parts[at] == "images":
            return Path(*parts[:at], "labels", *parts[at + 1 :]).with_suffix(".txt")
    return picture.with_suffix(".txt")

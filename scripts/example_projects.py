"""Writes the projects in `projects/`, one for each use: python scripts/example_projects.py DATA [NAME ...].

DATA is a folder with the data of every use, as `EXAMPLES` names it below. A project holds the network that fits that
data, its settings, and a note on the canvas: what it shows, what it needs, and where that is to be had. The data itself
is not in it; its path is that below `data/` beside the project, until another one is chosen.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from workbench.core.frames import Frame  # noqa: E402 - the package of this checkout
from workbench.core.framing import add_frame  # noqa: E402
from workbench.project import storage  # noqa: E402
from workbench.project.document import Project  # noqa: E402
from workbench.project.new_project import create  # noqa: E402
from workbench.project.settings import assign_all, parse_assignment  # noqa: E402

PLACE = "data"  # where a project looks for its data until another place is chosen
WIDTH, HEIGHT, GAP = 560.0, 220.0, 40.0  # of the note, above the network


@dataclass(frozen=True)
class Example:
    """One project.

    Attributes:
        template: the network.
        source: the data source.
        path: of the data below DATA.
        note: what it shows, what it needs, and where that is to be had.
        options: of the source.
        sets: settings, as on the command line.
    """

    template: str
    source: str
    path: str
    note: str
    options: dict[str, Any]
    sets: tuple[str, ...] = ()


FLIPS = ("data.augment.flip=true", "data.augment.flip_vertical=true")
EXAMPLES = {
    "textures": Example(
        "small-resnet", "folder", "classes/textures",
        "Tells ten textures apart, from scratch, with 40 photographs of each.\n\nNeeds a folder with one folder "
        "of pictures for each class, such as a part of the Describable Textures Dataset (DTD, for research). "
        "Import MobileNetV2 with its weights and adapt it to the same folder: docs/uses.md says how much better "
        "that is.",
        {"width": 96, "height": 96},
        ("training.epochs=40", "training.optimizer=AdamW", "training.lr=0.003", "data.batch_size=16",
         "data.augment.flip=true", "data.augment.crop=0.6"),
    ),
    "membranes": Example(
        "small-unet", "masks", "segmentation/isbi_em",
        "Finds cell membranes in slices of electron microscopy, in tiles of 128 pixels.\n\nNeeds folders images "
        "and masks with files of the same names: the slices of the ISBI 2012 challenge (mask 0 is membrane). "
        "predict FOLDER --to FOLDER writes masks of whole slices, put together of tiles that overlap.",
        {"tile": 128, "overlap": 32},
        ("training.epochs=25", "data.batch_size=8", "training.average_decay=0.95", "loss.class_weights=[1.6,1.0]",
         *FLIPS, "data.augment.rotate=90", "data.augment.contrast=0.2", "data.augment.brightness=0.2"),
    ),
    "vessels": Example(
        "small-unet", "masks", "segmentation/drive",
        "Finds vessels in pictures of the retina; what lies outside the field of view does not count.\n\nNeeds "
        "folders images, masks and field_of_view with files of the same names: DRIVE (free for research).",
        {"tile": 128, "overlap": 64},
        ("training.epochs=60", "data.batch_size=8", *FLIPS, "data.augment.rotate=180", "data.augment.brightness=0.2",
         "data.augment.contrast=0.2"),
    ),
    "street-scenes": Example(
        "small-unet", "masks", "segmentation/camvid",
        "Says of each pixel of a street scene which of eleven things it belongs to; void does not "
        "count.\n\nNeeds folders images and masks with files of the same names: CamVid (CC BY-NC 4.0).",
        {"width": 240, "height": 180, "void": 11},
        ("training.epochs=120", "data.batch_size=2", "training.average_decay=0.95", "data.augment.flip=true",
         "data.augment.crop=0.5"),
    ),
    "street-scenes-segnet": Example(
        "segnet", "masks", "segmentation/camvid",
        "Does what street-scenes.cnn does, with SegNet: pooling remembers where each maximum stood, and unpooling "
        "puts it back there (Badrinarayanan et al. 2017, who began with the weights of VGG-16). Look at unpool in "
        "Look.\n\nNeeds the same data as street-scenes.cnn: CamVid (CC BY-NC 4.0).",
        {"width": 160, "height": 128, "void": 11},
        ("training.epochs=40", "training.optimizer=AdamW", "training.lr=0.001", "data.batch_size=2",
         "data.augment.flip=true", "data.augment.crop=0.5"),
    ),
    "car-damage": Example(
        "small-unet", "coco", "boxes/coco_car_damage/annotations.json",
        "Says of each pixel of a car body which panel or damage it belongs to, by outlines that somebody has drawn; "
        "where they overlap, the smaller one counts.\n\nNeeds pictures with outlines in COCO's format. Twelve "
        "pictures are here (CC BY 4.0): enough to see that they are read and learnt from, too few to trust what comes "
        "of it.",
        {"width": 128, "height": 128},
        ("training.epochs=100", "data.batch_size=2", "training.average_decay=0.95", "data.augment.flip=true",
         "data.augment.crop=0.5"),
    ),
    "chest-x-rays": Example(
        "small-resnet", "npz", "medical/chest_xray_28.npz",
        "Tells chest X-rays with pneumonia from normal ones, at 28 pixels. Normal ones are rarer: Weigh the "
        "classes in Data.\n\nNeeds an npz file of pictures and labels: PneumoniaMNIST of MedMNIST v2 (CC BY "
        "4.0). No use for patients.",
        {},
        ("training.average_decay=0.98", "data.augment.shift=2"),
    ),
    "denoising": Example(
        "small-dncnn", "pairs", "pairs/denoise",
        "Takes real noise of cameras out of photographs, in squares of 64 pixels.\n\nNeeds folders noisy and "
        "clean with files of the same names: PolyU real-world noisy images (not for commercial use).",
        {"patch": 64},
        ("training.epochs=8", "data.batch_size=16"),
    ),
    "sharper-photographs": Example(
        "srcnn", "pairs", "photos",
        "Makes grey photographs sharp that were enlarged twofold (SRCNN, Dong et al. 2014), in squares of 64 pixels; "
        "the small ones are made of yours, at their borders pixels are repeated.\n\nNeeds a folder of photographs. "
        "docs/uses.md says what enlarging alone comes to.",
        {"degrade": "small", "factor": 2, "patch": 64, "channels": 1},
        ("training.epochs=30", "training.optimizer=AdamW", "training.lr=0.002", "training.schedule=cosine",
         "training.average_decay=0.98", "data.batch_size=8", "conv1.padding_mode=replicate",
         "sharp.padding_mode=replicate"),
    ),
    "movements-of-a-hand": Example(
        "fcn1d", "series", "timeseries/GunPoint_TRAIN.ts",
        "Tells by the course of a hand whether it draws a gun or only points.\n\nNeeds a file of series with "
        "their classes, such as GunPoint_TRAIN.ts with GunPoint_TEST.ts beside it (UCR archive).",
        {},
    ),
    "power-demand": Example(
        "fcn1d", "series", "timeseries/ItalyPowerDemand_TRAIN.ts",
        "Tells summer from winter by a day's demand for power, 24 numbers.\n\nNeeds ItalyPowerDemand_TRAIN.ts "
        "with its TEST beside it (UCR archive).",
        {},
        ("data.augment.magnitude=0.3",),
    ),
    "motions": Example(
        "fcn1d", "series", "timeseries/BasicMotions_TRAIN.ts",
        "Tells walking, resting, running and badminton apart by six sensors of a watch.\n\nNeeds "
        "BasicMotions_TRAIN.ts with its TEST beside it (UEA archive).",
        {},
    ),
    "gestures": Example(
        "resnet1d", "series", "timeseries/PickupGestureWiimoteZ_TRAIN.ts",
        "Tells ten gestures apart by one sensor of a hand-held controller; the recordings are of 29 to 361 steps, and "
        "shorter ones are filled up (ResNet for series, Wang et al. 2017).\n\nNeeds "
        "PickupGestureWiimoteZ_TRAIN.ts with its TEST beside it (UCR archive).",
        {},
        ("training.epochs=150", "training.optimizer=AdamW", "training.lr=0.001", "data.batch_size=16"),
    ),
    "share-prices": Example(
        "tcn_forecast", "forecast", "finance/ibm_daily.csv",
        "Foretells tomorrow's change of a share's price, split by time so that nobody sees the future.\n\nNeeds "
        "a table of prices over time. Do not expect to beat the naive forecast (MASE below 1): nobody does for "
        "long. A network that claims much has seen the future.",
        {"target": "Adj Close"},
        ("training.epochs=20",),
    ),
    "film-reviews": Example(
        "textcnn", "text", "text/rt_polarity.csv",
        "Tells good from bad reviews of films, sentence by sentence (Kim 2014, CNN-rand).\n\nNeeds a table of "
        "text and label: the polarity sentences of Pang and Lee.",
        {},
        ("training.epochs=6", "data.augment.token_drop=0.1", "training.average_decay=0.98"),
    ),
    "news": Example(
        "textcnn", "text", "text/ag_news_4000.csv",
        "Sorts English news into world, sports, business and science.\n\nNeeds a table of text and label: a part "
        "of AG News (not for commercial use).",
        {},
        ("training.epochs=15", "data.augment.token_drop=0.3", "training.average_decay=0.98"),
    ),
    "chinese-news": Example(
        "textcnn", "text", "text/thucnews_zh_5000.csv",
        "Sorts Chinese headlines into ten topics by characters and pairs of characters, as the script has no "
        "blanks.\n\nNeeds a table of text and label: a part of THUCNews (free for research).",
        {"tokens": "character_pairs", "fewest": 2},
        ("training.epochs=15", "data.augment.token_drop=0.2", "training.average_decay=0.98",
         "width3.conv.kernel_size=1", "width4.conv.kernel_size=2", "width5.conv.kernel_size=3",
         "data.validation_share=0.05", "training.monitor=loss"),
    ),
    "moving-digits": Example(
        "small-c3d", "clips", "video/moving_mnist_200.npz",
        "Says which digits move through a clip: several labels for each.\n\nNeeds an npz file of clips (N, "
        "frames, height, width) and of their digits: moving MNIST, drawn from MNIST.",
        {"frames": 8},
        ("training.epochs=400", "training.weight_decay=0.1", "training.monitor=loss", "data.batch_size=16",
         "data.augment.shift=6", "data.augment.rotate=15", "data.augment.scale=0.2", "data.augment.elastic=2",
         "stage3.pool.bypass=true", "stage4.conv.kernel_size=[3,1,1]", "stage4.conv.padding=[1,0,0]"),
    ),
    "actions": Example(
        "small-c3d", "clips", "video/actions",
        "Reads, plays and trains on real clips of three actions, in frames of 56 pixels.\n\nNeeds folders of clips, "
        "one for each class, and a metadata.csv that says from which film each is (pip install "
        '"cnn-workbench[video]"). No figure can come of these: one or two films a class, and a network that knows the '
        "lawn knows the answer. Whole films are kept for the test, never single clips.",
        {"side": 56},
        ("training.epochs=10", "data.batch_size=8", "data.augment.flip=true"),
    ),
    "organs": Example(
        "small-c3d", "volumes", "volumes/organmnist3d.npz",
        "Tells eleven organs apart in volumes of 28 x 28 x 28 voxels of computed tomography.\n\nNeeds "
        "organmnist3d.npz of MedMNIST v2 (CC BY 4.0), from medmnist.com, in data/volumes beside the project; or yours, "
        "of the same form or as NIfTI files in class folders. No use for patients.",
        {},
        ("training.epochs=30", "data.batch_size=16"),
    ),
    "films-rated": Example(
        "factors", "ratings", "ratings/ml-latest-small",
        "Foretells how a user rates a film, by eight numbers of each.\n\nNeeds ratings.csv (userId, movieId, "
        "rating) with movies.csv beside it: MovieLens latest small (GroupLens; for research).",
        {},
    ),
    "films-rated-convncf": Example(
        "convncf", "ratings", "ratings/ml-latest-small",
        "Foretells how a user rates a film, by a convolutional network over all products of their numbers (He et "
        "al. 2018).\n\nNeeds the same data as films-rated.cnn, which does it as well with less.",
        {},
    ),
    "films-chosen": Example(
        "factors", "ratings", "ratings/ml-latest-small",
        "Ranks films that a user may choose next: beside each film that was rated stand four that were "
        "not.\n\nNeeds the same data as films-rated.cnn. evaluate ranks the first ten against what is popular.",
        {"negatives": 4},
        ("data.batch_size=1024",),
    ),
    "finger-movements": Example(
        "eegnet", "eeg", "eeg/finger_movements.npz",
        "Tells from brain waves which hand will press a key, before it does.\n\nNeeds an npz file of trials x "
        "channels x time: BCI Competition II, data set IV (free for research with citation).",
        {},
    ),
    "flickering-lamps": Example(
        "shallow-convnet", "eeg", "eeg/ssvep_5subjects.npz",
        "Tells from brain waves at which of three rates a lamp flickers that somebody looks at, or at "
        "none.\n\nNeeds an npz file of trials x channels x time: Kalunga et al. 2016 (CC0). Rest comes first in "
        "each recording, so drift gives it away.",
        {"low": 8, "high": 45, "standardise": "trial"},
        ("training.epochs=150", "training.lr=0.003", "training.weight_decay=0.05", "time.out_channels=16",
         "time.kernel_size=[1,128]", "place.out_channels=16", "mean.kernel_size=[1,385]", "mean.stride=1"),
    ),
}  # fmt: skip


def project_of(example: Example, data: Path) -> Project:
    """Returns the project of an example, with its note and the path that others will have."""
    options = {**example.options, "path": str(data / example.path)}
    project, _ = create(example.template, (example.source, options), data)
    project = assign_all(project, [parse_assignment(each) for each in example.sets])
    project = project.apply(add_frame(project.graph, _note(project, example.note)))
    kept = {**example.options, "path": f"{PLACE}/{example.path}"}
    return replace(project, data={**project.data, "options": kept})


def _note(project: Project, text: str) -> Frame:
    places = [node.position for node in project.graph.nodes.values()]
    left, top = min(x for x, _ in places), min(y for _, y in places)
    return Frame(text=text, colour="blue", area=(left, top - HEIGHT - GAP, WIDTH, HEIGHT))


def main() -> int:
    """Writes the projects that are named, or all."""
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    data, names = Path(sys.argv[1]).resolve(), sys.argv[2:] or list(EXAMPLES)
    for name in names:
        storage.save(project_of(EXAMPLES[name], data), ROOT / "projects" / f"{name}.cnn")
        print(name)
    return 0


if __name__ == "__main__":
    sys.exit(main())

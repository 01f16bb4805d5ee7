"""A convolutional network for sentences."""

from collections.abc import Mapping
from typing import ClassVar

from workbench.core.values import Json, Value
from workbench.project.templates.spec import OTHER_DATA, GraphBuilder, Samples, Template, template

WORDS = 20_000  # how many there are where the data does not say
FEATURES = 300
WIDTHS, MAPS = (3, 4, 5), 100


@template(name="textcnn", title="Text CNN")
class TextCnn(Template):
    """Reads sentences in groups of three, four and five words and keeps what is strongest (Kim 2014).

    Each word is a vector of 300 numbers that is learnt (the paper's CNN-rand; its other variants begin with word2vec's
    vectors), and 100 filters of each width look at neighbouring words. A sentence is a row of numbers of words, 0 where
    it has ended. 360,902 parameters for two classes, besides the words' vectors.
    """

    rank: ClassVar[int] = 0
    group: ClassVar[str] = OTHER_DATA
    reads: ClassVar[str] = "sentences as rows of numbers of words"
    data: ClassVar[Mapping[str, Json]] = {"batch_size": 50}
    training: ClassVar[Mapping[str, Json]] = {"epochs": 5, "optimizer": "AdamW", "lr": 1e-3}
    samples: ClassVar[Samples | None] = Samples(fields={"text": Value((64,), "tokens", "int64")}, scores=2)

    def build(self, builder: GraphBuilder) -> None:
        words = builder.given()
        text = next(iter(builder.samples.fields.values()))
        known, length = len(text.classes) or WORDS, text.shape[0]
        x = builder.add("Embedding", "embed", words, num_embeddings=known, embedding_dim=FEATURES, padding_idx=0,
                        init={"weight": "uniform_(-0.25, 0.25)"})  # fmt: skip
        x = builder.add("Permute", "channels_first", x, dims=(0, 2, 1))
        found = []
        for width in WIDTHS:
            name = f"width{width}"
            margin = max(0, -(-(width - length) // 2))  # where the texts are shorter than the filter
            y = builder.add("Conv1d", f"{name}.conv", x, out_channels=MAPS, kernel_size=width, padding=margin)
            y = builder.add("ReLU", f"{name}.relu", y)
            found.append(builder.add("AdaptiveMaxPool1d", f"{name}.strongest", y, output_size=1))
            builder.fold(name)
        x = builder.add("Flatten", "flatten", builder.add("Concat", "concat", *found))
        x = builder.add("Dropout", "dropout", x)
        builder.classify(builder.add("Linear", "fc", x, out_features=builder.samples.scores))

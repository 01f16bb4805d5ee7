"""What Look says of a rating: who rates what and how, what the network foretells, and the user's top list."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from workbench.data.spec import Array, Dataset
from workbench.inspection.field_measures import ITEM, USER, top_items
from workbench.inspection.ratings import as_told, foretells, foretold, foretold_text, is_fast, top_lines

if TYPE_CHECKING:
    from workbench.model.network import Network

UNTRAINED = "What the network foretells is shown once it has been trained."
SLOW = "The top list of this user takes longer: Data shows it, in Sample."


def rating_sheet(network: Network | None, dataset: Dataset, fields: Mapping[str, Array], told: str) -> str:
    """Returns lines about a rating; where no network foretells it those on the sample alone.

    Args:
        network: with its weights; None where it has not been trained.
        dataset: the data.
        fields: numbers of user and item, (1,) each.
        told: the sample in words.
    """
    if network is None:
        return f"{told}\n\n{UNTRAINED}"
    if not foretells(network):
        return told
    user, item = int(fields[USER][0]), int(fields[ITEM][0])
    lines = [told, foretold_text(foretold(network, dataset, user, item), dataset), ""]
    if not is_fast(network, dataset, user):
        return "\n".join([*lines, SLOW])
    top = [(title, as_told(score, dataset)) for title, score in top_items(network, dataset, user)]
    return "\n".join([*lines, *top_lines(top, dataset)])

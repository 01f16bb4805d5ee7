"""What the environment says of processes that train together, or a sentence about what is wrong with it."""

from __future__ import annotations

import pytest

from workbench.core.errors import UsageError
from workbench.training.peers import joined
from workbench.training.place import Place, place_of

WHOLE = {"RANK": "1", "WORLD_SIZE": "3", "MASTER_ADDR": "node-a", "MASTER_PORT": "29500"}


def test_the_contract_is_read() -> None:
    assert place_of(WHOLE) == Place(1, 3, 0, "node-a", 29500)
    more = {"LOCAL_RANK": "2", "TORCHELASTIC_RESTART_COUNT": "4", "TORCHELASTIC_USE_AGENT_STORE": "True"}
    assert place_of({**WHOLE, **more}) == Place(1, 3, 2, "node-a", 29500, 4, True)


@pytest.mark.parametrize("environment", [{}, {"WORLD_SIZE": "1"}, {"RANK": "0"}, {"WORLD_SIZE": "1", "RANK": "0"}])
def test_one_process_is_alone(environment: dict[str, str]) -> None:
    assert place_of(environment) is None
    with joined(environment, 1) as peers:
        assert peers.is_alone
        assert peers.is_writer


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"RANK": "3"}, "RANK must be a whole number from 0 to 2, but it is '3'"),
        ({"RANK": "-1"}, "RANK must be a whole number from 0 to 2, but it is '-1'"),
        ({"WORLD_SIZE": "two"}, "WORLD_SIZE must be a whole number"),
        ({"MASTER_PORT": "0"}, "MASTER_PORT must be a whole number from 1 to 65535"),
        ({"MASTER_PORT": "99999"}, "but it is '99999'"),
        ({"LOCAL_RANK": "x"}, "LOCAL_RANK must be"),
        ({"MASTER_ADDR": ""}, "MASTER_ADDR is not set"),
        ({"MASTER_ADDR": "", "RANK": ""}, "RANK and MASTER_ADDR are not set"),
    ],
)
def test_what_is_wrong_is_said(wrong: dict[str, str], told: str) -> None:
    with pytest.raises(UsageError, match=told.replace("(", "\\(")):
        place_of({**WHOLE, **wrong})

"""Scalars that remember their origin: equal to plain ones, and plain again once they leave."""

from __future__ import annotations

import copy
import pickle

from tiered.origin import Origin, Text, Whole, origin_of

PLACE = Origin("platform.yaml", 3, 5)


def test_they_are_the_values_they_hold() -> None:
    assert Text("web", PLACE) == "web"
    assert {str(Text("web", PLACE)), "web"} == {Text("web", PLACE)}
    assert Whole(3, PLACE) + 1 == 4
    assert str(PLACE) == "platform.yaml:3:5"


def test_only_what_was_written_has_an_origin() -> None:
    assert origin_of(Text("web", PLACE)) == origin_of(Whole(3, PLACE)) == PLACE
    assert origin_of("web") is None
    assert origin_of(Text("web", PLACE) + "-roles") is None


def test_they_cross_to_another_process_as_plain_values() -> None:
    for value in (Text("web", PLACE), Whole(3, PLACE)):
        for crossed in (pickle.loads(pickle.dumps(value)), copy.deepcopy(value)):
            assert crossed == value
            assert type(crossed) in (str, int)

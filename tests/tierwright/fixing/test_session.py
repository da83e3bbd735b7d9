"""Which mends are kept: those after which a second check finds what they mend gone, and nothing new."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from tierpolicies.engine.finding import Mend
from tierpolicies.platform import Place
from tierwright.fixing.session import Fixable, Session, State

TEXT = "a: 1\nb: 1\nc: 1\n"


def fixable(line: int, value: int = 2) -> Fixable:
    return Fixable(f"line {line}", f"line {line} is 1", Mend(Place("platform.yaml", line, 4), 1, value))


@pytest.fixture
def session(tmp_path: Path) -> Callable[..., Session]:
    (tmp_path / "platform.yaml").write_text(TEXT)

    def start(judge: Callable[[list[str]], list[Fixable]]) -> Session:
        def check(texts: Mapping[str, str]) -> State:
            return State(True, tuple(judge(texts.get("platform.yaml", TEXT).splitlines())))

        return Session(tmp_path, check)

    return start


def test_all_mends_are_made_at_once_and_nothing_is_written(session: Callable[..., Session]) -> None:
    mending = session(lambda lines: [fixable(at) for at, line in enumerate(lines, 1) if line.endswith("1")])
    assert mending.run().found == ()
    assert mending.texts == {"platform.yaml": "a: 2\nb: 2\nc: 2\n"}
    assert [each.key for each in mending.done] == ["line 1", "line 2", "line 3"]
    assert (mending.root / "platform.yaml").read_text() == TEXT


def test_a_mend_that_mends_nothing_is_refused_and_the_others_stay(session: Callable[..., Session]) -> None:
    mending = session(
        lambda lines: [
            fixable(2),
            *(fixable(at) for at in (1, 3) if lines[at - 1].endswith("1")),
        ]
    )
    left = mending.run()
    assert mending.texts == {"platform.yaml": "a: 2\nb: 1\nc: 2\n"}
    assert [each.key for each in mending.refused] == ["line 2"]
    assert [each.key for each in left.found] == ["line 2"]


def test_a_mend_that_brings_something_new_is_refused(session: Callable[..., Session]) -> None:
    worse = Fixable("worse", "worse than before", None)
    mending = session(lambda lines: [worse] if lines[0] == "a: 2" else [fixable(1)])
    assert [each.key for each in mending.run().found] == ["line 1"]
    assert mending.texts == {}


def test_two_mends_of_one_place_are_tried_one_after_the_other(session: Callable[..., Session]) -> None:
    other = Fixable("other", "three is right", Mend(Place("platform.yaml", 1, 4), 1, 3))
    mending = session(lambda lines: [] if lines[0] == "a: 3" else [fixable(1), other])
    assert mending.run().found == ()
    assert mending.texts == {"platform.yaml": "a: 3\nb: 1\nc: 1\n"}


def test_a_place_that_is_no_file_of_the_description_is_not_read(
    session: Callable[..., Session], tmp_path: Path
) -> None:
    (tmp_path / "other.yaml").write_text("a: 1\n")
    stray = Fixable("stray", "elsewhere", Mend(Place("other.yaml", 1, 4), 1, 2))
    mending = session(lambda _: [stray])
    assert [each.key for each in mending.run().found] == ["stray"]
    assert mending.texts == {}

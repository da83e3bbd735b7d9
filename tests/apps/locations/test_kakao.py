"""How answers of Kakao's map are read, whatever comes."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.common.bins.grid import Cell, Point
from apps.common.bins.kakao import MapError, MapRefused, MapUnavailable, Page, Question, gathered
from apps.common.bins.kinds import Search
from tests.servers.kakao_map import Placed

CELL = Cell.of(Point(37.5666805, 126.9784147), 500)
QUESTION = Question(Search(word="x"), CELL)


def _document(number, north=0.0):
    return Placed(str(number), "x", CELL.centre.latitude + north, CELL.centre.longitude).document(0)


def _page(*documents, total, pageable=None, end=True):
    meta = {"total_count": total, "pageable_count": total if pageable is None else pageable, "is_end": end}
    return Page.read(200, json.dumps({"meta": meta, "documents": documents}).encode())


@pytest.mark.parametrize("status", [400, 401, 403])
def test_a_refusal_is_of_no_use_to_repeat(status):
    with pytest.raises(MapRefused, match="KAKAO_REST_API_KEY"):
        Page.read(status, b"{}")


@given(st.sampled_from([200, 204, 302, 404, 429, 500, 503]), st.binary(max_size=200))
def test_whatever_else_comes_is_an_error_that_may_pass(status, body):
    with pytest.raises(MapUnavailable):
        Page.read(status, body)


json_values = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
)


@given(
    st.dictionaries(st.sampled_from(sorted(_document(1))), json_values),
    st.dictionaries(st.sampled_from(["total_count", "pageable_count", "is_end"]), json_values),
)
def test_a_page_with_odd_members_is_read_or_refused(changed, meta):
    whole = {"total_count": 1, "pageable_count": 1, "is_end": True} | meta
    body = json.dumps({"meta": whole, "documents": [_document(1) | changed]}).encode()
    try:
        page = Page.read(200, body)
    except MapError:
        return
    bins = gathered([(QUESTION, [page])])
    assert bins.nearest(CELL.centre, 500) is not None
    assert 0 <= bins.covered <= 20_100_000


@pytest.mark.parametrize(
    ("pageable", "end", "pages"),
    [
        (15, True, []),
        (16, False, [2]),
        (30, False, [2]),
        (31, False, [2, 3]),
        (1000, False, [2, 3]),
        (45, True, []),
    ],
)
def test_pages_that_follow_a_first_one(pageable, end, pages):
    assert list(_page(total=pageable, end=end).further) == pages


def test_an_answer_that_is_whole_covers_all_that_was_asked():
    assert QUESTION.covered([_page(_document(1), total=1)]) == CELL.reach


def test_one_that_is_not_covers_as_far_as_its_last_place():
    pages = [_page(_document(1), _document(2, north=0.001), total=50, pageable=45)]
    assert QUESTION.covered(pages) == pytest.approx(111.0 * 0.994, abs=0.3)
    assert QUESTION.covered([_page(total=50, pageable=45)]) == 0


def test_places_of_several_searches_are_told_once_and_the_least_covered_counts():
    whole = _page(_document(1), _document(2), total=2)
    cut = _page(_document(2), _document(3, north=0.001), total=50, pageable=45)
    bins = gathered([(QUESTION, [whole]), (QUESTION, [cut])])
    assert [place.id for place in bins.places] == ["1", "2", "3"]
    assert bins.covered < 120

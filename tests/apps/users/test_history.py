"""The history: whole, in order, each analysis once, and nobody else's."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apps.users.cursor import Cursor, CursorError
from tests.apps.services import problem
from tests.apps.users.conftest import NOON

MOMENTS = st.datetimes(datetime(1970, 1, 1), datetime(2999, 1, 1), timezones=st.just(UTC))


def _ids(pages):
    return [each["job_id"] for page in pages for each in page]


def test_newest_first_with_what_was_found(users, analyses, user):
    done = analyses.add(user, category="pet-bottle")
    failed = analyses.add(user, at=NOON + timedelta(minutes=1), failure="image-undecodable")
    running = analyses.add(user, at=NOON + timedelta(minutes=2))
    body = users.ask("GET", user, "/history").json()
    assert body["next"] is None
    assert [each["job_id"] for each in body["analyses"]] == [str(running), str(failed), str(done)]
    assert body["analyses"][2] == {
        "job_id": str(done),
        "state": "done",
        "item": "bottle",
        "material": "PET",
        "category": "pet-bottle",
        "confidence": 0.9,
        "failure_reason": None,
        "accepted_at": "2026-11-24T03:00:00Z",
        "ended_at": "2026-11-24T03:00:05Z",
    }
    assert body["analyses"][1]["failure_reason"] == "image-undecodable"
    assert body["analyses"][0]["ended_at"] is None


def test_who_has_none_gets_an_empty_page(users, user):
    assert users.ask("GET", user, "/history").json() == {"analyses": [], "next": None}


def test_filters_by_category_and_by_day_of_seoul(users, analyses, user):
    before = analyses.add(user, at=datetime(2026, 11, 23, 14, 59, 59, 999999, UTC), category="glass")
    first = analyses.add(user, at=datetime(2026, 11, 23, 15, 0, tzinfo=UTC), category="glass")
    last = analyses.add(user, at=datetime(2026, 11, 24, 14, 59, 59, 999999, UTC), category="metal")
    analyses.add(user, at=datetime(2026, 11, 24, 15, 0, tzinfo=UTC), category="metal")
    assert _ids(users.pages(user, day="2026-11-24")) == [str(last), str(first)]
    assert _ids(users.pages(user, category="glass")) == [str(first), str(before)]
    assert _ids(users.pages(user, category="metal", day="2026-11-24", limit=1)) == [str(last)]
    assert _ids(users.pages(user, category="paper")) == []


@settings(max_examples=25)
@given(
    existing=st.lists(st.integers(0, 6), max_size=25),
    added=st.lists(st.integers(-3, 9), max_size=12),
    limit=st.integers(1, 9),
)
def test_a_walk_meets_each_row_once_while_others_are_added(users, analyses, existing, added, limit):
    """Many rows share a moment; new ones come before, between and after those that were met."""
    user = uuid4()
    there = {str(analyses.add(user, at=NOON + timedelta(seconds=second), failure="x")) for second in existing}
    newcomers, coming = set(), iter(added)
    met = []
    for page in users.pages(user, limit=limit):
        assert len(page) <= limit
        met += page
        for second in (*([s] if (s := next(coming, None)) is not None else []),):
            newcomers.add(str(analyses.add(user, at=NOON + timedelta(seconds=second), failure="x")))
    ids = [each["job_id"] for each in met]
    assert len(ids) == len(set(ids))
    assert there <= set(ids) <= there | newcomers
    order = [(each["accepted_at"], each["job_id"]) for each in met]
    assert order == sorted(order, reverse=True)
    final = _ids(users.pages(user, limit=100))
    assert set(final) == there | newcomers


def test_deep_pages_cost_no_more(users, analyses, user, database):
    """By its plan, a page reads the index from where it begins, whatever lies before."""
    for number in range(30):
        analyses.add(user, at=NOON + timedelta(seconds=number), failure="x")
    with database.connect() as connection:
        connection.execute("ANALYZE waste.jobs")
        connection.execute("SET enable_seqscan = off")
        plan = connection.execute(
            """EXPLAIN (FORMAT TEXT) SELECT * FROM waste.history WHERE user_id = %s
               AND (accepted_at, job_id) < (%s, %s) ORDER BY accepted_at DESC, job_id DESC LIMIT 21""",
            (user, NOON + timedelta(seconds=10), uuid4()),
        ).fetchall()
    assert "jobs_of_user" in str(plan), plan


def test_a_cursor_of_another_list_is_refused(users, analyses, user):
    other = uuid4()
    for number in range(3):
        analyses.add(user, at=NOON + timedelta(seconds=number), category="glass")
        analyses.add(other, at=NOON + timedelta(seconds=number), category="glass")
    cursor = users.ask("GET", user, "/history", params={"limit": 1}).json()["next"]
    wrong = [
        (other, {"cursor": cursor}),
        (user, {"cursor": cursor, "category": "glass"}),
        (user, {"cursor": cursor, "day": "2026-11-24"}),
        (user, {"cursor": cursor[:-1]}),
        (user, {"cursor": cursor + "="}),
        (user, {"cursor": "A" * len(cursor)}),
        (user, {"cursor": ""}),
        (user, {"cursor": "민지"}),
        (user, {"cursor": "\x00"}),
    ]
    for who, query in wrong:
        problem(users.ask("GET", who, "/history", params=query), 400, "invalid-cursor")
    assert len(_ids(users.pages(user, limit=1))) == 3


@pytest.mark.parametrize(
    "query",
    [
        {"limit": 0},
        {"limit": 101},
        {"category": "gold"},
        {"day": "2026-02-30"},
        {"day": "0001-01-01"},
        {"day": "9999-12-31"},
        {"day": "x"},
        {"cursor": "x" * 101},
    ],
    ids=str,
)
def test_what_cannot_be_asked_is_refused(users, user, query):
    problem(users.ask("GET", user, "/history", params=query), 422, "invalid-request")


def test_another_ones_analyses_are_not_seen(users, analyses, user):
    analyses.add(user, category="glass")
    assert _ids(users.pages(uuid4())) == []


@given(MOMENTS, st.uuids(), st.text(st.characters(codec="utf-8")))
def test_a_cursor_is_read_as_it_was_written(moment, job, scope):
    assert Cursor.read(Cursor(moment, job).write(scope), scope) == Cursor(moment, job)


@given(MOMENTS, st.uuids(), st.data())
def test_any_change_to_a_cursor_is_noticed(moment, job, data):
    text = Cursor(moment, job).write("list")
    place = data.draw(st.integers(0, len(text) - 1))
    other = data.draw(st.characters(codec="utf-8").filter(lambda sign: sign != text[place]))
    for changed in (text[:place] + other + text[place + 1 :], text[:place], text + other):
        with pytest.raises(CursorError):
            Cursor.read(changed, "list")
    with pytest.raises(CursorError):
        Cursor.read(text, "another list")


@given(st.text() | st.binary().map(lambda b: b.decode("latin-1")))
def test_no_text_upsets_the_reader(text):
    with pytest.raises(CursorError):
        Cursor.read(text, "list")


def test_the_widest_cursor_fits():
    assert len(Cursor(datetime(2999, 1, 1, tzinfo=UTC), UUID(int=2**128 - 1)).write("x")) <= 100

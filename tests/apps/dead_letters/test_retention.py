"""Letters go some time after an operator has settled them, and no sooner."""

from __future__ import annotations

import hashlib

import pytest

from tests.servers.waiting import eventually


@pytest.fixture
def aged(platform):
    """Letters by their state, each of many ages in days, since they were stored and settled."""
    with platform.database.connect() as connection:
        for state in ("stored", "replayed", "discarded"):
            for days in (0, 5, 89, 91, 4000):
                connection.execute(
                    "INSERT INTO dlq.letters (fingerprint, copy, stored_at, queue, task, cause, reason,"
                    " deaths, exchange, routing_key, properties, headers, body, state, settled_at)"
                    " VALUES (%s, 0, now() - %s * interval '1 day', 'q.ai', 'image.analyze', 'rejected',"
                    " 'rejected', 1, 'tasks', 'ai.image.analyze', '{}', '{}', '', %s,"
                    " CASE WHEN %s <> 'stored' THEN now() - %s * interval '1 day' END)",
                    [hashlib.sha256(f"{state} {days}".encode()).digest(), days, state, state, days],
                )
    return platform


def _ages(platform):
    """Whole days since they were stored, by state."""
    rows = platform.rows(
        "SELECT state, array_agg(extract(day FROM now() - stored_at)::int ORDER BY stored_at DESC)"
        " FROM dlq.letters GROUP BY state"
    )
    return dict(rows)


@pytest.mark.parametrize(
    ("days", "kept"), [(None, [0, 5, 89]), ("6", [0, 5]), ("5000", [0, 5, 89, 91, 4000])]
)
def test_settled_letters_go_after_their_time(aged, days, kept):
    collector = aged.collector()
    if days is not None:
        collector.environment["LETTER_RETENTION_DAYS"] = days
    collector.start_ready()
    expected = {"stored": [0, 5, 89, 91, 4000], "replayed": kept, "discarded": kept}
    eventually(lambda: _ages(aged) == expected, "the old ones are gone, and no others")
    assert "dead_letters_stored 5.0" in collector.metrics()
    collector.terminate()
    assert _ages(aged) == expected


def test_many_go_in_turns(platform):
    """More than one turn removes: they are gone at last, and none of those that wait."""
    with platform.database.connect() as connection:
        connection.execute(
            "INSERT INTO dlq.letters (fingerprint, copy, queue, task, cause, reason, deaths, exchange,"
            " routing_key, properties, headers, body, state, settled_at)"
            " SELECT int4send(n), 0, 'q.ai', 'image.analyze', 'rejected', 'rejected', 1, '', '', '{}', '{}',"
            " '', 'discarded', now() - interval '1 year' FROM generate_series(1, 1500) AS n"
        )
    collector = platform.collector().start_ready()
    eventually(lambda: platform.stored() == 0, "all are gone", seconds=60)
    collector.terminate()


@pytest.mark.parametrize("days", ["0", "-1", "ninety"])
def test_a_time_that_is_none_ends_the_process_with_its_name(platform, days):
    collector = platform.collector()
    collector.environment["LETTER_RETENTION_DAYS"] = days
    assert collector.start().wait(seconds=60) == 78
    assert "LETTER_RETENTION_DAYS cannot be used" in collector.tail()

"""Which backups are kept: against an oracle that asks of each backup alone whether a rule needs it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from apps.worker_batch.backup.retention import Retention

SEOUL = ZoneInfo("Asia/Seoul")
START = datetime(2023, 12, 1, tzinfo=UTC)


def needed(backup: datetime, all_of_them: list[datetime], retention: Retention) -> bool:
    """Slow: a rule needs the last backup of a period when fewer later periods than it covers have one."""
    rules = (("%Y-%m-%d", retention.daily), ("%G-%V", retention.weekly), ("%Y-%m", retention.monthly))
    for form, count in rules:

        def period(moment: datetime, form: str = form) -> str:
            return moment.astimezone(retention.zone).strftime(form)

        same = [other for other in all_of_them if period(other) == period(backup)]
        later = {period(other) for other in all_of_them if period(other) > period(backup)}
        if backup == max(same) and len(later) < count:
            return True
    return False


moments = st.integers(0, 60 * 24 * 500).map(lambda minutes: START + timedelta(minutes=minutes))
retentions = st.builds(
    Retention,
    zone=st.sampled_from([SEOUL, ZoneInfo("America/New_York")]),
    daily=st.integers(0, 7),
    weekly=st.integers(0, 4),
    monthly=st.integers(0, 12),
)


@given(st.lists(moments, max_size=60, unique=True), retentions)
def test_what_is_kept_is_what_some_rule_needs(taken, retention):
    assert retention.kept(taken) == {each for each in taken if needed(each, taken, retention)}


@given(st.lists(moments, min_size=1, max_size=60, unique=True))
def test_the_newest_is_kept_and_forgetting_twice_forgets_nothing_more(taken):
    kept = Retention(SEOUL).kept(taken)

    assert max(taken) in kept
    assert Retention(SEOUL).kept(kept) == kept


def test_after_years_of_nightly_backups_the_days_weeks_and_months_that_are_promised_are_there():
    retention = Retention(SEOUL)
    there: frozenset[datetime] = frozenset()
    last = datetime(2026, 3, 17, 2, tzinfo=SEOUL)

    for night in range(800, -1, -1):
        there = retention.kept(there | {last - timedelta(days=night)})

    assert {last - timedelta(days=night) for night in range(7)} <= there
    assert {datetime(2026, 3, day, 2, tzinfo=SEOUL) for day in (15, 8, 1)} <= there  # Sundays
    assert {moment.strftime("%Y-%m") for moment in there} == {
        "2026-03", "2026-02", "2026-01", "2025-12", "2025-11", "2025-10",
        "2025-09", "2025-08", "2025-07", "2025-06", "2025-05", "2025-04",
    }  # fmt: skip
    assert len(there) <= 7 + 4 + 12

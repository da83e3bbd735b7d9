"""Scores of several nodes brought to a scale from 0 to 100."""

from collections.abc import Sequence


def largest_best(scores: Sequence[int]) -> list[int]:
    """The largest becomes 100, each other its share of it; source: helper.DefaultNormalizeScore."""
    most = max(scores)
    return [100 * each // most for each in scores] if most else list(scores)


def smallest_best(scores: Sequence[int]) -> list[int]:
    """The same turned round: none becomes 100."""
    most = max(scores)
    return [100 - 100 * each // most for each in scores] if most else [100] * len(scores)

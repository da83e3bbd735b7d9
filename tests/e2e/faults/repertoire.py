"""All scenes."""

from __future__ import annotations

from tests.e2e.faults import (
    broker,
    failing_model,
    killed_services,
    killed_workers,
    poison,
    schedulers,
    shutdowns,
    spoiled_photos,
    stores,
    submissions,
)

SIDE_BY_SIDE = [
    *failing_model.SIDE_BY_SIDE,
    *spoiled_photos.SIDE_BY_SIDE,
    *submissions.SIDE_BY_SIDE,
    *shutdowns.SIDE_BY_SIDE,
]
"""Faults that nobody else may notice: these scenes are played all at once."""

ALONE = [
    *killed_workers.ALONE,
    *killed_services.ALONE,
    *poison.ALONE,
    *broker.ALONE,
    *stores.ALONE,
    *failing_model.ALONE,
    *shutdowns.ALONE,
    *schedulers.ALONE,
]
"""Faults that everybody meets."""

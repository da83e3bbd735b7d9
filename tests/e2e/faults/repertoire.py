"""All scenes."""

from __future__ import annotations

from tests.e2e.faults import (
    broker,
    failing_model,
    killed_workers,
    poison,
    shutdowns,
    spoiled_photos,
    stores,
    submissions,
)

OF_ONE_JOB = [*failing_model.OF_ONE_JOB, *spoiled_photos.OF_ONE_JOB, *submissions.OF_ONE_JOB]
"""Faults that concern their own job and no other."""

OF_ALL = [
    *killed_workers.OF_ALL,
    *poison.OF_ALL,
    *broker.OF_ALL,
    *stores.OF_ALL,
    *failing_model.OF_ALL,
    *shutdowns.OF_ALL,
]
"""Faults that everybody meets."""

"""One round of cleaning: each part alone, so that one that fails holds up no other."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import structlog

from apps.common.messaging import Messaging
from apps.worker_batch.cleaning import records, stuck
from apps.worker_batch.cleaning.images import Images

if TYPE_CHECKING:
    from apps.worker_batch.connections import Connections

_log = structlog.get_logger(__name__)


class CleaningError(Exception):
    """Parts of the round failed; the others were done."""

    reason = "cleaning"


def clean(connections: Connections, messaging: Messaging) -> None:
    """Do one round.

    Raises:
        CleaningError: names the parts that failed; what went wrong was logged.
    """
    images = Images(connections.waste, connections.s3, bucket=connections.images)
    kept = timedelta(days=connections.image_retention_days)
    parts: dict[str, Callable[[], int]] = {
        "stuck jobs ended": lambda: stuck.end(
            connections.waste, connections.redis, stuck.patience(messaging)
        ),
        "records given an expiry": lambda: records.limit(connections.redis),
        "results of deleted jobs removed": lambda: records.remove_orphans(
            connections.redis, connections.waste
        ),
        "photos of deleted jobs removed": images.remove_orphaned,
        "old photos removed": lambda: images.remove_old(kept=kept),
        "abandoned uploads removed": lambda: images.remove_abandoned(datetime.now(UTC)),
    }
    failed = []
    for part, run in parts.items():
        try:
            _log.info("cleaned", part=part, count=run())
        except Exception:
            _log.exception("a part of the cleaning failed", part=part)
            failed.append(part)
    if failed:
        raise CleaningError(f"not done: {', '.join(failed)}")

"""Celery's consumer, but nothing that arrives is lost."""

from __future__ import annotations

import structlog
from celery.worker import consumer
from kombu import Message

_log = structlog.get_logger(__name__)


class Consumer(consumer.Consumer):
    """Rejects a message that it cannot read, which dead-letters it; Celery itself would acknowledge it."""

    def on_decode_error(self, message: Message, exc: Exception) -> None:
        """Called for a body that is not what its headers say."""
        queue = (message.delivery_info or {}).get("routing_key")
        _log.error(
            "a message cannot be read: it goes to the dead letters", routing_key=queue, reason=str(exc)
        )
        message.reject()

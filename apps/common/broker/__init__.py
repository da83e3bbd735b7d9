"""RabbitMQ: publishing that is confirmed, and Celery workers that lose nothing."""

from apps.common.broker.errors import BrokerUnavailable, PublishError, QueueFull, Unroutable
from apps.common.broker.publisher import AsyncPublisher, Publisher
from apps.common.broker.worker import Worker

__all__ = [
    "AsyncPublisher",
    "BrokerUnavailable",
    "PublishError",
    "Publisher",
    "QueueFull",
    "Unroutable",
    "Worker",
]

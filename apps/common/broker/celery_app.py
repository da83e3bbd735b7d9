"""One way to set up Celery, for publishers and workers alike."""

from __future__ import annotations

import time
from urllib.parse import quote

import structlog
from celery import Celery
from celery.signals import before_task_publish
from kombu import Exchange, Queue
from kombu.utils import functional

from apps.common.messaging import Messaging
from apps.common.redis import OTHER_SENTINELS, sentinel_options
from apps.common.settings import BrokerSettings, RedisSettings

CONTEXT_FIELDS = ("request_id", "job_id")
"""What a log line tells of a request, on both sides of a queue."""

RESULT_SECONDS = 24 * 3600


def broker_url(settings: BrokerSettings, messaging: Messaging) -> str:
    """The address with its password: never log it."""
    user = quote(settings.rabbitmq_user, safe="")
    password = quote(settings.rabbitmq_password.get_secret_value(), safe="")
    host, port = settings.rabbitmq_host, settings.rabbitmq_port
    return f"amqp://{user}:{password}@{host}:{port}/{quote(messaging.virtual_host, safe='')}"


def celery_app(
    name: str, *, settings: BrokerSettings, messaging: Messaging, results: RedisSettings | None = None
) -> Celery:
    """A Celery application that uses the queues as the broker's definitions made them, and makes none.

    A message is acknowledged after its task; a failed one is rejected, which dead-letters it; a worker that
    dies gives its messages back. What is published must be confirmed.

    Args:
        results: where results of tasks that keep one are stored for a day.
    """
    # gevent, while it patches threads, looks at every object there is; that wakes Celery's lazy ones, which
    # import kombu, which keeps the sleep that is not patched yet: it would stop every greenlet, the probes'
    # too, between two tries to reach the broker.
    functional.sleep = time.sleep  # type: ignore[attr-defined]  # kombu does not say that it exports it
    app = Celery(name, set_as_current=False)
    exchange = Exchange(messaging.exchange, type="topic", no_declare=True)
    app.conf.update(
        broker_url=broker_url(settings, messaging),
        broker_connection_retry_on_startup=True,
        broker_connection_timeout=4,
        broker_heartbeat=20,
        broker_transport_options={"confirm_publish": True},
        # Exchanges and queues are the platform's: a worker may not, and need not, declare them.
        task_queues=[
            Queue(queue_name, exchange, routing_key=queue.binding, no_declare=True)
            for queue_name, queue in messaging.queues.items()
        ],
        task_create_missing_queues=False,
        task_default_exchange=messaging.exchange,
        task_default_exchange_type="topic",
        task_default_queue_type="quorum",
        worker_detect_quorum_queues=True,
        task_routes=_Routes(messaging),
        task_acks_late=True,
        task_reject_on_worker_lost=True,
        task_acks_on_failure_or_timeout=False,
        worker_prefetch_multiplier=1,
        worker_consumer="apps.common.broker.consumer:Consumer",
        worker_cancel_long_running_tasks_on_connection_loss=True,
        worker_enable_remote_control=False,
        worker_send_task_events=False,
        worker_hijack_root_logger=False,
        worker_redirect_stdouts=False,
        task_serializer="json",
        accept_content=["json"],
        result_serializer="json",
        result_expires=RESULT_SECONDS,
        result_backend=None if results is None else _redis_url(results),
        result_backend_transport_options={} if results is None else _sentinels(results),
        timezone=messaging.timezone,
        enable_utc=True,
    )
    before_task_publish.connect(_carry_context, weak=False, dispatch_uid="apps.carry-context")
    return app


class _Routes:
    """Celery's hook: how each task of messaging.json travels."""

    def __init__(self, messaging: Messaging) -> None:
        self._messaging = messaging

    def __call__(self, name: str, *_: object, **__: object) -> dict[str, object]:
        route = self._messaging.task(name)
        return {
            "exchange": route.exchange,
            "exchange_type": "topic",
            "routing_key": route.routing_key,
            "priority": route.priority,
        }


def _carry_context(headers: dict[str, object] | None = None, **_: object) -> None:
    if headers is not None:
        known = structlog.contextvars.get_contextvars()
        headers.update({field: known[field] for field in CONTEXT_FIELDS if field in known})


def _sentinels(settings: RedisSettings) -> dict[str, object]:
    if not settings.sentinels:
        return {}
    return {
        "master_name": settings.master,
        "min_other_sentinels": OTHER_SENTINELS,
        "sentinel_kwargs": sentinel_options(settings),
    }


def _redis_url(settings: RedisSettings) -> str:
    password = quote(settings.password.get_secret_value(), safe="")
    if settings.sentinels:
        places = (f"sentinel://:{password}@{host}:{port}/0" for host, port in settings.sentinel_addresses)
        return ";".join(places)
    return f"redis://:{password}@{settings.host}:{settings.port}/0"

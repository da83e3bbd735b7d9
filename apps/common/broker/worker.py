"""A Celery worker: its application, the tasks that it runs, its logs, metrics and probes."""

from __future__ import annotations

from collections.abc import Callable
from typing import ParamSpec, TypeVar

import structlog
from celery import Celery, Task
from celery.exceptions import Ignore, Reject

from apps.common.broker.celery_app import celery_app
from apps.common.broker.observation import observe
from apps.common.broker.publisher import Publisher
from apps.common.messaging import Messaging
from apps.common.settings import BrokerSettings, RedisSettings, ServiceSettings

_P = ParamSpec("_P")
_R = TypeVar("_R")

# The soft limit comes first, so that a task can say why it ended.
_SOFT_LIMIT_LEAD = 10
_BACKOFF_FACTOR = 2
_BACKOFF_MOST = 60
_log = structlog.get_logger(__name__)


class Worker:
    """What an app's main.py makes: `worker = Worker(...)`, then `app = worker.app` for the command line.

    Args:
        results: where results are kept for tasks that say `ignore_result=False`.
    """

    def __init__(
        self,
        *,
        service: ServiceSettings,
        broker: BrokerSettings,
        results: RedisSettings | None = None,
    ) -> None:
        self.messaging = Messaging.read(broker.messaging_file)
        self.app: Celery = celery_app(
            service.service_name, settings=broker, messaging=self.messaging, results=results
        )
        self.publisher = Publisher(self.app)
        observe(self.app, service=service, messaging=self.messaging)

    def task(
        self,
        name: str,
        *,
        on_failure: Callable[[BaseException, dict[str, object]], None] | None = None,
        give_up_on: tuple[type[Exception], ...] = (),
        ignore_result: bool = True,
    ) -> Callable[[Callable[_P, _R]], Task[_P, _R]]:
        """Register the decorated function as task `name`, with the retries and limits of its queue.

        Every exception is tried again after 2, 4, 8 … seconds (at most a minute) until the queue's retries
        are used up; then `on_failure(error, kwargs)` is called and the message goes to the dead letters.

        Args:
            on_failure: called once when the task has failed for good; what it raises is logged.
            give_up_on: exceptions that no second try would mend: they fail at once.
        """
        route = self.messaging.task(name)

        class AppTask(Task):  # type: ignore[type-arg]  # generic in the stubs only
            abstract = True
            foreseen = give_up_on

            def on_failure(
                self,
                exc: BaseException,
                task_id: str,  # noqa: ARG002 - Celery's signature
                args: object,  # noqa: ARG002 - Celery's signature
                kwargs: dict[str, object],
                einfo: object,  # noqa: ARG002 - Celery's signature
            ) -> None:
                if on_failure is None:
                    return
                try:
                    on_failure(exc, kwargs)
                except Exception:
                    # Past Celery it would end the greenlet, and leave the message neither done nor dead.
                    _log.exception("a failed task could not say so; its message goes to the dead letters")

        return self.app.task(
            name=name,
            base=AppTask,
            max_retries=route.retries,
            autoretry_for=(Exception,),
            dont_autoretry_for=(Reject, Ignore, *give_up_on),
            retry_backoff=_BACKOFF_FACTOR,
            retry_backoff_max=_BACKOFF_MOST,
            # With jitter Celery may choose 0 seconds, which native delayed delivery refuses.
            retry_jitter=False,
            time_limit=route.time_limit_seconds,
            soft_time_limit=max(1, route.time_limit_seconds - _SOFT_LIMIT_LEAD),
            ignore_result=ignore_result,
        )

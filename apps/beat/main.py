"""`celery -A apps.beat.main beat`: the scheduler's process."""

from __future__ import annotations

import signal

from celery import Celery, signals

from apps.beat.scheduler import Beat
from apps.beat.sending import Sender
from apps.common.broker import Publisher
from apps.common.broker.celery_app import celery_app
from apps.common.database import engine
from apps.common.messaging import Messaging
from apps.common.settings import BrokerSettings, PostgresSettings, ServiceSettings, load
from apps.common.telemetry import logging, probes


def _make() -> Celery:
    service, postgres, broker = load(ServiceSettings), load(PostgresSettings), load(BrokerSettings)
    messaging = Messaging.read(broker.messaging_file)
    app = celery_app(service.service_name, settings=broker, messaging=messaging)
    app.conf.beat_scheduler = "apps.beat.scheduler:StoredScheduler"
    beat = Beat(
        engine=engine(postgres, application=service.service_name, statement_seconds=5),
        messaging=messaging,
        sender=Sender(Publisher(app, lines=1)),
    )
    app.beat = beat  # type: ignore[attr-defined]  # Celery gives its scheduler nothing but the app

    def stop(*_: object) -> None:
        beat.stopping = True

    def start(**_: object) -> None:
        # Celery's own handlers would end the process in the middle of a publish.
        signal.signal(signal.SIGTERM, stop)
        signal.signal(signal.SIGINT, stop)
        probes.serve(service.metrics_port, ready=beat.unready, alive=beat.stuck)

    signals.setup_logging.connect(lambda **_: logging.configure(service), weak=False)
    signals.beat_init.connect(start, weak=False)
    return app


app = _make()

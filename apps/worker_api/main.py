"""`celery -A apps.worker_api.main worker`: the tasks of q.api."""

from __future__ import annotations

from apps.common.broker import Worker
from apps.common.settings import BrokerSettings, ServiceSettings, load
from apps.worker_api import map_search, oauth

service = load(ServiceSettings)
worker = Worker(service=service, broker=load(BrokerSettings))
map_search.register(worker)
oauth.register(worker, service)
app = worker.app

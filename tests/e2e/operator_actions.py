"""What tests do behind the platform's back: send a message, read a worker's figures."""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping
from urllib.parse import unquote, urlsplit

import amqp
from amqp.basic_message import Message

from tests.e2e.cluster import Cluster
from tests.e2e.monitors import scrape


def send(url: str, routing_key: str, task: str, arguments: Mapping[str, object]) -> str:
    """Publish a task as Celery does (protocol 2), by the account of `url`; answer its id."""
    address = urlsplit(url)
    task_id = str(uuid.uuid4())
    with amqp.Connection(
        host=f"{address.hostname}:{address.port}",
        userid=unquote(address.username or ""),
        password=unquote(address.password or ""),
        confirm_publish=True,
    ) as connection:
        message = Message(
            json.dumps([[], arguments, {}]),
            content_type="application/json",
            content_encoding="utf-8",
            delivery_mode=2,
            correlation_id=task_id,
            application_headers={"lang": "py", "task": task, "id": task_id, "root_id": task_id},
        )
        connection.channel().basic_publish_confirm(message, "tasks", routing_key)
    return task_id


def figure(cluster: Cluster, name: str, **labels: str) -> float:
    """The sum of a metric over all pods."""
    return sum(each.sum(name, **labels) for each in scrape(cluster.node.manifests, cluster.pods))

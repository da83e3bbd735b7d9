"""The accounts by which workloads log in to RabbitMQ, as their variables tell."""

import re
from collections.abc import Iterator
from typing import NamedTuple
from weakref import WeakKeyDictionary

from tierpolicies.documents.view import View
from tierpolicies.engine.index import Index
from tierpolicies.engine.workload import Workload
from tierpolicies.workloads.known_variables import known_variables

_USER = re.compile(r"(?:RABBIT(?:MQ)?|AMQP|BROKER)_(?:.*_)?USER(?:NAME)?$")
_SERVERS_OWN = ("RABBITMQ_DEFAULT_USER", "RABBITMQ_USERNAME")
"""What makes the first account of a server, for the official and for Bitnami's image."""


class Account(NamedTuple):
    """The user that a container logs in as."""

    workload: Workload
    container: View
    variable: str
    user: str
    view: View


_MADE: WeakKeyDictionary[Index, tuple[Account, ...]] = WeakKeyDictionary()


def accounts(index: Index) -> tuple[Account, ...]:
    """Every account that a container's variables name; found once for all rules."""
    if index not in _MADE:
        _MADE[index] = tuple(_accounts(index))
    return _MADE[index]


def _accounts(index: Index) -> Iterator[Account]:
    for workload in index.workloads:
        for container in workload.own.containers:
            is_server = "rabbitmq" in container["image"].text.rpartition("/")[2]
            for name, variable in known_variables(index, workload, container.view).items():
                if _USER.search(name) and not (is_server and name in _SERVERS_OWN):
                    yield Account(workload, container.view, name, variable.text, variable.view)

"""The containers of one RabbitMQ node: the broker, and what prepares its users and its cookie."""

from __future__ import annotations

from tiered.manifest import Body
from tiered.stores.rabbitmq_configuration import (
    CONFIGURATION_PATH,
    DATA_PATH,
    DEFINITIONS_PATH,
    PASSWORDS_PATH,
    PREPARE,
)
from tiered.stores.store import read_only_files
from tiered.workloads.container import Container, Resources, Variable, Volume, scratch

CLIENT_PORTS = {"amqp": 5672}
MANAGEMENT_PORTS = {"management": 15672}
METRICS_PORTS = {"prometheus": 15692}
CLUSTER_PORTS = {"epmd": 4369, "cluster": 25672}

# A node that stops waits so long for another replica of its queues to catch up, then hands its
# leaders over. Longer would hold up the drain of a Kubernetes node; and nothing confirmed is lost
# then, for the queues are on disk.
_CATCH_UP_SECONDS = 120
GRACE_SECONDS = 300


def containers(
    *, image: str, domain: str, secret: str, configuration: str, resources: Resources, replicas: int
) -> tuple[Container, Container]:
    """The broker, and the init container that prepares its users and its Erlang cookie."""
    data = Volume(name="data", path=DATA_PATH, source={}, read_only=False)
    settings = Volume(name="configuration", path=CONFIGURATION_PATH, source=read_only_files(configuration))
    passwords = Volume(name="passwords", path=PASSWORDS_PATH, source=read_only_files(secret, kind="secret"))
    in_memory: Body = {"emptyDir": {"medium": "Memory", "sizeLimit": "1Mi"}}
    prepared = Volume(name="definitions", path=DEFINITIONS_PATH, source=in_memory, read_only=False)
    broker = Container(
        name="rabbitmq",
        image=image,
        resources=resources,
        environment=[
            Variable(name="POD_NAME", field_path="metadata.name"),
            Variable(name="RABBITMQ_NODENAME", value=f"rabbit@$(POD_NAME).{domain}"),
            Variable(name="RABBITMQ_USE_LONGNAME", value="true"),
        ],
        ports={**CLIENT_PORTS, **MANAGEMENT_PORTS, **METRICS_PORTS, **CLUSTER_PORTS},
        volumes=[
            data,
            settings,
            Volume(name="definitions", path=DEFINITIONS_PATH, source=in_memory),
            scratch(),
        ],
        # Sockets, because each call of rabbitmq-diagnostics starts an Erlang machine of its own.
        # A node in a minority closes 5672 until the others are back: it is not ready, but to kill it
        # would help nobody. 25672 stays open as long as its Erlang machine lives, from early in the boot.
        readiness={"tcpSocket": {"port": "amqp"}, "periodSeconds": 10, "timeoutSeconds": 5},
        liveness={
            "tcpSocket": {"port": "cluster"},
            "initialDelaySeconds": 60,
            "periodSeconds": 20,
            "timeoutSeconds": 5,
            "failureThreshold": 3,
        },
        pre_stop=_hand_over() if replicas > 1 else None,
    )
    prepare = Container(
        name="prepare",
        image=image,
        resources=resources,
        command=["sh", "-c", PREPARE],
        volumes=[data, settings, passwords, prepared],
    )
    return broker, prepare


def _hand_over() -> Body:
    commands = (
        f"rabbitmq-upgrade await_online_quorum_plus_one -t {_CATCH_UP_SECONDS}; rabbitmq-upgrade drain -t 60"
    )
    return {"exec": {"command": ["sh", "-c", commands]}}

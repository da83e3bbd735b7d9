"""RabbitMQ without Celery: a dead letter is a message like any other, readable by a worker or not."""

from __future__ import annotations

from amqp import Channel, Connection
from amqp.exceptions import AMQPError

from apps.common.messaging import Messaging
from apps.common.settings import BrokerSettings
from apps.dead_letters.frames import tolerant_frame_handler

CONNECT_SECONDS = 4
HEARTBEAT_SECONDS = 20

BROKER_ERRORS = (AMQPError, OSError)
"""What a broker that is away, or refuses, raises."""


def connect(
    settings: BrokerSettings, messaging: Messaging, *, name: str, confirm: bool = False
) -> Connection:
    """An open connection, told apart by `name` in the broker's management.

    Args:
        confirm: whether publishing waits until the broker has taken the message.

    Raises:
        OSError, AMQPError: there is no broker, or it does not let this account in.
    """
    connection = Connection(
        host=f"{settings.rabbitmq_host}:{settings.rabbitmq_port}",
        userid=settings.rabbitmq_user,
        password=settings.rabbitmq_password.get_secret_value(),
        virtual_host=messaging.virtual_host,
        connect_timeout=CONNECT_SECONDS,
        heartbeat=HEARTBEAT_SECONDS,
        confirm_publish=confirm,
        client_properties={"connection_name": name},
        frame_handler=tolerant_frame_handler,
    )
    connection.connect()
    return connection


def open_channel(connection: Connection) -> Channel:
    """A channel that leaves bodies as the bytes that they are."""
    channel = Channel(connection, auto_decode=False)
    channel.open()
    return channel


def close(connection: Connection) -> None:
    """End `connection`, whatever state it is in."""
    try:
        connection.close()
    except BROKER_ERRORS:
        connection.collect()

"""Why a task was not accepted by the broker."""

from __future__ import annotations


class PublishError(Exception):
    """The task was not accepted: nothing will run it. Its text names the task.

    Attributes:
        retry_after: seconds after which it is worth trying again.
    """

    retry_after: int = 5


class QueueFull(PublishError):  # noqa: N818 - what happened, as the broker calls it
    """The queue holds as many messages as it may: the broker refused one more."""

    retry_after = 10


class BrokerUnavailable(PublishError):  # noqa: N818 - what happened
    """The broker could not be reached or did not confirm in time; it may have taken the task all the same."""


class Unroutable(PublishError):  # noqa: N818 - what happened
    """No queue is bound for the task's routing key: the broker's definitions do not match messaging.json."""

    retry_after = 60

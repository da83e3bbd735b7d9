"""Alerts about queues and about those who work them off, one truth with the broker's definitions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from tiered.observability.alerts import Alert
from tierwright.compose.plan import QUEUE_METRIC, Plan, consumes
from tierwright.description.messaging import Messaging, Queue

_FAILING = 0.1
"""The share of failed tasks beyond which somebody must look."""
_NEARLY_FULL = 0.9


def queue_alerts(plan: Plan) -> list[Alert]:
    """The alerts that follow from the described queues; none without queues."""
    messaging = plan.platform.messaging
    if messaging is None:
        return []
    tasks = {name: queue for name, queue in messaging.queues.items() if name != messaging.dead_letter_queue}
    return [
        *_long(plan, messaging),
        *_old(plan, tasks),
        _unconsumed(plan, messaging),
        _nearly_full(messaging),
        _expiring(messaging),
        _failing(plan, messaging),
    ]


def camel(name: str) -> str:
    """A queue's name as a part of an alert's: `q.ai` is QAi."""
    return "".join(word.capitalize() for word in name.replace("-", ".").split("."))


def _workers(plan: Plan, queue: str) -> list[str]:
    """The commands that show who works a queue off."""
    return [
        f"kubectl -n {app.namespace} get pods -l app={name}; "
        f"kubectl -n {app.namespace} logs deploy/{name} --tail=50"
        for name, (app, workload) in plan.workloads.items()
        if queue in consumes(workload)
    ]


def _look(plan: Plan, messaging: Messaging) -> str:
    namespace = plan.platform.stores[messaging.store].namespace
    return (
        f"kubectl -n {namespace} exec {messaging.store}-0 -- rabbitmqctl list_queues name messages consumers"
    )


def _long(plan: Plan, messaging: Messaging) -> Iterator[Alert]:
    for name, queue in messaging.queues.items():
        if queue.alert is None:
            continue
        dead = name == messaging.dead_letter_queue
        yield Alert(
            name=f"QueueLong{camel(name)}",
            expression=f'max by (queue) ({QUEUE_METRIC}{{queue="{name}"}}) > {queue.alert.above}',
            lasting="5m",
            severity=queue.alert.severity,
            summary=f"{name} holds {{{{ $value }}}} messages, more than {queue.alert.above}.",
            action=(
                "Failed tasks are not collected: see the collector and its database."
                if dead
                else "See whether its consumers run and keep up."
            ),
            meaning=(
                "Failed messages wait to be stored. When this queue is full, the others hold theirs back."
                if dead
                else f"Tasks wait in {name} too long; after {queue.ttl or 0} s they are given up."
            ),
            look=[_look(plan, messaging), *_workers(plan, name)],
            mend=[
                "A pod that restarts or is not ready: read the end of its log first.",
                "Pods that are well: see what they wait for; then whether there should be more of them.",
                *(
                    ["Stored letters: `python -m apps.dead_letters list`, and mend their cause."]
                    if dead
                    else []
                ),
            ],
        )


def _old(plan: Plan, queues: Mapping[str, Queue]) -> Iterator[Alert]:
    for name, queue in queues.items():
        if queue.ttl is None:
            continue
        half = int(queue.ttl) // 2
        waiting = f'rabbitmq_queue_messages_ready{{queue="{name}"}}'
        # Quorum queues do not tell the age of their first message. By Little's law it is the number of
        # those that wait, divided by those that are done each second; a queue that was empty meanwhile
        # holds nothing old, however seldom its tasks are.
        done = f'rate(rabbitmq_queue_messages_acked_total{{queue="{name}"}}[{max(half, 300)}s])'
        yield Alert(
            name=f"QueueOld{camel(name)}",
            expression=(
                f"max by (queue) ({waiting}) / on (queue)"
                f" (sum by (queue) ({done}) or max by (queue) ({waiting}) * 0) > {half}"
                f" and on (queue) max by (queue) (min_over_time({waiting}[{half}s])) > 0"
            ),
            lasting="1m",
            severity="warning",
            summary=f"Tasks wait in {name} for {{{{ $value | humanizeDuration }}}} or more.",
            action=f"After {queue.ttl} s they expire undone: see who works them off.",
            meaning=f"What waits in {name} for {queue.ttl} s is dead-lettered without having been tried.",
            look=_workers(plan, name),
            mend=["Make the workers run again, or run more of them.", "Then replay what expired."],
        )


def _unconsumed(plan: Plan, messaging: Messaging) -> Alert:
    names = "|".join(name.replace(".", r"\\.") for name in messaging.queues)
    return Alert(
        name="QueueUnconsumed",
        expression=f'max by (queue) (rabbitmq_queue_consumers{{queue=~"{names}"}}) == 0',
        lasting="5m",
        severity="critical",
        summary="Nobody reads {{ $labels.queue }}.",
        action="Its workers are gone or cannot log in: see their pods and the end of their logs.",
        meaning="Tasks are taken from users and nobody does them.",
        look=[_look(plan, messaging)],
        mend=[
            "Pods that do not start: `kubectl describe` says why.",
            "Refused log-ins: the broker has another password; it reads the Secret when it starts.",
        ],
    )


def _nearly_full(messaging: Messaging) -> Alert:
    parts = [
        f'max by (queue) ({QUEUE_METRIC}{{queue="{name}"}}) > {int(queue.max_length * _NEARLY_FULL)}'
        for name, queue in messaging.queues.items()
    ]
    return Alert(
        name="QueueNearlyFull",
        expression=" or ".join(parts),
        lasting="1m",
        severity="critical",
        summary="{{ $labels.queue }} is nearly full, with {{ $value }} messages.",
        action="A full queue refuses what is published, and services answer 503: see who works it off.",
        meaning="When it is full, publishers get a refusal; users are asked to come back later.",
        mend=["As for a long queue.", "Purge only what nobody needs: a purged message is gone."],
    )


def _expiring(messaging: Messaging) -> Alert:
    return Alert(
        name="TasksExpire",
        expression=(
            "sum by (namespace) (increase(rabbitmq_global_messages_dead_lettered_expired_total[15m])) > 0"
        ),
        lasting="0s",
        severity="warning",
        summary="{{ $value }} tasks waited so long that they were given up.",
        action=f"They lie with the dead letters of {messaging.dead_letter_queue}: replay those still wanted.",
        meaning="Somebody asked for them and got nothing.",
        look=["python -m apps.dead_letters list"],
        mend=["Find out which queue was too slow (alerts QueueOld…).", "Replay what is still wanted."],
    )


def _failing(plan: Plan, messaging: Messaging) -> Alert:
    failed, all_ = (
        f'sum by (queue) (rate(celery_tasks_total{{state=~"{states}"}}[15m]))'
        for states in ("failure", "success|failure")
    )
    return Alert(
        name="WorkerFailureRate",
        expression=f"{failed} / {all_} > {_FAILING}",
        lasting="10m",
        severity="warning",
        summary="{{ $value | humanizePercentage }} of the tasks of {{ $labels.queue }} fail.",
        action="The reason stands in the workers' logs and with the dead letters.",
        meaning="Failed tasks have been tried as often as they may be; they are dead letters now.",
        look=list(dict.fromkeys(line for queue in messaging.queues for line in _workers(plan, queue))),
        mend=["A service that they call is away: wait, then replay.", "A release broke them: roll it back."],
    )

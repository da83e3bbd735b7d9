"""The broker's cluster: whether it is whole, has its quorum and takes messages."""

from __future__ import annotations

from tiered.observability.alerts import Alert, Recording
from tierwright.compose.plan import Plan
from tierwright.description.stores import RabbitMQ

_ALARMS = "rabbitmq_alarms_memory_used_watermark + rabbitmq_alarms_free_disk_space_watermark"


def broker_rules(plan: Plan, name: str, store: RabbitMQ) -> list[Alert | Recording]:
    """rabbitmq_cluster_status and the alerts about the nodes of one broker."""
    replicas = plan.replicas(store.replicas)
    quorum = replicas // 2 + 1
    nodes = f'count by (namespace) (rabbitmq_identity_info{{namespace="{store.namespace}"}})'
    silent = f'absent(rabbitmq_identity_info{{namespace="{store.namespace}"}}) * 0'
    where = f"kubectl -n {store.namespace}"
    look = [
        f"{where} get pods -l app={name} -o wide",
        f"{where} exec {name}-0 -- rabbitmqctl cluster_status",
        f"{where} logs {name}-0 --tail=100",
    ]
    rules: list[Alert | Recording] = [
        Recording(
            metric="rabbitmq_cluster_status",
            # 1: every node answers and none has an alarm.
            expression=(
                f"({nodes} == bool {replicas})"
                f" * on (namespace) (1 - clamp_max(sum by (namespace) ({_ALARMS}), 1))"
            ),
        ),
        Alert(
            name="BrokerQuorumLost",
            expression=f"({nodes} or {silent}) < {quorum}",
            lasting="1m",
            severity="critical",
            summary=f"{{{{ $value }}}} of {replicas} brokers answer: the queues have no majority.",
            action="Nothing is taken or given until a majority runs: bring back what is missing.",
            meaning=(
                "Without a majority the brokers stop on purpose, so that no message exists twice."
                " Services answer 503; nothing that was confirmed is lost."
            ),
            look=look,
            mend=[
                "Pods that wait for a node or a volume: `kubectl describe pod` says for which.",
                f"A volume that is lost: see [how a node is replaced]({name}-maintenance.md).",
            ],
        ),
        Alert(
            name="BrokerAlarm",
            expression=f"max by (namespace, pod) ({_ALARMS}) > 0",
            lasting="1m",
            severity="critical",
            summary="{{ $labels.pod }} is out of memory or disk, and takes no messages.",
            action="Every publisher of the cluster waits until it has room again.",
            meaning="A broker beyond its watermark blocks whoever publishes, on all nodes.",
            look=[*look, f"{where} exec {name}-0 -- rabbitmq-diagnostics memory_breakdown --unit MB"],
            mend=["Find the queue that grew, and its consumers.", "Enlarge the volume or the memory limit."],
        ),
    ]
    if replicas > 1:
        rules.append(
            Alert(
                name="BrokerNodeDown",
                expression=f"{nodes} < {replicas}",
                lasting="10m",
                severity="warning",
                summary=f"{{{{ $value }}}} of {replicas} brokers answer.",
                action="One more that goes takes the majority along: bring it back.",
                meaning="The queues work on with the others, without anything to spare.",
                look=look,
                mend=[f"See [how a node is restored or replaced]({name}-maintenance.md)."],
            )
        )
    return rules

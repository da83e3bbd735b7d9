"""The members of a database or broker come and go with the load.

## What it does
Reports autoscalers of StatefulSets whose image is that of a store with members or one writer: etcd,
ZooKeeper, Consul, RabbitMQ, Kafka, PostgreSQL, MySQL, MongoDB, Redis, Elasticsearch and the like.

## Why is this bad
A member is added and removed by commands of the store itself. A pod that is simply gone still counts
for the quorum, and its data with it; one that simply starts holds nothing, or a second copy.

## Example
```yaml
kind: HorizontalPodAutoscaler
spec: {scaleTargetRef: {apiVersion: apps/v1, kind: StatefulSet, name: etcd}, minReplicas: 3, maxReplicas: 7}
```

## Use instead
```yaml
kind: StatefulSet
spec: {replicas: 3}
```
"""

from collections.abc import Iterator

from tierpolicies.engine.context import Context
from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.rule import rule
from tierpolicies.workloads.scaling import targets

_STORES = frozenset(
    (
        *("cassandra", "clickhouse-server", "cockroach", "consul", "couchdb", "elasticsearch", "etcd"),
        *("kafka", "mariadb", "mongo", "mongodb", "mysql", "nats", "opensearch", "postgres", "postgresql"),
        *("rabbitmq", "redis", "redis-cluster", "scylla", "valkey", "vault", "zookeeper"),
    )
)


@rule(
    needs=("HorizontalPodAutoscaler", "ScaledObject"),
    severity=Severity.WARNING,
    remediation="Write a fixed number of replicas and change it by the store's own procedure.",
)
def check(context: Context) -> Iterator[Fault]:
    """Reports each autoscaler of a store."""
    for scaler, workload in targets(context.index):
        if scaler.kind != "StatefulSet":
            continue
        for container in workload.own.running:
            image = container["image"].text.partition("@")[0].rpartition("/")[2].partition(":")[0]
            if image in _STORES:
                message = f"{scaler.name} is a store ({image}): its members do not come and go with the load"
                yield Fault(message, scaler.manifest, scaler.target["name"])
                break

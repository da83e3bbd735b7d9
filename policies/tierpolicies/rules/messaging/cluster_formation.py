"""The members of a broker's cluster do not find each other.

## What it does
For a RabbitMQ StatefulSet of several replicas: rabbitmq.conf names a `cluster_formation` backend or its
nodes; the backend's plugin is enabled; `cluster_formation.k8s.service_name`, the variable `K8S_SERVICE_NAME`
and the names of the nodes (`RABBITMQ_NODENAME`, classic nodes) hold the StatefulSet's own `serviceName`;
the size hint is the number of replicas, of which no more are classic nodes.

## Why is this bad
Each broker starts as a cluster of its own with queues of its own, or waits for names that nobody answers
to. Publishers and consumers then miss each other.

## Example
```yaml
serviceName: rabbitmq-nodes   # and RABBITMQ_NODENAME: rabbit@$(POD_NAME).rabbitmq.messaging.svc
```

## Use instead
```yaml
serviceName: rabbitmq-nodes   # and RABBITMQ_NODENAME: rabbit@$(POD_NAME).rabbitmq-nodes.messaging.svc
```
"""

import re
from collections.abc import Iterator

from tierpolicies.engine.context import MESSAGES, Context
from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.rule import rule
from tierpolicies.messaging.broker_servers import Server, servers
from tierpolicies.workloads.settings_files import Line

_BACKEND = "cluster_formation.peer_discovery_backend"
_NODES = "cluster_formation.classic_config.nodes."
_HINT = "cluster_formation.target_cluster_size_hint"
_SERVICE = "cluster_formation.k8s.service_name"
_PLUGIN = "rabbitmq_peer_discovery_"
_LONG_NAME = re.compile(r"@(?:[^.]+|\$\([^)]*\)|\$\{[^}]*\})\.([a-z0-9-]+)(?:\.|$)")


@rule(
    needs=(MESSAGES,),
    severity=Severity.ERROR,
    remediation="Name the StatefulSet's own members by its own headless Service.",
    rests_on=("ConfigMap",),
)
def check(context: Context) -> Iterator[Fault]:
    """Reports what keeps the members of each cluster apart."""
    for server in servers(context.index):
        replicas = server.workload.replicas
        if server.manifest.kind != "StatefulSet":
            continue
        if replicas > 1 and server.conf:
            yield from _backend(server)
            yield from _size(server, replicas)
        yield from _names(server)


def _backend(server: Server) -> Iterator[Fault]:
    backend = server.conf.get(_BACKEND)
    nodes = [line for key, line in server.conf.items() if key.startswith(_NODES)]
    if backend is None and not nodes:
        if not any("cluster_formation." in key for key in server.conf):
            some = next(iter(server.conf.values()))
            message = f"nothing tells the {server.workload.replicas} brokers of each other: set {_BACKEND}"
            yield Fault(message, some.manifest, some.written)
        return
    if backend is None or server.plugins is None:
        return
    name = backend.text.removeprefix("rabbit_peer_discovery_").removesuffix("_config")
    plugin = _PLUGIN + name
    if name in ("k8s", "aws", "consul", "etcd") and plugin not in server.plugins:
        yield backend.fault(f"the backend {backend.text} needs the plugin {plugin}, which is not enabled")


def _size(server: Server, replicas: int) -> Iterator[Fault]:
    hint = server.conf.get(_HINT)
    if hint is not None and hint.number is not None and hint.number != replicas:
        yield hint.fault(f"the cluster waits for {hint.text} members, and has {replicas}")
    nodes = [line for key, line in server.conf.items() if key.startswith(_NODES)]
    if nodes and len(nodes) != replicas:
        yield nodes[-1].fault(f"{len(nodes)} nodes are named, and there are {replicas}")


def _names(server: Server) -> Iterator[Fault]:
    service = server.manifest.view.at("spec", "serviceName").text
    if not service:
        return
    told = f"the StatefulSet's serviceName is {service}"
    named: list[Line] = [
        line for key, line in server.conf.items() if key == _SERVICE and line.text != service
    ]
    named += [
        line for key, line in server.conf.items() if key.startswith(_NODES) and _other(line.text, service)
    ]
    for line in named:
        yield line.fault(f"{line.key} is {line.text}; {told}")
    for variable in ("RABBITMQ_NODENAME", "K8S_SERVICE_NAME"):
        found = server.variables.get(variable)
        is_wrong = found is not None and (
            found.text != service if variable.startswith("K8S") else _other(found.text, service)
        )
        if found is not None and is_wrong and "$" not in found.text.partition(".")[2]:
            yield Fault(f"{variable} is {found.text}; {told}", server.manifest, found.view)


def _other(node: str, service: str) -> bool:
    """Whether a node's long name goes by another Service."""
    match = _LONG_NAME.search(node)
    return match is not None and match[1] != service

"""cdk8s constructs for tiered platforms on Kubernetes.

Every name below is loaded when it is first used: whoever needs only the emitter or the
quantities never starts Node, which `import cdk8s` does.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tiered.chart import Chart
    from tiered.component import Component
    from tiered.errors import TieredError
    from tiered.manifest import Manifest, Wave
    from tiered.messaging.config import MessagingConfig
    from tiered.messaging.topology import DeadLetters, Queue, Task, Topology
    from tiered.network.ingress_alb import AlbIngress
    from tiered.network.ingress_nginx import NginxIngress
    from tiered.network.policy import NamespaceIsolation, WorkloadPolicy
    from tiered.network.route import Route
    from tiered.stores.postgres import Postgres
    from tiered.stores.rabbitmq import RabbitMQ
    from tiered.stores.redis import Redis
    from tiered.tiers.namespace import TierNamespace
    from tiered.tiers.priority import PriorityClass
    from tiered.workloads.api_service import ApiService
    from tiered.workloads.autoscaling import CpuTarget, ExternalTarget, Replicas
    from tiered.workloads.celery_beat import CeleryBeat
    from tiered.workloads.celery_worker import CeleryWorker
    from tiered.workloads.consumer import Consumer
    from tiered.workloads.container import Container, Resources, Variable, Volume
    from tiered.workloads.migration import Migration
    from tiered.workloads.pod import Placement, Pod
    from tiered.workloads.program import Program

_HOMES = {
    "tiered.chart": ("Chart",),
    "tiered.component": ("Component",),
    "tiered.errors": ("TieredError",),
    "tiered.manifest": ("Manifest", "Wave"),
    "tiered.messaging.config": ("MessagingConfig",),
    "tiered.messaging.topology": ("DeadLetters", "Queue", "Task", "Topology"),
    "tiered.network.ingress_alb": ("AlbIngress",),
    "tiered.network.ingress_nginx": ("NginxIngress",),
    "tiered.network.policy": ("NamespaceIsolation", "WorkloadPolicy"),
    "tiered.network.route": ("Route",),
    "tiered.stores.postgres": ("Postgres",),
    "tiered.stores.rabbitmq": ("RabbitMQ",),
    "tiered.stores.redis": ("Redis",),
    "tiered.tiers.namespace": ("TierNamespace",),
    "tiered.tiers.priority": ("PriorityClass",),
    "tiered.workloads.api_service": ("ApiService",),
    "tiered.workloads.autoscaling": ("CpuTarget", "ExternalTarget", "Replicas"),
    "tiered.workloads.celery_beat": ("CeleryBeat",),
    "tiered.workloads.celery_worker": ("CeleryWorker",),
    "tiered.workloads.consumer": ("Consumer",),
    "tiered.workloads.container": ("Container", "Resources", "Variable", "Volume"),
    "tiered.workloads.migration": ("Migration",),
    "tiered.workloads.pod": ("Placement", "Pod"),
    "tiered.workloads.program": ("Program",),
}
_HOME = {name: module for module, names in _HOMES.items() for name in names}

__all__ = (
    "AlbIngress",
    "ApiService",
    "CeleryBeat",
    "CeleryWorker",
    "Chart",
    "Component",
    "Consumer",
    "Container",
    "CpuTarget",
    "DeadLetters",
    "ExternalTarget",
    "Manifest",
    "MessagingConfig",
    "Migration",
    "NamespaceIsolation",
    "NginxIngress",
    "Placement",
    "Pod",
    "Postgres",
    "PriorityClass",
    "Program",
    "Queue",
    "RabbitMQ",
    "Redis",
    "Replicas",
    "Resources",
    "Route",
    "Task",
    "TierNamespace",
    "TieredError",
    "Topology",
    "Variable",
    "Volume",
    "Wave",
    "WorkloadPolicy",
)


def __getattr__(name: str) -> object:
    home = _HOME.get(name)
    if home is None:
        raise AttributeError(f"module 'tiered' has no attribute {name!r}")
    return getattr(import_module(home), name)

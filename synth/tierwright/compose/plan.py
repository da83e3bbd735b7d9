"""One environment of a description, resolved: what runs there, where, and how much of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from tiered.origin import Text
from tiered.workloads.autoscaling import CpuTarget, ExternalTarget
from tiered.workloads.autoscaling import Replicas as Scale
from tiered.workloads.container import Resources
from tiered.workloads.pod import Placement
from tiered.workloads.rollout import Rollout
from tierwright.description.components import Capability, Component
from tierwright.description.environments import Environment, Pool
from tierwright.description.loading import Description
from tierwright.description.platform import Platform
from tierwright.description.stores import Amounts, PostgreSQL, Redis
from tierwright.description.tiers import Rollout as DescribedRollout
from tierwright.description.tiers import Tier
from tierwright.description.workloads import App, Replicas, Workload

QUEUE_METRIC = "rabbitmq_queue_messages"


@dataclass(frozen=True)
class Plan:
    """A description seen from one of its environments."""

    description: Description
    name: str

    @property
    def platform(self) -> Platform:
        return self.description.platform

    @property
    def environment(self) -> Environment:
        return self.platform.environments[self.name]

    @property
    def apps(self) -> Mapping[str, App]:
        return self.description.apps

    @cached_property
    def components(self) -> Mapping[str, Component]:
        """The components that this environment installs."""
        return {name: self.platform.components[name] for name in self.environment.components}

    def provider(self, capability: Capability) -> str | None:
        """The component that brings a capability here, if one does."""
        return next((name for name, each in self.components.items() if capability in each.provides), None)

    def tier_of(self, namespace: str) -> str:
        """The tier that owns a namespace."""
        return next(name for name, tier in self.platform.tiers.items() if namespace in tier.namespaces)

    def tier(self, name: str) -> Tier:
        return self.platform.tiers[name]

    def pool(self, tier: str) -> Pool:
        return self.environment.pools[self.environment.placement[tier]]

    def managed(self, namespace: str) -> bool:
        """Whether the namespace is ours to write, or the cluster's own."""
        return self.tier(self.tier_of(namespace)).namespaces[namespace].managed

    def folder(self, namespace: str) -> str:
        """Where the objects of a namespace stand below dist/<environment>."""
        name = self.tier_of(namespace)
        return f"tier-{self.tier(name).number}-{name}/{namespace}"

    def placement(self, namespace: str, *, workload: str | None = None) -> Placement:
        """Where pods of a namespace run; a workload with a queue's priority ranks by its own class."""
        tier = self.tier_of(namespace)
        pool = self.pool(tier)
        own = workload is not None and self.queue_priority(workload) > 0
        return Placement(
            tier=tier,
            priority_class=f"{tier}-{workload}" if own else tier,
            node_selector=pool.labels,
            tolerations=tuple(toleration(taint) for taint in pool.taints),
        )

    def queue_priority(self, workload: str) -> int:
        """The highest priority among the queues that a workload consumes; 0 for none."""
        messaging = self.platform.messaging
        if messaging is None:
            return 0
        consumed = consumes(self.workloads[workload][1]) if workload in self.workloads else ()
        return max((int(messaging.queues[queue].priority) for queue in consumed), default=0)

    @cached_property
    def workloads(self) -> Mapping[str, tuple[App, Workload]]:
        """Every workload of every app by name, with its app."""
        return {
            name: (app, workload) for app in self.apps.values() for name, workload in app.workloads.items()
        }

    def replicas(self, wanted: int) -> int:
        """A fixed number of replicas, held to the environment's size."""
        sizing = self.environment.sizing
        return wanted if sizing is None else min(wanted, sizing.replicas)

    def standbys(self, store: PostgreSQL) -> int:
        """How many read replicas a database has here; none in an environment with a fixed size."""
        return 0 if self.environment.sizing is not None else store.read_replicas

    def redis_hosts(self, name: str, store: Redis) -> tuple[str, ...]:
        """The pods of a Redis whose sentinels are asked for the master; none for a single one."""
        replicas = self.replicas(store.replicas)
        hosts = (f"{name}-{number}.{name}.{store.namespace}.svc" for number in range(replicas))
        return tuple(hosts) if replicas > 1 else ()

    def exporter(self, store: PostgreSQL | Redis) -> str | None:
        """The image of a store's exporter, where something collects metrics."""
        return store.exporter if self.provider("monitoring") is not None else None

    def scale(self, wanted: Replicas) -> Scale:
        """A range of replicas; nothing scales in an environment with a fixed size."""
        if self.environment.sizing is not None or wanted.most == wanted.min:
            return Scale(minimum=self.replicas(wanted.min))
        target: CpuTarget | ExternalTarget | None = None
        if wanted.cpu is not None:
            target = CpuTarget(utilization=wanted.cpu)
        elif wanted.queue is not None:
            target = ExternalTarget(
                metric=QUEUE_METRIC,
                average_value=str(wanted.queue.messages),
                labels={"queue": wanted.queue.name},
            )
        return Scale(minimum=wanted.min, maximum=wanted.most, target=target)

    def rollout(self, namespace: str, own: DescribedRollout | None) -> Rollout:
        chosen = own or self.tier(self.tier_of(namespace)).rollout
        return Rollout(max_surge=chosen.max_surge, max_unavailable=chosen.max_unavailable)

    def image(self, app: str) -> str:
        """What the containers of an app run here."""
        image = self.description.images.images[self.name][app]
        return Text(image.reference(f"{self.platform.registry}/{app}"), image.origin)

    def fill(self, template: str) -> str:
        """A value of the description with {platform}, {environment}, {host} and the like filled in.

        {load_balancer} is what pods see of it: addresses, separated by commas.
        """
        environment = self.environment
        known = {
            "platform": self.platform.platform,
            "environment": self.name,
            "host": environment.ingress.host if environment.ingress else "",
            "region": environment.aws.region if environment.aws else "",
            "load_balancer": ",".join(self._load_balancer()),
        }
        filled = template
        for name, value in known.items():
            filled = filled.replace("{" + name + "}", value)
        return template if filled == template else filled

    def _load_balancer(self) -> tuple[str, ...]:
        ingress = self.environment.ingress
        if ingress is None:
            return ()
        if ingress.type == "alb":
            return tuple(ingress.sources)
        ranges = self.environment.cluster.ranges  # one that runs in the cluster has a pod's address
        return (ranges.pods,) if ranges else ()


def consumes(workload: Workload) -> tuple[str, ...]:
    """The queues that a workload reads; only workers and consumers do."""
    return workload.consumes if workload.kind in ("worker", "consumer") else ()


def resources(amounts: Amounts) -> Resources:
    """Described amounts as a construct takes them."""
    return Resources(
        requests={str(name): value for name, value in amounts.requests.items()},
        limits={str(name): value for name, value in amounts.limits.items()},
    )


def toleration(taint: str) -> dict[str, str]:
    """The toleration of exactly one taint, written `key=value:Effect`."""
    key_value, _, effect = taint.rpartition(":")
    key, equals, value = key_value.partition("=")
    if equals:
        return {"key": key, "operator": "Equal", "value": value, "effect": effect}
    return {"key": key, "operator": "Exists", "effect": effect}

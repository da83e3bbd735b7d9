"""What the judge is told of an environment: plain facts of the description, without any construct."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from tiered.origin import Origin
from tierpolicies.engine.settings import Settings
from tierpolicies.platform import Budget, Place, PodRequest, Pool, Taint, Tier, Waiver
from tierpolicies.platform import Platform as Facts
from tierpolicies.quantity import parse_bytes, parse_cpu
from tierwright.description.environments import Environment
from tierwright.description.environments import Pool as DescribedPool
from tierwright.description.platform import Platform
from tierwright.description.policies import Policies

_GIBIBYTE = 1024**3


def facts(platform: Platform, name: str, *, root: Path = Path()) -> Facts:
    """The facts of one environment of the description in the folder `root`.

    Only cluster, pools and tiers need to be described.
    """
    environment = platform.environments[name]
    ingress = environment.ingress
    return Facts(
        name=platform.platform,
        environment=name,
        kubernetes=environment.cluster.kubernetes,
        region=environment.aws.region if environment.aws else "",
        cni=environment.cluster.cni or "",
        tiers=tuple(_tiers(platform, environment)),
        pools=tuple(_pool(pool_name, pool) for pool_name, pool in environment.pools.items()),
        pods=(*_cluster_pods(environment), *_component_pods(platform, environment)),
        budget=_budget(environment),
        certificate_names=tuple(ingress.certificate.names) if ingress and ingress.type == "alb" else (),
        waivers=tuple(_waivers(platform, name)),
        settings=_settings(platform.policies, root),
        source=_place(environment.origin),
    )


def _place(origin: Origin) -> Place:
    return Place(origin.file, origin.line, origin.column)


def _tiers(platform: Platform, environment: Environment) -> Iterator[Tier]:
    for name, tier in platform.tiers.items():
        yield Tier(
            name=name,
            number=tier.number,
            priority=tier.priority,
            pool=environment.placement[name],
            namespaces=tuple(tier.namespaces),
            source=_place(tier.origin),
        )


def _pool(name: str, pool: DescribedPool) -> Pool:
    return Pool(
        name=name,
        instance=pool.instance or "",
        nodes=pool.nodes,
        max_nodes=pool.most,
        cpu_milli=parse_cpu(pool.cpu) if pool.cpu else None,
        memory_bytes=parse_bytes(pool.memory) if pool.memory else None,
        disk_gib=-(-parse_bytes(pool.disk) // _GIBIBYTE) if pool.disk else 0,
        labels=pool.labels,
        taints=tuple(_taint(text) for text in pool.taints),
        usd_month=pool.usd_month,
        source=_place(pool.origin),
        reserved_cpu_milli=parse_cpu(pool.reserved.cpu),
        reserved_memory_bytes=parse_bytes(pool.reserved.memory),
        eviction_bytes=parse_bytes(pool.reserved.eviction),
        max_pods=pool.max_pods,
    )


def _taint(text: str) -> Taint:
    key_value, _, effect = text.rpartition(":")
    key, _, value = key_value.partition("=")
    return Taint(key, value, effect)


def _cluster_pods(environment: Environment) -> Iterator[PodRequest]:
    tier_of_pool = {pool: tier for tier, pool in reversed(environment.placement.items())}
    for name, pod in environment.cluster.pods.items():
        yield PodRequest(
            name=name,
            namespace="kube-system",
            tier=tier_of_pool.get(pod.pool) if pod.pool else None,
            cpu_milli=parse_cpu(pod.cpu),
            memory_bytes=parse_bytes(pod.memory),
            replicas=pod.replicas,
            per_node=pod.every_node,
            source=_place(pod.origin),
        )


def _component_pods(platform: Platform, environment: Environment) -> Iterator[PodRequest]:
    for name in environment.components:
        component = platform.components[name]
        tier = next(each for each, t in platform.tiers.items() if component.namespace in t.namespaces)
        for pod_name, pod in component.pods.items():
            containers = [each for each in (pod.resources, *pod.containers.values()) if each is not None]
            yield PodRequest(
                name=pod_name,
                namespace=component.namespace,
                tier=None if pod.every_node else tier,
                cpu_milli=sum(parse_cpu(each.requests.get("cpu", "0")) for each in containers),
                memory_bytes=sum(parse_bytes(each.requests.get("memory", "0")) for each in containers),
                replicas=pod.replicas,
                per_node=pod.every_node,
                volume_bytes=parse_bytes(pod.volume) if pod.volume else 0,
                source=_place(pod.origin),
            )


def _budget(environment: Environment) -> Budget | None:
    budget = environment.budget
    if budget is None:
        return None
    return Budget(usd_month=budget.usd_month, extras=budget.other, source=_place(budget.origin))


def _waivers(platform: Platform, name: str) -> Iterator[Waiver]:
    for waiver in platform.waivers:
        if not waiver.environments or name in waiver.environments:
            yield Waiver(
                rule=waiver.rule,
                object=waiver.object,
                owner=waiver.owner,
                reason=waiver.reason,
                expires=waiver.expires,
                pointer=waiver.pointer,
                source=_place(waiver.origin),
            )


def _settings(policies: Policies, root: Path) -> Settings:
    return Settings(
        severities=policies.severities,
        parameters=policies.parameters,
        folder=root / policies.rules if policies.rules is not None else None,
        crds=tuple(root / path for path in policies.crds),
    )

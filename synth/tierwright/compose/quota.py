"""How much of the tier a namespace may take: what its manifests ask for at their most, and no more."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fractions import Fraction
from typing import cast

from tiered.manifest import Manifest
from tiered.quantity import cpu, memory, parse
from tiered.tiers.namespace import ContainerLimits
from tierwright.compose.plan import Plan
from tierwright.description.stores import Amounts

_Amounts = dict[tuple[str, str], Fraction]
# A chart's hooks run beside its pods; their requests are the namespace's defaults.
_HOOKS = 4


def workload_quota(manifests: Iterable[Manifest]) -> dict[str, str]:
    """The sums over every pod at its maximum while everything rolls, old pods still finishing."""
    objects = list(manifests)
    maxima = {
        _text(each, "spec", "scaleTargetRef", "name"): int(str(_dig(each.body, "spec", "maxReplicas")))
        for each in objects
        if each.kind == "HorizontalPodAutoscaler"
    }
    total: _Amounts = {}
    pods = 0
    claims: list[Fraction] = []
    for each in objects:
        if each.kind == "PersistentVolumeClaim":
            claims.append(parse(_text(each, "spec", "resources", "requests", "storage")))
        template = _dig(each.body, "spec", "template", "spec")
        if not isinstance(template, Mapping):
            continue
        count = _count(each, maxima)
        pods += count
        for key, amount in _pod_amounts(template).items():
            total[key] = total.get(key, Fraction(0)) + amount * count
        for claim in cast(
            "list[Mapping[str, object]]", _dig(each.body, "spec", "volumeClaimTemplates") or []
        ):
            size = parse(str(_dig(claim, "spec", "resources", "requests", "storage")))
            claims += [size] * count
    hard = _hard(total, pods)
    if claims:
        hard["persistentvolumeclaims"] = str(len(claims))
        hard["requests.storage"] = memory(sum(claims, Fraction(0)))
    return hard


def component_quota(plan: Plan, namespace: str, defaults: ContainerLimits) -> dict[str, str]:
    """Room for every declared pod of the namespace's charts twice, as in a rollout, and for their hooks."""
    nodes = sum(pool.most for pool in plan.environment.pools.values())
    total: _Amounts = {}
    pods = 0

    def add(amounts: Amounts | ContainerLimits, count: int) -> None:
        for side, quantities in (("requests", amounts.requests), ("limits", amounts.limits)):
            for resource, quantity in quantities.items():
                key = (side, str(resource))
                total[key] = total.get(key, Fraction(0)) + parse(quantity) * count

    for component in plan.components.values():
        if component.namespace == namespace:
            for pod in component.pods.values():
                count = nodes if pod.every_node else 2 * pod.replicas
                pods += count
                for amounts in (pod.resources, *pod.containers.values()):
                    if amounts is not None:
                        add(amounts, count)
    add(defaults, _HOOKS)
    return _hard(total, pods + _HOOKS)


def _hard(total: _Amounts, pods: int) -> dict[str, str]:
    hard = {
        f"{side}.{resource}": (cpu if resource == "cpu" else memory)(amount)
        for (side, resource), amount in sorted(total.items())
        if resource in ("cpu", "memory")
    }
    hard["pods"] = str(pods)
    return hard


def _count(each: Manifest, maxima: Mapping[str, int]) -> int:
    """The pods that may exist at once. Those that finish their work in a rolling update count too."""
    if each.kind == "Job":
        return 1
    replicas = maxima.get(each.name) or int(str(_dig(each.body, "spec", "replicas") or 1))
    surge = _dig(each.body, "spec", "strategy", "rollingUpdate", "maxSurge")
    return 2 * replicas + surge if isinstance(surge, int) else replicas


def _pod_amounts(spec: Mapping[str, object]) -> _Amounts:
    """As the scheduler counts: the containers together, or the largest init container if that is more."""
    running: _Amounts = {}
    for amounts in map(_amounts, cast("list[Mapping[str, object]]", spec.get("containers", []))):
        for key, amount in amounts.items():
            running[key] = running.get(key, Fraction(0)) + amount
    for amounts in map(_amounts, cast("list[Mapping[str, object]]", spec.get("initContainers", []))):
        for key, amount in amounts.items():
            running[key] = max(running.get(key, Fraction(0)), amount)
    return running


def _amounts(container: Mapping[str, object]) -> _Amounts:
    sides = cast("Mapping[str, Mapping[str, str]]", container.get("resources", {}))
    return {
        (side, resource): parse(quantity)
        for side, quantities in sides.items()
        for resource, quantity in quantities.items()
    }


def _text(each: Manifest, *path: str) -> str:
    return str(_dig(each.body, *path))


def _dig(value: object, *path: str) -> object:
    for key in path:
        value = value.get(key) if isinstance(value, Mapping) else None
    return value

"""What the LimitRanges and ResourceQuotas of a namespace make of the resources that its pods write.

Source: kubernetes plugin/pkg/admission/limitranger and pkg/quota/v1/evaluator/core.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import NamedTuple

from tierpolicies.documents.manifest import Manifest
from tierpolicies.documents.view import View
from tierpolicies.engine.context import Context
from tierpolicies.engine.index import Index
from tierpolicies.engine.workload import Container, Pod, Workload
from tierpolicies.quantity import QuantityError, bytes_text, cpu_text, parse
from tierpolicies.workloads.container_resources import LIMITS, REQUESTS, LimitRanges, asking, written
from tierpolicies.workloads.rollout import scaled_here

COMPUTE = ("cpu", "memory", "ephemeral-storage")
PODS = "pods"
"""The section of a quota that counts the pods themselves."""
_COUNTED = {
    "pods": (PODS, PODS),
    "count/pods": (PODS, PODS),
    "cpu": (REQUESTS, "cpu"),
    "memory": (REQUESTS, "memory"),
    "requests.cpu": (REQUESTS, "cpu"),
    "requests.memory": (REQUESTS, "memory"),
    "limits.cpu": (LIMITS, "cpu"),
    "limits.memory": (LIMITS, "memory"),
}


class Effective(NamedTuple):
    """A quantity that holds for a container, where it stands, and the LimitRange that gave it, if one did."""

    amount: Fraction
    at: View
    given_by: Manifest | None = None


def effective(ranges: LimitRanges, container: Container, section: str, resource: str) -> Effective | None:
    """What counts as a container's request or limit; nothing where there is none, or no quantity."""
    found = written(container, section, resource)
    if not found and section == REQUESTS:
        found = written(container, LIMITS, resource)
    giver = None
    at = found
    if not found:
        giver, found = ranges.default(container.manifest, section, resource)
        at = written(container, section, resource)
    amount = number(found)
    return None if amount is None else Effective(amount, at, giver)


def total(ranges: LimitRanges, pod: Pod, section: str, resource: str) -> Fraction:
    """What a pod takes of a quota: its containers and sidecars together, or its largest beginning."""

    def sum_of(containers: Iterable[Container]) -> Fraction:
        found = (effective(ranges, each, section, resource) for each in containers)
        return sum((each.amount for each in found if each is not None), start=Fraction(0))

    running, largest = Fraction(0), Fraction(0)
    for container in asking(pod):
        if container.field == "initContainers":
            amount = sum_of((container,))
            largest = max(largest, running + amount)
            running += amount if container.is_sidecar else 0
    running += sum_of(each for each in asking(pod) if each.field == "containers")
    own = number(pod.spec["resources"][section][resource])
    needed = max(running, largest) if own is None else own
    return needed + (number(pod.spec["overhead"][resource]) or 0)


def number(quantity: View) -> Fraction | None:
    """The number behind a quantity; nothing where it is missing or none."""
    try:
        return parse(quantity.value) if quantity else None
    except QuantityError:
        return None


def said(resource: str, amount: Fraction) -> str:
    """An amount for people: `1450m CPU`, `2Gi memory`, `3 pods`."""
    if resource == "cpu":
        return f"{cpu_text(-int(-amount * 1000 // 1))} CPU"
    if resource in ("memory", "storage", "ephemeral-storage"):
        return f"{bytes_text(int(amount))} {resource}"
    return f"{float(amount):g} {resource}"


def bounded(item: View) -> Iterator[tuple[str, str]]:
    """The sections and resources that a LimitRange's item has a least or a most of."""
    for resource in sorted({*item["min"].mapping, *item["max"].mapping}):
        yield REQUESTS, resource
        yield LIMITS, resource


def bounds(item: View) -> Iterator[tuple[str, View, Callable[[Fraction, Fraction], bool], str]]:
    """The least and the most of a LimitRange's item: the resource, the bound, what breaks it, in words."""
    for resource, bound in item["min"].items():
        yield resource, bound, Fraction.__lt__, "less than the least"
    for resource, bound in item["max"].items():
        yield resource, bound, Fraction.__gt__, "more than the most"


@dataclass(frozen=True, slots=True)
class Hard:
    """One line of a ResourceQuota: where it stands, what it counts, and the most there may be of it."""

    quota: Manifest
    at: View
    section: str
    resource: str
    amount: Fraction

    def of(self, ranges: LimitRanges, workload: Workload) -> Fraction:
        """What one pod of a workload takes of it."""
        if self.section == PODS:
            return Fraction(1)
        return total(ranges, workload.own, self.section, self.resource)

    def at_rest(self, ranges: LimitRanges, workload: Workload) -> Fraction:
        """What the pods of a workload take of it at rest; those that end take nothing."""
        return Fraction(0) if workload.finishes else self.of(ranges, workload) * workload.replicas

    def said(self, amount: Fraction) -> str:
        """An amount of it, for people."""
        return said(self.resource, amount)


def limited(context: Context, quota: Manifest) -> list[Workload]:
    """The workloads that a ResourceQuota holds for."""
    apart = context.overlays.apart
    at_home = (
        each for each in context.index.at_home(quota.namespace) if not apart(quota.file, each.manifest.file)
    )
    return [scaled_here(context, each) for each in at_home]


def hard_limits(index: Index) -> Iterator[Hard]:
    """What the ResourceQuotas without scopes say of pods, and of what they request or are limited to."""
    for quota in index.of_kind("ResourceQuota"):
        spec = quota.view["spec"]
        for name, at in spec["hard"].items():
            meaning, amount = _COUNTED.get(name), number(at)
            if (
                meaning is not None
                and amount is not None
                and not spec["scopes"]
                and not spec["scopeSelector"]
            ):
                yield Hard(quota, at, *meaning, amount)

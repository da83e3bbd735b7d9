"""The LimitRange of a namespace refuses a pod.

## What it does
Holds the requests and limits of containers, of whole pods and of claims against the LimitRanges of their
namespace, with the defaults that these fill in: least, most, the ratio of limit to request, and a
request above the limit that the container is given.

## Why is this bad
Admission refuses every pod: the workload stays at none, and only the events of its ReplicaSet say why.

## Example
```yaml
kind: LimitRange
spec: {limits: [{type: Container, default: {memory: 256Mi}}]}
---
resources: {requests: {memory: 512Mi}}   # in the same namespace, without a limit of its own
```

## Use instead
```yaml
resources: {requests: {memory: 512Mi}, limits: {memory: 512Mi}}
```
"""

from collections.abc import Iterator
from fractions import Fraction
from typing import NamedTuple

from tierpolicies.documents.manifest import Manifest
from tierpolicies.documents.view import View
from tierpolicies.engine.context import Context
from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.rule import rule
from tierpolicies.engine.workload import Container, Pod
from tierpolicies.storage.stores import claim_specs
from tierpolicies.workloads.container_resources import LIMITS, REQUESTS, LimitRanges, asking, written
from tierpolicies.workloads.namespace_limits import COMPUTE, bounded, bounds, effective, number, said, total


class _Held(NamedTuple):
    """An amount that is held against a LimitRange: what it is, where it stands, in words."""

    manifest: Manifest
    at: View
    told: str
    resource: str
    amount: Fraction | None
    detail: str = ""


@rule(
    needs=("LimitRange",),
    severity=Severity.ERROR,
    remediation="Change the request or limit, or the LimitRange.",
)
def check(context: Context) -> Iterator[Fault]:
    """Reports each container, pod and claim that is refused."""
    if next(context.index.of_kind("LimitRange"), None) is None:
        return
    ranges = LimitRanges(context.index, context.overlays)
    for workload in context.index.workloads:
        for container in asking(workload.own):
            yield from _defaults(ranges, container)
            for manifest, item in ranges.items(workload.manifest, "Container"):
                for held in _of_container(container, item):
                    yield from _broken(held, manifest, item)
                yield from _ratio(ranges, container, manifest, item)
        for manifest, item in ranges.items(workload.manifest, "Pod"):
            for held in _of_pod(ranges, workload.own, item):
                yield from _broken(held, manifest, item)
    for owner, claim in claim_specs(context.index):
        for manifest, item in ranges.items(owner, "PersistentVolumeClaim"):
            at = claim["spec"]["resources"]["requests"]["storage"]
            told = f"the claim asks for {at.value},"
            yield from _broken(_Held(owner, at, told, "storage", number(at)), manifest, item)


def _defaults(ranges: LimitRanges, container: Container) -> Iterator[Fault]:
    for resource in COMPUTE:
        limit = effective(ranges, container, LIMITS, resource)
        request = effective(ranges, container, REQUESTS, resource)
        if limit is None or request is None or limit.given_by is None or request.given_by is not None:
            continue
        if request.amount > limit.amount:
            asks = f"the container {container.name!r} requests {request.at.value} {resource}"
            message = f"{asks}, more than the limit that the LimitRange {limit.given_by.name} gives it"
            yield Fault(message, container.manifest, request.at)


def _of_container(container: Container, item: View) -> Iterator[_Held]:
    for section, resource in bounded(item):
        at = written(container, section, resource)
        told = f"the {section[:-1]} of {container.name!r}, {at.value} {resource}, is"
        yield _Held(container.manifest, at, told, resource, number(at))


def _of_pod(ranges: LimitRanges, pod: Pod, item: View) -> Iterator[_Held]:
    for section, resource in bounded(item):
        amount = total(ranges, pod, section, resource)
        told = f"the {section} of the pod, {said(resource, amount)} together, are"
        yield _Held(pod.manifest, pod.spec["containers"], told, resource, amount or None, section)


def _ratio(ranges: LimitRanges, container: Container, manifest: Manifest, item: View) -> Iterator[Fault]:
    for resource, ratio in item["maxLimitRequestRatio"].items():
        limit = effective(ranges, container, LIMITS, resource)
        request = effective(ranges, container, REQUESTS, resource)
        most = number(ratio)
        if limit and request and most and limit.amount > most * request.amount:
            told = f"the {resource} limit of {container.name!r} is more than {ratio.value} times its request"
            message = f"{told}, which the LimitRange {manifest.name} refuses"
            yield Fault(message, container.manifest, limit.at, detail="ratio")


def _broken(held: _Held, manifest: Manifest, item: View) -> Iterator[Fault]:
    for resource, bound, is_broken, words in bounds(item):
        limit = number(bound) if resource == held.resource else None
        if held.amount is not None and limit is not None and is_broken(held.amount, limit):
            message = f"{held.told} {words} that the LimitRange {manifest.name} allows, {bound.value}"
            yield Fault(message, held.manifest, held.at, detail=f"{held.detail}{resource}{words}")

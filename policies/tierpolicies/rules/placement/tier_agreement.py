"""A workload does not belong to exactly one tier in all that says so.

## What it does
Compares, for each workload, the `tier` label of its pods with the tier of its namespace, the nodes that its
nodeSelector allows, and its tolerations. DaemonSets without a tier label run on every node and are left
out; placement/tier-priority compares priorities.

## Why is this bad
The pods land on another tier's node and take what was counted for others, or stay pending.

## Example
```yaml
metadata: {labels: {tier: storage}}
spec:
  nodeSelector: {tier: sync-api}
```

## Use instead
```yaml
metadata: {labels: {tier: storage}}
spec:
  nodeSelector: {tier: storage}
```
"""

from collections.abc import Iterator

from tierpolicies.capacity.demand import pools_of, tolerated, tolerates
from tierpolicies.engine.context import PLATFORM, Context
from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.index import Index
from tierpolicies.engine.rule import rule
from tierpolicies.engine.suggestion import nearest
from tierpolicies.engine.workload import Workload
from tierpolicies.platform import Platform, Pool, Tier


@rule(needs=(PLATFORM,), severity=Severity.ERROR, remediation="Make label, namespace and nodes agree.")
def check(context: Context) -> Iterator[Fault]:
    """Reports each disagreement where it stands."""
    platform = context.platform
    if platform is None:
        return
    for workload in context.index.workloads:
        label = workload.template.at("metadata", "labels", "tier")
        if workload.per_node and not label:
            continue
        tier = platform.tier(label.text)
        if tier is None:
            told = f"no tier is called {label.text!r}" if label else "they have no label `tier`"
            hint = nearest(label.text, [each.name for each in platform.tiers])
            yield Fault(f"the pods are of no tier: {told}{hint}", workload.manifest, label)
            continue
        yield from _labels(platform, context.index, workload, tier)
        pool = platform.pool(tier)
        if pool is not None:
            yield from _nodes(platform, workload, tier, pool)
            yield from _tolerations(workload, tier, pool)


def _labels(platform: Platform, index: Index, workload: Workload, tier: Tier) -> Iterator[Fault]:
    manifest = workload.manifest
    own = manifest.view.at("metadata", "labels", "tier")
    if own and own.text != tier.name:
        yield Fault(f"labelled {own.text!r}, its pods {tier.name!r}", manifest, own)
    namespace = index.find("Namespace", manifest.namespace)
    said = _tier_of(platform, manifest.namespace)
    if not said and namespace is not None:
        said = namespace.labels.get("tier", "no tier")
    if not said:
        message = f"the namespace {manifest.namespace!r} is none of tier {tier.name!r}"
        yield Fault(message, manifest, "/metadata/namespace")
    elif said != tier.name:
        message = f"the pods are of tier {tier.name!r}, their namespace is of {said}"
        yield Fault(message, manifest, "/metadata/namespace")


def _tier_of(platform: Platform, namespace: str) -> str:
    """The tier that the description gives a namespace to; placement/namespace-tier compares its label."""
    return next((each.name for each in platform.tiers if namespace in each.namespaces), "")


def _nodes(platform: Platform, workload: Workload, tier: Tier, pool: Pool) -> Iterator[Fault]:
    selector = workload.pod["nodeSelector"]
    labels = selector.labels
    selected = [each.name for each in platform.pools if labels.items() <= each.labels.items()]
    if selected == [pool.name]:
        return
    if selector:
        told = f"nodeSelector allows {' and '.join(selected) or 'no nodes'}"
    else:
        landing = " and ".join(each.name for each in pools_of(workload.pod, platform))
        told = f"without a nodeSelector the pods may land on {landing or 'no node'}"
    yield Fault(f"{told}; tier {tier.name!r} is on {pool.name}", workload.manifest, selector)


def _tolerations(workload: Workload, tier: Tier, pool: Pool) -> Iterator[Fault]:
    tolerations = workload.pod["tolerations"]
    for taint in pool.taints:
        if not tolerated(tolerations, taint):
            message = f"the nodes of tier {tier.name!r} carry {taint}, which is not tolerated"
            yield Fault(message, workload.manifest, tolerations)
    for toleration in tolerations:
        key = toleration["key"].text
        is_health = key.startswith("node.kubernetes.io/")
        if not is_health and not (key and any(tolerates(toleration, taint) for taint in pool.taints)):
            message = f"tolerates {key or 'every taint'!r}, a taint that tier {tier.name!r} has not"
            yield Fault(message, workload.manifest, toleration)

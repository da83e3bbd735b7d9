"""References of an environment: tiers to pools, components, what its Secrets come from."""

from __future__ import annotations

from collections.abc import Iterator

from tierpolicies.schemas.bundle import bundle
from tierwright.description.checks.layers import namespaces
from tierwright.description.checks.naming import all_known, place
from tierwright.description.environments import Environment
from tierwright.description.platform import Platform
from tierwright.description.problems import Problem, nearest


def incomplete(name: str, environment: Environment) -> Iterator[Problem]:
    """What manifests are judged without, but cannot be generated without."""
    cluster, way = environment.cluster, f"environments.{name}"
    wanted = [
        *((f"{way}.cluster", part, cluster) for part in ("cni", "ranges") if getattr(cluster, part) is None),
        *((f"{way}.pools.{key}", "disk", pool) for key, pool in environment.pools.items() if not pool.disk),
    ]
    for above, part, model in wanted:
        yield Problem.at(model.origin, f"{above}.{part} is missing", f"add `{part}:` in {above}")


def check(name: str, environment: Environment, platform: Platform) -> Iterator[Problem]:
    """Every reference that an environment makes."""
    near, pools = environment.origin, environment.pools
    misspelt = {nearest(tier, platform.tiers) for tier in environment.placement if tier not in platform.tiers}
    for tier in platform.tiers:
        if tier not in environment.placement and tier not in misspelt:
            mend = f"add `{tier}: <pool>` under environments.{name}.placement"
            yield Problem.at(place(name, near), f"tier {tier!r} has no pool in environment {name!r}", mend)
    yield from all_known("tier", environment.placement, platform.tiers, near=near)
    yield from all_known("pool", environment.placement.values(), pools, near=near)
    for pod in environment.cluster.pods.values():
        yield from all_known("pool", [pod.pool] if pod.pool else [], pools, near=pod.origin)
    yield from all_known("component", environment.components, platform.components, near=near)
    version, known = environment.cluster.kubernetes, bundle().versions
    if version not in known:
        reason = f"Kubernetes {version} has no schemas here to check the manifests by"
        mend = f"write one of {known[0]} to {known[-1]}"
        yield Problem.at(place(version, environment.cluster.origin), reason, mend)
    ingress = environment.ingress
    if ingress is not None and ingress.type == "alb" and ingress.default_route is not None:
        route = ingress.default_route
        yield from all_known("namespace", [route.namespace], namespaces(platform), near=route.origin)
    if environment.secrets.type == "parameter-store" and environment.aws is None:
        reason = f"the secrets of environment {name!r} come from AWS, and no account is given"
        mend = "add `aws:` with region, account and identity, or write `secrets: {type: manual}`"
        yield Problem.at(environment.secrets.origin, reason, mend)

"""A namespace of a tier: what may run in it, and how much of the tier it may take."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from constructs import Construct

from tiered.component import CONFIRMED_REMOVAL, Component
from tiered.errors import TieredError
from tiered.manifest import Body, Wave
from tiered.quantity import canonical, parse

_VERSION = re.compile(r"v1\.\d+|latest")

PodSecurityLevel = Literal["privileged", "baseline", "restricted"]


@dataclass(frozen=True, kw_only=True)
class PodSecurity:
    """The Pod Security Standard of a namespace.

    Args:
        level: enforced, audited and warned about alike.
        version: of the standard, for example "v1.28"; "latest" changes with the cluster.

    Raises:
        TieredError: `version` is neither.
    """

    level: PodSecurityLevel
    version: str

    def __post_init__(self) -> None:
        if not _VERSION.fullmatch(self.version):
            raise TieredError(
                f"Pod Security version {self.version!r}: write 'v' and the minor version, for example 'v1.28'"
            )

    def labels(self) -> dict[str, str]:
        prefix = "pod-security.kubernetes.io/"
        labels: dict[str, str] = {}
        for mode in ("enforce", "audit", "warn"):
            labels |= {f"{prefix}{mode}": self.level, f"{prefix}{mode}-version": self.version}
        return labels


@dataclass(frozen=True, kw_only=True)
class ContainerLimits:
    """What a container gets that declares no resources, and the most that one may declare.

    Args:
        requests: by default, quantities by resource name.
        limits: by default.
        most: upper bound of any container's limits; empty means none.

    Raises:
        TieredError: a default lies above what comes next to it.
    """

    requests: Mapping[str, str]
    limits: Mapping[str, str]
    most: Mapping[str, str] | None = None

    def __post_init__(self) -> None:
        for lower, upper, words in (
            (self.requests, self.limits, "default request {} above the default limit {}"),
            (self.limits, self.most or {}, "default limit {} above the maximum {}"),
        ):
            for resource, quantity in lower.items():
                if resource in upper and parse(quantity) > parse(upper[resource]):
                    told = words.format(quantity, upper[resource])
                    raise TieredError(
                        f"LimitRange: {resource} has a {told}: the API server refuses it; lower it"
                    )

    def body(self) -> Body:
        body: Body = {
            "type": "Container",
            "default": _canonical(self.limits),
            "defaultRequest": _canonical(self.requests),
        }
        if self.most:
            body["max"] = _canonical(self.most)
        return body


class TierNamespace(Component):
    """The namespace of its chart, with Pod Security, quota and limit range.

    Args:
        tier: becomes the label `tier`, by which network policies and people find it.
        pod_security: what its pods may do.
        quota: the sums that it may take, by resource name ("requests.cpu", "pods", …); empty means no quota.
        container_limits: for containers that declare none; a quota on compute needs it.
        holds_data: deleting it would delete volumes, so that Argo CD asks first.

    Raises:
        TieredError: the chart has no namespace.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,  # noqa: A002 - the name that constructs give it
        *,
        tier: str,
        pod_security: PodSecurity,
        quota: Mapping[str, str] | None = None,
        container_limits: ContainerLimits | None = None,
        holds_data: bool = False,
    ) -> None:
        super().__init__(scope, id)
        name = self.chart.target_namespace
        if name is None:
            raise TieredError(f"TierNamespace in chart {self.chart.node.id!r}: give the Chart namespace=…")
        self.add(
            "v1",
            "Namespace",
            name,
            wave=Wave.NAMESPACE,
            cluster_scoped=True,
            labels={"tier": tier, **pod_security.labels()},
            annotations=CONFIRMED_REMOVAL if holds_data else None,
        )
        if quota:
            self.add("v1", "ResourceQuota", "tier", wave=Wave.LIMITS, spec={"hard": _canonical(quota)})
        if container_limits is not None:
            self.add("v1", "LimitRange", "tier", wave=Wave.LIMITS, spec={"limits": [container_limits.body()]})


def _canonical(quantities: Mapping[str, str]) -> Body:
    return {resource: canonical(quantity) for resource, quantity in quantities.items()}

"""The pod template shared by everything that runs: placed in one tier, without privileges."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from tiered.manifest import Body
from tiered.workloads.container import Container

Role = Literal["api", "worker", "scheduler", "consumer", "store", "migration"]


@dataclass(frozen=True, kw_only=True)
class Placement:
    """Where the pods of a tier may run, and how they rank when a node is full.

    Args:
        tier: the tier's name, which becomes the pods' `tier` label.
        node_selector: labels of the tier's nodes; empty where nodes are not set apart.
        tolerations: Kubernetes tolerations for the taints of exactly these nodes.
        priority_class: name of the PriorityClass.
    """

    tier: str
    priority_class: str
    node_selector: Mapping[str, str] = field(default_factory=dict)
    tolerations: Sequence[Mapping[str, str]] = ()


@dataclass(frozen=True, kw_only=True)
class Pod:
    """A pod template. `user` is the numeric user and group that the image runs as.

    Args:
        name: of the workload; becomes the labels `app` and `app.kubernetes.io/name`.
        grace_seconds: between SIGTERM and SIGKILL.
        spread: prefer different nodes for the replicas.
        annotations: of the pod, for example a configuration's digest that makes it roll.
    """

    name: str
    role: Role
    placement: Placement
    containers: Sequence[Container]
    init_containers: Sequence[Container] = ()
    service_account: str
    user: int = 10001
    grace_seconds: int = 30
    restart_policy: Literal["Always", "OnFailure", "Never"] = "Always"
    spread: bool = False
    labels: Mapping[str, str] = field(default_factory=dict)
    annotations: Mapping[str, str] = field(default_factory=dict)

    @property
    def selector(self) -> dict[str, str]:
        """The labels by which Services, budgets and policies find these pods."""
        return {"app": self.name}

    def template(self) -> Body:
        metadata: Body = {
            "labels": {
                **self.labels,
                **self.selector,
                "app.kubernetes.io/name": self.name,
                "app.kubernetes.io/component": self.role,
                "tier": self.placement.tier,
            }
        }
        if self.annotations:
            metadata["annotations"] = dict(self.annotations)
        spec: Body = {
            "serviceAccountName": self.service_account,
            "automountServiceAccountToken": False,
            "enableServiceLinks": False,
            "priorityClassName": self.placement.priority_class,
            "restartPolicy": self.restart_policy,
            "terminationGracePeriodSeconds": self.grace_seconds,
        }
        if self.placement.node_selector:
            spec["nodeSelector"] = dict(self.placement.node_selector)
        if self.placement.tolerations:
            spec["tolerations"] = [dict(toleration) for toleration in self.placement.tolerations]
        if self.spread:
            spec["topologySpreadConstraints"] = [
                {
                    "maxSkew": 1,
                    "topologyKey": "kubernetes.io/hostname",
                    "whenUnsatisfiable": "ScheduleAnyway",
                    "labelSelector": {"matchLabels": self.selector},
                }
            ]
        spec["securityContext"] = {
            "runAsNonRoot": True,
            "runAsUser": self.user,
            "runAsGroup": self.user,
            "fsGroup": self.user,
            "fsGroupChangePolicy": "OnRootMismatch",
            "seccompProfile": {"type": "RuntimeDefault"},
        }
        if self.init_containers:
            spec["initContainers"] = [container.body() for container in self.init_containers]
        spec["containers"] = [container.body() for container in self.containers]
        volumes = {
            volume.name: volume.declaration()
            for container in (*self.init_containers, *self.containers)
            for volume in container.volumes
            if not volume.claimed
        }
        if volumes:
            spec["volumes"] = list(volumes.values())
        return {"metadata": metadata, "spec": spec}

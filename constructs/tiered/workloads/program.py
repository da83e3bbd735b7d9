"""What a workload runs: one image with everything its only container is given."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from tiered.component import Component
from tiered.errors import TieredError
from tiered.manifest import Body
from tiered.workloads.container import Container, Resources, Variable, Volume, scratch
from tiered.workloads.health import Health
from tiered.workloads.pod import Placement, Pod, Role
from tiered.workloads.service_account import add_service_account

# Service names may not start with a digit (RFC 1035), and the name is a label value and a container name too.
_NAME = re.compile(r"[a-z]([-a-z0-9]{0,61}[a-z0-9])?\Z")


@dataclass(frozen=True, kw_only=True)
class Program:
    """An image, its command and its surroundings, the same for every kind of workload.

    The root file system is read-only; `/tmp` can be written to, and what lies there dies with the pod.

    Args:
        command: the whole command line; the image's own entry point is not used.
        user: numeric user and group that the image runs as.
        volumes: beside `/tmp`, which one of them may replace by mounting there.
        tmp_size: how much `/tmp` may hold, as a quantity.
        pull_secrets: names of the registry Secrets for the image.
        account_annotations: of the ServiceAccount.
        pod_annotations: of the pod, for example a configuration's digest that makes it roll.
    """

    image: str
    command: Sequence[str]
    resources: Resources
    environment: Sequence[Variable] = ()
    volumes: Sequence[Volume] = ()
    tmp_size: str = "64Mi"
    user: int = 10001
    pull_secrets: Sequence[str] = ()
    account_annotations: Mapping[str, str] = field(default_factory=dict)
    pod_annotations: Mapping[str, str] = field(default_factory=dict)

    def identify(self, component: Component, name: str) -> None:
        """Add the ServiceAccount under which the pods of workload `name` run.

        Raises:
            TieredError: the name cannot be that of a workload.
        """
        if not _NAME.match(name):
            raise TieredError(
                f"{name!r} cannot name a workload: write at most 63 of a-z, 0-9 and '-',"
                " first a letter, last a letter or a digit"
            )
        add_service_account(
            component, name, annotations=self.account_annotations, pull_secrets=self.pull_secrets
        )

    def pod(
        self,
        name: str,
        *,
        role: Role,
        placement: Placement,
        labels: Mapping[str, str],
        options: Sequence[str] = (),
        ports: Mapping[str, int] | None = None,
        health: Health | None = None,
        pre_stop: Body | None = None,
        grace_seconds: int = 30,
        spread: bool = False,
        restart_policy: Literal["Always", "Never"] = "Always",
    ) -> Pod:
        """The pod of workload `name`: this program in a container of that name; `options` end its command."""
        volumes = list(self.volumes)
        if not any(volume.path == "/tmp" for volume in volumes):  # noqa: S108 - the pod's own, not the node's
            volumes.append(scratch(size=self.tmp_size))
        container = Container(
            name=name,
            image=self.image,
            resources=self.resources,
            command=[*self.command, *options],
            environment=self.environment,
            ports=ports or {},
            volumes=volumes,
            startup=health.startup if health else None,
            readiness=health.readiness if health else None,
            liveness=health.liveness if health else None,
            pre_stop=pre_stop,
        )
        return Pod(
            name=name,
            role=role,
            placement=placement,
            containers=[container],
            service_account=name,
            user=self.user,
            grace_seconds=grace_seconds,
            restart_policy=restart_policy,
            spread=spread,
            labels=labels,
            annotations=self.pod_annotations,
        )

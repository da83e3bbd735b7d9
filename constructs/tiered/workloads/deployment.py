"""What every workload that stays up shares: its identity, its Deployment, its scale and its budget."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from constructs import Construct

from tiered.component import Component
from tiered.errors import TieredError
from tiered.manifest import Body, Wave
from tiered.origin import Origin
from tiered.workloads.autoscaling import CpuTarget, Replicas, add_autoscaler
from tiered.workloads.disruption import add_budget
from tiered.workloads.health import Health
from tiered.workloads.pod import Placement, Role
from tiered.workloads.program import Program
from tiered.workloads.rollout import Rollout

# Git keeps every version; the cluster keeps a few for the hour in which somebody rolls back by hand.
_REVISIONS = 3
# A pod that falls over in its first seconds must not count as a success of the rollout.
_SETTLE_SECONDS = 10
# Scheduling and pulling an image of a gigabyte.
_ARRIVAL_SECONDS = 300


class Workload(Component):
    """A Deployment named by its `id`, under a ServiceAccount of that name; pods carry the chart's labels.

    A range of replicas brings a HorizontalPodAutoscaler, two replicas or more a PodDisruptionBudget.

    Args:
        options: what the kind of workload appends to the program's command.
        rollout: None replaces all pods at once (Recreate): then never two versions run, and no
            budget pretends that some pod stays up.

    Attributes:
        name: the Deployment's, and the `app` label's.
        selector: the labels that find its pods.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,  # noqa: A002 - the name that constructs give it
        *,
        role: Role,
        program: Program,
        placement: Placement,
        replicas: Replicas,
        rollout: Rollout | None,
        health: Health,
        ports: Mapping[str, int],
        grace_seconds: int,
        options: Sequence[str] = (),
        pre_stop: Body | None = None,
        origin: Origin | None = None,
    ) -> None:
        super().__init__(scope, id, origin=origin)
        if (
            replicas.scaled
            and isinstance(replicas.target, CpuTarget)
            and "cpu" not in program.resources.requests
        ):
            raise TieredError(f"{id!r} scales on CPU use relative to its request: give it a cpu request")
        self.name = id
        program.identify(self, id)
        pod = program.pod(
            id,
            role=role,
            placement=placement,
            labels=self.chart.common_labels,
            options=options,
            ports=ports,
            health=health,
            pre_stop=pre_stop,
            grace_seconds=grace_seconds,
            spread=replicas.most > 1,
        )
        self.selector = pod.selector
        spec: Body = {} if replicas.scaled else {"replicas": replicas.minimum}
        spec |= {
            "revisionHistoryLimit": _REVISIONS,
            "minReadySeconds": _SETTLE_SECONDS,
            # On a full node the new pod waits until the old one is gone: that is no failure yet.
            "progressDeadlineSeconds": grace_seconds
            + _ARRIVAL_SECONDS
            + health.startup_seconds
            + _SETTLE_SECONDS,
            "strategy": rollout.strategy if rollout else {"type": "Recreate"},
            "selector": {"matchLabels": self.selector},
            "template": pod.template(),
        }
        self.add("apps/v1", "Deployment", id, wave=Wave.WORKLOAD, spec=spec)
        add_autoscaler(self, id, replicas=replicas)
        if rollout is not None:
            add_budget(self, id, selector=self.selector, replicas=replicas.minimum)

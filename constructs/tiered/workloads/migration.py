"""The change of a database schema that a new version needs, made before that version starts."""

from __future__ import annotations

from constructs import Construct

from tiered.component import Component
from tiered.manifest import Wave
from tiered.origin import Origin, origin_of
from tiered.workloads.pod import Placement
from tiered.workloads.program import Program


class Migration(Component):
    """A Job `<app>-migrate` that Argo CD runs in every sync, before the workloads and after the stores.

    It finishes before the new pods start, while the old ones still run: a migration must suit both, and
    do nothing the second time. A failed one stops the sync, and stays for whoever reads its
    log until the next sync deletes it; so the Job has no time to live of its own.

    Args:
        id: the app's name.
        program: its command migrates and ends.
        attempts: pods that are started in all before the Job fails.
        deadline_seconds: for all attempts together.

    Attributes:
        name: the Job's, its ServiceAccount's, and its pods' `app` label.
        selector: the labels that find its pods.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,  # noqa: A002 - the name that constructs give it
        *,
        program: Program,
        placement: Placement,
        attempts: int = 6,
        deadline_seconds: int = 600,
        origin: Origin | None = None,
    ) -> None:
        name = f"{id}-migrate"
        super().__init__(scope, name, origin=origin or origin_of(id))
        self.name = name
        program.identify(self, name)
        pod = program.pod(
            name,
            role="migration",
            placement=placement,
            labels=self.chart.common_labels,
            restart_policy="Never",
        )
        self.selector = pod.selector
        self.add(
            "batch/v1",
            "Job",
            name,
            wave=Wave.MIGRATION,
            annotations={
                "argocd.argoproj.io/hook": "Sync",
                "argocd.argoproj.io/hook-delete-policy": "BeforeHookCreation",
            },
            spec={
                "backoffLimit": attempts - 1,
                "activeDeadlineSeconds": deadline_seconds,
                "template": pod.template(),
            },
        )

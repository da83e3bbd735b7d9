"""Objects without a namespace: the class of the volumes, and a rank for every tier and queue."""

from __future__ import annotations

from tiered.chart import Chart
from tiered.stores.storage_class import StorageClass
from tiered.tiers.priority import PriorityClass
from tierwright.compose.plan import Plan


def add_cluster_objects(plan: Plan, chart: Chart) -> None:
    """Add the StorageClass, if it is ours to make, and the PriorityClasses."""
    storage = plan.environment.storage_class
    if storage is not None and storage.provisioner is not None:
        StorageClass(
            chart,
            "storage-class",
            name=storage.name,
            provisioner=storage.provisioner,
            parameters=storage.parameters,
            default=True,
            origin=storage.origin,
        )
    for name, tier in plan.platform.tiers.items():
        PriorityClass(
            chart,
            f"priority-{name}",
            name=name,
            value=tier.priority,
            description=f"Everything of tier {tier.number}, {name}, that no queue ranks higher.",
        )
    for name, (app, _) in plan.workloads.items():
        priority = plan.queue_priority(name)
        if priority:
            tier_name = plan.tier_of(app.namespace)
            PriorityClass(
                chart,
                f"priority-{tier_name}-{name}",
                name=f"{tier_name}-{name}",
                value=plan.tier(tier_name).priority + priority,
                description=f"{name} in {tier_name}: the tier's rank plus its queues' highest priority.",
                # A worker that scales up takes free room first, and never an API's of its own tier.
                preempts=False,
            )

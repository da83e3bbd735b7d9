"""The whole cluster at a glance: nodes, tiers, and what cries."""

from __future__ import annotations

from collections.abc import Iterator

from tiered.observability.panel import Panel, Query, Row
from tierwright.compose.plan import Plan

BUSY, FULL = 0.8, 0.9
"""Shares of a node's CPU or memory; alert NodeMemory has the second one."""


def rows(plan: Plan) -> Iterator[Row]:
    """Rows of the overview."""
    nodes = sum(pool.nodes for pool in plan.environment.pools.values())
    yield Row(
        title="Now",
        panels=[
            Panel(
                title="Nodes that answer",
                kind="stat",
                queries=[Query(expression='sum(up{job="node-exporter"})')],
                warning=nodes,
                critical=nodes - 0.5,
                width=6,
                height=5,
                description=f"There should be {nodes}.",
            ),
            Panel(
                title="Alerts that fire",
                kind="stat",
                queries=[Query(expression=ALERTS)],
                warning=1,
                critical=3,
                width=6,
                height=5,
                description="Warnings and worse. Each leads to its page.",
            ),
            Panel(
                title="Pods by tier",
                kind="bargauge",
                queries=[Query(expression="count by (tier) (pod_memory_usage)", legend="{{tier}}")],
                width=12,
                height=5,
            ),
        ],
    )
    yield Row(
        title="Nodes",
        panels=[
            _share("CPU in use", "node_cpu_usage", "{{instance}}"),
            _share("Memory in use", "node_memory_usage", "{{instance}}"),
        ],
    )
    yield Row(
        title="Tiers",
        panels=[
            Panel(
                title="CPU by tier, in cores",
                queries=[Query(expression="sum by (tier) (pod_cpu_usage)", legend="{{tier}}")],
                width=12,
            ),
            Panel(
                title="Memory by tier",
                unit="bytes",
                queries=[Query(expression="sum by (tier) (pod_memory_usage)", legend="{{tier}}")],
                width=12,
            ),
        ],
    )


ALERTS = 'count(ALERTS{alertstate="firing",severity=~"critical|warning"}) or vector(0)'


def _share(title: str, metric: str, legend: str) -> Panel:
    return Panel(
        title=title,
        unit="percentunit",
        queries=[Query(expression=metric, legend=legend)],
        warning=BUSY,
        critical=FULL,
        maximum=1,
        width=12,
    )

"""A tier: what its services, workers and stores do, and what its pods use."""

from __future__ import annotations

from collections.abc import Iterator

from tiered.observability.panel import Panel, Query, Row
from tierwright.compose.plan import QUEUE_METRIC, Plan, consumes
from tierwright.description.stores import PostgreSQL
from tierwright.description.tiers import Objective

_HIT_RATIO = 0.7
"""The owner's expectation of the image cache."""


def rows(plan: Plan, tier: str) -> Iterator[Row]:
    """The rows of a tier: of what it holds first, of its pods last."""
    if _runs_the_control_plane(plan, tier):
        yield _control_plane()
    kinds = {
        workload.kind for app, workload in plan.workloads.values() if plan.tier_of(app.namespace) == tier
    }
    if "api" in kinds:
        yield _services(plan, tier)
    queues = _queues(plan, tier)
    if queues:
        yield _workers(queues)
    yield from _stores(plan, tier)
    yield Row(
        title="Pods",
        panels=[
            _of_pods("CPU, in cores", f'sum by (pod) (pod_cpu_usage{{tier="{tier}"}})', "short"),
            _of_pods("Memory", f'sum by (pod) (pod_memory_usage{{tier="{tier}"}})', "bytes"),
        ],
    )


def _of_pods(title: str, expression: str, unit: str) -> Panel:
    return Panel(title=title, unit=unit, queries=[Query(expression=expression, legend="{{pod}}")], width=12)


def _runs_the_control_plane(plan: Plan, tier: str) -> bool:
    """Whether the API server runs on the tier's nodes and the tier is the first that has them."""
    server = plan.environment.cluster.pods.get("kube-apiserver")
    pool = plan.environment.placement[tier]
    on_pool = [name for name in plan.platform.tiers if plan.environment.placement.get(name) == pool]
    first = min(on_pool, key=lambda name: plan.platform.tiers[name].number)
    return server is not None and server.pool == pool and first == tier


def _control_plane() -> Row:
    return Row(
        title="Control plane",
        panels=[
            Panel(
                title="etcd",
                kind="stat",
                queries=[Query(expression="min(etcd_health)")],
                warning=1,
                critical=0.5,
                words={0: "ill", 1: "well"},
                width=6,
                description="Every member answers and has a leader.",
            ),
            Panel(
                title="etcd's database",
                unit="bytes",
                queries=[Query(expression="etcd_mvcc_db_total_size_in_bytes", legend="{{instance}}")],
                width=9,
            ),
            Panel(
                title="API server: the slowest hundredth",
                unit="s",
                queries=[Query(expression="apiserver_latency", legend="{{verb}}")],
                critical=1,
                width=9,
                description="99th percentile by verb; alert ApiserverSlow has the threshold.",
            ),
        ],
    )


def _services(plan: Plan, tier: str) -> Row:
    of_tier = f'tier="{tier}"'
    objective = plan.tier(tier).objective
    good, every = (
        f"sum by (namespace) (rate(http_requests_total{{{labels}}}[5m]))"
        for labels in (f'{of_tier},status!~"5.."', of_tier)
    )
    return Row(
        title="Services",
        panels=[
            Panel(
                title="Answers: 95 of 100 are faster than",
                unit="s",
                queries=[
                    Query(
                        expression=f'http_request_duration_seconds{{{of_tier},quantile="0.95"}}',
                        legend="{{namespace}}",
                    )
                ],
                critical=objective.seconds if objective is not None else None,
                description="The line is what the tier promises." if objective is not None else "",
            ),
            Panel(
                title="Requests",
                unit="reqps",
                queries=[Query(expression=every, legend="{{namespace}}")],
            ),
            Panel(
                title="Failed by the server",
                unit="percentunit",
                queries=[Query(expression=f"1 - {good} / {every}", legend="{{namespace}}")],
                warning=0.001,
                critical=0.01,
            ),
            *([_promise(tier, objective)] if objective is not None else []),
        ],
    )


def _promise(tier: str, objective: Objective) -> Panel:
    budget = (100 - objective.percent) / 100
    return Panel(
        title="Requests that missed the promise, of an hour",
        unit="percentunit",
        queries=[
            Query(expression=f'tier:http_requests_missed:ratio_rate1h{{tier="{tier}"}}', legend="{{tier}}")
        ],
        critical=budget,
        width=24,
        height=5,
        description=f"Promised are {objective.percent:g} % within {objective.seconds * 1000:g} ms.",
    )


def _queues(plan: Plan, tier: str) -> list[str]:
    """The queues that workers of a tier work off."""
    found = {
        queue
        for app, workload in plan.workloads.values()
        if workload.kind == "worker" and plan.tier_of(app.namespace) == tier
        for queue in consumes(workload)
    }
    return sorted(found)


def _workers(queues: list[str]) -> Row:
    chosen = f'queue=~"{"|".join(queues)}"'
    done = f'{chosen},state="success"'
    return Row(
        title="Workers",
        panels=[
            Panel(
                title="Tasks that wait",
                queries=[
                    Query(expression=f"max by (queue) ({QUEUE_METRIC}{{{chosen}}})", legend="{{queue}}")
                ],
            ),
            Panel(
                title="Tasks done a minute",
                queries=[
                    Query(
                        expression=f"60 * sum by (queue) (rate(celery_tasks_total{{{done}}}[5m]))",
                        legend="{{queue}}",
                    )
                ],
            ),
            Panel(
                title="Tasks: 95 of 100 are faster than",
                unit="s",
                queries=[
                    Query(
                        expression=f'celery_task_duration_seconds{{{chosen},quantile="0.95"}}',
                        legend="{{task}}",
                    )
                ],
            ),
            Panel(
                title="Tasks that failed for good, of an hour",
                kind="stat",
                queries=[
                    Query(
                        expression=f"sum(increase(celery_task_failures_total{{{chosen}}}[1h])) or vector(0)"
                    )
                ],
                warning=1,
                critical=10,
                height=5,
            ),
            Panel(
                title="Look-ups that a cache answered",
                unit="percentunit",
                queries=[Query(expression="cache_hit_ratio", legend="{{cache}}")],
                warning=_HIT_RATIO,
                critical=_HIT_RATIO / 2,
                maximum=1,
                width=16,
                height=5,
                description=f"Expected are {_HIT_RATIO:.0%} of the images.",
            ),
        ],
    )


def _stores(plan: Plan, tier: str) -> Iterator[Row]:
    here = {
        name: store for name, store in plan.platform.stores.items() if plan.tier_of(store.namespace) == tier
    }
    for name, store in here.items():
        if isinstance(store, PostgreSQL) and plan.exporter(store):
            yield _postgres(name, store)
    caches = [
        f"{store.namespace}/{name}"
        for name, store in here.items()
        if store.type == "redis" and plan.exporter(store)
    ]
    if caches:
        yield _redis("|".join(caches))


def _postgres(name: str, store: PostgreSQL) -> Row:
    job = f'job="{store.namespace}/{name}"'
    database = f'{job},datname="{store.database}"'
    pods = f'namespace="{store.namespace}",pod=~"{name}-[0-9]+"'  # all that the owner's metric is told by
    return Row(
        title=name,
        panels=[
            Panel(
                title="Connections",
                queries=[
                    Query(expression=f"sum(postgresql_connections_active{{{pods}}})", legend="open"),
                    Query(expression=f"max(pg_settings_max_connections{{{job}}})", legend="most"),
                ],
            ),
            Panel(
                title="Transactions a second",
                queries=[
                    Query(
                        expression=f"sum by (datname) (rate(pg_stat_database_xact_commit{{{database}}}[5m]))",
                        legend="{{datname}}",
                    )
                ],
            ),
            Panel(
                title="Size",
                unit="bytes",
                queries=[
                    Query(
                        expression=f"max by (datname) (pg_database_size_bytes{{{database}}})",
                        legend="{{datname}}",
                    )
                ],
            ),
        ],
    )


def _redis(jobs: str) -> Row:
    chosen = f'job=~"{jobs}"'
    return Row(
        title="Redis",
        panels=[
            Panel(
                title="Memory, of what it may use",
                unit="percentunit",
                queries=[
                    Query(
                        expression=(
                            f"redis_memory_used_bytes{{{chosen}}} / redis_memory_max_bytes{{{chosen}}}"
                        ),
                        legend="{{job}}",
                    )
                ],
                warning=0.8,
                critical=0.9,
                maximum=1,
            ),
            Panel(
                title="Commands a second",
                queries=[
                    Query(
                        expression=f"sum by (job) (rate(redis_commands_processed_total{{{chosen}}}[5m]))",
                        legend="{{job}}",
                    )
                ],
            ),
            Panel(
                title="Clients",
                queries=[
                    Query(expression=f"sum by (job) (redis_connected_clients{{{chosen}}})", legend="{{job}}")
                ],
            ),
        ],
    )

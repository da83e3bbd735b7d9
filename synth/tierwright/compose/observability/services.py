"""What users get: times of answers and tasks, hits of caches, and the promise that a tier makes."""

from __future__ import annotations

from collections.abc import Iterator

from tiered.observability.alerts import Alert, Recording
from tierwright.compose.plan import Plan
from tierwright.description.tiers import Objective

_WINDOWS = ("5m", "30m", "1h", "6h")
# Google's SRE workbook, "Alerting on SLOs": 2 % of a month's budget in an hour, 5 % in six hours; the
# short window lets the alert end soon after the trouble has.
_FAST, _SLOW = 14.4, 6
_QUANTILES = ("0.5", "0.95")


def service_rules(plan: Plan) -> list[Alert | Recording]:
    """Quantiles under the owner's names, cache hits, and the burn of each tier's error budget."""
    kinds = {workload.kind for _, workload in plan.workloads.values()}
    rules: list[Alert | Recording] = []
    if "api" in kinds:
        rules += _quantiles("http_request_duration_seconds", "tier, namespace, job", "5m")
    if "worker" in kinds:
        rules += _quantiles("celery_task_duration_seconds", "queue, task", "15m")
    if plan.apps:
        rules.append(_hits())
    for name, tier in plan.platform.tiers.items():
        if tier.objective is not None:
            rules += _promise(plan, name, tier.objective)
    if "scheduler" in kinds:
        rules.append(_beat(plan))
    return rules


def _quantiles(metric: str, labels: str, window: str) -> Iterator[Recording]:
    """The histogram's own name, which the histogram itself leaves free, with a label `quantile`."""
    for quantile in _QUANTILES:
        yield Recording(
            metric=metric,
            expression=(
                f"histogram_quantile({quantile}, sum by (le, {labels}) (rate({metric}_bucket[{window}])))"
            ),
            labels={"quantile": quantile},
        )


def _hits() -> Recording:
    hits, all_ = (
        f'sum by (cache) (rate(cache_requests_total{{result=~"{results}"}}[15m]))'
        for results in ("hit", "hit|miss")
    )
    return Recording(metric="cache_hit_ratio", expression=f"{hits} / {all_}")


def _promise(plan: Plan, tier: str, objective: Objective) -> Iterator[Alert | Recording]:
    asked = "http_request_duration_seconds"
    for window in _WINDOWS:
        good, all_ = (
            f"sum by (tier) (rate({asked}_{series}[{window}]))"
            for series in (
                f'bucket{{tier="{tier}",le="{objective.seconds:g}",status!~"5.."}}',
                f'count{{tier="{tier}"}}',
            )
        )
        yield Recording(
            metric=f"tier:http_requests_missed:ratio_rate{window}", expression=f"1 - {good} / {all_}"
        )
    word = "".join(part.capitalize() for part in tier.split("-"))
    promised = f"{objective.percent:g} % within {objective.seconds * 1000:g} ms"
    budget = (100 - objective.percent) / 100
    services = [
        f"kubectl -n {app.namespace} logs deploy/{name} --tail=50"
        for name, (app, workload) in plan.workloads.items()
        if workload.kind == "api" and plan.tier_of(app.namespace) == tier
    ]
    for speed, factor, windows, lasting, severity, spent in (
        ("Fast", _FAST, ("1h", "5m"), "2m", "critical", "in two days"),
        ("Slow", _SLOW, ("6h", "30m"), "15m", "warning", "in five days"),
    ):
        parts = [
            f'tier:http_requests_missed:ratio_rate{window}{{tier="{tier}"}} > {factor * budget:.4g}'
            for window in windows
        ]
        yield Alert(
            name=f"ObjectiveBurn{speed}{word}",
            expression=" and ".join(parts),
            lasting=lasting,
            severity="critical" if severity == "critical" else "warning",
            summary=f"{{{{ $value | humanizePercentage }}}} of the requests of {tier} miss {promised}.",
            action=f"A month's share of slow or failed answers is used up {spent}: see which service.",
            meaning=f"Tier {tier} promises {promised}; server errors count as missed.",
            look=services,
            mend=[
                "One service only: its last release, its database, whom it calls.",
                "All of them: the node's CPU, Redis, the load balancer.",
            ],
        )


def _beat(plan: Plan) -> Alert:
    name, app = next(
        (name, app) for name, (app, workload) in plan.workloads.items() if workload.kind == "scheduler"
    )
    return Alert(
        name="BeatSilent",
        expression="(max(beat_is_leader) or vector(0)) == 0",
        lasting="5m",
        severity="critical",
        summary="No scheduler sends tasks.",
        action="Nothing that is scheduled runs, backups among it: see its pod, its database and the broker.",
        meaning="One scheduler at a time holds a lock in PostgreSQL and sends; now none does.",
        look=[
            f"kubectl -n {app.namespace} get pods -l app={name}",
            f"kubectl -n {app.namespace} logs deploy/{name} --tail=50",
        ],
        mend=[
            "Without its database it cannot hold the lock: mend that first.",
            "What was due meanwhile is sent once when it is back: `python -m apps.beat.schedule list`.",
        ],
    )

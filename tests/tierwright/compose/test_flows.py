"""The flows of the shipped platform: those that its owner declared, and no other."""

from __future__ import annotations

from tierwright.compose.flows import flows
from tierwright.compose.plan import Plan

SERVICES = {"auth-service", "users-service", "locations-service", "waste-service"}
WORKERS = {"ai-worker", "batch-worker", "api-worker"}
BEAT, COLLECTOR = "celery-beat", "dlq-collector"
MIGRATIONS = {f"{app}-migrate" for app in ("auth", "users", "waste", "beat", "dead-letters")}


def callers(plan: Plan, target: str, *, except_for: str = "scrapes") -> set[str]:
    return {
        flow.source.name for flow in flows(plan) if flow.target.name == target and flow.reason != except_for
    }


def targets(plan: Plan, source: str) -> set[str]:
    return {flow.target.name for flow in flows(plan) if flow.source.name == source}


def test_the_load_balancer_reaches_exactly_what_is_routed(prod: Plan) -> None:
    assert targets(prod, "load balancer") == {*SERVICES, "argocd-server", "grafana"}


def test_the_stores_are_reached_by_exactly_the_declared_callers(prod: Plan) -> None:
    writers = {"auth-service", "users-service", "waste-service", *WORKERS, BEAT, COLLECTOR}

    assert callers(prod, "postgres") == {*writers, *MIGRATIONS, "postgres-roles"}
    assert callers(prod, "redis") == {*SERVICES, *WORKERS, BEAT}
    assert callers(prod, "redis-cache") == {"locations-service", *WORKERS}
    assert callers(prod, "rabbitmq") == {
        *(SERVICES - {"users-service"}),
        *WORKERS,
        BEAT,
        COLLECTOR,
        "rabbitmq",
    }


def test_only_the_declared_pods_leave_the_cluster(prod: Plan) -> None:
    assert callers(prod, "s3") == {"waste-service", "ai-worker", "batch-worker"}
    assert callers(prod, "openai") == {"ai-worker"}
    assert callers(prod, "kakao-map") == {"locations-service", "api-worker"}
    assert callers(prod, "oauth") == {"auth-service", "api-worker"}
    assert callers(prod, "ssm") == {"external-secrets"}


def test_prometheus_scrapes_every_metrics_port_and_nothing_else_does(prod: Plan) -> None:
    scraped = {flow.target.name: flow.ports for flow in flows(prod) if flow.reason == "scrapes"}

    assert {flow.source.name for flow in flows(prod) if flow.reason == "scrapes"} == {"prometheus"}
    assert SERVICES | WORKERS | {BEAT, COLLECTOR, "rabbitmq"} <= set(scraped)
    assert scraped["rabbitmq"] == (15692,)
    assert scraped["waste-service"] == (8000,)
    assert scraped["ai-worker"] == (9090,)


def test_metrics_are_read_through_prometheus(prod: Plan) -> None:
    assert callers(prod, "prometheus") == {"grafana", "prometheus-adapter"}


def test_what_is_not_installed_has_no_flows(dev: Plan) -> None:
    known = {end.name for flow in flows(dev) for end in (flow.source, flow.target)}

    assert not known & {"prometheus", "grafana", "external-secrets", "load balancer"}
    assert targets(dev, "ingress controller") == {*SERVICES, "argocd-server"}

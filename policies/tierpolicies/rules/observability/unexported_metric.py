"""An alert or a dashboard is about a server that has no exporter.

## What it does
Knows which metrics come from which exporter: `pg_…` from postgres_exporter, `redis_…` from redis_exporter,
`mysql_…` from mysqld_exporter, `mongodb_…` from mongodb_exporter. Where the tree runs such a server, and
neither a container nor a chart of it is that exporter, every use of its metrics is reported.

## Why is this bad
The alert never fires and the panel stays empty, and both look as if all were well.

## Example
An alert on `pg_up == 0`, and a StatefulSet that runs postgres alone.

## Use instead
A sidecar `prometheuscommunity/postgres-exporter` beside it, and a monitor for its port.
"""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from tierpolicies.engine.context import Context
from tierpolicies.engine.external_metrics import charts
from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.index import Index
from tierpolicies.engine.rule import rule
from tierpolicies.monitoring.dashboards import dashboards
from tierpolicies.monitoring.monitoring_rules import monitoring_rules
from tierpolicies.monitoring.promql import read, read_query
from tierpolicies.workloads.images import parse


class Exporter(NamedTuple):
    """What exports metrics of a prefix, by the last part of its image or chart, and of which servers."""

    name: str
    images: tuple[str, ...]
    servers: tuple[str, ...]


_EXPORTERS: Mapping[str, Exporter] = {
    "pg_": Exporter(
        "postgres_exporter",
        ("postgres-exporter", "postgres_exporter", "prometheus-postgres-exporter", "pgbouncer-exporter"),
        ("postgres", "postgresql", "postgis", "timescaledb"),
    ),
    "redis_": Exporter(
        "redis_exporter",
        ("redis-exporter", "redis_exporter", "prometheus-redis-exporter"),
        ("redis", "valkey", "keydb"),
    ),
    "mysql_": Exporter(
        "mysqld_exporter",
        ("mysqld-exporter", "mysqld_exporter", "prometheus-mysql-exporter"),
        ("mysql", "mysql-server", "mariadb", "percona"),
    ),
    "mongodb_": Exporter(
        "mongodb_exporter",
        ("mongodb-exporter", "mongodb_exporter", "prometheus-mongodb-exporter"),
        ("mongo", "mongodb"),
    ),
}


@rule(
    needs=("PrometheusRule", "ConfigMap"),
    severity=Severity.WARNING,
    remediation="Run the exporter beside the server and let Prometheus scrape it, or take the metric out.",
    rests_on=("Pod", "Application", "HelmRelease"),
)
def check(context: Context) -> Iterator[Fault]:
    """Reports each metric whose exporter is missing."""
    missing = _missing(context.index)
    if not missing:
        return
    for each in monitoring_rules(context.index):
        for name, exporter in _unexported(read(each.view["expr"].text).metrics, missing):
            yield Fault(_told(name, exporter), each.manifest, each.view["expr"], detail=name)
    for dashboard in dashboards(context.index):
        for panel in dashboard.panels:
            for target in panel["targets"]:
                metrics = read_query(target["expr"].text).metrics
                for name, exporter in _unexported(metrics, missing):
                    detail = f"{target.pointer} {name}"
                    yield dashboard.fault(_told(name, exporter), target["expr"], detail=detail)


def _told(name: str, exporter: str) -> str:
    return f"nobody exports {name}: {exporter} runs nowhere here"


def _missing(index: Index) -> dict[str, str]:
    """The exporters that servers of the tree lack, by the prefix of their metrics."""
    images = {
        parse(container["image"].text).repository.rpartition("/")[2]
        for workload in index.workloads
        for container in workload.own.running
    }
    installed = images | {chart.name.text.rpartition("/")[2] for chart in charts(index)}
    return {
        prefix: exporter.name
        for prefix, exporter in _EXPORTERS.items()
        if images & set(exporter.servers) and not installed & set(exporter.images)
    }


def _unexported(metrics: frozenset[str], missing: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    for name in sorted(metrics):
        for prefix, exporter in missing.items():
            if name.startswith(prefix):
                yield name, exporter

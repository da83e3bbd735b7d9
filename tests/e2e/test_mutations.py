"""Each mistake in a manifest is found by running it: the same workloads with one thing changed must fail."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from tests.e2e.app import MobileApp
from tests.e2e.cluster import Cluster
from tests.e2e.manifests import ManifestError, Object
from tests.e2e.monitors import scrape

Change = Callable[[Object], None]


@dataclass(frozen=True)
class Mistake:
    """One thing that is wrong.

    Attributes:
        where: The object: kind, namespace and name.
        told: What the failure must say.
        start: The workload that is started with it; that of `where` by default.
    """

    where: tuple[str, str, str]
    change: Change
    told: str
    start: str = ""

    @property
    def workload(self) -> str:
        return self.start or self.where[2]


def _container(found: Object) -> Object:
    container: Object = found["spec"]["template"]["spec"]["containers"][0]
    return container


def _at(path: str, value: Any) -> Change:
    """Sets what a path of keys and list indices leads to, which must be there."""

    def change(found: Any) -> None:
        *way, last = (int(each) if each.isdigit() else each for each in path.split("/"))
        for each in way:
            found = found[each]
        assert found[last] != value
        found[last] = value

    return change


def _in_container(path: str, value: Any) -> Change:
    return lambda found: _at(path, value)(_container(found))


def _renamed(name: str, new: str) -> Change:
    def change(found: Object) -> None:
        next(each for each in _container(found)["env"] if each["name"] == name)["name"] = new

    return change


def _valued(name: str, value: str) -> Change:
    def change(found: Object) -> None:
        next(each for each in _container(found)["env"] if each["name"] == name)["value"] = value

    return change


def _from_secret(name: str, part: str, value: str) -> Change:
    def change(found: Object) -> None:
        variable = next(each for each in _container(found)["env"] if each["name"] == name)
        variable["valueFrom"]["secretKeyRef"][part] = value

    return change


def _word(old: str, new: str) -> Change:
    def change(found: Object) -> None:
        command = _container(found)["command"]
        command[command.index(old)] = new

    return change


def _replaced(old: str, new: str) -> Change:
    def change(found: Object) -> None:
        text = found["data"]["messaging.json"]
        assert old in text
        found["data"]["messaging.json"] = text.replace(old, new)

    return change


def _annotated(name: str, value: str) -> Change:
    def change(found: Object) -> None:
        found["metadata"]["annotations"][f"alb.ingress.kubernetes.io/{name}"] = value

    return change


AUTH = ("Deployment", "auth", "auth-service")
SERVICE = ("Service", "auth", "auth-service")
INGRESS = ("Ingress", "auth", "auth-service")
COLLECTOR = ("Deployment", "messaging", "dlq-collector")
BATCH_WORKER = ("Deployment", "waste", "batch-worker")
QUEUES = ("ConfigMap", "auth", "messaging")
MIGRATION = ("Job", "auth", "auth-migrate")

MISTAKES = {
    "variable-renamed": Mistake(
        AUTH, _renamed("POSTGRES_USER", "POSTGRES_USERNAME"), "POSTGRES_USER is not set"
    ),
    "host-renamed": Mistake(AUTH, _renamed("REDIS_HOST", "REDIS_HOSTNAME"), "REDIS_HOSTNAME"),
    "host-of-no-service": Mistake(AUTH, _valued("REDIS_HOST", "redis.auth.svc"), "Service auth/redis"),
    "port-of-no-service": Mistake(AUTH, _valued("REDIS_PORT", "6380"), "has no port 6380"),
    "secret-key": Mistake(AUTH, _from_secret("REDIS_PASSWORD", "key", "password"), "key 'password'"),
    "secret-name": Mistake(AUTH, _from_secret("REDIS_PASSWORD", "name", "rediss"), "Secret auth/rediss"),
    "secret-of-another": Mistake(
        ("ExternalSecret", "auth", "postgres-auth"),
        _at("spec/data/0/remoteRef/key", "/waste-coach/prod/postgres/waste/password"),
        "password authentication failed",
        start="auth-migrate",
    ),
    "parameter": Mistake(
        ("ExternalSecret", "auth", "redis"),
        _at("spec/data/0/remoteRef/key", "/waste-coach/prod/redis/passwort"),
        "parameter /waste-coach/prod/redis/passwort",
        start="auth-service",
    ),
    "role": Mistake(MIGRATION, _valued("POSTGRES_USER", "waste"), "password authentication failed"),
    "container-port": Mistake(AUTH, _in_container("ports/0/containerPort", 8001), "argument 8000"),
    "listening-port": Mistake(AUTH, _word("8000", "8001"), "argument 8001"),
    "listening-address": Mistake(AUTH, _word("0.0.0.0", "127.0.0.1"), "argument 127.0.0.1"),  # noqa: S104
    "metrics-port": Mistake(COLLECTOR, _valued("METRICS_PORT", "9091"), "METRICS_PORT: 9091"),
    "probe-path": Mistake(
        AUTH, _in_container("startupProbe/httpGet/path", "/health"), "startupProbe GET /health answered 404"
    ),
    "probe-port": Mistake(
        COLLECTOR, _in_container("readinessProbe/httpGet/port", "http"), "readinessProbe asks port http"
    ),
    "program": Mistake(AUTH, _word("apps.auth.main:app", "apps.author.main:app"), "apps.author"),
    "migration": Mistake(
        MIGRATION, _word("apps/auth/alembic.ini", "apps/author/alembic.ini"), "script_location"
    ),
    "mount-path": Mistake(
        COLLECTOR, _in_container("volumeMounts/0/mountPath", "/etc/message"), "MESSAGING_FILE: /etc/messaging"
    ),
    "file-name": Mistake(
        COLLECTOR, _valued("MESSAGING_FILE", "/etc/messaging/queues.json"), "queues.json cannot be read"
    ),
    "queue": Mistake(BATCH_WORKER, _word("q.batch,q.sched", "q.batches"), "q.batches"),
    "account": Mistake(BATCH_WORKER, _valued("RABBITMQ_USER", "waste-service"), "ACCESS_REFUSED|403"),
    "target-port": Mistake(
        SERVICE, _at("spec/ports/0/targetPort", "web"), "targets port web", start="auth-service"
    ),
    "selector": Mistake(
        SERVICE, _at("spec/selector/app", "author-service"), "selects.*author-service", start="auth-service"
    ),
    "ingress-service": Mistake(
        INGRESS,
        _at("spec/rules/0/http/paths/0/backend/service/name", "author"),
        "Service auth/author",
        start="auth-service",
    ),
    "ingress-port": Mistake(
        INGRESS,
        _at("spec/rules/0/http/paths/0/backend/service/port/name", "web"),
        "names port .*web",
        start="auth-service",
    ),
    "ingress-nodes": Mistake(
        INGRESS, _annotated("target-node-labels", "tier=storage"), "sends to nodes", start="auth-service"
    ),
    "health-check": Mistake(
        INGRESS,
        _annotated("healthcheck-path", "/ready"),
        "health check of /ready answers 404",
        "auth-service",
    ),
    "file-of-a-secret": Mistake(
        AUTH, _at("spec/template/spec/volumes/1/secret/items/0/key", "jwks.json"), "shows key 'jwks.json'"
    ),
    "routing-key": Mistake(
        QUEUES, _replaced('"api.oauth.verify"', '"oauth.verify"'), "/callback/.* 503", start="auth-service"
    ),
    "exchange": Mistake(
        QUEUES,
        _replaced('"exchange": "tasks"', '"exchange": "task"'),
        "/callback/.* 503",
        start="auth-service",
    ),
    "ingress-path": Mistake(
        INGRESS, _at("spec/rules/0/http/paths/0/path", "/api/v1/author"), "Not found", start="auth-service"
    ),
    "ingress-host": Mistake(INGRESS, _at("spec/rules/0/host", "grow.bin"), "Not found", start="auth-service"),
    "monitored-port": Mistake(
        ("PodMonitor", "messaging", "dlq-collector"),
        _at("spec/podMetricsEndpoints/0/port", "http"),
        "scrapes port http",
    ),
    "monitored-path": Mistake(
        ("PodMonitor", "messaging", "dlq-collector"),
        _at("spec/podMetricsEndpoints/0/path", "/metric"),
        "/metric of",
    ),
}


@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_fails_and_is_told(name, make_node, manifests, migrated):
    mistake = MISTAKES[name]
    changed = manifests.changed(*mistake.where, mistake.change)
    with pytest.raises(ManifestError, match=f"(?s){mistake.told}"):
        _run(Cluster(make_node(changed), only={mistake.workload}))


def _run(cluster: Cluster) -> None:
    """Start, and see whether the outside reaches what it must."""
    with cluster:
        list(scrape(cluster.node.manifests, cluster.pods))
        if any(pod.namespace == "auth" for pod in cluster.pods):
            phone = MobileApp(cluster.balancer.port)
            try:
                phone.log_in()
            except AssertionError as error:
                raise ManifestError(str(error)) from error
            finally:
                phone.close()


@pytest.mark.parametrize("workload", sorted({each.workload for each in MISTAKES.values()}))
def test_without_a_mistake_they_run(workload, make_node, manifests, migrated):
    _run(Cluster(make_node(manifests), only={workload}))

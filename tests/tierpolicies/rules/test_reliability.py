"""Probes, updates, storage and backups, by tables of cases that would be many small fixtures."""

from __future__ import annotations

import json

import pytest

from tests.tierpolicies.rules.judged import PLATFORM, Parsed, container, messages, of, pod, said, workload
from tierpolicies.platform import Platform

HTTP = {"ports": [{"name": "http", "containerPort": 8080}]}


def get(port: int | str, **figures: int) -> Parsed:
    return {"httpGet": {"path": "/", "port": port}, **figures}


def service(name: str = "web", space: str = "api", **spec: Parsed) -> Parsed:
    return of(
        "Service", "v1", name, space, spec={"selector": {"app": "web"}, "ports": [{"port": 80}], **spec}
    )


@pytest.mark.parametrize(
    ("objects", "told"),
    [
        ([workload()], None),
        ([workload(), service()], "the Service web sends to the pods"),
        ([workload(), service(space="data")], None),
        ([workload(), service(selector={})], None),
        ([workload(pod(container(**HTTP)))], "the pods have ports"),
        ([workload(pod(container(**HTTP)), kind="Job"), service()], None),
        ([workload(pod(container(**HTTP)), kind="DaemonSet")], "the pods have ports"),
        ([workload(pod(container(), initContainers=[container(name="first", **HTTP)]))], None),
        ([workload(pod(container(readinessProbe=get(8080)))), service()], None),
        (
            [
                workload(
                    pod(
                        container(),
                        initContainers=[
                            container(name="side", restartPolicy="Always", readinessProbe=get(1))
                        ],
                    )
                ),
                service(),
            ],
            None,
        ),
    ],
)
def test_who_must_say_when_he_is_ready(objects: list[Parsed], told: str | None) -> None:
    found = messages("reliability/readiness-probe", *objects)
    assert len(found) == (told is not None)
    assert (told or "") in "".join(found)


@pytest.mark.parametrize(
    ("ports", "probe", "severity"),
    [
        ([], get(8081), None),
        ([], get("http"), "error"),
        (HTTP["ports"], get("http"), None),
        (HTTP["ports"], get(8080), None),
        (HTTP["ports"], get("8080"), None),
        (HTTP["ports"], get(8081), "warning"),
        (HTTP["ports"], get("admin"), "error"),
        (HTTP["ports"], {"grpc": {"port": 9000}}, "warning"),
        ([{"name": "dns", "containerPort": 53, "protocol": "UDP"}], {"tcpSocket": {"port": 53}}, "warning"),
        (HTTP["ports"], {"exec": {"command": ["check"]}}, None),
    ],
)
def test_ports_that_probes_ask_on(ports: Parsed, probe: Parsed, severity: str | None) -> None:
    found = said("reliability/probe-port", workload(pod(container(ports=ports, livenessProbe=probe))))
    assert [each.severity for each in found] == ([severity] if severity else [])


@pytest.mark.parametrize(
    ("readiness", "liveness", "identical", "impatient"),
    [
        (get("http"), get("http"), True, False),
        (get("http"), get(8080), True, False),
        (get("http"), {"httpGet": {"port": "http", "path": "/live"}}, False, False),
        (get("http"), get("http", failureThreshold=6), False, False),
        (get("http", periodSeconds=5), get("http"), False, False),
        (get("http"), get("http", periodSeconds=5), True, False),
        (get("http"), {"tcpSocket": {"port": "http"}, "periodSeconds": 5}, False, True),
        (get("http"), {"tcpSocket": {"port": "http"}, "failureThreshold": 1}, False, True),
        (get("http", failureThreshold=1), {"tcpSocket": {"port": "http"}}, False, False),
        ({"exec": {"command": ["a"]}}, {"exec": {"command": ["a"]}}, True, False),
        ({"exec": {"command": ["a"]}}, {"exec": {"command": ["a", "b"]}}, False, False),
        ({"tcpSocket": {"port": 1}}, {"tcpSocket": {"port": 1, "host": ""}}, True, False),
        ({}, {}, False, False),
    ],
)
def test_liveness_beside_readiness(
    readiness: Parsed, liveness: Parsed, identical: bool, impatient: bool
) -> None:
    deployment = workload(pod(container(**HTTP, readinessProbe=readiness, livenessProbe=liveness)))
    assert bool(messages("reliability/identical-probes", deployment)) is identical
    assert bool(messages("reliability/impatient-liveness", deployment)) is impatient


@pytest.mark.parametrize(
    ("spec", "startup", "severity"),
    [
        ({}, get("http", periodSeconds=10, failureThreshold=60), None),
        ({}, get("http", periodSeconds=10, failureThreshold=61), "warning"),
        ({"minReadySeconds": 10}, get("http", periodSeconds=10, failureThreshold=60), "warning"),
        ({"progressDeadlineSeconds": 60}, get("http"), None),
        ({"progressDeadlineSeconds": 60, "minReadySeconds": 60}, get("http"), "error"),
        ({"minReadySeconds": 600}, get("http"), "error"),
        ({"progressDeadlineSeconds": "soon"}, get("http"), None),
    ],
)
def test_the_deadline_of_an_update(spec: Parsed, startup: Parsed, severity: str | None) -> None:
    found = said("reliability/rollout-deadline", workload(pod(container(startupProbe=startup)), **spec))
    assert [each.severity for each in found] == ([severity] if severity else [])


def claimed(name: str = "data") -> Parsed:
    return pod(volumes=[{"name": "data", "persistentVolumeClaim": {"claimName": name}}])


def claim(*modes: str) -> Parsed:
    return of("PersistentVolumeClaim", "v1", "data", spec={"accessModes": list(modes)})


@pytest.mark.parametrize(
    ("modes", "replicas", "severity"),
    [
        (["ReadWriteOnce"], 1, None),
        (["ReadWriteOnce"], 2, "warning"),
        (["ReadWriteOncePod"], 2, "error"),
        (["ReadWriteMany"], 2, None),
        (["ReadWriteOnce", "ReadWriteMany"], 2, None),
        (["ReadOnlyMany"], 2, None),
        ([], 2, None),
    ],
)
def test_a_claim_that_many_want(modes: list[str], replicas: int, severity: str | None) -> None:
    found = said("reliability/shared-claim", workload(claimed(), replicas=replicas), claim(*modes))
    assert [each.severity for each in found] == ([severity] if severity else [])


def test_a_claim_that_is_not_in_the_tree_is_not_judged() -> None:
    assert (
        said("reliability/shared-claim", workload(claimed("other"), replicas=2), claim("ReadWriteOnce")) == []
    )
    assert said("reliability/surge-on-claim", workload(claimed("other")), claim("ReadWriteOnce")) == []


@pytest.mark.parametrize(
    ("hook", "grace", "seconds"),
    [
        ({"exec": {"command": ["sleep", "30"]}}, None, 30),
        ({"exec": {"command": ["sleep", "29"]}}, None, None),
        ({"exec": {"command": ["/bin/sleep", "10s"]}}, 10, 10),
        ({"exec": {"command": ["sh", "-c", "sleep 20; nginx -s quit; sleep 20"]}}, 40, 40),
        ({"exec": {"command": ["sh", "-c", "oversleep 90"]}}, 10, None),
        ({"exec": {"command": ["sh", "-c", "sleep 0.5"]}}, 0, None),
        ({"sleep": {"seconds": 60}}, 45, 60),
        ({"httpGet": {"port": 80}}, 1, None),
        ({"exec": {"command": "sleep 60"}}, 1, None),
    ],
)
def test_a_hook_and_the_grace_period(hook: Parsed, grace: int | None, seconds: int | None) -> None:
    fields = {} if grace is None else {"terminationGracePeriodSeconds": grace}
    found = messages("reliability/pre-stop", workload(pod(container(lifecycle={"preStop": hook}), **fields)))
    assert len(found) == (seconds is not None)
    assert "".join(found).startswith(f"preStop of 'web' sleeps {seconds}" if seconds else "")


def test_what_keda_or_a_rollout_raises_may_be_at_nought() -> None:
    parked = workload(replicas=0)
    rule = "reliability/no-replicas"
    assert messages(rule, parked) == ["no pod is to run"]
    assert messages(rule, parked, service()) == ["no pod is to run: the Service web sends to nobody"]
    scaled = of("ScaledObject", "keda.sh/v1alpha1", "web", spec={"scaleTargetRef": {"name": "web"}})
    taken = of("Rollout", "argoproj.io/v1alpha1", "web", spec={"workloadRef": {"name": "web"}})
    assert messages(rule, parked, scaled) == messages(rule, parked, taken) == []


POSTGRES = "docker.io/library/postgres:17.7"


def database(image: str = POSTGRES, *, space: str = "data", **metadata: Parsed) -> Parsed:
    template = {"metadata": {"name": "data"}, "spec": {"accessModes": ["ReadWriteOnce"]}}
    spec = pod({"name": "db", "image": image})
    named: Parsed = {"metadata": {"name": "db", "namespace": space, **metadata}}
    return workload(spec, kind="StatefulSet", name="db", volumeClaimTemplates=[template], **named)


def nightly(name: str, *command: str) -> Parsed:
    return workload(pod(container(command=list(command))), kind="CronJob", name=name)


def task(name: str, schedule: str | None) -> Parsed:
    messaging = {"queues": {"jobs": {"tasks": {name: {"schedule": schedule}}}}}
    return of("ConfigMap", "v1", "messaging", data={"messaging.json": json.dumps(messaging)})


VELERO = of("Schedule", "velero.io/v1", "nightly", spec={"schedule": "0 2 * * *"})
ANNOTATED: Parsed = {"annotations": {"tierwright.dev/backup": "a snapshot of the volume every night"}}


@pytest.mark.parametrize(
    ("objects", "platform", "severity"),
    [
        ([database()], None, None),
        ([database()], PLATFORM, "note"),
        ([database(**ANNOTATED)], PLATFORM, None),
        ([database(), nightly("report", "report")], None, None),
        ([database(), nightly("report", "report")], PLATFORM, "warning"),
        ([database(), nightly("dump", "sh", "-c", "pg_dump shop")], PLATFORM, None),
        ([database(), nightly("postgres-backup", "run")], PLATFORM, None),
        ([database(), nightly("etcd-backup", "etcdctl", "snapshot", "save")], None, "warning"),
        ([database(), nightly("etcd-backup", "etcdctl"), nightly("dump", "pg_dump")], PLATFORM, None),
        ([database(), task("backup.database", "0 2 * * *")], PLATFORM, None),
        ([database(), task("backup.database", None)], None, "warning"),
        ([database(), task("stats.aggregate", "0 2 * * *")], None, None),
        ([database(), task("stats.aggregate", "0 2 * * *")], PLATFORM, "warning"),
        ([database(), VELERO], PLATFORM, None),
        ([database("prom/postgres-exporter:1.0"), nightly("report", "report")], PLATFORM, None),
        ([database("redis:7.4"), nightly("report", "report")], PLATFORM, None),
        ([database("mariadb:11.8@sha256:" + 64 * "a"), nightly("report", "report")], PLATFORM, "warning"),
        ([workload(pod({"name": "db", "image": POSTGRES})), nightly("report", "report")], PLATFORM, None),
        (
            [workload(claimed(), kind="Job", name="backup"), database(), nightly("report", "x")],
            PLATFORM,
            "warning",
        ),
    ],
)
def test_who_backs_up_a_database(
    objects: list[Parsed], platform: Platform | None, severity: str | None
) -> None:
    found = said("reliability/backup", *objects, platform=platform)
    assert [each.severity for each in found] == ([severity] if severity else [])


@pytest.mark.parametrize(
    ("command", "labels", "severities"),
    [
        (["celery", "-A", "shop", "beat"], {}, ["warning"]),
        (["sh", "-c", "exec celery -A shop beat --loglevel info"], {}, ["warning"]),
        (["celery", "-A", "shop", "beat", "-S", "redbeat.RedBeatScheduler"], {}, []),
        (["celery", "-A", "shop", "worker"], {}, []),
        (["beat"], {}, []),
        (["run"], {"app.kubernetes.io/component": "scheduler"}, ["error"]),
    ],
)
def test_a_scheduler_is_known_by_its_label_or_its_command(
    command: list[str], labels: Parsed, severities: list[str]
) -> None:
    scheduler = workload(pod(container(command=command)), replicas=1)
    scheduler["spec"]["template"]["metadata"]["labels"].update(labels)
    assert [each.severity for each in said("reliability/single-scheduler", scheduler)] == severities
    scheduler["spec"].update(replicas=2, strategy={"type": "Recreate"})
    assert len(said("reliability/single-scheduler", scheduler)) == len(severities)


@pytest.mark.parametrize(
    ("strategy", "replicas", "told"),
    [
        ({"type": "Recreate"}, 2, True),
        ({"type": "Recreate"}, 1, False),
        ({"rollingUpdate": {"maxUnavailable": "100%"}}, 3, True),
        ({"rollingUpdate": {"maxUnavailable": "99%"}}, 3, False),
        ({"rollingUpdate": {"maxUnavailable": 2}}, 2, True),
        ({}, 2, False),
    ],
)
def test_an_update_that_leaves_nobody(strategy: Parsed, replicas: int, told: bool) -> None:
    deployment = workload(replicas=replicas, strategy=strategy)
    assert bool(messages("reliability/rollout-outage", deployment, service())) is told
    assert messages("reliability/rollout-outage", deployment) == []


@pytest.mark.parametrize(("partition", "told"), [(0, False), (2, False), (3, True), (7, True), ("x", False)])
def test_a_partition_holds_an_update_back(partition: Parsed, told: bool) -> None:
    strategy = {"type": "RollingUpdate", "rollingUpdate": {"partition": partition}}
    store = workload(kind="StatefulSet", replicas=3, updateStrategy=strategy)
    assert bool(messages("reliability/on-delete", store)) is told


def test_the_least_of_replicas_and_the_option_of_dns_are_parameters() -> None:
    assert said("reliability/few-replicas", workload(replicas=3)) == []
    assert said("reliability/few-replicas", workload(replicas=3), parameters={"least": 4})
    options = pod(dnsConfig={"options": [{"name": "edns0"}]})
    assert said("reliability/dns-options", workload(options))
    wanted = {"name": "edns0", "value": "None"}
    assert said("reliability/dns-options", workload(options), parameters=wanted) == []


def budget(space: str | None, app: str = "web") -> Parsed:
    spec = {"maxUnavailable": 1, "selector": {"matchLabels": {"app": app}}}
    guard = of("PodDisruptionBudget", "policy/v1", "guard", space or "", spec=spec)
    if space is None:
        del guard["metadata"]["namespace"]
    return guard


@pytest.mark.parametrize(
    ("guard", "told"),
    [
        (budget("api"), None),
        (budget(None), None),  # whoever applies it says where it goes
        (budget("data"), "no PodDisruptionBudget is for the 3 replicas; guard is in the namespace data"),
        (budget("api", app="shop"), "no PodDisruptionBudget is for the 3 replicas"),
    ],
)
def test_whose_budget_guards_whom(guard: Parsed, told: str | None) -> None:
    assert messages("reliability/disruption-budget", workload(replicas=3), guard) == ([told] if told else [])
    single, job = workload(replicas=1), workload(kind="Job")
    assert messages("reliability/disruption-budget", single, job, guard) == []

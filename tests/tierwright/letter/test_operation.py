"""What keeps it running: replicas, schedulers, backups, stores, versions, roles and nodes."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from itertools import pairwise

import pytest
import yaml

from tests.tierwright.letter.letter import Edit, Generated, Parsed, errors, findings, judged, notes
from tierpolicies.report.model import Report

Follow = Callable[[dict[str, Edit]], Generated]
Problems = Callable[[dict[str, Edit]], list[str]]
Tamper = Callable[[str, Edit], Report]


def platform(change: Edit) -> dict[str, Edit]:
    return {"platform.yaml": change}


def test_three_brokers_on_one_node_need_somebody_to_answer_for_it(follow: Follow) -> None:
    report = follow(platform(lambda each: each.pop("waivers"))).report
    (message,) = errors(report, "reliability/one-failure-domain")
    assert "3 replicas share the one node of storage" in message


def test_the_platform_team_answers_for_three_brokers_on_one_node(shipped_prod: Generated) -> None:
    (finding,) = shipped_prod.report.waived
    assert finding.rule == "reliability/one-failure-domain"
    assert finding.waived is not None
    assert finding.waived.owner == "platform-team"
    assert finding.waived.expires is not None
    pod = shipped_prod.pods()["StatefulSet/messaging/rabbitmq"]["spec"]
    # Required, two of the three would wait for nodes that never come.
    assert [each["whenUnsatisfiable"] for each in pod["topologySpreadConstraints"]] == ["ScheduleAnyway"]
    assert "affinity" not in pod


def test_three_brokers_that_must_stand_apart_need_three_nodes(tamper: Tamper) -> None:
    def require(each: Parsed) -> None:
        term = {
            "topologyKey": "kubernetes.io/hostname",
            "labelSelector": each["spec"]["selector"],
        }
        required = {"requiredDuringSchedulingIgnoredDuringExecution": [term]}
        each["spec"]["template"]["spec"]["affinity"] = {"podAntiAffinity": required}

    (message,) = errors(
        tamper("StatefulSet/messaging/rabbitmq", require), "scheduling/required-anti-affinity"
    )
    assert message == "3 replicas need 3 nodes, and storage has 1"


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda spec: [spec.pop("maxUnavailable"), spec.update(minAvailable=1)], "minAvailable"),
        (lambda spec: spec.pop("unhealthyPodEvictionPolicy"), "not ready"),
        (lambda spec: spec["selector"]["matchLabels"].update(app="dlq-collector"), "fewer than two"),
    ],
)
def test_a_disruption_budget_that_keeps_a_node_from_draining_is_told(
    tamper: Tamper, change: Edit, told: str
) -> None:
    report = tamper("PodDisruptionBudget/messaging/rabbitmq", lambda each: change(each["spec"]))
    assert any(told in message for message in errors(report, "reliability/budget-blocks-drain"))


def test_disruption_budgets_let_every_node_drain(shipped_prod: Generated) -> None:
    budgets = shipped_prod.of_kind("PodDisruptionBudget")
    assert {each["metadata"]["name"] for each in budgets} == {
        "auth-service",
        "api-worker",
        "waste-service",
        "ai-worker",
        "batch-worker",
        "rabbitmq",
    }
    for budget in budgets:
        spec = {key: value for key, value in budget["spec"].items() if key != "selector"}
        assert spec == {"maxUnavailable": 1, "unhealthyPodEvictionPolicy": "AlwaysAllow"}


def test_a_database_without_a_backup_is_told(problems: Problems, follow: Follow) -> None:
    def none(each: Parsed) -> None:
        del each["stores"]["postgres"]["backup"]
        del each["messaging"]["queues"]["q.sched"]["tasks"]["backup.database"]

    edits = platform(none)
    told = problems(edits) or [finding.message for finding in follow(edits).report.findings]
    assert any("backup" in each and "postgres" in each for each in told)


def test_a_backup_that_nobody_schedules_is_told(problems: Problems, follow: Follow) -> None:
    def unscheduled(each: Parsed) -> None:
        del each["messaging"]["queues"]["q.sched"]["tasks"]["backup.database"]["schedule"]

    edits = platform(unscheduled)
    told = problems(edits) or [finding.message for finding in follow(edits).report.findings]
    assert any("backup.database" in each and "schedule" in each for each in told)


def test_a_backup_by_a_task_that_is_not_there_is_refused(problems: Problems) -> None:
    def etcd(each: Parsed) -> None:
        each["stores"]["postgres"]["backup"]["task"] = "backup.etcd"

    (problem,) = problems(platform(etcd))
    assert problem.startswith("platform.yaml:")
    assert "unknown task 'backup.etcd'" in problem
    assert "backup.database" in problem


def test_manifests_that_back_up_etcd_alone_are_told(shipped_prod: Generated) -> None:
    """The owner's backup: it holds the cluster's objects, and not a row of the database."""

    def without_backup(text: str) -> str:
        messaging = json.loads(text)
        for queue in messaging["queues"].values():
            queue["tasks"].pop("backup.database", None)
        return json.dumps(messaging)

    files = dict(shipped_prod.files)
    for path, content in shipped_prod.files.items():
        if path.endswith("ConfigMap-messaging.yaml"):
            manifest = yaml.safe_load(content)
            manifest["data"]["messaging.json"] = without_backup(manifest["data"]["messaging.json"])
            files[path] = yaml.safe_dump(manifest).encode()
    (message,) = errors(judged(files), "reliability/backup")
    assert message == "nothing backs up PostgreSQL: there is no job, no schedule and no task for it"

    container = {
        "name": "etcd",
        "image": "registry.k8s.io/etcd:3.5.9-0",
        "command": ["etcdctl", "snapshot", "save"],
    }
    pod = {"spec": {"restartPolicy": "Never", "containers": [container]}}
    nightly = {"schedule": "0 2 * * *", "jobTemplate": {"spec": {"template": pod}}}
    metadata = {"name": "etcd-backup", "namespace": "kube-system"}
    job = {"apiVersion": "batch/v1", "kind": "CronJob", "metadata": metadata, "spec": nightly}
    files["tier-1-control/kube-system/CronJob-etcd-backup.yaml"] = yaml.safe_dump(job).encode()
    (message,) = errors(judged(files), "reliability/backup")
    assert message == (
        "nothing backs up PostgreSQL: CronJob etcd-backup backs up etcd, which holds none of its data"
    )


def test_the_database_is_dumped_every_night_to_where_it_survives(shipped_prod: Generated) -> None:
    pod = shipped_prod.pods()["Deployment/waste/batch-worker"]["spec"]
    (container,) = pod["containers"]
    variables = {each["name"]: each.get("value") for each in container["env"]}
    assert variables["POSTGRES_BACKUP_USER"] == "backup"
    assert variables["S3_BUCKET"] == "waste-coach-prod-images"
    messaging = shipped_prod.manifests["ConfigMap/waste/messaging"]["data"]["messaging.json"]
    assert '"schedule": "0 2 * * *"' in messaging
    assert '"timezone": "Asia/Seoul"' in messaging
    assert (
        'GRANT "pg_read_all_data" TO "backup"'
        in (shipped_prod.manifests["ConfigMap/default/postgres-roles"]["data"]["roles.sql"])
    )


def test_two_schedulers_are_told(follow: Follow) -> None:
    edits: dict[str, Edit] = {
        "apps/beat/app.yaml": lambda app: app["workloads"]["celery-beat"].update(replicas=2)
    }
    (message,) = errors(follow(edits).report, "reliability/single-scheduler")
    assert "2 schedulers" in message


def test_an_update_that_starts_a_second_scheduler_is_told(tamper: Tamper) -> None:
    report = tamper(
        "Deployment/default/celery-beat",
        lambda each: each["spec"].update(strategy={"type": "RollingUpdate"}),
    )
    assert errors(report, "reliability/single-scheduler")


def test_one_scheduler_stops_before_the_next_starts(shipped_prod: Generated) -> None:
    beat = shipped_prod.manifests["Deployment/default/celery-beat"]["spec"]
    assert beat["replicas"] == 1
    assert beat["strategy"] == {"type": "Recreate"}


def test_a_namespace_of_no_tier_is_refused(problems: Problems) -> None:
    edits: dict[str, Edit] = {"apps/worker_api/app.yaml": lambda app: app.update(namespace="location")}
    (problem,) = problems(edits)
    assert problem.startswith("apps/worker_api/app.yaml:2:")
    assert "unknown namespace 'location'" in problem
    assert "did you mean 'locations'?" in problem


@pytest.mark.parametrize("version", ["^66.3.1", "66.x", "latest", "66.3"])
def test_a_chart_that_is_not_pinned_is_refused(problems: Problems, version: str) -> None:
    def unpin(each: Parsed) -> None:
        each["components"]["kube-prometheus-stack"]["chart"]["version"] = version

    (problem,) = problems(platform(unpin))
    assert "one exact version" in problem


def test_charts_are_pinned_and_none_is_of_the_platforms_own(shipped_prod: Generated) -> None:
    charts = {
        each["spec"]["source"]["chart"]: each["spec"]["source"]["targetRevision"]
        for each in shipped_prod.of_kind("Application")
        if "chart" in each["spec"]["source"]
    }
    assert len(charts) == 8
    assert all(version.lstrip("v").count(".") == 2 for version in charts.values())


def test_a_version_out_of_support_is_noted(shipped_prod: Generated, follow: Follow) -> None:
    (note,) = notes(shipped_prod.report, "schema/kubernetes-support")
    assert "1.28 is out of support since 2024-10-22" in note
    assert shipped_prod.report.versions == tuple(f"1.{minor}" for minor in range(28, 38))

    def newest(each: Parsed) -> None:
        each["environments"]["prod"]["cluster"]["kubernetes"] = "1.37"

    report = follow(platform(newest)).report
    assert notes(report, "schema/kubernetes-support") == []
    assert report.versions == ("1.37",)


def test_secrets_from_aws_without_an_account_are_refused(problems: Problems) -> None:
    (problem,) = problems(platform(lambda each: each["environments"]["prod"].pop("aws")))
    assert "come from AWS, and no account is given" in problem


def test_without_an_account_aws_is_called_with_keys_from_a_secret(shipped_dev: Generated) -> None:
    (container,) = shipped_dev.pods()["Deployment/waste/ai-worker"]["spec"]["containers"]
    keys = {
        each["name"]: each["valueFrom"]["secretKeyRef"]["name"]
        for each in container["env"]
        if each["name"].startswith("S3_") and "valueFrom" in each
    }
    assert keys == dict.fromkeys(("S3_ACCESS_KEY_ID", "S3_SECRET_ACCESS_KEY", "S3_ENDPOINT_URL"), "s3")
    assert not any("AWS_ROLE_ARN" in str(pod) for pod in shipped_dev.pods().values())


def test_each_caller_of_aws_has_a_role_of_its_own(shipped_prod: Generated) -> None:
    roles: dict[str, str] = {}
    for key, pod in shipped_prod.pods().items():
        for container in pod["spec"]["containers"]:
            variables = {each["name"]: each.get("value") for each in container.get("env", [])}
            assert not any("ACCESS_KEY" in name for name in variables)
            if "AWS_ROLE_ARN" in variables:
                roles[key] = variables["AWS_ROLE_ARN"]
                (token,) = (
                    source["serviceAccountToken"]
                    for volume in pod["spec"]["volumes"]
                    for source in volume.get("projected", {}).get("sources", [])
                )
                assert token["audience"] == "sts.amazonaws.com"
    assert {key.rpartition("/")[2] for key in roles} == {"waste-service", "ai-worker", "batch-worker"}
    accounts = Counter(shipped_prod.pods()[key]["spec"]["serviceAccountName"] for key in roles)
    assert len(set(roles.values())) == len(roles) == len(accounts)


def test_no_two_workloads_share_a_service_account(shipped_prod: Generated) -> None:
    users = Counter(
        (key.split("/")[1], pod["spec"]["serviceAccountName"]) for key, pod in shipped_prod.pods().items()
    )
    assert set(users.values()) == {1}
    assert not any(pod["spec"]["automountServiceAccountToken"] for pod in shipped_prod.pods().values())


def test_one_redis_that_may_evict_results_is_told(follow: Follow) -> None:
    def one(each: Parsed) -> None:
        each["stores"]["redis"].update(eviction="allkeys-lru")

    (message,) = errors(follow(platform(one)).report, "reliability/result-eviction")
    assert "allkeys-lru may evict" in message
    assert "results" in message


def test_what_may_be_evicted_has_an_instance_of_its_own(shipped_prod: Generated) -> None:
    results, cache = (
        shipped_prod.manifests[f"ConfigMap/default/{name}"] for name in ("redis", "redis-cache")
    )
    assert "maxmemory-policy noeviction" in results["data"]["redis.conf"]
    assert "appendonly yes" in results["data"]["redis.conf"]
    assert "maxmemory-policy allkeys-lru" in cache["data"]["redis.conf"]
    for name in ("redis", "redis-cache"):
        deployment = shipped_prod.manifests[f"Deployment/default/{name}"]["spec"]
        container, _ = deployment["template"]["spec"]["containers"]
        assert container["resources"]["requests"] == {"cpu": "100m", "memory": "512Mi"}
    assert shipped_prod.manifests["Deployment/default/redis"]["spec"]["strategy"] == {"type": "Recreate"}


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda pod: pod.pop("tolerations"), "not tolerated"),
        (lambda pod: pod.update(nodeSelector={"tier": "sync-api"}), "nodeSelector allows"),
        (lambda pod: pod["tolerations"].append({"key": "pool", "operator": "Exists"}), "tolerates 'pool'"),
        (lambda pod: pod.update(tolerations=[{"operator": "Exists"}]), "tolerates 'every taint'"),
    ],
)
def test_a_workload_outside_its_tier_is_told(tamper: Tamper, change: Edit, told: str) -> None:
    report = tamper("StatefulSet/default/postgres", lambda each: change(each["spec"]["template"]["spec"]))
    assert any(told in finding.message for finding in findings(report, "placement/tier-agreement"))


def test_a_priority_of_another_tier_is_told(tamper: Tamper) -> None:
    report = tamper(
        "StatefulSet/default/postgres",
        lambda each: each["spec"]["template"]["spec"].update(priorityClassName="sync-api"),
    )
    (message,) = errors(report, "placement/tier-priority")
    assert "has priority 500000; tier 'storage' has 800000 to 800999" in message


def test_a_pod_that_chooses_no_nodes_is_told(tamper: Tamper) -> None:
    """It may land on any node without a taint, and counts where it hurts most."""
    report = tamper(
        "Deployment/auth/auth-service",
        lambda each: each["spec"]["template"]["spec"].pop("nodeSelector"),
    )
    (message,) = errors(report, "placement/tier-agreement")
    assert message == (
        "without a nodeSelector the pods may land on worker-1 and worker-2; tier 'sync-api' is on worker-1"
    )


def test_a_worker_in_the_namespace_of_another_tier_is_told(tamper: Tamper) -> None:
    def move(each: Parsed) -> None:
        each["metadata"]["namespace"] = "waste"

    (message,) = errors(tamper("Deployment/locations/api-worker", move), "placement/tier-agreement")
    assert message == "the pods are of tier 'sync-api', their namespace is of async-workers"


@pytest.mark.parametrize(
    ("labels", "told"),
    [
        ({}, "the namespace is of no tier; by the description it belongs to 'sync-api'"),
        ({"tier": "storage"}, "the namespace is of the tier 'storage'; by the description it belongs"),
    ],
)
def test_a_namespace_with_another_label_is_told(tamper: Tamper, labels: Parsed, told: str) -> None:
    report = tamper("Namespace/auth", lambda each: each["metadata"].update(labels=labels))
    (message,) = errors(report, "placement/namespace-tier")
    assert message.startswith(told)


def test_an_agent_that_does_not_reach_the_storage_node_is_told(tamper: Tamper) -> None:
    def to_daemon(each: Parsed) -> None:
        each["kind"] = "DaemonSet"
        for field in ("replicas", "strategy", "progressDeadlineSeconds"):
            each["spec"].pop(field, None)
        del each["spec"]["template"]["metadata"]["labels"]["tier"]
        for field in ("nodeSelector", "topologySpreadConstraints"):
            each["spec"]["template"]["spec"].pop(field, None)

    told = errors(tamper("Deployment/waste/batch-worker", to_daemon), "placement/daemon-reach")
    assert len(told) == 2  # the control plane has a taint of its own
    assert any("the nodes of storage carry tier=storage:NoSchedule" in message for message in told)


def test_only_storage_tolerates_the_taint_of_its_node(shipped_prod: Generated) -> None:
    for key, pod in shipped_prod.pods().items():
        tier = pod["metadata"]["labels"]["tier"]
        assert pod["spec"]["nodeSelector"] == {"tier": tier}, key
        storage = {"key": "tier", "operator": "Equal", "value": "storage", "effect": "NoSchedule"}
        assert pod["spec"].get("tolerations", []) == ([storage] if tier == "storage" else []), key


def test_certificates_come_before_the_webhooks_that_need_them(shipped_prod: Generated) -> None:
    """An Ingress without an address holds up no wave: its health is not waited for."""

    def wave(application: Parsed) -> int:
        return int(application["metadata"]["annotations"]["argocd.argoproj.io/sync-wave"])

    def component(name: str) -> Parsed:
        return shipped_prod.manifests[f"Application/argocd/{name}"]

    certificates = wave(component("cert-manager"))
    assert certificates < wave(component("aws-load-balancer-controller"))
    assert certificates < wave(component("kube-prometheus-stack"))
    settings = component("argo-cd")["spec"]["source"]["helm"]["valuesObject"]["configs"]["cm"]
    assert "Healthy" in settings["resource.customizations.health.networking.k8s.io_Ingress"]


def test_what_a_pod_needs_comes_in_an_earlier_wave(shipped_prod: Generated) -> None:
    def wave(kind: str, most: bool = False) -> int:
        waves = [
            int(each["metadata"]["annotations"]["argocd.argoproj.io/sync-wave"])
            for each in shipped_prod.of_kind(kind)
        ]
        return max(waves) if most else min(waves)

    order = ("PriorityClass", "Namespace", "LimitRange", "ServiceAccount", "SecretStore", "ExternalSecret")
    for earlier, later in pairwise(order):
        assert wave(earlier, most=True) < wave(later), f"{earlier} before {later}"
    for needed in ("NetworkPolicy", "ConfigMap", "ExternalSecret"):
        for pods in ("StatefulSet", "Deployment", "Job"):
            assert wave(needed, most=True) < wave(pods), f"{needed} before {pods}"
    assert wave("StatefulSet", most=True) < wave("Job")

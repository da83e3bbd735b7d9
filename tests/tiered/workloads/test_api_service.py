from __future__ import annotations

import pytest

from tiered.errors import TieredError
from tiered.origin import Origin, Text, Whole, origin_of
from tiered.workloads.api_service import ApiService
from tiered.workloads.autoscaling import CpuTarget, Replicas
from tiered.workloads.container import Resources, Variable, Volume


def test_a_scaled_service_is_reachable_protected_and_leaves_its_size_to_the_autoscaler(
    chart, made, program, placement
):
    # GIVEN
    service = ApiService(
        chart,
        "waste-service",
        program=program("uvicorn", "apps.waste.main:app"),
        placement=placement,
        port=8000,
        replicas=Replicas(minimum=2, maximum=10, target=CpuTarget(utilization=70)),
    )
    # WHEN
    objects = made()
    # THEN
    assert list(objects) == [
        "ServiceAccount", "Deployment", "HorizontalPodAutoscaler", "PodDisruptionBudget", "Service",
    ]  # fmt: skip
    deployment = objects["Deployment"]["spec"]
    assert "replicas" not in deployment
    assert deployment["selector"] == {"matchLabels": {"app": "waste-service"}}
    assert deployment["strategy"]["rollingUpdate"] == {"maxSurge": 1, "maxUnavailable": 0}
    assert objects["HorizontalPodAutoscaler"]["spec"] == {
        "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": "waste-service"},
        "minReplicas": 2,
        "maxReplicas": 10,
        "metrics": [
            {
                "type": "Resource",
                "resource": {"name": "cpu", "target": {"type": "Utilization", "averageUtilization": 70}},
            }
        ],
        "behavior": {"scaleDown": {"stabilizationWindowSeconds": 300}},
    }
    assert objects["PodDisruptionBudget"]["spec"] == {
        "maxUnavailable": 1,
        "unhealthyPodEvictionPolicy": "AlwaysAllow",
        "selector": {"matchLabels": {"app": "waste-service"}},
    }
    assert objects["Service"]["spec"] == {
        "type": "ClusterIP",
        "selector": {"app": "waste-service"},
        "ports": [{"name": "http", "port": 8000, "targetPort": "http", "protocol": "TCP"}],
    }
    assert (service.host, service.port) == ("waste-service.waste.svc", 8000)


def test_the_pod_is_placed_probed_and_given_time_to_leave(chart, made, program, placement):
    # GIVEN
    ApiService(chart, "waste-service", program=program("uvicorn"), placement=placement, port=8000,
               replicas=Replicas(minimum=2), drain_seconds=40)  # fmt: skip
    # WHEN
    template = made()["Deployment"]["spec"]["template"]
    # THEN
    assert template["metadata"]["labels"] == {
        "app.kubernetes.io/part-of": "reference",
        "app.kubernetes.io/managed-by": "tierwright",
        "app": "waste-service",
        "app.kubernetes.io/name": "waste-service",
        "app.kubernetes.io/component": "api",
        "tier": "async-workers",
    }
    pod = template["spec"]
    assert pod["nodeSelector"] == {"tier": "async-workers"}
    assert pod["serviceAccountName"] == "waste-service"
    assert pod["topologySpreadConstraints"][0]["whenUnsatisfiable"] == "ScheduleAnyway"
    [container] = pod["containers"]
    assert container["command"] == ["uvicorn"]
    assert container["ports"] == [{"name": "http", "containerPort": 8000, "protocol": "TCP"}]
    assert container["lifecycle"] == {"preStop": {"exec": {"command": ["sleep", "5"]}}}
    assert pod["terminationGracePeriodSeconds"] == 5 + 40
    for probe, path in (
        ("startupProbe", "/healthz"),
        ("livenessProbe", "/healthz"),
        ("readinessProbe", "/readyz"),
    ):
        assert container[probe]["httpGet"] == {"path": path, "port": "http"}
        assert container[probe]["timeoutSeconds"] == 3
    startup = container["startupProbe"]
    assert startup["periodSeconds"] * startup["failureThreshold"] == 60


def test_one_replica_has_neither_autoscaler_nor_budget_nor_spread(chart, made, program, placement):
    ApiService(chart, "users", program=program(), placement=placement, port=8000)

    objects = made()

    assert list(objects) == ["ServiceAccount", "Deployment", "Service"]
    assert objects["Deployment"]["spec"]["replicas"] == 1
    assert "topologySpreadConstraints" not in objects["Deployment"]["spec"]["template"]["spec"]


def test_a_node_port_keeps_the_callers_address_and_never_opens_the_metrics(chart, made, program, placement):
    # GIVEN
    service = ApiService(chart, "users", program=program(), placement=placement, port=8000,
                         exposed="node-port", metrics_port=9090)  # fmt: skip
    # WHEN
    objects = made()
    # THEN
    spec = objects["Service"]["spec"]
    assert (spec["type"], spec["externalTrafficPolicy"]) == ("NodePort", "Local")
    assert [port["name"] for port in spec["ports"]] == ["http"]
    [container] = objects["Deployment"]["spec"]["template"]["spec"]["containers"]
    assert [port["name"] for port in container["ports"]] == ["http", "metrics"]
    assert service.metrics_port_name == "metrics"


def test_what_the_program_needs_reaches_pod_and_account(chart, made, program, placement):
    # GIVEN
    given = program(
        environment=[Variable(name="DATABASE_PASSWORD", secret="waste", key="password")],
        volumes=[Volume(name="keys", path="/keys", source={"secret": {"secretName": "keys"}})],
        tmp_size="1024Mi",
        user=1000,
        pull_secrets=["ghcr"],
        account_annotations={"eks.amazonaws.com/role-arn": "arn:aws:iam::1:role/waste"},
        pod_annotations={"tierwright.dev/configuration": "abc"},
    )
    # WHEN
    ApiService(chart, "waste-service", program=given, placement=placement, port=8000)
    # THEN
    objects = made()
    account = objects["ServiceAccount"]
    assert account["automountServiceAccountToken"] is False
    assert account["imagePullSecrets"] == [{"name": "ghcr"}]
    assert account["metadata"]["annotations"] == {
        "argocd.argoproj.io/sync-wave": "-7",
        "eks.amazonaws.com/role-arn": "arn:aws:iam::1:role/waste",
    }
    template = objects["Deployment"]["spec"]["template"]
    assert template["metadata"]["annotations"] == {"tierwright.dev/configuration": "abc"}
    assert template["spec"]["securityContext"]["runAsUser"] == 1000
    assert template["spec"]["volumes"] == [
        {"name": "keys", "secret": {"secretName": "keys"}},
        {"name": "tmp", "emptyDir": {"sizeLimit": "1Gi"}},
    ]


def test_a_volume_at_tmp_replaces_the_scratch_room(chart, made, program, placement):
    shared = Volume(name="work", path="/tmp", source={"emptyDir": {}}, read_only=False)  # noqa: S108 - the pod's

    ApiService(chart, "users", program=program(volumes=[shared]), placement=placement, port=8000)

    assert made()["Deployment"]["spec"]["template"]["spec"]["volumes"] == [{"name": "work", "emptyDir": {}}]


def test_values_remember_the_line_that_asked_for_them(chart, made, program, placement):
    # GIVEN
    place = Origin("apps/waste/app.yaml", 4)
    name, port = Text("waste-service", place), Whole(8000, Origin("apps/waste/app.yaml", 8))
    # WHEN
    ApiService(chart, name, program=program(), placement=placement, port=port,
               replicas=Replicas(minimum=Whole(2, Origin("apps/waste/app.yaml", 10))))  # fmt: skip
    # THEN
    assert {manifest.origin for manifest in chart.manifests} == {place}
    objects = made()
    assert origin_of(objects["Service"]["spec"]["ports"][0]["port"]) == port.origin
    assert origin_of(objects["Deployment"]["spec"]["replicas"]) == Origin("apps/waste/app.yaml", 10)
    [container] = objects["Deployment"]["spec"]["template"]["spec"]["containers"]
    assert origin_of(container["ports"][0]["containerPort"]) == port.origin


@pytest.mark.parametrize("name", ["2waste", "Waste", "waste_service", "waste-", "w" * 64, "q.ai"])
def test_a_name_that_a_service_cannot_bear_is_refused(chart, program, placement, name):
    with pytest.raises(TieredError, match="cannot name a workload"):
        ApiService(chart, name, program=program(), placement=placement, port=8000)


def test_a_port_for_two_purposes_is_refused(chart, program, placement):
    with pytest.raises(TieredError, match="port 8000 twice"):
        ApiService(chart, "users", program=program(), placement=placement, port=8000, metrics_port=8000)


def test_scaling_on_cpu_needs_a_request_to_be_relative_to(chart, program, placement):
    given = program(resources=Resources(requests={"memory": "1Gi"}, limits={"memory": "1Gi"}))

    with pytest.raises(TieredError, match="give it a cpu request"):
        ApiService(chart, "users", program=given, placement=placement, port=8000,
                   replicas=Replicas(minimum=1, maximum=2, target=CpuTarget()))  # fmt: skip

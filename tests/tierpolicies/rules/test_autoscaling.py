"""Autoscalers case by case: their targets, their bounds and their metrics."""

import pytest

from tests.tierpolicies.rules.written import TODAY, found
from tierpolicies import judge
from tierpolicies.documents.reader import read_files
from tierpolicies.engine.index import Index
from tierpolicies.engine.settings import Settings


def scaler(
    spec: str = "", *, target: str = "kind: Deployment, name: web", api: str = "autoscaling/v2"
) -> str:
    version = "" if "apiVersion" in target else "apiVersion: apps/v1, "
    return (
        f"apiVersion: {api}\nkind: HorizontalPodAutoscaler\nmetadata: {{name: web, namespace: shop}}\n"
        f"spec: {{scaleTargetRef: {{{version}{target}}}, maxReplicas: 6{', ' if spec else ''}{spec}}}"
    )


def workload(
    resources: str = "{requests: {cpu: 1, memory: 1Gi}}",
    *,
    kind: str = "Deployment",
    beside: str = "",
    pod: str = "",
) -> str:
    containers = f"[{{name: web, image: web, resources: {resources}}}{beside}]"
    return (
        f"apiVersion: apps/v1\nkind: {kind}\nmetadata: {{name: web, namespace: shop}}\n"
        f"spec: {{template: {{metadata: {{labels: {{app: web}}}}, spec: {{{pod}containers: {containers}}}}}}}"
    )


@pytest.mark.parametrize(
    ("target", "told"),
    [
        ("kind: Deployment, name: web", ""),
        ("kind: Deployment, name: wbe", "there is no Deployment 'wbe' in shop (did you mean 'web'?)"),
        ("kind: StatefulSet, name: web", "there is no StatefulSet 'web' in shop; web is a Deployment"),
        ("apiVersion: extensions/v1beta1, kind: Deployment, name: web", "that of web is apps/v1"),
        ("apiVersion: v1, kind: Deployment, name: web", "apiVersion v1 names no Deployment"),
        ("apiVersion: apps/v1beta2, kind: Deployment, name: web", ""),
        ("apiVersion: argoproj.io/v1alpha1, kind: Rollout, name: web", ""),
        ("apiVersion: shop.example/v1, kind: Store, name: web", ""),
        ("kind: Deployment, name: '${NAME}'", ""),
    ],
)
def test_a_target_is_found_by_kind_name_and_group(target: str, told: str) -> None:
    messages = found("autoscaling/target", workload(), scaler(target=target))
    assert len(messages) == bool(told)
    assert told in "".join(messages)


@pytest.mark.parametrize(
    ("spec", "told"),
    [
        ("minReplicas: 2", []),
        ("", []),
        ("minReplicas: 7", ["minReplicas 7 is above maxReplicas 6"]),
        ("minReplicas: 6", ["minReplicas and maxReplicas are both 6: it never scales"]),
        ("maxReplicas: 0", ["maxReplicas 0 allows no pod at all"]),
    ],
)
def test_limits_leave_room(spec: str, told: list[str]) -> None:
    document = scaler(spec).replace("maxReplicas: 6, maxReplicas: 0", "maxReplicas: 0")
    assert found("autoscaling/bounds", document) == told


@pytest.mark.parametrize(
    ("spec", "told"),
    [
        ("", []),
        ("minReplicaCount: 2, maxReplicaCount: 5", []),
        ("minReplicaCount: 101", ["minReplicaCount 101 is above maxReplicaCount 100"]),
        ("minReplicaCount: 2, idleReplicaCount: 2", ["idleReplicaCount 2 is not below minReplicaCount 2"]),
        ("minReplicaCount: 2, idleReplicaCount: 0", []),
    ],
)
def test_limits_of_keda_have_defaults_of_their_own(spec: str, told: list[str]) -> None:
    document = (
        "apiVersion: keda.sh/v1alpha1\nkind: ScaledObject\nmetadata: {name: web, namespace: shop}\n"
        f"spec: {{scaleTargetRef: {{name: web}}{', ' if spec else ''}{spec}}}"
    )
    assert found("autoscaling/bounds", document) == told


CPU = (
    "metrics: [{type: Resource, resource: {name: cpu, target: {type: Utilization, averageUtilization: 70}}}]"
)
NONE = "{requests: {memory: 1Gi}}"
TOLD = ["the container web of Deployment web requests no cpu"]


@pytest.mark.parametrize(
    ("autoscaler", "target", "told"),
    [
        pytest.param(scaler(CPU), workload(), [], id="requested"),
        pytest.param(scaler(CPU), workload(NONE), TOLD, id="not requested"),
        pytest.param(scaler(CPU), workload("{limits: {cpu: 1}}"), [], id="a limit stands in"),
        pytest.param(
            scaler(CPU), workload(NONE, pod="resources: {requests: {cpu: 1}}, "), [], id="of the pod"
        ),
        pytest.param(scaler(), workload(NONE), TOLD, id="by default"),
        pytest.param(scaler(api="autoscaling/v1"), workload(NONE), TOLD, id="by default in version 1"),
        pytest.param(
            scaler("targetCPUUtilizationPercentage: 70", api="autoscaling/v1"),
            workload(NONE),
            TOLD,
            id="version 1",
        ),
        pytest.param(
            scaler(
                "metrics: [{type: Resource, resource: {name: cpu, targetAverageUtilization: 70}}]",
                api="autoscaling/v2beta1",
            ),
            workload(NONE),
            TOLD,
            id="version 2beta1",
        ),
        pytest.param(
            scaler(
                CPU.replace(
                    "type: Utilization, averageUtilization: 70", "type: AverageValue, averageValue: 1"
                )
            ),
            workload(NONE),
            [],
            id="a figure of its own",
        ),
        pytest.param(
            scaler(CPU),
            workload(beside=", {name: proxy, image: proxy}"),
            ["the container proxy of Deployment web requests no cpu"],
            id="beside it",
        ),
        pytest.param(
            scaler(
                CPU.replace(
                    "type: Resource, resource: {",
                    "type: ContainerResource, containerResource: {container: web, ",
                )
            ),
            workload(beside=", {name: proxy, image: proxy}"),
            [],
            id="of one container",
        ),
        pytest.param(
            scaler(CPU),
            workload(pod="initContainers: [{name: before, image: a}], "),
            [],
            id="one that ends",
        ),
        pytest.param(
            scaler(CPU),
            workload(pod="initContainers: [{name: sidecar, image: a, restartPolicy: Always}], "),
            ["the container sidecar of Deployment web requests no cpu"],
            id="one that stays",
        ),
    ],
)
def test_a_share_needs_the_request_of_every_container(autoscaler: str, target: str, told: list[str]) -> None:
    assert found("autoscaling/missing-request", target, autoscaler) == told


def test_a_namespaces_default_is_a_request() -> None:
    limits = "apiVersion: v1\nkind: LimitRange\nmetadata: {name: web, namespace: shop}\nspec: {limits: [%s]}"
    given = limits % "{type: Container, defaultRequest: {cpu: 1}}"
    assert found("autoscaling/missing-request", workload(NONE), scaler(CPU), given) == []
    other = limits % "{type: Pod, max: {cpu: 1}}"
    assert found("autoscaling/missing-request", workload(NONE), scaler(CPU), other) == TOLD


def external(target: str) -> str:
    return f"metrics: [{{type: External, external: {{metric: {{name: jobs}}, target: {{{target}}}}}}}]"


@pytest.mark.parametrize(
    ("spec", "told"),
    [
        (CPU, ""),
        (external("type: Value, value: 1"), ""),
        (external("type: AverageValue, averageValue: 1"), ""),
        (
            external("type: Utilization, averageUtilization: 1"),
            "takes a target of type Value or AverageValue",
        ),
        (external("type: Value, averageValue: 1"), "a target of type Value needs value"),
        (CPU.replace("averageUtilization: 70", "averageUtilization: 0"), "must be above 0"),
        (CPU.replace("averageUtilization: 70", "averageUtilization: 70, value: 1"), "value beside a target"),
        (CPU.replace("type: Resource", "type: Pods"), "a metric of type Pods needs the field pods"),
        ("metrics: [{type: Rseource}]", ""),
        ("metrics: 7", ""),
    ],
)
def test_a_target_fits_its_metric(spec: str, told: str) -> None:
    messages = found("autoscaling/metric-target", scaler(spec))
    assert told in "".join(messages)
    assert bool(messages) == bool(told)


@pytest.mark.parametrize(
    ("spec", "kubernetes", "told"),
    [
        (f"minReplicas: 0, {CPU}", "1.37", "needs an Object or External metric"),
        (f"minReplicas: 0, {external('type: Value, value: 1')}", "1.37", ""),
        (f"minReplicas: 0, {external('type: Value, value: 1')}", "1.28", "Kubernetes 1.28 refuses"),
        (f"minReplicas: 1, {external('type: Value, value: 1')}", "1.28", ""),
    ],
)
def test_kubernetes_scales_from_none_since_1_37(spec: str, kubernetes: str, told: str) -> None:
    messages = found("autoscaling/scale-to-zero", scaler(spec), kubernetes=kubernetes)
    assert len(messages) == bool(told)
    assert told in "".join(messages)


def test_the_least_number_of_pods_is_a_parameter() -> None:
    rule = "autoscaling/minimum-replicas"
    assert found(rule, scaler()) == ["at rest there is one pod, fewer than 2"]
    assert found(rule, scaler("minReplicas: 4")) == []
    assert found(rule, scaler("minReplicas: 4"), replicas=5) == ["at rest there are 4 pods, fewer than 5"]
    assert found(rule, scaler(), replicas=1) == []


def test_replicas_may_stand_where_argo_cd_leaves_them_alone() -> None:
    written = workload().replace("spec: {template", "spec: {replicas: 3, template", 1)
    application = """
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: shop, namespace: argocd}
spec:
  source: {repoURL: https://x, path: shop}
  destination: {namespace: shop}
  ignoreDifferences: [{group: apps, kind: Deployment, jsonPointers: [/spec/replicas]}]
  syncPolicy: {syncOptions: [RespectIgnoreDifferences=true]}
"""
    rule = "autoscaling/replicas-beside-scaler"

    def messages(application: str) -> list[str]:
        files = {"shop/web.yaml": f"{written}\n---\n{scaler()}", "argocd/shop.yaml": application}
        texts = {name: text.encode() for name, text in files.items()}
        report = judge(texts, platform=None, today=TODAY, settings=Settings(select=(rule,)))
        return [each.message for each in report.findings if each.rule == rule]

    assert messages(application) == []
    assert messages(application.replace("Respect", "Disrespect")) != []
    assert messages(application.replace("kind: Deployment", "kind: StatefulSet")) != []


@pytest.mark.parametrize(
    ("spec", "least", "most"), [("", 0, 100), ("minReplicaCount: 2, maxReplicaCount: 5", 2, 5)]
)
def test_keda_sets_the_number_of_pods_as_an_autoscaler_does(spec: str, least: int, most: int) -> None:
    scaled = (
        "apiVersion: keda.sh/v1alpha1\nkind: ScaledObject\nmetadata: {name: web, namespace: shop}\n"
        f"spec: {{scaleTargetRef: {{name: web}}, {spec}}}"
    )
    tree = read_files({"all.yaml": f"{workload()}\n---\n{scaled}".encode()})
    (web,) = Index(tree.manifests).workloads
    assert (web.replicas, web.max_replicas) == (least, most)

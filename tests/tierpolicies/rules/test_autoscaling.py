"""Autoscalers case by case: their targets, their metrics, and the whole way of an external one."""

from datetime import date

import pytest

from tierpolicies import judge
from tierpolicies.documents.reader import read_files
from tierpolicies.engine.index import Index
from tierpolicies.engine.settings import Settings
from tierpolicies.platform import Platform

TODAY = date(2026, 11, 1)


def found(rule: str, *documents: str, kubernetes: str | None = None, **figures: object) -> list[str]:
    settings = Settings(select=(rule,), parameters={rule: figures} if figures else {})
    text = "\n---\n".join(documents).encode()
    report = judge({"all.yaml": text}, platform=None, today=TODAY, kubernetes=kubernetes, settings=settings)
    return [each.message for each in report.findings if each.rule == rule]


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


HPA = """
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: {name: worker, namespace: work}
spec:
  scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: worker}
  minReplicas: 1
  maxReplicas: 5
  metrics:
    - type: External
      external:
        metric: {name: rabbitmq_queue_messages, selector: {matchLabels: {queue: orders}}}
        target: {type: AverageValue, averageValue: "10"}
"""
ADAPTER = """
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: prometheus-adapter, namespace: argocd}
spec:
  destination: {namespace: watch}
  source:
    repoURL: https://x
    chart: prometheus-adapter
    helm:
      valuesObject:
        rules:
          external:
            - seriesQuery: rabbitmq_queue_messages{queue!=""}
              resources: {namespaced: false}
              name: {as: rabbitmq_queue_messages}
              metricsQuery: max by (queue) (rabbitmq_queue_messages{<<.LabelMatchers>>})
"""
PROMETHEUS = """
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: prometheus, namespace: argocd}
spec: {destination: {namespace: watch}, source: {repoURL: https://x, chart: kube-prometheus-stack}}
"""
BROKER = """
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: broker, namespace: data}
spec:
  serviceName: broker
  template:
    metadata: {labels: {app: broker}}
    spec:
      containers:
        - name: broker
          image: docker.io/library/rabbitmq:4.2.1
          ports: [{name: amqp, containerPort: 5672}, {name: metrics, containerPort: 15692}]
"""
CONFIG = """
apiVersion: v1
kind: ConfigMap
metadata: {name: broker, namespace: data}
data:
  enabled_plugins: "[rabbitmq_prometheus]."
  rabbitmq.conf: prometheus.return_per_object_metrics = true
  definitions.json: '{"queues": [{"name": "orders"}]}'
"""
MONITOR = """
apiVersion: monitoring.coreos.com/v1
kind: PodMonitor
metadata: {name: broker, namespace: data}
spec: {selector: {matchLabels: {app: broker}}, podMetricsEndpoints: [{port: metrics}]}
"""
POLICY = """
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: broker, namespace: data}
spec:
  podSelector: {matchLabels: {app: broker}}
  ingress:
    - from: [{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: work}}}]
      ports: [{port: 5672}]
    - from: [{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: watch}}}]
      ports: [{port: 15692}]
"""
CHAIN = (HPA, ADAPTER, PROMETHEUS, BROKER, CONFIG, MONITOR, POLICY)


def chain(old: str = "", new: str = "", *, without: str = "", beside: str = "") -> list[str]:
    """What is told of the chain with one thing changed, left out or added."""
    assert any(old in each for each in CHAIN)
    links = [each.replace(old, new) if old else each for each in CHAIN if each is not without]
    return found("autoscaling/external-metric", *links, *([beside] if beside else []))


def test_a_whole_chain_is_fine() -> None:
    assert chain() == []


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("name: {as: rabbitmq_queue_messages}", "name: {as: queue_messages}", "no Application's values have"),
        ("name: {as: rabbitmq_queue_messages}", "name: {}", ""),
        ("namespaced: false", "namespaced: true", "is namespaced: set resources.namespaced false"),
        ("namespaced: false", "overrides: {namespace: {resource: namespace}}", "is namespaced"),
        ("{<<.LabelMatchers>>}", "", "heeds no queue: add <<.LabelMatchers>>"),
        ("{<<.LabelMatchers>>}", '{queue="orders"}', ""),
        ("{<<.LabelMatchers>>}", '{queue="others"}', "is about queue 'others', not 'orders'"),
        ('queue!=""', 'queue="others"', "is about queue 'others', not 'orders'"),
        ("[rabbitmq_prometheus].", "[rabbitmq_management].", "has the plugin rabbitmq_prometheus enabled"),
        ("metrics = true", "metrics = false", "exports no metrics by queue"),
        ("{port: metrics}", "{port: metrics, path: /metrics/per-object}", ""),
        ("matchLabels: {app: broker}}, pod", "matchLabels: {app: brokers}}, pod", "scrapes the broker"),
        ("port: 15692", "port: 15691", "no NetworkPolicy lets Prometheus at port 15692 of broker"),
        ("port: 15692", "port: metrics", ""),
        ("port: 15692", "port: 15000, endPort: 16000", ""),
        ("metadata.name: watch", "metadata.name: wait", "no NetworkPolicy lets Prometheus at port 15692"),
        ("[{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: watch}}}]", "[]", ""),
        ("ingress:", "policyTypes: [Egress]\n  ingress:", ""),
        ("queue: orders", "queue: ordres", "no broker has a queue 'ordres' (did you mean 'orders'?)"),
    ],
)
def test_each_link_of_the_chain_is_looked_at(old: str, new: str, told: str) -> None:
    messages = chain(old, new)
    assert told in "\n".join(messages)
    assert bool(messages) == bool(told)


def test_a_setting_of_another_port_is_heeded() -> None:
    config = "prometheus.return_per_object_metrics = true"
    other = f'"{config}\\nprometheus.tcp.port = 9090\\n"'
    assert chain(config, other) == ["no NetworkPolicy lets Prometheus at port 9090 of broker"]


@pytest.mark.parametrize(
    ("without", "told"),
    [
        (ADAPTER, "no Application's values have a rules.external entry named 'rabbitmq_queue_messages'"),
        (MONITOR, "no ServiceMonitor or PodMonitor scrapes the broker"),
        (POLICY, ""),
        (CONFIG, "the broker exports no metrics by queue: set prometheus.return_per_object_metrics = true"),
        (BROKER, ""),
    ],
)
def test_a_link_may_be_missing_altogether(without: str, told: str) -> None:
    assert chain(without=without) == ([told] if told else [])


def test_a_service_monitor_reaches_the_pods_through_a_service() -> None:
    service = """
apiVersion: v1
kind: Service
metadata: {name: broker, namespace: data, labels: {app: broker}}
spec: {clusterIP: None, selector: {app: broker}, ports: [{name: metrics, port: 15692}]}
"""
    monitor = MONITOR.replace("PodMonitor", "ServiceMonitor").replace("podMetricsEndpoints", "endpoints")
    assert chain(without=MONITOR, beside=f"{service}---{monitor}") == []
    other = service.replace("selector: {app: broker}", "selector: {app: other}")
    assert chain(without=MONITOR, beside=f"{other}---{monitor}") != []


def test_rules_in_the_adapters_own_config_map_need_the_api_registered() -> None:
    rules = """
apiVersion: v1
kind: ConfigMap
metadata: {name: adapter, namespace: watch}
data:
  config.yaml: |
    externalRules:
      - seriesQuery: rabbitmq_queue_messages
        resources: {namespaced: false}
        metricsQuery: max(rabbitmq_queue_messages{<<.LabelMatchers>>})
"""
    api = """
apiVersion: apiregistration.k8s.io/v1
kind: APIService
metadata: {name: v1beta1.external.metrics.k8s.io}
spec: {group: external.metrics.k8s.io, service: {name: prometheus-adapter, namespace: watch}}
"""
    assert chain(without=ADAPTER, beside=rules) == [
        "no APIService of the tree serves external.metrics.k8s.io"
    ]
    assert chain(without=ADAPTER, beside=f"{rules}---{api}") == []


def test_another_metric_may_come_from_an_adapter_that_nobody_shows() -> None:
    foreign = HPA.replace("rabbitmq_queue_messages", "sqs_messages")
    rule = "autoscaling/external-metric"
    assert found(rule, foreign) == []
    assert found(rule, foreign, PROMETHEUS) != []
    platform = Platform("shop", "prod", "1.37", "", "calico", tiers=(), pools=())
    report = judge({"all.yaml": foreign.encode()}, platform=platform, today=TODAY)
    assert rule in {each.rule for each in report.findings}


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

"""The whole way of an external metric: from the broker to the autoscaler, each link changed and missing."""

import pytest

from tests.tierpolicies.rules.written import TODAY, found
from tierpolicies import judge
from tierpolicies.platform import Platform

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

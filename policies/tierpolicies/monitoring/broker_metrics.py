"""Whether a RabbitMQ broker's metrics of each queue get to Prometheus: exported, scraped, let through."""

from collections.abc import Iterator

from tierpolicies.documents.manifest import Manifest
from tierpolicies.documents.view import View
from tierpolicies.engine.external_metrics import charts
from tierpolicies.engine.index import DEFAULT_NAMESPACE, Index
from tierpolicies.engine.selector import unmet
from tierpolicies.engine.workload import Workload
from tierpolicies.monitoring.monitors import behind, selected_pods, selected_services

PORT = 15692
"""Where the plugin rabbitmq_prometheus answers unless its settings say otherwise."""

_PER_OBJECT = "prometheus.return_per_object_metrics"
_PORTS = ("prometheus.tcp.port", "prometheus.ssl.port")
_PROMETHEUS = ("kube-prometheus-stack", "prometheus", "prometheus-operator")


def gaps(index: Index) -> Iterator[str]:
    """What is missing between the brokers of the tree and Prometheus; nothing where it has no broker."""
    configs = [each.view["data"] for each in index.of_kind("ConfigMap")]
    plugins = [data["enabled_plugins"].text for data in configs if data["enabled_plugins"].text]
    files = [data["rabbitmq.conf"].text for data in configs if data["rabbitmq.conf"].text]
    pods = [each for each in index.workloads if _is_broker(each)]
    if not (plugins or files or pods):
        return
    settings = dict(_settings(files))
    # Without a list of its own the image brings one that has the plugin.
    if plugins and not any("rabbitmq_prometheus" in text for text in plugins):
        yield "no broker has the plugin rabbitmq_prometheus enabled"
    endpoints = list(_endpoints(index, pods))
    if settings.get(_PER_OBJECT) != "true" and not any(_is_detailed(each) for each in endpoints):
        yield f"the broker exports no metrics by queue: set {_PER_OBJECT} = true"
    if not endpoints:
        yield "no ServiceMonitor or PodMonitor scrapes the broker"
    elif pods:
        yield from _closed(index, pods, _port(settings))


def _settings(files: list[str]) -> Iterator[tuple[str, str]]:
    for text in files:
        for line in text.splitlines():
            key, _, value = line.partition("=")
            yield key.strip(), value.strip()


def _port(settings: dict[str, str]) -> int:
    given = next((settings[key] for key in _PORTS if key in settings), "")
    return int(given) if given.isdecimal() and len(given) < 6 else PORT


def _is_broker(workload: Workload) -> bool:
    return any(
        each["image"].text.partition("@")[0].rpartition("/")[2].startswith("rabbitmq")
        for each in workload.own.running
    )


def _endpoints(index: Index, pods: list[Workload]) -> Iterator[View]:
    """The endpoints of the monitors that select a broker; of all monitors where its pods are not here."""
    wanted = {id(each) for each in pods}
    for monitor in index.of_kind("PodMonitor", "ServiceMonitor"):
        if monitor.kind == "PodMonitor":
            found, field = selected_pods(index, monitor) if wanted else [], "podMetricsEndpoints"
        else:
            services = selected_services(index, monitor) if wanted else []
            found, field = behind(index, services), "endpoints"
        if not wanted or any(id(each) in wanted for each in found):
            yield from monitor.view.at("spec", field)


def _is_detailed(endpoint: View) -> bool:
    return endpoint["path"].text.startswith(("/metrics/per-object", "/metrics/detailed"))


def _closed(index: Index, pods: list[Workload], port: int) -> Iterator[str]:
    """The brokers whose NetworkPolicies do not let Prometheus at the metrics."""
    homes = _prometheus(index)
    for workload in pods:
        home = workload.manifest.namespace
        policies = [
            policy
            for policy in index.of_kind("NetworkPolicy")
            if (policy.namespace or DEFAULT_NAMESPACE) == (home or DEFAULT_NAMESPACE)
            and _isolates(policy)
            and not any(unmet(policy.view.at("spec", "podSelector"), workload.labels))
        ]
        entries = [entry for policy in policies for entry in policy.view.at("spec", "ingress")]
        if policies and not any(_admits(index, each, workload, port, homes) for each in entries):
            yield f"no NetworkPolicy lets Prometheus at port {port} of {workload.manifest.name}"


def _isolates(policy: Manifest) -> bool:
    types = [each.text for each in policy.view.at("spec", "policyTypes")]
    return "Ingress" in types or not types


def _prometheus(index: Index) -> set[str]:
    """The namespaces that Prometheus runs in, as far as the tree tells."""
    homes = {each.namespace for each in charts(index) if each.name.text in _PROMETHEUS}
    homes |= {each.namespace for each in index.of_kind("Prometheus", "PrometheusAgent")}
    return {home or DEFAULT_NAMESPACE for home in homes}


def _admits(index: Index, entry: View, workload: Workload, port: int, homes: set[str]) -> bool:
    """Whether a rule opens a port of a workload to Prometheus, or to somebody who may be it."""
    ports = list(entry["ports"])
    if ports and not any(_is_port(each, workload, port) for each in ports):
        return False
    peers = list(entry["from"])
    return not peers or any(_may_be_prometheus(index, each, workload, homes) for each in peers)


def _is_port(entry: View, workload: Workload, port: int) -> bool:
    wanted, last = entry["port"], entry["endPort"].integer
    if not wanted:
        return entry["protocol"].text in ("", "TCP")
    if wanted.text:
        return any(
            each["name"].text == wanted.text and each["containerPort"].integer == port
            for container in workload.own.running
            for each in container["ports"]
        )
    first = wanted.integer or 0
    return first <= port <= (last or first)


def _may_be_prometheus(index: Index, peer: View, workload: Workload, homes: set[str]) -> bool:
    if peer["ipBlock"]:
        return True
    selector = peer["namespaceSelector"]
    own = workload.manifest.namespace or DEFAULT_NAMESPACE
    if not selector:
        return own in homes or not homes
    return not homes or any(not any(unmet(selector, _labels(index, home))) for home in homes)


def _labels(index: Index, namespace: str) -> dict[str, str]:
    found = index.find("Namespace", namespace)
    return {**(found.labels if found is not None else {}), "kubernetes.io/metadata.name": namespace}

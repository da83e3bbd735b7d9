"""Nodes, control plane and pods, under the owner's names, and alerts about them."""

from __future__ import annotations

from collections.abc import Iterator

from tiered.observability.alerts import Alert, Recording
from tierwright.compose.components import scales_by_queue
from tierwright.compose.plan import Plan

_TIER = 'label_replace(kube_namespace_labels{label_tier!=""}, "tier", "$1", "label_tier", "(.+)")'
_OF_A_TIER = f"* on (namespace) group_left (tier) {_TIER}"
_NODES = "kubectl get nodes -o wide"


def cluster_rules(plan: Plan) -> list[Alert | Recording]:
    """The rules that rest on the monitoring stack's own exporters alone."""
    return [*_names(), *_nodes(), *_pods(plan), *_volumes(plan), *_certificates(plan)]


def _names() -> Iterator[Recording]:
    yield Recording(
        metric="node_cpu_usage",
        expression='1 - avg by (instance) (rate(node_cpu_seconds_total{mode="idle"}[5m]))',
    )
    yield Recording(
        metric="node_memory_usage",
        expression="1 - node_memory_MemAvailable_bytes / node_memory_MemTotal_bytes",
    )
    yield Recording(
        metric="etcd_health",
        # 1: it answers and has a leader.
        expression=(
            'min by (instance) (etcd_server_has_leader * on (instance) up{job=~".*etcd.*"}'
            ' or up{job=~".*etcd.*"} == 0)'
        ),
    )
    yield Recording(
        metric="apiserver_latency",
        expression=(
            "histogram_quantile(0.99, sum by (le, verb)"
            ' (rate(apiserver_request_duration_seconds_bucket{verb!~"WATCH|CONNECT"}[5m])))'
        ),
    )
    yield Recording(
        metric="pod_cpu_usage",
        expression=(
            'sum by (namespace, pod) (rate(container_cpu_usage_seconds_total{container!=""}[5m]))'
            f" {_OF_A_TIER}"
        ),
    )
    yield Recording(
        metric="pod_memory_usage",
        expression=(
            f'sum by (namespace, pod) (container_memory_working_set_bytes{{container!=""}}) {_OF_A_TIER}'
        ),
    )


def _nodes() -> Iterator[Alert]:
    yield Alert(
        name="NodeNotReady",
        expression='kube_node_status_condition{condition="Ready",status="true"} == 0',
        lasting="5m",
        severity="critical",
        summary="Node {{ $labels.node }} is not ready.",
        action="There is one node a tier: its pods wait until it is back, or another one is there.",
        meaning="What ran there is away; volumes follow only once the node is known to be gone.",
        look=[_NODES, "kubectl describe node NODE"],
        mend=[
            "Restart the instance.",
            "If it is lost: start one of the same pool; it joins by the bootstrap.",
        ],
    )
    yield Alert(
        name="NodeMemory",
        expression="node_memory_usage > 0.9",
        lasting="10m",
        severity="warning",
        summary="{{ $labels.instance }} uses {{ $value | humanizePercentage }} of its memory.",
        action="The kernel ends pods when it is gone: see what grew.",
        meaning="Requests fit the node; limits may not, all at once.",
        look=["kubectl top pods -A --sort-by=memory"],
        mend=["The pod that grew: its leak, or its limit.", "All of them: the tier needs a node more."],
    )
    yield Alert(
        name="EtcdDown",
        expression="etcd_health == 0",
        lasting="2m",
        severity="critical",
        summary="etcd on {{ $labels.instance }} has no leader or does not answer.",
        action="Nothing in the cluster can be changed: see its static pod, its disk and its snapshots.",
        meaning="Pods run on; nothing new starts, and no Service changes.",
        look=["kubectl -n kube-system logs -l component=etcd --tail=50", "journalctl -u kubelet -n 100"],
        mend=["A full disk: compact and defragment.", "A lost disk: restore the newest snapshot."],
    )
    yield Alert(
        name="ApiserverSlow",
        expression="max(apiserver_latency) > 1",
        lasting="10m",
        severity="warning",
        summary="The API server's slowest hundredth of answers takes {{ $value | humanizeDuration }}.",
        action="See etcd's disk and who asks so much.",
        meaning="Roll-outs and autoscaling lag behind.",
        look=["kubectl get --raw /metrics | grep apiserver_current_inflight_requests"],
        mend=["A client that lists everything again and again: stop it.", "etcd's disk: see its latency."],
    )


def _pods(plan: Plan) -> Iterator[Alert]:
    yield Alert(
        name="PodRestarts",
        expression=(
            "sum by (namespace, pod, container) (increase(kube_pod_container_status_restarts_total[30m])) > 3"
        ),
        lasting="0s",
        severity="warning",
        summary="{{ $labels.container }} in {{ $labels.namespace }}/{{ $labels.pod }} keeps restarting.",
        action="Its last words stand in `kubectl logs --previous`.",
        meaning="It ends by itself, is out of memory (137), or its liveness probe fails.",
        look=["kubectl -n NAMESPACE logs POD --previous --tail=50", "kubectl -n NAMESPACE describe pod POD"],
        mend=["Code 78 names a setting that is missing.", "After a release: roll it back."],
    )
    namespaces = sorted(
        {each.namespace for each in plan.apps.values()}
        | {each.namespace for each in plan.platform.stores.values()}
    )
    yield Alert(
        name="TargetDown",
        expression=f'up{{namespace=~"{"|".join(namespaces)}"}} == 0',
        lasting="10m",
        severity="warning",
        summary="{{ $labels.namespace }}/{{ $labels.pod }} does not answer Prometheus.",
        action="What it measures is unknown meanwhile, and alerts about it are silent.",
        meaning="Its process hangs, or a NetworkPolicy or port changed.",
        look=["kubectl -n NAMESPACE get podmonitors,networkpolicies"],
        mend=["A pod that is ready otherwise: see the NetworkPolicy that admits Prometheus."],
    )
    if not scales_by_queue(plan):
        return
    yield Alert(
        name="AutoscalerBlind",
        expression=(
            'kube_horizontalpodautoscaler_status_condition{condition="ScalingActive",status="false"} == 1'
        ),
        lasting="10m",
        severity="warning",
        summary="{{ $labels.namespace }}/{{ $labels.horizontalpodautoscaler }} cannot read its metric.",
        action="It stays at the number it has: see prometheus-adapter and the broker's metrics.",
        meaning="Load may grow without a pod more.",
        look=[
            "kubectl get --raw /apis/external.metrics.k8s.io/v1beta1",
            "kubectl -n monitoring logs deploy/prometheus-adapter --tail=50",
        ],
        mend=["Follow the metric from the broker's /metrics to Prometheus to the adapter."],
    )
    yield Alert(
        name="AutoscalerAtMaximum",
        expression=(
            "kube_horizontalpodautoscaler_status_current_replicas"
            " >= on (namespace, horizontalpodautoscaler) kube_horizontalpodautoscaler_spec_max_replicas"
        ),
        lasting="30m",
        severity="info",
        summary="{{ $labels.namespace }}/{{ $labels.horizontalpodautoscaler }} is at its maximum.",
        action="More load finds no more pods: see whether it should grow further, and what that costs.",
        meaning="The report of the last synth says how many nodes each maximum takes.",
        look=["kubectl -n NAMESPACE describe hpa"],
        mend=["Raise the maximum in the app's description; synth says whether it fits."],
    )


def _volumes(plan: Plan) -> Iterator[Alert]:
    left = "kubelet_volume_stats_available_bytes / kubelet_volume_stats_capacity_bytes"
    name = plan.environment.storage_class.name if plan.environment.storage_class else "its class"
    yield Alert(
        name="VolumeFilling",
        expression=(
            f"{left} < 0.1 or ({left} < 0.4"
            " and predict_linear(kubelet_volume_stats_available_bytes[6h], 4 * 24 * 3600) < 0)"
        ),
        lasting="30m",
        severity="warning",
        summary=(
            "{{ $labels.namespace }}/{{ $labels.persistentvolumeclaim }} has"
            " {{ $value | humanizePercentage }} left."
        ),
        action="Enlarge the claim before it is full: volumes grow while they are in use.",
        meaning="A database on a full volume stops; it is nearly full, or will be within four days.",
        look=["kubectl get pvc -A", "kubectl -n NAMESPACE exec POD -- df -h"],
        mend=[f"Raise `volume` in the description; {name} lets claims grow."],
    )


def _certificates(plan: Plan) -> Iterator[Alert]:
    if plan.provider("certificates") is None:
        return
    yield Alert(
        name="CertificateExpiring",
        expression="certmanager_certificate_expiration_timestamp_seconds - time() < 14 * 24 * 3600",
        lasting="1h",
        severity="warning",
        summary="{{ $labels.namespace }}/{{ $labels.name }} expires in {{ $value | humanizeDuration }}.",
        action="It should have been renewed by now: see its Certificate and its issuer.",
        meaning="With it the webhooks fail, and nothing of their kinds can be changed.",
        look=["kubectl get certificates -A", "kubectl -n NAMESPACE describe certificate NAME"],
        mend=["`kubectl cert-manager renew NAME`, and read what the issuer says."],
    )

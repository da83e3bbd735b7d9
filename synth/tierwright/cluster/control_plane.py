"""Settings of kubeadm's control plane: metrics that can be collected, tokens that AWS can verify."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from tierwright.cluster.script import Section, wanted
from tierwright.compose.plan import Plan

_MANIFESTS = "/etc/kubernetes/manifests"
_STATIC = {
    2381: ("etcd", "s|--listen-metrics-urls=.*|--listen-metrics-urls=http://0.0.0.0:2381|"),
    10257: ("kube-controller-manager", "s|--bind-address=127.0.0.1|--bind-address=0.0.0.0|"),
    10259: ("kube-scheduler", "s|--bind-address=127.0.0.1|--bind-address=0.0.0.0|"),
}
"""Ports that kubeadm binds to the node itself, whose they are, and what opens them."""
_PROXY = 10249


def metrics_section(plan: Plan) -> Section:
    """Open the metrics of the control plane that something here collects."""
    ports = _collected(plan)
    static = [_STATIC[port] for port in sorted(ports & _STATIC.keys())]
    lines = there(f"sed -i '{change}' {_MANIFESTS}/{name}.yaml" for name, change in static)
    ranges = plan.environment.cluster.ranges
    return Section(
        "Metrics of the control plane",
        [
            "kubeadm binds them to 127.0.0.1. The kubelet starts each of these again by itself. Let the",
            f"nodes' firewall admit their ports from {ranges.nodes if ranges else 'the nodes'} only.",
        ],
        [*(lines if static else []), *(_proxy() if _PROXY in ports else [])],
    )


def there(commands: Iterable[str]) -> list[str]:
    """Commands for the control plane's own machine: they go in as they stand, whatever shell is between."""
    return [
        wanted("CONTROL_PLANE", "the command that reaches the control plane, such as ssh master"),
        "$CONTROL_PLANE sudo bash -s <<'END'",
        *commands,
        "END",
    ]


def _collected(plan: Plan) -> set[int]:
    """The ports on the nodes that whatever collects metrics asks."""
    externals = plan.platform.externals
    return {
        int(port)
        for component in plan.components.values()
        for pod in component.pods.values()
        if pod.scrapes
        for call in pod.calls
        if call in externals and externals[call].within == "nodes"
        for port in externals[call].ports
    }


def _proxy() -> Iterator[str]:
    yield "kubectl get configmap kube-proxy --namespace=kube-system --output=yaml |"
    yield f"  sed 's|metricsBindAddress: .*|metricsBindAddress: \"0.0.0.0:{_PROXY}\"|' |"
    yield "  kubectl apply --filename=-"
    yield "kubectl rollout restart daemonset kube-proxy --namespace=kube-system"

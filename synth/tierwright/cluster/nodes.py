"""Labels and taints of the nodes, and what a load balancer needs of them."""

from __future__ import annotations

import shlex
from collections.abc import Iterator

from tierwright.cluster.script import Section, document, variable, wanted
from tierwright.compose.plan import Plan
from tierwright.compose.workloads import node_ports
from tierwright.description.environments import Pool

EXCLUDED = "node.kubernetes.io/exclude-from-external-load-balancers"
"""kubeadm's label of control planes: no load balancer sends anything there."""

CONTROL_PLANE = "node-role.kubernetes.io/control-plane"
"""The taint and the label that kubeadm gives a control plane."""


def names_of(pool: str) -> str:
    """The shell variable with the names of a pool's nodes."""
    return f"NODES_{variable(pool)}"


def section(plan: Plan) -> Section:
    """Tell the nodes which pool they are of."""
    lines = []
    for name, pool in plan.environment.pools.items():
        if not (pool.labels or pool.taints):
            continue
        lines.append(_asked(name, pool))
        lines += _labels(name, pool)
        is_excluded = any(taint.startswith(CONTROL_PLANE) for taint in pool.taints)
        if is_excluded and node_ports(plan) and name in routed_pools(plan):
            lines.append(f"kubectl label node ${names_of(name)} {EXCLUDED}-")
    return Section(
        "The nodes",
        [
            "Pods find their nodes by labels, taints keep others away. Names of several nodes of a pool are",
            "separated by spaces. Where pods of a control plane answer to the load balancer, the label goes",
            "that keeps it from being a target.",
        ],
        lines,
    )


def provider_section(plan: Plan) -> Section:
    """Tell the nodes which machines they are: targets of a load balancer are found by it."""
    aws = plan.environment.aws
    pools = routed_pools(plan)
    if aws is None or not node_ports(plan):
        return Section("", [], [])
    every = " ".join(f"${names_of(name)}" for name in plan.environment.pools if name in pools)
    address = '{.status.addresses[?(@.type=="InternalIP")].address}'
    query = "Reservations[].Instances[].[Placement.AvailabilityZone,InstanceId]"
    return Section(
        "Which machine a node is",
        ["kubeadm leaves spec.providerID empty, and it cannot be changed once it is set."],
        [
            *(_asked(name, pool) for name, pool in plan.environment.pools.items() if name in pools),
            f"for node in {every}; do",
            '  [ -z "$(kubectl get node "$node" --output=jsonpath=\'{.spec.providerID}\')" ] || continue',
            f"  address=$(kubectl get node \"$node\" --output=jsonpath='{address}')",
            f"  read -r zone instance < <(aws ec2 describe-instances --region {aws.region} --output=text \\",
            f"    --filters \"Name=private-ip-address,Values=$address\" --query '{query}')",
            '  kubectl patch node "$node" --type=merge \\',
            '    --patch "{\\"spec\\":{\\"providerID\\":\\"aws:///$zone/$instance\\"}}"',
            "done",
        ],
    )


def pinned_section(plan: Plan) -> Section:
    """Move CoreDNS, which kubeadm lets land anywhere, to the pool that the description counts it on."""
    pod = plan.environment.cluster.pods.get("coredns")
    pool = plan.environment.pools.get(pod.pool) if pod is not None and pod.pool is not None else None
    if pool is None or not pool.labels:
        return Section("", [], [])
    patch = document({"spec": {"template": {"spec": {"nodeSelector": {**pool.labels}}}}})
    return Section(
        "CoreDNS where it is counted",
        ["Without a selector it may take its room from any node."],
        [f"kubectl patch deployment coredns --namespace=kube-system --patch {patch}"],
    )


def routed_pools(plan: Plan) -> set[str]:
    """The pools on which something answers that has a route."""
    placement = plan.environment.placement
    namespaces = [
        *(app.namespace for app, each in plan.workloads.values() if each.kind == "api" and each.route),
        *(c.namespace for c in plan.components.values() if any(pod.route for pod in c.pods.values())),
    ]
    return {placement[plan.tier_of(each)] for each in namespaces}


def _labels(name: str, pool: Pool) -> Iterator[str]:
    for key, value in pool.labels.items():
        yield f"kubectl label node ${names_of(name)} {shlex.quote(f'{key}={value}')} --overwrite"
    for taint in pool.taints:
        yield f"kubectl taint node ${names_of(name)} {taint} --overwrite"


def _asked(name: str, pool: Pool) -> str:
    return wanted(names_of(name), f"names of the {_count(pool)} of pool {name}, as kubectl get nodes")


def _count(pool: Pool) -> str:
    return "node" if pool.nodes == 1 else f"{pool.nodes} nodes"

"""The nodes that are there, held against the pools that the description counts on."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterator, Sequence

from tierpolicies.capacity.nodes import allocatable
from tierpolicies.documents.view import View
from tierpolicies.platform import Pool
from tierpolicies.quantity import QuantityError, bytes_text, cpu_text, parse_bytes, parse_cpu
from tierwright.cluster.lacks import Lack
from tierwright.cluster.nodes import EXCLUDED, routed_pools
from tierwright.compose.plan import Plan
from tierwright.compose.workloads import node_ports
from tierwright.facts import facts

_SPARE = 0.02
"""How much less than counted a node may give: kernels of one instance type differ by a few megabytes."""


def check(plan: Plan, nodes: Sequence[View]) -> Iterator[Lack]:
    """Everything that the nodes lack, pool by pool."""
    described = facts(plan.platform, plan.name)
    placed: set[str] = set()
    for pool in described.pools:
        own = [each for each in nodes if pool.labels.items() <= each.at("metadata", "labels").labels.items()]
        placed |= {_name(each) for each in own}
        if len(own) < pool.nodes:
            yield _too_few(pool, len(own))
        for node in own:
            yield from _node(plan, pool, node)
    for node in nodes:
        yield from _any(plan, node)
        if _name(node) not in placed and not _taints(node):
            mend = f"label it as one of a pool, or keep pods away: kubectl cordon {_name(node)}"
            yield Lack(_name(node), "it is of no pool, and what selects no node may land there", mend)


def _name(node: View) -> str:
    return node.at("metadata", "name").text


def _too_few(pool: Pool, found: int) -> Lack:
    labels = " ".join(f"{key}={value}" for key, value in pool.labels.items()) or "(none)"
    wanted = "1 node" if pool.nodes == 1 else f"{pool.nodes} nodes"
    has = "has" if found == 1 else "have"
    return Lack(
        f"pool {pool.name}",
        f"{wanted} with the labels {labels} wanted, {found} {has} them",
        f"kubectl label node NAME {labels}" if pool.labels else "add nodes, or lower `nodes` of the pool",
    )


def _node(plan: Plan, pool: Pool, node: View) -> Iterator[Lack]:
    """What a node lacks as one of its pool."""
    name, taints, wanted = _name(node), _taints(node), {str(each) for each in pool.taints}
    for taint in sorted(wanted - taints):
        yield Lack(
            name, f"the taint {taint} is missing: others may land there", f"kubectl taint node {name} {taint}"
        )
    for taint in sorted(taints - wanted):
        mend = f"kubectl taint node {name} {taint}- (or add it to pool {pool.name})"
        yield Lack(name, f"nothing of pool {pool.name} tolerates its taint {taint}", mend)
    yield from _size(pool, node)
    if not (node_ports(plan) and pool.name in routed_pools(plan)):
        return
    if not node.at("spec", "providerID").text:
        mend = f"tierwright bootstrap --env {plan.name} has the commands that set it"
        yield Lack(name, "spec.providerID is empty: the load balancer cannot make it a target", mend)
    if EXCLUDED in node.at("metadata", "labels").mapping:
        yield Lack(
            name,
            "its label keeps load balancers from it, and what has a route runs there",
            f"kubectl label node {name} {EXCLUDED}-",
        )


def _size(pool: Pool, node: View) -> Iterator[Lack]:
    counted = allocatable(pool)
    if counted is None:
        return
    given = node.at("status", "allocatable")
    try:
        cpu, memory = parse_cpu(given["cpu"].value), parse_bytes(given["memory"].value)
    except QuantityError:
        yield Lack(
            _name(node), "it does not say what it can give (status.allocatable)", "is its kubelet running?"
        )
        return
    mend = f"take a larger machine, or write `cpu:` and `memory:` of what it has into pool {pool.name}"
    if cpu < counted.cpu_milli:
        told = f"it gives {cpu_text(cpu)} CPU where {cpu_text(counted.cpu_milli)} are counted on"
        yield Lack(_name(node), told, mend)
    if memory < counted.memory_bytes * (1 - _SPARE):
        told = f"it gives {bytes_text(memory)} memory where {bytes_text(counted.memory_bytes)} are counted on"
        yield Lack(_name(node), told, mend)


def _any(plan: Plan, node: View) -> Iterator[Lack]:
    """What any node lacks, whatever pool it is of."""
    name, cluster = _name(node), plan.environment.cluster
    ready = next(
        (each["status"].text for each in node.at("status", "conditions") if each["type"].text == "Ready"), ""
    )
    if ready != "True":
        yield Lack(name, "it is not ready", f"kubectl describe node {name} says why")
    if node.at("spec", "unschedulable").value is True:
        yield Lack(name, "it is cordoned: nothing new starts there", f"kubectl uncordon {name}")
    version = node.at("status", "nodeInfo", "kubeletVersion").text
    match = re.match(r"v(\d+\.\d+)\.", version)
    if match is None or match[1] != cluster.kubernetes:
        mend = "upgrade one of the two: manifests are checked for the version of the description"
        yield Lack(
            name, f"its kubelet is {version or 'unknown'}, and {cluster.kubernetes} is described", mend
        )
    if cluster.ranges is None:
        return
    addresses = {each["type"].text: each["address"].text for each in node.at("status", "addresses")}
    mend = "write the cluster's own ranges: network policies are made of them"
    address = addresses.get("InternalIP")
    if address is None:
        yield Lack(name, "it has no InternalIP address yet", "look again once its kubelet has registered it")
    elif not _within(address, cluster.ranges.nodes):
        yield Lack(name, f"its address {address} is not in ranges.nodes {cluster.ranges.nodes}", mend)
    pods = node.at("spec", "podCIDR").text
    if pods and not _within(pods, cluster.ranges.pods):
        yield Lack(name, f"its pods have addresses of {pods}, not of ranges.pods {cluster.ranges.pods}", mend)


def _within(address: str, block: str) -> bool:
    try:
        inner, outer = ipaddress.ip_network(address, strict=False), ipaddress.ip_network(block, strict=False)
        return inner.version == outer.version and inner.subnet_of(outer)  # type: ignore[arg-type]  # one version
    except ValueError:
        return False


def _taints(node: View) -> set[str]:
    """The taints that keep pods away, as kubectl writes them."""
    return {
        f"{each['key'].text}{'=' + each['value'].text if each['value'].text else ''}:{each['effect'].text}"
        for each in node.at("spec", "taints")
        if each["effect"].text in {"NoSchedule", "NoExecute"}
    }

"""Who takes part: addresses of both families, pods of the host's network, pods of one owner."""

from __future__ import annotations

from tests.tierpolicies.network.written import DB, WEB, index, lines, pod, policy
from tierpolicies.network.analysis.exposure import ExposedNetwork
from tierpolicies.network.notation.lines import exposure_lines


def test_addresses_of_ipv6_are_told_where_a_policy_names_one() -> None:
    rule = "{podSelector: {}, ingress: [{from: [{ipBlock: {cidr: 'fd00::/16'}}], ports: [{port: 80}]}]}"
    told = lines(pod("web"), policy(rule))
    assert f"fd00::-fd00:ffff:ffff:ffff:ffff:ffff:ffff:ffff[External] => {WEB} : TCP 80" in told
    assert not [each for each in told if each.startswith("0.")]
    assert f"{WEB} => ::-ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff[External] : All Connections" in told
    assert not [each for each in lines(pod("web")) if "::" in each]


def test_pods_of_the_hosts_network_are_pods_or_nodes() -> None:
    rule = "{podSelector: {}, ingress: [{from: [{podSelector: {matchLabels: {app: agent}}}]}]}"
    documents = (pod("agent", host=True), pod("db"), policy(rule))
    assert f"shop/agent[Pod] => {DB} : All Connections" in lines(*documents)
    assert f"{DB} => shop/agent[Pod] : All Connections" not in lines(*documents)
    as_nodes = lines(*documents, hosts_are_nodes=True)
    assert f"shop/agent[Pod] => {DB} : All Connections" not in as_nodes
    assert f"{DB} => shop/agent[Pod] : All Connections" in as_nodes


def test_pods_of_one_owner_count_under_one_name() -> None:
    owned = """
apiVersion: v1
kind: Pod
metadata:
  name: web-{number}
  namespace: shop
  labels: {{app: web, number: "{number}"}}
  ownerReferences: [{{kind: ReplicaSet, name: web, controller: true}}]
spec: {{containers: [{{name: main}}]}}
"""
    peer = "{podSelector: {matchLabels: {number: '1'}}}"
    rule = f"{{podSelector: {{matchLabels: {{app: db}}}}, ingress: [{{from: [{peer}]}}]}}"
    told = lines(owned.format(number=1), owned.format(number=2), pod("db"), policy(rule))
    network = ExposedNetwork(index(owned.format(number=1), owned.format(number=2), policy(rule)))
    exposed = [each for each in exposure_lines(network) if "\t=> \tentire-cluster" in each]
    assert len(exposed) == 1
    assert [each for each in told if each.startswith("shop/web[")] == [
        "shop/web[ReplicaSet] => 0.0.0.0-255.255.255.255[External] : All Connections",
        f"shop/web[ReplicaSet] => {DB} : All Connections",
    ]

"""What the corpora do not show: IPv6, pods of the host's network, gateways, administrators' policies."""

from __future__ import annotations

import pytest

from tests.tierpolicies.network.written import DB, WEB, admin, index, lines, pod, policy
from tierpolicies import network as public
from tierpolicies.network.analysis import Network
from tierpolicies.network.difference import changes, words
from tierpolicies.network.explanation_text import explanations
from tierpolicies.network.exposure import ExposedNetwork
from tierpolicies.network.intent import FlowsError, flows
from tierpolicies.network.notation import connection_lines, exposure_lines
from tierpolicies.network.picture import INTERNET, picture


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


@pytest.mark.parametrize(
    "route",
    [
        """apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: {name: r, namespace: shop}
spec: {rules: [{backendRefs: [{name: web, port: 80}]}]}""",
        """apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: r, namespace: shop}
spec: {defaultBackend: {service: {name: web, port: {name: http}}}}""",
    ],
    ids=["HTTPRoute", "Ingress"],
)
def test_routes_lead_to_the_ports_behind_a_service(route: str) -> None:
    service = """
{apiVersion: v1, kind: Service, metadata: {name: web, namespace: shop},
 spec: {selector: {app: web}, ports: [{name: http, port: 80, targetPort: web}, {name: other, port: 81}]}}
"""
    documents = (pod("web", ports="[{name: web, containerPort: 8080}]"), service, f"\n{route}\n")
    assert "{ingress-controller} => shop/web[Pod] : TCP 8080" in lines(*documents)
    closed = policy("{podSelector: {}, policyTypes: [Ingress]}")
    assert not [each for each in lines(*documents, closed) if each.startswith("{ingress")]


SUBJECT = "subject: {namespaces: {}}"
DENY = f"{{priority: 1, {SUBJECT}, ingress: [{{name: stop, action: Deny, from: [{{namespaces: {{}}}}]}}]}}"
PASS = (
    f"{{priority: 0, {SUBJECT}, ingress: [{{name: skip, action: Pass, from: [{{namespaces: {{}}}}],"
    " ports: [{portNumber: {port: 80}}]}]}"
)
BASELINE = f"{{{SUBJECT}, ingress: [{{name: base, action: Deny, from: [{{namespaces: {{}}}}]}}]}}"
ALLOWING = policy(
    "{podSelector: {}, ingress: [{from: [{podSelector: {}}], ports: [{port: 80}, {port: 81}]}]}"
)


@pytest.mark.parametrize(
    ("policies", "told"),
    [
        ([admin(DENY)], []),
        ([admin(DENY), admin(PASS, name="second")], [f"{WEB} => {DB} : TCP 80"]),
        ([admin(DENY), admin(PASS, name="second"), ALLOWING], [f"{WEB} => {DB} : TCP 80"]),
        ([admin(BASELINE, "BaselineAdminNetworkPolicy", "default")], []),
        (
            [admin(BASELINE, "BaselineAdminNetworkPolicy", "default"), ALLOWING],
            [f"{WEB} => {DB} : TCP 80-81"],
        ),
    ],
    ids=["denied", "passed on", "passed to a policy", "denied at last", "a policy comes before the baseline"],
)
def test_the_layers_of_policies(policies: list[str], told: list[str]) -> None:
    found = lines(pod("web"), pod("db"), *policies)
    assert [each for each in found if each.startswith(f"{WEB} => {DB}")] == told


def test_the_layers_are_explained() -> None:
    network = Network(index(pod("web"), pod("db"), admin(DENY), admin(PASS, name="second"), ALLOWING))
    ends = {each.name: each for each in network.workloads}
    text = "\n".join(explanations(network, [(ends[WEB], ends[DB])]))
    assert "AdminNetworkPolicy 'second' passes connections by Ingress rule skip" in text
    assert "AdminNetworkPolicy 'first' denies connections by Ingress rule stop" in text
    assert "Allowed TCP:[80] due to" in text


def test_names_of_ports_stay_names_for_pods_that_may_come() -> None:
    to = "{to: [{namespaceSelector: {}}], ports: [{port: http}]}"
    rule = f"{{podSelector: {{matchLabels: {{app: web}}}}, policyTypes: [Egress], egress: [{to}]}}"
    network = ExposedNetwork(
        index(pod("web"), pod("db", ports="[{name: http, containerPort: 81}]"), policy(rule))
    )
    told = [each.split() for each in exposure_lines(network)]
    assert [WEB, "=>", "entire-cluster", ":", "TCP", "http"] in told
    assert f"{WEB} => {DB} : TCP 81" in list(connection_lines(network.space, network.connections()))


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


def test_a_change_in_words() -> None:
    rule = "{podSelector: {}, ingress: [{from: [{podSelector: {}}], ports: [{port: %s}]}%s]}"
    before, after = policy(rule % (80, "")), policy(rule % (81, ", {ports: [{port: 22}]}"))
    former, present = (Network(index(pod("web"), pod("db"), each)) for each in (before, after))
    told = [words(each) for each in changes(former, present)]
    assert "shop/web can now reach shop/db on TCP 22,81, and can no longer reach shop/db on TCP 80" in told
    assert "any address outside can now reach shop/db on TCP 22" in told


def test_a_picture_has_one_internet() -> None:
    peers = "{ipBlock: {cidr: 10.0.0.0/8}}, {ipBlock: {cidr: 1.0.0.0/8}}"
    rule = f"{{podSelector: {{matchLabels: {{app: db}}}}, ingress: [{{from: [{peers}]}}]}}"
    seen = picture(Network(index(pod("web"), pod("db"), policy(rule))))
    assert {each.source for each in seen.reaches if each.destination == "shop/db"} == {
        "10.0.0.0-10.255.255.255",
        INTERNET,
    }
    assert {each.source for each in seen.to_internet} == {"shop/db", "shop/web"}


@pytest.mark.parametrize(
    "given",
    [
        b'{"flows": [{"from": {"name": "a"}, "to": {"name": "b"}, "ports": []}]}',
        b'{"flows": [{"from": {"name": "a", "namespace": "n"}, "to": {}, "ports": ["TCP x"]}]}',
        b'{"flows": [{"from": {"name": "a", "blocks": [{"cidr": "ten"}]}, "to": {}, "ports": []}]}',
        b'{"flows": [7]}',
        b'{"flows": 7}',
    ],
)
def test_flows_in_another_form_are_told(given: bytes) -> None:
    with pytest.raises(FlowsError, match="flow"):
        flows(given)


@pytest.mark.parametrize("given", [b"", b"{}", b'{"files": {}}', b'"flows"', b"{"])
def test_an_inventory_without_flows_has_none(given: bytes) -> None:
    assert flows(given) == ()


def test_what_the_library_offers_is_there() -> None:
    assert sorted(public.__all__) == sorted(public._HOMES)
    assert all(getattr(public, name) is not None for name in public.__all__)
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = public.nothing

"""Who reaches whom: the broker's fence, the load balancer and its certificate."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from tests.tierwright.letter.letter import Edit, Generated, Parsed, errors
from tierpolicies.report.model import Report

ALB = "alb.ingress.kubernetes.io"
SUBNETS = {"10.0.1.0/24", "10.0.2.0/24", "10.0.3.0/24"}
NAMESPACE = "kubernetes.io/metadata.name"
Follow = Callable[[dict[str, Edit]], Generated]
Tamper = Callable[[str, Edit], Report]


def ingress_of_prod(change: Edit) -> dict[str, Edit]:
    return {"platform.yaml": lambda platform: change(platform["environments"]["prod"]["ingress"])}


def admitted(policy: Parsed) -> Iterator[tuple[int, str, tuple[tuple[str, str], ...]]]:
    """Each admitted source as port, namespace and pod labels; everything else fails the test."""
    for rule in policy["spec"]["ingress"]:
        for peer in rule["from"]:
            assert set(peer) <= {"namespaceSelector", "podSelector"}
            labels = peer["podSelector"]["matchLabels"]
            chosen = peer.get("namespaceSelector", {}).get("matchLabels", {})
            assert set(chosen) <= {NAMESPACE}
            namespace = chosen.get(NAMESPACE, policy["metadata"]["namespace"])
            for port in rule["ports"]:
                assert port["protocol"] == "TCP"
                yield port["port"], namespace, tuple(labels.items())


def test_the_brokers_fence_admits_exactly_the_declared_flows(shipped_prod: Generated) -> None:
    policy = shipped_prod.manifests["NetworkPolicy/messaging/storage-isolation"]
    assert policy["spec"]["podSelector"] == {"matchLabels": {"app": "rabbitmq"}}
    clients = [
        ("auth", "auth-service"),
        ("default", "celery-beat"),
        ("locations", "api-worker"),
        ("locations", "locations-service"),
        ("messaging", "dlq-collector"),
        ("waste", "ai-worker"),
        ("waste", "batch-worker"),
        ("waste", "waste-service"),
    ]
    assert set(admitted(policy)) == {
        *((5672, namespace, (("app", workload),)) for namespace, workload in clients),
        *((port, "messaging", (("app", "rabbitmq"),)) for port in (4369, 25672)),
        (15692, "monitoring", (("app.kubernetes.io/name", "prometheus"),)),
    }


def as_the_owner_wrote_it(policy: Parsed) -> None:
    """Admit 5672 alone, and only from the namespaces of two tiers."""
    tiers = [{"namespaceSelector": {"matchLabels": {"tier": tier}}} for tier in ("sync-api", "async-workers")]
    policy["spec"] = {
        "podSelector": {"matchLabels": {"app": "rabbitmq"}},
        "policyTypes": ["Ingress"],
        "ingress": [{"from": tiers, "ports": [{"protocol": "TCP", "port": 5672}]}],
    }


@pytest.mark.parametrize(
    ("rule", "told"),
    [
        ("network/blocked-client", ("celery-beat of the namespace default", "5672")),
        ("network/blocked-peers", ("4369", "25672")),
        ("observability/blocked-scrape", ("15692",)),
        ("network/blocked-port", ("15672", "management")),
    ],
)
def test_whom_the_owners_fence_shuts_out_is_told_by_name(
    tamper: Tamper, rule: str, told: tuple[str, ...]
) -> None:
    report = tamper("NetworkPolicy/messaging/storage-isolation", as_the_owner_wrote_it)
    messages = errors(report, rule)
    assert any(all(each in message for each in told) for message in messages), messages


@pytest.mark.parametrize(
    ("name", "change", "rule"),
    [
        ("default-deny", lambda spec: spec.update(policyTypes=["Egress"]), "network/default-deny"),
        ("allow-dns", lambda spec: spec["egress"][0]["ports"].pop(), "network/name-resolution"),
        (
            "ai-worker",
            lambda spec: spec["egress"][0]["to"][0]["ipBlock"].pop("except"),
            "network/metadata-address",
        ),
        ("ai-worker", lambda spec: spec.update(policyTypes=["Ingress"]), "network/policy-types"),
        ("ai-worker", lambda spec: spec["ingress"].append({}), "network/open-ingress"),
        ("ai-worker", lambda spec: spec["egress"].pop(1), "network/blocked-client"),
        (
            "ai-worker",
            lambda spec: spec["ingress"][0]["ports"][0].update(port=9091),
            "observability/blocked-scrape",
        ),
        (
            "waste-service",
            lambda spec: spec["ingress"][0]["from"].__delitem__(slice(3)),
            "network/blocked-ingress",
        ),
    ],
)
def test_a_slip_in_a_policy_is_told(tamper: Tamper, name: str, change: Edit, rule: str) -> None:
    report = tamper(f"NetworkPolicy/waste/{name}", lambda policy: change(policy["spec"]))
    assert errors(report, rule)


def test_prometheus_may_go_out_to_what_it_scrapes(tamper: Tamper) -> None:
    report = tamper("NetworkPolicy/monitoring/prometheus", lambda policy: policy["spec"]["egress"].pop())
    assert any("15692" in each for each in errors(report, "observability/blocked-scrape"))


@pytest.mark.parametrize(
    ("component", "change", "told"),
    [
        ("argo-cd", lambda values: values["configs"]["params"].pop("server.rootpath"), "/argocd"),
        ("argo-cd", lambda values: values["configs"]["params"].update({"server.rootpath": "/"}), "/argocd"),
        (
            "kube-prometheus-stack",
            lambda values: values["grafana"]["grafana.ini"]["server"].update(root_url="https://growbin.app"),
            "/grafana",
        ),
        (
            "kube-prometheus-stack",
            lambda values: values["grafana"]["grafana.ini"]["server"].pop("serve_from_sub_path"),
            "/grafana",
        ),
    ],
)
def test_a_program_that_does_not_know_its_path_is_told(
    tamper: Tamper, component: str, change: Edit, told: str
) -> None:
    report = tamper(
        f"Application/argocd/{component}",
        lambda each: change(each["spec"]["source"]["helm"]["valuesObject"]),
    )
    (message,) = errors(report, "network/sub-path")
    assert told in message


def test_nothing_is_open_that_no_flow_opens(shipped_prod: Generated) -> None:
    policies = shipped_prod.of_kind("NetworkPolicy")
    managed = {each["metadata"]["name"] for each in shipped_prod.of_kind("Namespace")}
    denied = {
        each["metadata"]["namespace"]
        for each in policies
        if each["spec"]["podSelector"] == {}
        and set(each["spec"]["policyTypes"]) == {"Ingress", "Egress"}
        and not each["spec"].get("ingress")
        and not each["spec"].get("egress")
    }
    assert denied == managed
    peers = [
        peer
        for each in policies
        for side, key in (("ingress", "from"), ("egress", "to"))
        for rule in each["spec"].get(side, [])
        for peer in rule[key]
    ]
    wide = [peer["ipBlock"] for peer in peers if peer.get("ipBlock", {}).get("cidr") == "0.0.0.0/0"]
    assert wide
    # The metadata address gives a node's credentials to whoever asks.
    assert all("169.254.0.0/16" in block["except"] for block in wide)
    assert not any(peer.get("namespaceSelector") == {} for peer in peers)


def test_pods_of_an_overlay_are_no_targets_of_a_load_balancer(follow: Follow) -> None:
    report = follow(ingress_of_prod(lambda ingress: ingress.update(target_type="ip"))).report
    messages = errors(report, "network/load-balancer-targets")
    assert len(messages) == len(["auth", "users", "waste", "locations", "argocd", "grafana", "default route"])
    assert all("calico-vxlan" in message for message in messages)


def test_a_load_balancer_reaches_pods_by_the_nodes_of_their_tier(shipped_prod: Generated) -> None:
    for ingress in shipped_prod.of_kind("Ingress"):
        annotations = ingress["metadata"]["annotations"]
        assert annotations[f"{ALB}/target-type"] == "instance"
        if ingress["metadata"]["name"] == "default-route":
            continue
        assert annotations[f"{ALB}/target-node-labels"] == f"tier={ingress['metadata']['labels']['tier']}"
    services = [each for each in shipped_prod.of_kind("Service") if each["spec"].get("type") == "NodePort"]
    assert {each["metadata"]["name"] for each in services} == {
        "auth-service",
        "users-service",
        "waste-service",
        "locations-service",
    }
    for service in services:
        assert service["spec"]["externalTrafficPolicy"] == "Local"
        name, namespace = service["metadata"]["name"], service["metadata"]["namespace"]
        policy = shipped_prod.manifests[f"NetworkPolicy/{namespace}/{name}"]
        blocks = {
            peer["ipBlock"]["cidr"]
            for rule in policy["spec"]["ingress"]
            for peer in rule["from"]
            if "ipBlock" in peer
        }
        assert blocks == SUBNETS


def test_charts_put_their_routed_services_on_the_nodes_too(shipped_prod: Generated) -> None:
    wanted = {"type": "NodePort", "externalTrafficPolicy": "Local"}
    argo, monitoring = (
        shipped_prod.manifests[f"Application/argocd/{name}"]["spec"]["source"]["helm"]["valuesObject"]
        for name in ("argo-cd", "kube-prometheus-stack")
    )
    assert argo["server"]["service"] == wanted
    assert monitoring["grafana"]["service"] == wanted
    # Both serve under a sub-path, which only they themselves can be told.
    assert argo["configs"]["params"]["server.rootpath"] == "/argocd"
    assert monitoring["grafana"]["grafana.ini"]["server"] == {
        "root_url": "https://growbin.app/grafana",
        "serve_from_sub_path": True,
    }


def test_all_routes_share_one_load_balancer(shipped_prod: Generated) -> None:
    ingresses = shipped_prod.of_kind("Ingress")
    groups = {each["metadata"]["annotations"][f"{ALB}/group.name"] for each in ingresses}
    assert groups == {"growbin"}
    paths = {
        path["path"]: each["metadata"]["namespace"]
        for each in ingresses
        for rule in each["spec"]["rules"]
        for path in rule["http"]["paths"]
    }
    assert paths == {
        "/argocd": "argocd",
        "/grafana": "monitoring",
        "/api/v1/auth": "auth",
        "/api/v1/users": "users",
        "/api/v1/waste": "waste",
        "/api/v1/locations": "locations",
        "/": "default",
    }


def test_an_ingress_names_a_service_of_its_own_namespace(shipped_prod: Generated) -> None:
    for ingress in shipped_prod.of_kind("Ingress"):
        namespace = ingress["metadata"]["namespace"]
        if namespace in ("argocd", "monitoring", "default"):
            continue  # services of charts, and an answer of the load balancer's own
        for rule in ingress["spec"]["rules"]:
            for path in rule["http"]["paths"]:
                assert f"Service/{namespace}/{path['backend']['service']['name']}" in shipped_prod.manifests


def test_an_ingress_outside_the_group_makes_a_load_balancer_of_its_own(tamper: Tamper) -> None:
    report = tamper(
        "Ingress/auth/auth-service", lambda each: each["metadata"]["annotations"].pop(f"{ALB}/group.name")
    )
    (message,) = errors(report, "network/load-balancer-targets")
    assert "load balancer of its own" in message


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda spec: spec.update(type="ClusterIP"), "NodePort"),
        (lambda spec: spec.pop("externalTrafficPolicy"), "not Local"),
    ],
)
def test_a_service_that_the_nodes_do_not_lead_to_is_told(tamper: Tamper, change: Edit, told: str) -> None:
    report = tamper("Service/waste/waste-service", lambda each: change(each["spec"]))
    assert any(told in message for message in errors(report, "network/load-balancer-targets"))


def test_a_wildcard_certificate_does_not_cover_the_apex(follow: Follow) -> None:
    edits = ingress_of_prod(lambda ingress: ingress["certificate"].update(names=["*.growbin.app"]))
    messages = errors(follow(edits).report, "network/certificate-hosts")
    assert messages
    assert all("*.growbin.app does not cover growbin.app" in message for message in messages)


def test_a_longer_path_comes_before_one_that_holds_it(shipped_prod: Generated) -> None:
    """The load balancer takes the first rule that matches, in the order of the group."""
    ordered = sorted(
        (int(each["metadata"]["annotations"][f"{ALB}/group.order"]), path["path"])
        for each in shipped_prod.of_kind("Ingress")
        for rule in each["spec"]["rules"]
        for path in rule["http"]["paths"]
    )
    paths = [path for _, path in ordered]
    assert paths == sorted(paths, key=len, reverse=True)
    assert len({order for order, _ in ordered}) == len(ordered)

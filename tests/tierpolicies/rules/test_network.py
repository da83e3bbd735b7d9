"""What NetworkPolicies admit, and which calls the variables of workloads tell, case by case."""

import json
from collections.abc import Mapping
from datetime import date

import pytest

from tierpolicies import judge
from tierpolicies.documents.reader import read_files
from tierpolicies.engine.index import Index
from tierpolicies.engine.settings import Settings
from tierpolicies.judgement import Base
from tierpolicies.traffic.isolation import Port, isolation
from tierpolicies.traffic.service_calls import service_calls

Parsed = dict[str, object]
IN_STORE = {"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "store"}}}
WEB = {"podSelector": {"matchLabels": {"app": "web"}}}


def workload(name: str, namespace: str, env: Mapping[str, str] | None = None, **container: object) -> Parsed:
    variables = [{"name": key, "value": value} for key, value in (env or {}).items()]
    ports = [{"name": "http", "containerPort": 8080}]
    described = {"name": name, "image": name, "env": variables, "ports": ports, **container}
    pod = {"metadata": {"labels": {"app": name}}, "spec": {"containers": [described]}}
    metadata = {"name": name, "namespace": namespace}
    return {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": metadata, "spec": {"template": pod}}


def service(name: str, namespace: str) -> Parsed:
    spec = {"selector": {"app": name}, "ports": [{"port": 80, "targetPort": "http"}]}
    return {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": name, "namespace": namespace},
        "spec": spec,
    }


def policy(**spec: object) -> Parsed:
    metadata = {"name": "db", "namespace": "store"}
    selected = {"podSelector": {"matchLabels": {"app": "db"}}, **spec}
    return {
        "apiVersion": "networking.k8s.io/v1",
        "kind": "NetworkPolicy",
        "metadata": metadata,
        "spec": selected,
    }


def namespace(name: str, **labels: str) -> Parsed:
    return {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name, "labels": labels}}


def indexed(*objects: Parsed) -> Index:
    return Index(
        read_files({f"{at}.json": json.dumps(each).encode() for at, each in enumerate(objects)}).manifests
    )


@pytest.mark.parametrize(
    ("ingress", "comes_in"),
    [
        ([], False),
        ([{}], True),
        ([{"from": []}], True),
        ([{"from": [WEB]}], False),  # of the policy's own namespace
        ([{"from": [{**WEB, "namespaceSelector": {"matchLabels": {"team": "shop"}}}]}], True),
        ([{"from": [{**WEB, "namespaceSelector": {"matchLabels": {"team": "store"}}}]}], False),
        ([{"from": [{**WEB, "namespaceSelector": {}}]}], True),
        ([{"from": [IN_STORE]}], False),
        (
            [
                {
                    "from": [
                        {"namespaceSelector": {"matchExpressions": [{"key": "team", "operator": "Exists"}]}}
                    ]
                }
            ],
            True,
        ),
        ([{"from": [{"ipBlock": {"cidr": "10.0.0.0/8"}}]}], True),  # may be pods
        (
            [{"from": [{"ipBlock": {"cidr": "203.0.113.0/25"}}]}],
            True,
        ),  # reserved for examples, as private ones
        ([{"from": [{"ipBlock": {"cidr": "8.8.8.0/24"}}]}], False),
        ([{"ports": [{"port": 8080}]}], True),
        ([{"ports": [{"port": "http"}]}], True),
        ([{"ports": [{"port": "metrics"}]}], False),
        ([{"ports": [{"port": 8000, "endPort": 8100}]}], True),
        ([{"ports": [{"port": 8081, "endPort": 8100}]}], False),
        ([{"ports": [{"protocol": "UDP", "port": 8080}]}], False),
        ([{"ports": [{"protocol": "TCP"}]}], True),
        ([{"ports": [{"port": 80}]}], False),  # the Service's
    ],
)
def test_who_comes_in_is_as_kubernetes_has_it(ingress: object, comes_in: bool) -> None:
    index = indexed(
        namespace("shop", team="shop"),
        workload("web", "shop"),
        workload("db", "store"),
        policy(policyTypes=["Ingress"], ingress=ingress),
    )
    web, db = index.workloads
    assert isolation(index).comes_in(web, db, Port(8080)) is comes_in


@pytest.mark.parametrize(
    ("spec", "directions"),
    [
        ({}, {"Ingress"}),
        ({"egress": []}, {"Ingress"}),
        ({"egress": [{}]}, {"Ingress", "Egress"}),
        ({"policyTypes": ["Egress"], "ingress": [{}]}, {"Egress"}),
        ({"policyTypes": []}, {"Ingress"}),
    ],
)
def test_a_policy_is_for_the_directions_that_kubernetes_takes(spec: Parsed, directions: set[str]) -> None:
    (found,) = isolation(indexed(policy(**spec))).policies
    assert found.directions == directions


@pytest.mark.parametrize(
    ("env", "called"),
    [
        ({"DB_HOST": "db.store.svc", "DB_PORT": "80"}, [("db", 80)]),
        ({"DB_URL": "postgres://user:word@db.store.svc.cluster.local:80/shop"}, [("db", 80)]),
        ({"PEERS": "db.store:80,web.shop"}, [("db", 80), ("web", None)]),
        ({"BACKEND": "web"}, [("web", None)]),
        ({"BACKEND": "http://web/api"}, [("web", None)]),
        ({"NAME": "web"}, []),
        ({"MODULE": "web.main.app"}, []),
        ({"ALLOWED_HOSTS": "db.store.svc"}, []),
        ({"DB_HOST": "db.elsewhere.svc"}, []),
        ({"DB_HOST": "db.store.example.org"}, []),
    ],
)
def test_calls_are_read_from_variables(env: dict[str, str], called: list[tuple[str, int | None]]) -> None:
    index = indexed(workload("shopper", "shop", env), service("db", "store"), service("web", "shop"))
    assert [(each.service.name, each.port) for each in service_calls(index)] == called


@pytest.mark.parametrize("kind", ["CiliumNetworkPolicy", "NetworkPolicy", "GlobalNetworkPolicy"])
def test_where_other_policies_have_a_say_nothing_is_claimed(kind: str) -> None:
    api = "cilium.io/v2" if kind.startswith("Cilium") else "projectcalico.org/v3"
    other = {"apiVersion": api, "kind": kind, "metadata": {"name": "a", "namespace": "shop"}, "spec": {}}
    objects = [workload("web", "shop"), other]
    files = {f"{at}.json": json.dumps(each).encode() for at, each in enumerate(objects)}
    report = judge(files, platform=None, today=date(2026, 11, 1))
    assert not [each for each in report.findings if each.rule == "network/isolated-pods"]


def against_base(before: list[Parsed], after: list[Parsed]) -> list[str]:
    """What network/newly-isolated says of a change."""
    old, new = (
        {f"{at}.json": json.dumps(each).encode() for at, each in enumerate(objects)}
        for objects in (before, after)
    )
    settings = Settings(select=("network/newly-isolated",))
    report = judge(
        new, platform=None, today=date(2026, 11, 24), settings=settings, base=Base("main", old, None)
    )
    assert not [each for each in report.findings if each.rule == "input/rule-crashed"]
    return [each.message for each in report.findings if each.rule == "network/newly-isolated"]


CALLERS = [
    workload("web", "shop", {"DB_HOST": "db.store.svc", "DB_PORT": "80"}),
    workload("report", "shop", {"DB_HOST": "db.store.svc", "DB_PORT": "80"}),
    workload("db", "store"),
    service("db", "store"),
]
FROM_REPORT = {
    "namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "shop"}},
    "podSelector": {"matchLabels": {"app": "report"}},
}


def test_the_first_policy_for_pods_tells_whom_it_cuts_off() -> None:
    narrow = policy(ingress=[{"from": [FROM_REPORT], "ports": [{"port": 8080}]}])
    (message,) = against_base(CALLERS, [*CALLERS, narrow])
    assert message == "the first policy for db keeps out web"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ([], policy(ingress=[{"from": [{"namespaceSelector": {}}]}])),
        ([policy(ingress=[])], policy(ingress=[{"from": [FROM_REPORT]}])),
        ([], policy(policyTypes=["Egress"])),
    ],
    ids=["everyone is admitted", "it was isolated before", "nothing is called from there"],
)
def test_a_policy_that_cuts_off_nobody_new_is_no_matter(before: list[Parsed], after: Parsed) -> None:
    assert against_base([*CALLERS, *before], [*CALLERS, after]) == []

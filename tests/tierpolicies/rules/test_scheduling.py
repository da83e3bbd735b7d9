"""Requests, quotas, spread and nodes, by tables of cases that would be many small fixtures."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.tierpolicies.rules.judged import (
    PLATFORM,
    Parsed,
    container,
    messages,
    of,
    of_files,
    pod,
    said,
    workload,
)
from tierpolicies.platform import Platform

FULL = {"requests": {"cpu": "100m", "memory": "64Mi"}, "limits": {"cpu": "200m", "memory": "64Mi"}}
TWO_NODES = replace(PLATFORM, pools=(replace(PLATFORM.pools[0], nodes=2), PLATFORM.pools[1]))


def limit_range(**item: Parsed) -> Parsed:
    return of("LimitRange", "v1", "usual", spec={"limits": [{"type": "Container", **item}]})


def without(section: str, resource: str) -> Parsed:
    """A Deployment whose container writes everything but one thing."""
    left = {key: dict(value) for key, value in FULL.items()}
    del left[section][resource]
    return workload(pod(container(resources=left)))


@pytest.mark.parametrize(
    ("rule", "section", "resource"),
    [
        ("scheduling/cpu-request", "requests", "cpu"),
        ("scheduling/memory-request", "requests", "memory"),
        ("scheduling/memory-limit", "limits", "memory"),
    ],
)
def test_what_kubernetes_fills_in_will_do_but_not_where_tiers_are_known(
    rule: str, section: str, resource: str
) -> None:
    given = limit_range(default={"cpu": "1", "memory": "1Gi"}, defaultRequest={"cpu": "1", "memory": "1Gi"})
    missing = without(section, resource)
    assert messages(rule, missing, given) == []
    (message,) = messages(rule, missing, given, platform=PLATFORM)
    assert message.startswith(f"the container 'web' has no {'CPU' if resource == 'cpu' else 'memory'}")
    assert "of its own" in message


def test_a_limit_counts_as_a_request_and_not_the_other_way_round() -> None:
    assert messages("scheduling/memory-request", without("requests", "memory")) == []
    assert messages("scheduling/memory-limit", without("limits", "memory")) == [
        "the container 'web' has no memory limit"
    ]


@pytest.mark.parametrize(
    ("spec", "silent"),
    [
        (pod(resources=FULL), True),  # of the pod, for all of its containers
        (pod(container(resources={"requests": {"cpu": 0}})), False),
        (pod(container(resources={"requests": {"cpu": "0m"}})), False),
        (pod(container(resources={"requests": {"cpu": "much"}})), True),  # schema/quantities reports it
        (pod(container(resources=FULL), initContainers=[container(name="first")]), False),
        (pod(container(resources=FULL), ephemeralContainers=[container(name="look")]), True),
        (pod(container(resources="none")), False),
    ],
)
def test_whose_request_counts(spec: Parsed, silent: bool) -> None:
    assert (messages("scheduling/cpu-request", workload(spec)) == []) is silent


def test_the_most_of_a_limit_range_is_a_default_too() -> None:
    assert messages("scheduling/memory-limit", workload(), limit_range(max={"memory": "1Gi"})) == []
    assert messages("scheduling/cpu-request", workload(), limit_range(min={"cpu": "10m"})) == []


@pytest.mark.parametrize(
    ("item", "resources", "told"),
    [
        (
            {"default": {"memory": "32Mi"}},
            {"requests": {"memory": "64Mi"}},
            "requests 64Mi memory, more than the limit",
        ),
        ({"default": {"memory": "64Mi"}}, {"requests": {"memory": "64Mi"}}, None),
        ({"default": {"memory": "32Mi"}}, {"limits": {"memory": "64Mi"}}, None),
        ({"max": {"cpu": "1"}}, {"limits": {"cpu": "1500m"}}, "more than the most"),
        ({"max": {"cpu": "1"}}, {"limits": {"cpu": 1}}, None),
        ({"min": {"memory": "64Mi"}}, {"requests": {"memory": "32Mi"}}, "less than the least"),
        (
            {"maxLimitRequestRatio": {"cpu": 4}},
            {"requests": {"cpu": "100m"}, "limits": {"cpu": "500m"}},
            "4 times",
        ),
        (
            {"maxLimitRequestRatio": {"cpu": 5}},
            {"requests": {"cpu": "100m"}, "limits": {"cpu": "500m"}},
            None,
        ),
        ({"max": {"cpu": "x"}}, {"limits": {"cpu": "y"}}, None),
    ],
)
def test_what_a_limit_range_refuses(item: Parsed, resources: Parsed, told: str | None) -> None:
    found = messages(
        "scheduling/limit-range", workload(pod(container(resources=resources))), limit_range(**item)
    )
    assert len(found) == (told is not None)
    assert (told or "") in "".join(found)


def quota(**hard: Parsed) -> Parsed:
    return of(
        "ResourceQuota",
        "v1",
        "usual",
        spec={"hard": {key.replace("_", "."): value for key, value in hard.items()}},
    )


@pytest.mark.parametrize(
    ("hard", "replicas", "told"),
    [
        ({"pods": 2}, 2, None),
        ({"pods": 1}, 2, "the pods at rest are 2 pods, and the quota has 1 pods"),
        ({"requests_cpu": "200m"}, 2, None),
        ({"requests_cpu": "199m"}, 2, "the requests at rest are 200m CPU, and the quota has 199m CPU"),
        ({"memory": "127Mi"}, 2, "the requests at rest are 128Mi memory"),
        ({"limits_cpu": "0.4"}, 2, None),
        ({"limits_cpu": "0.3"}, 2, "the limits at rest are 400m CPU"),
        ({"services": 0}, 2, None),
        ({"pods": "many"}, 2, None),
    ],
)
def test_a_quota_counts_the_pods_at_rest(hard: Parsed, replicas: int, told: str | None) -> None:
    deployment = workload(pod(container(resources=FULL)), replicas=replicas)
    job = workload(pod(container(resources=FULL)), kind="Job", name="later")
    found = messages("scheduling/resource-quota", deployment, job, quota(**hard))
    assert len(found) == (told is not None)
    assert (told or "") in "".join(found)


def test_a_beginning_that_is_larger_than_the_rest_counts() -> None:
    large = {"requests": {"cpu": "500m"}}
    spec = pod(container(resources=FULL), initContainers=[container(name="first", resources=large)])
    assert messages("scheduling/resource-quota", workload(spec), quota(requests_cpu="500m")) == []
    assert messages("scheduling/resource-quota", workload(spec), quota(requests_cpu="499m"))


def affinity(kind: str, *, app: str = "web", key: str = "kubernetes.io/hostname", **term: Parsed) -> Parsed:
    own = {"topologyKey": key, "labelSelector": {"matchLabels": {"app": app}}, **term}
    if kind == "required":
        return {"podAntiAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": [own]}}
    weighted = {"weight": 1, "podAffinityTerm": own}
    return {"podAntiAffinity": {"preferredDuringSchedulingIgnoredDuringExecution": [weighted]}}


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({}, "nothing keeps the 2 replicas on different nodes"),
        ({"affinity": affinity("required")}, None),
        ({"affinity": affinity("preferred")}, None),
        ({"affinity": affinity("preferred", app="shop")}, "it wants app=shop, and the pods have app=web"),
        ({"affinity": affinity("preferred", labelSelector=None)}, "it has no labelSelector"),
        (
            {"affinity": affinity("preferred", namespaces=["data"])},
            "it looks at data, and the pods are in api",
        ),
        ({"affinity": affinity("preferred", namespaces=["data", "api"])}, None),
        ({"affinity": affinity("preferred", namespaces=["data"], namespaceSelector={})}, None),
        ({"affinity": affinity("preferred", labelSelector={})}, None),
        ({"affinity": {"podAntiAffinity": {}}}, "nothing keeps"),
        ({"topologySpreadConstraints": [{"labelSelector": {"matchLabels": {"app": "shop"}}}]}, None),
        ({"hostNetwork": True, "containers": [container(ports=[{"containerPort": 80}])]}, None),
    ],
)
def test_what_keeps_replicas_apart(fields: Parsed, told: str | None) -> None:
    found = messages("scheduling/spread", workload(pod(**fields), replicas=2))
    assert len(found) == (told is not None)
    assert (told or "") in "".join(found)


@pytest.mark.parametrize("kind", ["Job", "CronJob", "DaemonSet"])
def test_what_has_no_replicas_needs_no_spread(kind: str) -> None:
    assert messages("scheduling/spread", workload(kind=kind)) == []


@pytest.mark.parametrize(
    ("platform", "fields", "update", "told"),
    [
        (PLATFORM, {"affinity": affinity("required")}, 1, "2 replicas need 2 nodes, and plain has 1"),
        (TWO_NODES, {"affinity": affinity("required")}, 1, None),
        (
            TWO_NODES,
            {"affinity": affinity("required")},
            0,
            "an update adds a pod that needs a node of its own",
        ),
        (PLATFORM, {"affinity": affinity("preferred")}, 0, None),
        (PLATFORM, {"affinity": affinity("required", app="shop")}, 0, None),
        (PLATFORM, {"affinity": affinity("required", key="tier")}, 1, "plain has 1"),
        (PLATFORM, {"affinity": affinity("required", key="topology.kubernetes.io/zone")}, 1, None),
        (
            PLATFORM,
            {"containers": [container(ports=[{"containerPort": 80, "hostPort": 80}])]},
            1,
            "plain has 1",
        ),
        (None, {"affinity": affinity("required")}, 1, None),
    ],
)
def test_replicas_with_a_node_each(
    platform: Platform | None, fields: Parsed, update: int, told: str | None
) -> None:
    strategy = {"rollingUpdate": {"maxSurge": 1 - update, "maxUnavailable": update}}
    deployment = workload(pod(nodeSelector={"tier": "api"}, **fields), replicas=2, strategy=strategy)
    found = messages("scheduling/required-anti-affinity", deployment, platform=platform)
    assert len(found) == (told is not None)
    assert (told or "") in "".join(found)


def large(name: str, cpu: str, surge: int = 1, replicas: int = 1) -> Parsed:
    spec = pod(container(resources={"requests": {"cpu": cpu}}), nodeSelector={"tier": "api"})
    rolling = {"maxSurge": surge, "maxUnavailable": 1 - surge}
    return workload(spec, name=name, tier="api", replicas=replicas, strategy={"rollingUpdate": rolling})


@pytest.mark.parametrize(
    ("objects", "alone", "together"),
    [
        ([large("web", "900m")], [], []),
        ([large("web", "1100m")], ["web"], []),
        ([large("web", "1100m", surge=0)], [], []),
        ([large("web", "600m"), large("shop", "300m")], [], []),
        ([large("web", "700m"), large("shop", "500m")], [], ["web", "shop"]),
        ([large("web", "700m"), large("shop", "500m", surge=0)], [], []),
        ([large("web", "2100m")], [], []),  # budget/tier-requests and scheduling/node-size say so
        ([large("web", "1100m", replicas=0)], [], []),
    ],
)
def test_room_for_what_an_update_adds(objects: list[Parsed], alone: list[str], together: list[str]) -> None:
    assert len(said("scheduling/surge-room", *objects, platform=PLATFORM)) == len(alone)
    assert len(said("scheduling/surge-together", *objects, platform=PLATFORM)) == len(together)


def term(*requirements: tuple[str, str, list[str]]) -> Parsed:
    return {
        "matchExpressions": [{"key": key, "operator": how, "values": what} for key, how, what in requirements]
    }


@pytest.mark.parametrize(
    ("selector", "terms", "impossible"),
    [
        ({"disk": "ssd"}, [term(("disk", "In", ["ssd"]))], False),
        ({"disk": "ssd"}, [term(("disk", "In", ["hdd"]))], True),
        ({"disk": "ssd"}, [term(("disk", "NotIn", ["ssd"]))], True),
        ({"disk": "ssd"}, [term(("disk", "DoesNotExist", []))], True),
        ({"disk": "ssd"}, [term(("disk", "In", ["hdd"])), term(("cpu", "Exists", []))], False),
        ({}, [term(("disk", "In", ["a", "b"]), ("disk", "NotIn", ["a", "b"]))], True),
        ({}, [term(("disk", "In", ["a", "b"]), ("disk", "NotIn", ["a"]))], False),
        ({}, [term(("disk", "NotIn", ["a"]), ("disk", "DoesNotExist", []))], False),
        ({}, [term(("cores", "Gt", ["4"]), ("cores", "Lt", ["6"]))], False),
        ({}, [term(("cores", "Gt", ["4"]), ("cores", "Lt", ["5"]))], True),
        ({}, [term(("cores", "Gt", ["many"]), ("cores", "Lt", ["5"]))], False),
        ({}, [], False),
    ],
)
def test_what_no_node_can_be(selector: Parsed, terms: list[Parsed], impossible: bool) -> None:
    required = {"requiredDuringSchedulingIgnoredDuringExecution": {"nodeSelectorTerms": terms}}
    spec = pod(nodeSelector=selector, affinity={"nodeAffinity": required})
    assert bool(messages("scheduling/contradicting-affinity", workload(spec))) is impossible


def test_a_class_that_has_the_default_already_is_told_but_not_of_another_environment() -> None:
    low, high = (
        of("PriorityClass", "scheduling.k8s.io/v1", name, value=1, globalDefault=True) for name in "lh"
    )
    (fault,) = said("scheduling/priority-default", low, high)
    assert fault.message == "h is the default already"  # the first by name
    assert fault.pointer == "/globalDefault"


def test_allowed_classes_are_what_the_description_says() -> None:
    deployment = workload(pod(priorityClassName="high"))
    rule = "scheduling/allowed-priority-classes"
    assert said(rule, deployment)
    assert said(rule, deployment, parameters={"names": ["high", "low"]}) == []


def test_how_often_a_run_must_come_for_it_to_pile_up_is_a_parameter() -> None:
    job = workload(kind="CronJob")
    rule = "scheduling/overlapping-runs"
    assert said(rule, job) == []
    assert said(rule, job, parameters={"minutes": 24 * 60})


def test_environments_side_by_side_do_not_add_up() -> None:
    scaler = of(
        "HorizontalPodAutoscaler",
        "autoscaling/v2",
        "web",
        spec={"scaleTargetRef": {"kind": "Deployment", "name": "web"}, "minReplicas": 2, "maxReplicas": 4},
    )
    one, many = workload(replicas=1), workload(pod(affinity=affinity("preferred")))
    apart = {"dev/web.yaml": [one, quota(pods=2)], "prod/web.yaml": [many, scaler, quota(pods=5)]}
    together = {"web.yaml": [one, scaler, quota(pods=1)]}
    for rule in ("scheduling/resource-quota", "scheduling/quota-growth", "scheduling/spread"):
        assert of_files(rule, apart) == []
    assert of_files("scheduling/spread", together)
    assert of_files("scheduling/resource-quota", together)

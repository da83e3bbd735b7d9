"""What manifests amount to as apps, and the account of each object."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from tests.tierwright.adopting.conftest import Adopt, deployment, other, service
from tierwright.adopting.proposal import Proposal


def workload(proposal: Proposal, name: str = "web") -> dict[str, Any]:
    """What the app.yaml says of a workload."""
    texts = [yaml.safe_load(app.text)["workloads"] for app in proposal.apps]
    found: dict[str, Any] = next(each[name] for each in texts if name in each)
    return found


def notes(proposal: Proposal) -> list[str]:
    return [note for each in proposal.accounts for note in each.notes]


def fates(proposal: Proposal) -> dict[str, str]:
    return {str(each.manifest.subject): each.fate for each in proposal.accounts}


def test_a_service_is_kept_whole(adopt: Adopt) -> None:
    proposal = adopt(deployment(), service(port=8080))
    (app,) = proposal.apps
    assert app.file == "apps/web/app.yaml"
    assert app.text == (
        "# yaml-language-server: $schema=../../.schemas/app.json\n"
        "app: web\n"
        "namespace: shop\n"
        "workloads:\n"
        "  web:\n"
        "    kind: api\n"
        "    port: 8080\n"
        "    command: [/web]\n"
        "    resources:\n"
        "      requests: {cpu: 100m, memory: 64Mi}\n"
        "      limits: {memory: 64Mi}\n"
    )
    assert proposal.whole
    assert fates(proposal) == {"Deployment/shop/web": "kept", "Service/shop/web": "derived"}


def test_calls_are_read_from_addresses_and_follow_the_port(adopt: Adopt) -> None:
    variables = {
        "STORE": "http://store.shop.svc.cluster.local:80/v1",
        "NEAR": "store:80",
        "OTHER": "storefront:80",
        "FAR": "store.elsewhere:80",
    }
    env = [{"name": name, "value": value} for name, value in variables.items()]
    proposal = adopt(
        deployment(container={"env": env}), service(), deployment("store"), service("store", target=9000)
    )
    assert workload(proposal)["calls"] == ["store"]
    assert workload(proposal)["variables"] == {
        **variables,
        "STORE": "http://store.shop.svc.cluster.local:9000/v1",
        "NEAR": "store:9000",
    }
    assert "variable NEAR said store:80: it leads to the same place as store:9000" in notes(proposal)


def test_workloads_of_one_image_are_one_app(adopt: Adopt) -> None:
    image = {"image": "quay.example/shop/both@sha256:" + "a" * 64}
    proposal = adopt(
        deployment("one", container=image), service("one"), deployment("two", container=image), service("two")
    )
    (app,) = proposal.apps
    assert (app.name, [each.manifest.name for each in app.workloads]) == ("both", ["one", "two"])


@pytest.mark.parametrize(
    ("container", "said"),
    [
        ({"args": ["--fast"]}, {"command": ["/web", "--fast"]}),
        ({"command": None, "args": ["--fast"]}, {"command": ["ENTRYPOINT", "--fast"]}),
        (
            {"env": [{"name": "KEY", "valueFrom": {"secretKeyRef": {"name": "web", "key": "KEY"}}}]},
            {"secrets": ["KEY"]},
        ),
        ({"envFrom": [{"configMapRef": {"name": "web"}}]}, {"variables": {"MODE": "quick"}}),
        (
            {"env": [{"name": "M", "valueFrom": {"configMapKeyRef": {"name": "web", "key": "MODE"}}}]},
            {"variables": {"M": "quick"}},
        ),
        (
            {"resources": {"requests": {"cpu": 0.5, "memory": "1024Mi"}}},
            {"resources": {"requests": {"cpu": "500m", "memory": "1Gi"}, "limits": {}}},
        ),
    ],
    ids=["args", "entry-point", "secret", "config-map", "config-key", "amounts"],
)
def test_what_a_container_says_is_said(adopt: Adopt, container: dict[str, Any], said: dict[str, Any]) -> None:
    config = other("ConfigMap", data={"MODE": "quick"})
    found = workload(adopt(deployment(container=container), service(), config))
    assert {key: found[key] for key in said} == said


@pytest.mark.parametrize(
    ("container", "spec", "note"),
    [
        ({"command": None}, {}, "which program the image starts is not told"),
        ({"livenessProbe": {"httpGet": {"path": "/up"}}}, {}, "livenessProbe asks /up: it has to"),
        ({"readinessProbe": {"grpc": {"port": 1}}}, {}, "readinessProbe asks grpc: it has to answer /readyz"),
        ({"securityContext": {"privileged": True}}, {}, "its privileges: pods have none here"),
        ({"securityContext": {"runAsUser": 0}}, {}, "it runs as root: pods run as user 10001 here"),
        ({"lifecycle": {"preStop": {}}}, {}, "lifecycle has no words here"),
        ({"env": [{"name": "TZ", "value": "UTC"}]}, {}, "variable TZ is the platform's own; it said 'UTC'"),
        ({"env": [{"name": "a.b"}]}, {}, "variable 'a.b': write its name in capitals"),
        (
            {"env": [{"name": "IP", "valueFrom": {"fieldRef": {"fieldPath": "status.podIP"}}}]},
            {},
            "variable IP comes from the pod's own fields, which has no words here",
        ),
        (
            {"env": [{"name": "KEY", "valueFrom": {"secretKeyRef": {"name": "s", "key": "k"}}}]},
            {},
            "variable KEY is key k of Secret s: put its value where key KEY of Secret web comes from",
        ),
        (
            {"envFrom": [{"configMapRef": {"name": "gone"}}]},
            {},
            "what ConfigMap gone brings is not known: it is not among the manifests",
        ),
        ({"resources": {}}, {}, "it has no limits: the rules will ask for some"),
        ({}, {"initContainers": [{"name": "wait"}]}, "init container wait: see `migration`"),
        ({}, {"hostNetwork": True}, "hostNetwork has no words here"),
        ({}, {"nodeSelector": {"a": "b"}}, "nodeSelector: the tier decides it"),
        ({}, {"terminationGracePeriodSeconds": 90}, "90 s to end: a service gets 30 s"),
        (
            {"volumeMounts": [{"name": "d", "mountPath": "/data"}]},
            {"volumes": [{"name": "d", "emptyDir": {}}]},
            "the emptyDir at /data: only /tmp can be written",
        ),
    ],
)  # fmt: skip
def test_what_has_no_words_is_told(
    adopt: Adopt, container: dict[str, Any], spec: dict[str, Any], note: str
) -> None:
    proposal = adopt(deployment(container=container, **spec), service(port=8080))
    assert [each for each in notes(proposal) if each.startswith(note)], notes(proposal)
    assert not proposal.whole


def test_a_second_container_is_told(adopt: Adopt) -> None:
    manifest = deployment()
    manifest["spec"]["template"]["spec"]["containers"].append({"name": "proxy", "image": "x"})
    assert "container proxy beside it: an app has one container a pod" in notes(adopt(manifest, service()))


def test_a_selector_that_changes_is_told(adopt: Adopt) -> None:
    manifest = deployment()
    manifest["spec"]["selector"]["matchLabels"] = {"app.kubernetes.io/name": "web"}
    manifest["spec"]["template"]["metadata"]["labels"]["app.kubernetes.io/name"] = "web"
    (note,) = [each for each in notes(adopt(manifest, service(port=8080))) if "selector" in each]
    assert "--cascade=orphan" in note


def test_an_autoscaler_and_a_rollout_are_kept(adopt: Adopt) -> None:
    manifest = deployment()
    manifest["spec"]["strategy"] = {"rollingUpdate": {"maxSurge": 2, "maxUnavailable": 0}}
    metric = {"type": "Resource", "resource": {"name": "cpu", "target": {"averageUtilization": 60}}}
    target = {"kind": "Deployment", "name": "web"}
    scaler = other(
        "HorizontalPodAutoscaler",
        group="autoscaling/v2",
        spec={"scaleTargetRef": target, "minReplicas": 2, "maxReplicas": 6, "metrics": [metric]},
    )
    proposal = adopt(manifest, service(), scaler)
    assert workload(proposal)["replicas"] == {"min": 2, "max": 6, "cpu": 60}
    assert workload(proposal)["rollout"] == {"max_surge": 2, "max_unavailable": 0}
    assert fates(proposal)["HorizontalPodAutoscaler/shop/web"] == "derived"


def test_a_path_of_an_ingress_is_a_route(adopt: Adopt) -> None:
    backend = {"service": {"name": "web", "port": {"number": 80}}}
    paths = [{"path": "/shop/*", "backend": backend}, {"path": "/old", "backend": backend}]
    rules = [{"host": "shop.example", "http": {"paths": paths}}]
    proposal = adopt(
        deployment(), service(), other("Ingress", group="networking.k8s.io/v1", spec={"rules": rules})
    )
    assert workload(proposal)["route"] == "/shop"
    assert "path /old of shop.example: a service has one path prefix" in notes(proposal)
    assert "host shop.example: the environment's `ingress` says the host" in notes(proposal)
    assert fates(proposal)["Ingress/shop/web"] == "derived"


def test_a_load_balancer_becomes_a_route(adopt: Adopt) -> None:
    alone = adopt(deployment(), service(type="LoadBalancer"))
    assert workload(alone)["route"] == "/"
    balanced = [service(name, type="LoadBalancer") for name in ("web", "api")]
    both = adopt(deployment(), deployment("api"), *balanced)
    assert [workload(both, name)["route"] for name in ("web", "api")] == ["/web", "/api"]


def test_a_path_leads_to_one_workload(adopt: Adopt) -> None:
    def path(name: str) -> dict[str, Any]:
        backend = {"service": {"name": name, "port": {"number": 80}}}
        return {"host": f"{name}.example", "http": {"paths": [{"path": "/", "backend": backend}]}}

    ingress = other("Ingress", group="networking.k8s.io/v1", spec={"rules": [path("web"), path("api")]})
    proposal = adopt(deployment(), service(), deployment("api"), service("api"), ingress)
    assert workload(proposal)["route"] == "/"
    assert "route" not in workload(proposal, "api")
    assert [each for each in notes(proposal) if each.startswith("path / leads to web already")]


def test_a_celery_worker_keeps_its_queues(adopt: Adopt) -> None:
    command = ["celery", "-A", "shop", "worker", "-Q", "fast,slow", "--concurrency=8", "-P", "gevent", "-E"]
    found = workload(adopt(deployment(container={"command": command})))
    assert found["kind"] == "worker"
    assert (found["pool"], found["concurrency"], found["consumes"]) == ("gevent", 8, ["fast", "slow"])
    assert found["command"] == ["celery", "-A", "shop", "worker", "-E"]


@pytest.mark.parametrize(
    ("manifest", "reason"),
    [
        (deployment(), "it has no port"),
        (deployment("web", container={"image": "docker.io/library/redis:7"}), "type redis"),
        (deployment("1web"), "its name is none that a Service may have"),
        (deployment(container={"command": ["celery", "worker"]}), "name the queues that it reads"),
        ({**deployment("db", container={"image": "postgres:16"}), "kind": "StatefulSet"}, "type postgres"),
        ({**deployment(), "kind": "StatefulSet"}, "it keeps state"),
        ({**deployment(), "kind": "DaemonSet"}, "what runs on every node is a component's chart"),
        (other("CronJob", group="batch/v1"), "schedules belong to tasks of a queue"),
        (other("Secret"), "its values do not belong in git"),
        (other("ConfigMap"), "files from a ConfigMap"),
        (other("Role", group="rbac.authorization.k8s.io/v1"), "rights at the API server"),
        (other("Service", spec={"selector": {"app": "x"}}), "it leads to no adopted workload"),
        (other("Gateway", group="example.org/v1"), "no app has such an object"),
        (other("NetworkPolicy", group="networking.k8s.io/v1"), "no adopted workload lives there"),
    ],
    ids=lambda value: value["kind"] if isinstance(value, dict) else "",
)
def test_what_no_app_can_say_is_left_with_its_reason(
    adopt: Adopt, manifest: dict[str, Any], reason: str
) -> None:
    (account,) = adopt(manifest).accounts
    assert account.fate == "left"
    assert reason in account.reason


def test_a_name_means_one_workload(adopt: Adopt) -> None:
    ports = {"ports": [{"containerPort": 8080}]}
    second = deployment(container=ports)
    second["metadata"]["namespace"] = "elsewhere"
    proposal = adopt(deployment(container=ports), second)
    assert [each.fate for each in proposal.accounts] == ["kept", "left"]
    assert "the name is taken by the one in namespace shop" in proposal.accounts[1].reason

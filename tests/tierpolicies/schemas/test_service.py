"""APIs that versions of Kubernetes removed or are about to: one fault, one finding."""

from datetime import date

import pytest
import yaml

from tierpolicies import judge
from tierpolicies.schemas.bundle import bundle
from tierpolicies.schemas.service import Service

TODAY = date(2026, 11, 1)

GONE = [
    ("extensions/v1beta1", "Deployment", "1.16", "apps/v1"),
    ("extensions/v1beta1", "Ingress", "1.22", "networking.k8s.io/v1"),
    ("apps/v1beta1", "StatefulSet", "1.16", "apps/v1"),
    ("apps/v1beta2", "DaemonSet", "1.16", "apps/v1"),
    ("policy/v1beta1", "PodDisruptionBudget", "1.25", "policy/v1"),
    ("policy/v1beta1", "PodSecurityPolicy", "1.25", ""),
    ("batch/v1beta1", "CronJob", "1.25", "batch/v1"),
    ("autoscaling/v2beta1", "HorizontalPodAutoscaler", "1.25", "autoscaling/v2"),
    ("autoscaling/v2beta2", "HorizontalPodAutoscaler", "1.26", "autoscaling/v2"),
    ("networking.k8s.io/v1beta1", "Ingress", "1.22", "networking.k8s.io/v1"),
    ("rbac.authorization.k8s.io/v1beta1", "Role", "1.22", "rbac.authorization.k8s.io/v1"),
    ("apiextensions.k8s.io/v1beta1", "CustomResourceDefinition", "1.22", "apiextensions.k8s.io/v1"),
    ("admissionregistration.k8s.io/v1beta1", "MutatingWebhookConfiguration", "1.22", "admissionregistr"),
    ("certificates.k8s.io/v1beta1", "CertificateSigningRequest", "1.22", "certificates.k8s.io/v1"),
    ("storage.k8s.io/v1beta1", "StorageClass", "1.22", "storage.k8s.io/v1"),
    ("scheduling.k8s.io/v1beta1", "PriorityClass", "1.22", "scheduling.k8s.io/v1"),
    ("discovery.k8s.io/v1beta1", "EndpointSlice", "1.25", "discovery.k8s.io/v1"),
    ("coordination.k8s.io/v1beta1", "Lease", "1.22", "coordination.k8s.io/v1"),
]


def found(api_version: str, kind: str, kubernetes: str) -> list[tuple[str, str, str]]:
    metadata = {"name": "web", "namespace": "shop"}
    text = yaml.safe_dump({"apiVersion": api_version, "kind": kind, "metadata": metadata}).encode()
    report = judge({"a.yaml": text}, platform=None, today=TODAY, kubernetes=kubernetes)
    told = (each for each in report.findings if each.pointer in ("/apiVersion", "/kind"))
    return [
        (each.rule, each.message, each.severity) for each in told if each.rule.startswith(("schema", "input"))
    ]


@pytest.mark.parametrize(("api_version", "kind", "since", "use"), GONE)
def test_an_api_that_is_gone_is_told_once(api_version: str, kind: str, since: str, use: str) -> None:
    ((rule, message, severity),) = found(api_version, kind, "1.28")
    assert (rule, severity) == ("schema/removed-api", "error")
    assert f"{api_version}/{kind} is gone since Kubernetes {since}" in message
    assert (f"; use {use}" in message) is bool(use)


def test_an_api_that_a_later_version_drops_says_which() -> None:
    api = ("flowcontrol.apiserver.k8s.io/v1beta3", "FlowSchema")
    ((_, message, severity),) = (each for each in found(*api, "1.28") if each[0] == "schema/removed-api")
    assert severity == "error"
    assert "is gone from Kubernetes 1.32 on" in message
    assert message.endswith("use flowcontrol.apiserver.k8s.io/v1/FlowSchema, served from 1.29 on")


def test_an_api_that_comes_later_says_when() -> None:
    api = ("storage.k8s.io/v1", "VolumeAttributesClass")
    told = [each for each in found(*api, "1.28") if each[0] == "schema/removed-api"]
    assert [message for _, message, _ in told] == [f"{'/'.join(api)} is not served before Kubernetes 1.34"]
    assert all(rule != "schema/removed-api" for rule, _, _ in found(*api, "1.34"))


def test_an_api_on_its_way_out_is_a_note() -> None:
    ((rule, message, severity),) = found("v1", "Endpoints", "1.28")
    assert (rule, severity) == ("schema/deprecated-api", "note")
    assert message.endswith("deprecated since Kubernetes 1.33; use discovery.k8s.io/v1/EndpointSlice")


def test_the_table_agrees_with_the_schemas() -> None:
    """Whatever a schema's version still serves is not called removed there."""
    for name, (deprecated, removed, use, *_) in bundle().lifecycle.items():
        served = bundle().kinds.get(name, {})
        assert not removed or removed not in served, name
        assert not use or use in bundle().kinds, name
        if deprecated and removed and "alpha" not in name:
            assert tuple(map(int, deprecated.split("."))) < tuple(map(int, removed.split("."))), name


def test_what_all_versions_serve_is_not_absent() -> None:
    service = Service(bundle().versions)
    for name, by_version in bundle().kinds.items():
        api_version, _, kind = name.rpartition("/")
        is_absent = service.absence(api_version, kind) is not None
        assert is_absent == (not set(bundle().versions) <= set(by_version)), name

"""What rules say of a change against what there was before it, and of Argo CD's own objects."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
import yaml

from tests.tierpolicies.rules.judged import messages, of, workload
from tierpolicies import judge
from tierpolicies.engine.settings import Settings
from tierpolicies.judgement import Base

TODAY = date(2026, 11, 24)
Parsed = Any
KEPT = {"argocd.argoproj.io/sync-options": "Replace=true"}


def against(rule: str, before: Parsed, after: Parsed | None) -> list[str]:
    """What a rule says of an object that was another; nothing stands for one that is gone."""
    other = of("ConfigMap", "v1", "other")
    old = yaml.safe_dump_all([before, other]).encode()
    new = yaml.safe_dump_all([each for each in (other, after) if each]).encode()
    report = judge(
        {"new.yaml": new},
        platform=None,
        today=TODAY,
        settings=Settings(select=(rule,)),
        base=Base("main", {"old.yaml": old}, None),
    )
    assert not [each for each in report.findings if each.rule == "input/rule-crashed"]
    return [each.message for each in report.findings if each.rule == rule]


def claim(storage: str, **spec: Parsed) -> Parsed:
    whole = {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": storage}}, **spec}
    return of("PersistentVolumeClaim", "v1", "data", spec=whole)


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        (workload(selector={"matchLabels": {"app": "a"}}), workload(), "spec.selector of a Deployment"),
        (
            workload(kind="StatefulSet", serviceName="a"),
            workload(kind="StatefulSet", serviceName="b"),
            "spec.serviceName of a StatefulSet cannot be changed from 'a' to 'b'",
        ),
        (
            workload(kind="StatefulSet", podManagementPolicy="OrderedReady"),
            workload(kind="StatefulSet"),
            None,
        ),
        (workload(kind="StatefulSet", replicas=1), workload(kind="StatefulSet", replicas=3), None),
        (workload(kind="Job"), workload({"containers": []}, kind="Job"), "spec.template of a Job"),
        (
            workload(kind="Job"),
            workload({"containers": []}, kind="Job", metadata={"annotations": KEPT}),
            None,
        ),
        (claim("5Gi"), claim("10Gi"), None),
        (claim("10Gi"), claim("5Gi"), "cannot shrink, and this one does from 10Gi to 5Gi"),
        (claim("5Gi", storageClassName="a"), claim("5Gi", storageClassName="b"), "spec.storageClassName"),
        (claim("5Gi"), claim("5Gi", storageClassName="b"), None),
        (
            of("ConfigMap", "v1", "web", immutable=True, data={"a": "1"}),
            of("ConfigMap", "v1", "web", immutable=True, data={"a": "2"}),
            "data of a ConfigMap",
        ),
        (
            of("ConfigMap", "v1", "web", data={"a": "1"}),
            of("ConfigMap", "v1", "web", immutable=True, data={"a": "2"}),
            None,
        ),
        (of("PriorityClass", "v1", "web", value=1), of("PriorityClass", "v1", "web", value=2), "from 1 to 2"),
        (of("RoleBinding", "v1", "web", roleRef={"name": "a"}), of("RoleBinding", "v1", "web"), "roleRef"),
    ],
)
def test_what_cannot_be_changed_is_told(before: Parsed, after: Parsed, told: str | None) -> None:
    found = against("gitops/immutable-field", before, after)
    assert len(found) == (told is not None)
    assert told is None or told in found[0]
    assert against("gitops/immutable-field", after, after) == []


def test_data_that_is_gone_is_told() -> None:
    rule = "gitops/deleted-data"
    assert against(rule, claim("5Gi"), claim("5Gi")) == []
    (message,) = against(rule, claim("5Gi"), None)
    assert message == "PersistentVolumeClaim/api/data, which holds data, was in old.yaml and is gone"


@pytest.mark.parametrize("revision", ["*", "", "HEAD", "4", "4.2", "~4.2.1", ">=4.0.0 <5.0.0", "4.x.x"])
def test_a_chart_that_moves_is_told(revision: str) -> None:
    source = {"repoURL": "https://charts.example.org", "chart": "web", "targetRevision": revision}
    application = of("Application", "argoproj.io/v1alpha1", "web", spec={"source": source})
    assert len(messages("gitops/chart-version", application)) == 1
    several = of("Application", "argoproj.io/v1alpha1", "web", spec={"sources": [source]})
    assert len(messages("gitops/chart-version", several)) == 1
    assert messages("gitops/chart-version", of("Application", "app.k8s.io/v1", "web", spec={})) == []


@pytest.mark.parametrize("revision", ["4.2.1", "v4.2.1", "4.2.1-rc.1+build.5", "{{ version }}"])
def test_a_chart_that_stays_is_not(revision: str) -> None:
    source = {"chart": "web", "targetRevision": revision}
    application = of("Application", "argoproj.io/v1alpha1", "web", spec={"source": source})
    assert messages("gitops/chart-version", application) == []


def image(tag: str, name: str = "web") -> Parsed:
    container = {"name": name, "image": f"ghcr.io/shop/{name}:{tag}"}
    return workload({"containers": [container]}, name=name)


def test_an_image_that_lost_its_digest_is_told() -> None:
    rule, digest = "gitops/released-image", f"@sha256:{'4b' * 32}"
    assert against(rule, image(f"sha-1a2b3c4{digest}"), image(f"sha-5d6e7f8{digest}")) == []
    assert against(rule, image("1.4.2"), image("1.4.3")) == []
    (lost,) = against(rule, image(f"sha-1a2b3c4{digest}"), image("sha-5d6e7f8"))
    assert lost == "the image of the container 'web' lost its digest: only the tag sha-5d6e7f8 is left"
    (never,) = against(rule, image("sha-1a2b3c4"), image("sha-5d6e7f8"))
    assert never == "never released, so that ghcr.io/shop tells no digest: web"


def test_images_that_were_never_released_are_told_once() -> None:
    rule = "gitops/released-image"
    released = image(f"sha-1a2b3c4@sha256:{'4b' * 32}", "cart")
    told = messages(rule, image("sha-1a2b3c4"), image("sha-1a2b3c4", "till"), released)
    assert told == ["never released, so that ghcr.io/shop tells no digest: till, web"]

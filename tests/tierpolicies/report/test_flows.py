"""What reports say of the network: a change in words, everyone against everyone, what is open."""

from __future__ import annotations

import json
from datetime import date

import pytest

from tierpolicies import judge
from tierpolicies.engine.settings import Settings
from tierpolicies.judgement import Base
from tierpolicies.platform import Platform, Tier
from tierpolicies.report import json as json_report
from tierpolicies.report import markdown, summary
from tierpolicies.report.html import page
from tierpolicies.report.model import Report

TODAY = date(2026, 11, 24)
PLATFORM = Platform(
    "shop",
    "prod",
    "1.36",
    "",
    "calico",
    tiers=(Tier("api", 1, 1000, "small", ("waste", "default")),),
    pools=(),
)
OBJECTS = """
apiVersion: v1
kind: Pod
metadata: {{name: ai-worker, namespace: waste, labels: {{app: ai-worker}}}}
spec: {{containers: [{{name: main}}]}}
---
apiVersion: v1
kind: Pod
metadata: {{name: postgres, namespace: default, labels: {{app: postgres}}}}
spec: {{containers: [{{name: main, ports: [{{containerPort: 5432}}]}}]}}
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {{name: postgres, namespace: default}}
spec:
  podSelector: {{matchLabels: {{app: postgres}}}}
  policyTypes: [Ingress, Egress]
  ingress: {ingress}
"""
CLOSED = OBJECTS.format(ingress="[]").encode()
WASTE = "{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: waste}}}"
OPEN = OBJECTS.format(ingress=f"[{{from: [{WASTE}], ports: [{{port: 5432}}]}}]").encode()
OPENED = "waste/ai-worker can now reach default/postgres on TCP 5432"
CLOSING = "waste/ai-worker can no longer reach default/postgres on TCP 5432"


def report(now: bytes, before: bytes | None = None) -> Report:
    base = Base("main", {"all.yaml": before}, PLATFORM) if before is not None else None
    settings = Settings(select=("network/pod-addresses",))
    return judge({"all.yaml": now}, platform=PLATFORM, today=TODAY, settings=settings, base=base)


@pytest.mark.parametrize(("before", "now", "told"), [(CLOSED, OPEN, OPENED), (OPEN, CLOSED, CLOSING)])
def test_a_change_of_a_policy_is_told_in_words(before: bytes, now: bytes, told: str) -> None:
    found = report(now, before)
    assert found.comparison is not None
    assert found.comparison.flows == (told,)
    comment = markdown.render(found)
    assert "### Flows: 1 change\n" in comment
    assert f"- {told}\n" in comment
    assert told in page.render(found)
    assert json.loads(json_report.render(found))["comparison"]["flows"] == [told]


def test_what_changes_no_flow_tells_of_none() -> None:
    found = report(OPEN, OPEN)
    assert found.comparison is not None
    assert found.comparison.flows == ()
    assert "Flows" not in markdown.render(found)


def test_a_page_shows_everyone_against_everyone_and_what_is_open() -> None:
    html = page.render(report(OPEN))
    assert '<th scope="row">waste/ai-worker</th>' in html
    assert "<td>TCP 5432</td>" in html
    assert "May call the internet: 1</summary><ul><li>waste/ai-worker" in html
    assert "May call the internet: waste/ai-worker.\n" in summary.render(report(OPEN))

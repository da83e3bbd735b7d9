"""One report in every form."""

import json
from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tierpolicies import Report, judge
from tierpolicies.documents.manifest import Subject
from tierpolicies.engine.finding import Finding, Severity
from tierpolicies.engine.settings import Settings
from tierpolicies.platform import Budget, Platform, Pool, Tier, Waiver
from tierpolicies.report import json as json_report
from tierpolicies.report import summary, text

TODAY = date(2026, 11, 1)
PLATFORM = Platform(
    name="shop",
    environment="prod",
    kubernetes="1.28",
    region="ap-northeast-2",
    cni="calico-vxlan",
    tiers=(Tier("api", 1, 1000, "workers", ("shop",)),),
    pools=(Pool("workers", "t3.medium", 1, 2, labels={"tier": "api"}, usd_month=30, disk_gib=40),),
    budget=Budget(35, {"s3": 5}),
    waivers=(
        Waiver(
            "reliability/budget-blocks-drain",
            "PodDisruptionBudget/shop/web",
            "ops",
            "drained | by hand",
            TODAY,
        ),
    ),
)
SHOWN = Settings(select=("reliability/budget-blocks-drain", "schema/kubernetes-support"))
"""Two rules are enough to show; the objects need not please all others."""
OBJECTS = """apiVersion: v1
kind: Namespace
metadata: {name: shop, labels: {tier: api}}
---
apiVersion: scheduling.k8s.io/v1
kind: PriorityClass
metadata: {name: api}
value: 1000
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop}
spec:
  replicas: 2
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web, tier: api}}
    spec:
      nodeSelector: {tier: api}
      priorityClassName: api
      containers: [{name: web, image: web, resources: {requests: {cpu: 250m, memory: 512Mi}}}]
---
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: {name: web, namespace: shop}
spec:
  selector: {matchLabels: {app: web}}
  minAvailable: 1
  unhealthyPodEvictionPolicy: AlwaysAllow
"""


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Report:
    folder = tmp_path_factory.mktemp("dist")
    (folder / "all.yaml").write_text(OBJECTS)
    return judge(folder, platform=PLATFORM, today=TODAY, settings=SHOWN)


def test_json_has_the_form_that_programs_rely_on(report: Report) -> None:
    document = json.loads(json_report.render(report))
    assert {key: document[key] for key in ("version", "verdict", "exit")} == {
        "version": 1,
        "verdict": "clean",
        "exit": 0,
    }
    waived = document["findings"][0]
    assert waived.pop("fingerprint")
    assert waived.pop("remediation")
    assert waived == {
        "rule": "reliability/budget-blocks-drain",
        "severity": "warning",
        "message": "minAvailable keeps the one node of workers from being drained",
        "object": {
            "apiVersion": "policy/v1",
            "kind": "PodDisruptionBudget",
            "namespace": "shop",
            "name": "web",
        },
        "file": "all.yaml",
        "line": 28,
        "column": 17,
        "pointer": "/spec/minAvailable",
        "source": None,
        "waived": {"owner": "ops", "reason": "drained | by hand", "expires": "2026-11-01"},
        "environment": "prod",
        "state": None,
        "mend": None,
        "suggestion": None,
    }


GOLDEN = """\
Clean: 4 objects checked for Kubernetes 1.28 to 1.37, all tiers fit, $35 of $35 a month, 1 waived.

| tier | nodes | CPU requested | CPU free | memory requested | memory free | pods | $/month |
|---|--:|--:|--:|--:|--:|--:|--:|
| 1 api | 1 | 500m | 1500m | 1Gi | 2.6Gi | 2 | $30 |

Budget: $35 of $35 a month at the owner's prices (nodes + s3 $5).

Whole bill: $46.61 a month everything included (prices of ap-northeast-2, 2025-10, from memory):

- 1 x t3.medium (workers): $37.96
- root disks, 40 GiB gp3: $3.65
- s3, the owner's own figure: $5

| scenario | api |
|---|---|
| at rest | fits |
| update of web | fits |
| workers drained | impossible; with 2 nodes, $60 |
| workers lost | impossible; with 2 nodes, $60 |

| node at rest | CPU requested | memory requested |
|---|---|---|
| workers | ▓▓░░░░░░░░ 25% | ▓▓░░░░░░░░ 27% |

Reached from any address, as far as policies go: shop/web.

May call the internet: shop/web.

## Waived

- **reliability/budget-blocks-drain** `PodDisruptionBudget/shop/web`: \
minAvailable keeps the one node of workers from being drained
  at `all.yaml:28:17`
  waived until 2026-11-01 by ops: drained \\| by hand

## Notes

- **schema/kubernetes-support** `Platform/shop`: \
Kubernetes 1.28 is out of support since 2024-10-22; \
every object was also checked on each version to 1.37
"""


def test_the_page_opens_with_the_verdict_then_tiers_and_money(report: Report) -> None:
    assert summary.render(report) == GOLDEN


def test_plain_text_ends_with_the_verdict(report: Report) -> None:
    lines = text.render(report).splitlines()
    about = "all.yaml:28:17 PodDisruptionBudget/shop/web"
    assert lines[0].startswith(f"warning[reliability/budget-blocks-drain] (waived) {about}: ")
    assert lines[0].endswith("; until 2026-11-01 by ops: drained | by hand")
    assert lines[-1] == report.sentence


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(message=st.text(), name=st.text(), file=st.text(min_size=1))
def test_no_text_tears_the_page(message: str, name: str, file: str) -> None:
    finding = Finding(
        rule="schema/valid",
        severity=Severity.ERROR,
        message=message,
        remediation="Mend it.",
        subject=Subject("v1", "Pod", "", name),
        file=file,
        line=1,
        column=1,
        pointer="",
        source=None,
        fingerprint="0",
    )
    page = summary.render(Report((finding,), 1, ("1.37",)))
    assert len(page.splitlines()) == 7


def test_renderers_are_deterministic(report: Report, tmp_path: Path) -> None:
    (tmp_path / "all.yaml").write_text(OBJECTS)
    again = judge(tmp_path, platform=PLATFORM, today=TODAY, settings=SHOWN)
    for renderer in (text, json_report, summary):
        assert renderer.render(again) == renderer.render(report)

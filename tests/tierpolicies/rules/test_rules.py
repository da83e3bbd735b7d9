"""Every rule against its fixtures: a good one is clean, a bad one trips its rule and no other."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from _pytest.mark import ParameterSet

from tests.tierpolicies.rules import judged
from tierpolicies import judge, rules
from tierpolicies.engine.finding import Severity
from tierpolicies.engine.registry import load_rule, rule_names
from tierpolicies.engine.rule import HEADINGS
from tierpolicies.engine.settings import Settings

RULES = Path(rules.__file__).parent
TODAY = date(2026, 11, 1)
MADE_BY_ENGINE = {
    "input/rule-crashed",
    "input/unreadable-base",
    "waivers/malformed",
    "waivers/expired",
    "waivers/unknown-rule",
    "waivers/unused",
}
NEED_BASE = {
    "gitops/deleted-data",
    "gitops/immutable-field",
    "gitops/released-image",
    "network/newly-isolated",
}
"""Rules about a change: test_gitops.py and test_network.py show them."""
NEED_PLATFORM = (
    "placement/",
    "budget/",
    "capacity/",
    "network/certificate-hosts",
    "network/load-balancer-targets",
    "cost/cpu-credits",
    "cost/missing-price",
    "cost/whole-bill",
    "reliability/one-failure-domain",
    "scheduling/no-node",
    "scheduling/node-size",
    "scheduling/required-anti-affinity",
    "scheduling/surge-room",
    "scheduling/surge-together",
    "schema/kubernetes-support",
)
NEED_NEWER = {"security/probe-host": "1.34", "security/proc-mount-own-users": "1.35"}
"""Rules that are silent on the oldest version, with the version of their fixtures."""
OVERLAPPING = {
    "autoscaling/missing-request": ("scheduling/cpu-request",),
    "schema/host-network-ports": ("security/host-namespaces", "security/host-ports"),
    "security/net-raw": ("security/kept-capabilities",),
    "security/runtime-socket": ("security/host-path",),
    "security/sensitive-host-path": ("security/host-path",),
    "security/writable-host-path": ("security/host-path",),
    "scheduling/node-size": ("budget/tier-requests", "capacity/at-rest"),
    "scheduling/required-anti-affinity": (
        "budget/tier-maximum",
        "capacity/at-rest",
        "scheduling/surge-room",
    ),
    "scheduling/spread-constraint": ("schema/enum-values", "schema/ranges", "schema/valid"),
}
"""Rules that find a part of what another one finds, which their fixtures therefore leave out."""
PLATFORM = replace(
    judged.PLATFORM, kubernetes="1.28", cni="calico-vxlan", certificate_names=("*.example.org",)
)


def cases(quality: str) -> list[ParameterSet]:
    found = sorted(RULES.glob(f"*/*/{quality}/*"))
    rules = ["/".join(case.relative_to(RULES).parts[:2]) for case in found]
    return [
        pytest.param(rule, case, id=f"{rule}/{case.name}") for rule, case in zip(rules, found, strict=True)
    ]


def tripped(rule: str, case: Path) -> set[str]:
    platform = PLATFORM if rule.startswith(NEED_PLATFORM) else None
    own = load_rule(rule)
    settings = None
    if own.optional or rule in OVERLAPPING:
        settings = Settings(severities={rule: own.severity}, ignore=OVERLAPPING.get(rule, ()))
    version = NEED_NEWER.get(rule, "1.28")
    report = judge(case, platform=platform, today=TODAY, kubernetes=version, settings=settings)
    return {
        finding.rule
        for finding in report.findings
        if finding.severity is load_rule(finding.rule).severity
        and (finding.severity is not Severity.NOTE or finding.rule == rule)
    }


@pytest.mark.parametrize(("rule", "case"), cases("bad"))
def test_a_bad_fixture_trips_only_its_rule(rule: str, case: Path) -> None:
    assert tripped(rule, case) == {rule}


@pytest.mark.parametrize(("rule", "case"), cases("good"))
def test_a_good_fixture_is_clean(rule: str, case: Path) -> None:
    assert tripped(rule, case) == set()


@pytest.mark.parametrize("name", rule_names())
def test_a_rule_is_documented_and_shown(name: str) -> None:
    rule = load_rule(name)
    assert rule.name == name
    headings = [line[3:] for line in rule.documentation.splitlines() if line.startswith("## ")]
    assert headings == list(HEADINGS)
    assert rule.remediation.endswith(".")
    shown = (RULES / name / "bad").is_dir()
    assert shown or name in MADE_BY_ENGINE | NEED_BASE | {
        "budget/owner-cost",
        "input/definitions",
        "schema/data-size",
    }

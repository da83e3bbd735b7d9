"""How it is delivered: Jobs, exceptions from the comparison, claims and the pods that they wait for."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.tierwright.letter.letter import Edit, Generated, Parsed, errors
from tierpolicies.report.model import Report

Tamper = Callable[[str, Edit], Report]
WAVE = "argocd.argoproj.io/sync-wave"


def without_hook(manifest: Parsed) -> None:
    for name in ("hook", "hook-delete-policy"):
        del manifest["metadata"]["annotations"][f"argocd.argoproj.io/{name}"]


@pytest.mark.parametrize(
    ("name", "edit", "rule"),
    [
        ("Job/waste/waste-migrate", without_hook, "gitops/plain-job"),
        (
            "Application/argocd/tier-3-waste",
            lambda each: each["spec"]["ignoreDifferences"][0].update(name="waste-servce"),
            "gitops/ignored-differences",
        ),
        (
            "PersistentVolumeClaim/default/redis",
            lambda each: each["metadata"]["annotations"].update({WAVE: "-4"}),
            "gitops/waiting-claim",
        ),
    ],
)
def test_a_slip_in_the_delivery_is_told(tamper: Tamper, name: str, edit: Edit, rule: str) -> None:
    assert errors(tamper(name, edit), rule)


def test_the_shipped_delivery_is_clean(shipped_prod: Generated) -> None:
    found = [each for each in shipped_prod.report.findings if each.rule.startswith("gitops/")]
    assert [each.message for each in found if each.fails] == []
    # Until the first release records digests, that they are missing is noted.
    assert {each.rule for each in found} <= {"gitops/released-image"}

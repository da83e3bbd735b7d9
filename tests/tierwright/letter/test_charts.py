"""Ruling R15: what strangers make stays a chart, pinned, and belongs to a project."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from tests.tierwright.letter.letter import Edit, Generated, errors
from tierpolicies.report.model import Report

Tamper = Callable[[str, Edit], Report]
MONITORING = "Application/argocd/kube-prometheus-stack"


def test_every_chart_is_pinned(shipped_prod: Generated) -> None:
    sources = [each["spec"]["source"] for each in shipped_prod.of_kind("Application")]
    charts = {each["chart"]: each["targetRevision"] for each in sources if "chart" in each}
    assert {"argo-cd", "kube-prometheus-stack", "cert-manager", "external-secrets"} <= set(charts)
    assert [name for name, revision in charts.items() if not re.fullmatch(r"v?\d+\.\d+\.\d+", revision)] == []
    assert errors(shipped_prod.report, "gitops/chart-version") == []


@pytest.mark.parametrize("revision", ["*", "66.x", "HEAD"])
def test_a_chart_that_moves_by_itself_is_told(tamper: Tamper, revision: str) -> None:
    report = tamper(MONITORING, lambda each: each["spec"]["source"].update(targetRevision=revision))
    (message,) = errors(report, "gitops/chart-version")
    assert message == f"the chart kube-prometheus-stack has {revision!r}, which is no exact version"


def test_a_project_that_is_not_there_is_told(tamper: Tamper) -> None:
    report = tamper(MONITORING, lambda each: each["spec"].update(project="contrl"))
    (message,) = errors(report, "gitops/project")
    assert message == "no AppProject is called 'contrl' (did you mean 'control'?)"

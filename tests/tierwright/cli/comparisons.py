"""What tests ask of a comparison with a base."""

from __future__ import annotations

from collections.abc import Iterable

from tierpolicies.engine.finding import Finding
from tierpolicies.report.comparison import Comparison, Described
from tierpolicies.report.model import Report

WRONG = "42"
"""A value that a ConfigMap must not have: the finding that comes and goes."""


def told(findings: Iterable[Finding]) -> set[tuple[str, str]]:
    return {(each.rule, each.subject.name if each.subject else "") for each in findings}


def names(objects: Iterable[Described]) -> list[str]:
    return [f"{each.environment}/{each.subject.name}".lstrip("/") for each in objects]


def comparison(report: Report) -> Comparison:
    assert report.comparison is not None
    return report.comparison

"""The findings as PolicyReport and ClusterPolicyReport objects (wgpolicyk8s.io/v1alpha2), for a cluster's own
dashboards: one for each namespace and environment, in several parts where there are many."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from tierpolicies.engine.finding import Severity
from tierpolicies.report import places
from tierpolicies.report.characters import cut, visible

if TYPE_CHECKING:
    from tierpolicies.engine.finding import Finding
    from tierpolicies.report.model import Report

VERSION = "wgpolicyk8s.io/v1alpha2"
MOST = 500
"""Results of one object: an API server takes about 1 MiB of it."""
_RESULTS = {Severity.ERROR: "fail", Severity.WARNING: "warn", Severity.NOTE: "pass"}
_SEVERITIES = {Severity.ERROR: "high", Severity.WARNING: "medium", Severity.NOTE: "info"}
_LABEL = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")


def render(report: Report) -> str:
    """The objects as YAML documents, by namespace; a report without findings is one that says so."""
    groups: dict[tuple[str, str], list[Finding]] = {}
    for each in report.findings:
        groups.setdefault((_namespace(each), _label(each.environment)), []).append(each)
    if not groups:
        groups["", _label(report.environment)] = []
    documents = (
        _document(namespace, environment, number, part, report)
        for (namespace, environment), found in sorted(groups.items(), key=lambda each: each[0])
        for number, part in enumerate(_parts(found), start=1)
    )
    return "---\n".join(documents)


def _parts(found: Sequence[Finding]) -> Iterator[Sequence[Finding]]:
    for start in range(0, max(len(found), 1), MOST):
        yield found[start : start + MOST]


def _document(namespace: str, environment: str, number: int, found: Sequence[Finding], report: Report) -> str:
    name = "-".join(filter(None, ("tierwright", environment, str(number) if number > 1 else "")))
    lines = [
        f"apiVersion: {VERSION}",
        f"kind: {'PolicyReport' if namespace else 'ClusterPolicyReport'}",
        "metadata:",
        f"  name: {_quoted(name)}",
        *([f"  namespace: {_quoted(namespace)}"] if namespace else []),
        "  labels:",
        '    app.kubernetes.io/managed-by: "tierwright"',
        "summary:",
        *(f"  {result}: {count}" for result, count in _summary(found).items()),
        "results:" if found else "results: []",
        *(line for each in found for line in _result(each, report)),
    ]
    return "\n".join(lines) + "\n"


def _summary(found: Iterable[Finding]) -> Mapping[str, int]:
    numbers = dict.fromkeys(("pass", "fail", "warn", "error", "skip"), 0)
    for each in found:
        numbers[_outcome(each)] += 1
    return numbers


def _outcome(finding: Finding) -> str:
    return "skip" if finding.waived else _RESULTS[finding.severity]


def _result(finding: Finding, report: Report) -> Iterator[str]:
    family, _, rule = finding.rule.partition("/")
    yield '  - source: "tierwright"'
    yield f"    policy: {_quoted(family)}"
    yield f"    rule: {_quoted(rule)}"
    yield f"    category: {_quoted(family)}"
    yield f"    result: {_quoted(_outcome(finding))}"
    yield f"    severity: {_quoted(_SEVERITIES[finding.severity])}"
    yield "    scored: true"
    yield f"    message: {_quoted(cut(finding.message, 1000))}"
    subject = finding.subject
    if subject is not None and subject.api_version:
        yield "    resources:"
        yield f"      - apiVersion: {_quoted(subject.api_version)}"
        yield f"        kind: {_quoted(subject.kind)}"
        if subject.namespace:
            yield f"        namespace: {_quoted(subject.namespace)}"
        yield f"        name: {_quoted(subject.name)}"
    yield "    properties:"
    for key, value in _properties(finding, report):
        yield f"      {key}: {_quoted(cut(value, 500))}"


def _properties(finding: Finding, report: Report) -> Iterator[tuple[str, str]]:
    yield "fingerprint", finding.fingerprint
    yield "remediation", finding.remediation
    if finding.pointer:
        yield "pointer", finding.pointer
    if spot := places.at(finding, report):
        yield "place", f"{spot.path}:{spot.line}:{spot.column}"
    if spot := places.described(finding, report):
        yield "described", f"{spot.path}:{spot.line}"
    if waiver := finding.waived:
        yield "waived", f"until {waiver.expires} by {waiver.owner}: {waiver.reason}"
    if finding.subject is not None and not finding.subject.api_version:
        yield "about", str(finding.subject)


def _namespace(finding: Finding) -> str:
    """The namespace that the report belongs into: that of the object, where a cluster could have it."""
    name = finding.subject.namespace if finding.subject is not None else ""
    return name if _LABEL.fullmatch(name) else ""


def _label(environment: str) -> str:
    """The environment as a part of a name."""
    return re.sub(r"[^a-z0-9]+", "-", environment.lower()).strip("-")[:40].rstrip("-")


def _quoted(text: str) -> str:
    """A text that every reader of YAML takes for that text."""
    text = visible(text).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{text}"'

"""The findings as JSON, in the form that other programs rely on."""

import json

from tierpolicies.documents.manifest import Subject
from tierpolicies.engine.finding import Finding
from tierpolicies.platform import Place
from tierpolicies.report.model import Report

VERSION = 1


def render(report: Report) -> str:
    """`version`, `verdict`, `exit` and `findings`; ends with a newline."""
    document = {
        "version": VERSION,
        "verdict": report.verdict,
        "exit": report.exit,
        "findings": [_finding(finding) for finding in report.findings],
    }
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def _finding(finding: Finding) -> dict[str, object]:
    waiver = finding.waived
    return {
        "rule": finding.rule,
        "severity": finding.severity.value,
        "message": finding.message,
        "remediation": finding.remediation,
        "object": _object(finding.subject),
        "file": finding.file or None,
        "line": finding.line,
        "column": finding.column,
        "pointer": finding.pointer,
        "source": _place(finding.source),
        "waived": waiver and {"owner": waiver.owner, "reason": waiver.reason, "expires": str(waiver.expires)},
        "fingerprint": finding.fingerprint,
        "environment": finding.environment or None,
    }


def _object(subject: Subject | None) -> dict[str, str] | None:
    return subject and {
        "apiVersion": subject.api_version,
        "kind": subject.kind,
        "namespace": subject.namespace,
        "name": subject.name,
    }


def _place(place: Place | None) -> dict[str, object] | None:
    return place and {"file": place.file, "line": place.line}

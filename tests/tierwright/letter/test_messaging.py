"""Queues, dead letters, priorities, and how far messages get."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.tierwright.letter.letter import Edit, Generated, Parsed, errors, generated, notes, refused
from tierpolicies.report.model import Report

BROKER = "ConfigMap/messaging/rabbitmq"
Follow = Callable[[dict[str, Edit]], Generated]
Tamper = Callable[[str, Edit], Report]


def queues(generated: Generated) -> dict[str, dict[str, object]]:
    definitions = json.loads(generated.manifests[BROKER]["data"]["definitions.json"])
    return {queue["name"]: queue["arguments"] for queue in definitions["queues"]}


def arguments(queue: str, change: Callable[[dict[str, object]], object]) -> Edit:
    """Changes the arguments of one queue in the broker's definitions."""

    def edit(manifest: Parsed) -> None:
        definitions = json.loads(manifest["data"]["definitions.json"])
        change(next(each for each in definitions["queues"] if each["name"] == queue)["arguments"])
        manifest["data"]["definitions.json"] = json.dumps(definitions, indent=2)

    return edit


def test_priorities_of_messages_are_refused_by_quorum_queues(tamper: Tamper) -> None:
    edit = arguments("q.ai", lambda each: each.update({"x-max-priority": 10}))
    (message,) = errors(tamper(BROKER, edit), "messaging/quorum-arguments")
    assert "q.ai" in message
    assert "x-max-priority" in message


def test_no_queue_has_priorities_of_messages(shipped_prod: Generated) -> None:
    assert "x-max-priority" not in json.dumps(dict(shipped_prod.manifests))
    assert {each["x-queue-type"] for each in queues(shipped_prod).values()} == {"quorum"}


def test_a_priority_is_the_rank_of_the_workers_that_serve_the_queue(shipped_prod: Generated) -> None:
    def rank(workload: str) -> int:
        pod = shipped_prod.manifests[f"Deployment/{workload}"]["spec"]["template"]["spec"]
        return int(shipped_prod.manifests[f"PriorityClass/{pod['priorityClassName']}"]["value"])

    async_workers, sync_api, storage = 100_000, 500_000, 800_000
    assert rank("waste/ai-worker") == async_workers + 10
    assert rank("waste/batch-worker") == async_workers + 3  # of its two queues the higher
    assert rank("waste/waste-service") == async_workers
    assert rank("locations/api-worker") == sync_api + 5
    assert rank("default/celery-beat") == storage


def test_the_broker_is_one_minor_version_that_knows_priorities(shipped_prod: Generated) -> None:
    pod = shipped_prod.pods()["StatefulSet/messaging/rabbitmq"]["spec"]
    assert {each["image"].partition(":")[2][:4] for each in pod["containers"]} == {"4.2."}


@pytest.mark.parametrize(
    ("queue", "change", "told"),
    [
        ("q.ai", lambda each: each.pop("x-dead-letter-strategy"), "at most once"),
        ("q.ai", lambda each: each.update({"x-overflow": "drop-head"}), "reject-publish"),
        ("q.batch", lambda each: each.update({"x-dead-letter-routing-key": "dead"}), "no queue is bound"),
        ("q.api", lambda each: each.update({"x-dead-letter-exchange": "gone"}), "is not declared"),
        ("q.dlq", lambda each: each.pop("x-delivery-limit"), "delivery limit"),
        ("q.dlq", lambda each: each.update({"x-overflow": "drop-head"}), "full"),
    ],
)
def test_a_way_for_dead_letters_to_get_lost_is_told(
    tamper: Tamper, queue: str, change: Callable[[dict[str, object]], object], told: str
) -> None:
    messages = errors(tamper(BROKER, arguments(queue, change)), "messaging/dead-letter")
    assert any(queue in message and told in message for message in messages)


def test_dead_letters_reach_a_queue_that_keeps_them(shipped_prod: Generated) -> None:
    found = queues(shipped_prod)
    definitions = json.loads(shipped_prod.manifests[BROKER]["data"]["definitions.json"])
    bound = {(each["source"], each["routing_key"]): each["destination"] for each in definitions["bindings"]}
    for name in ("q.ai", "q.batch", "q.api", "q.sched"):
        route = (found[name]["x-dead-letter-exchange"], found[name]["x-dead-letter-routing-key"])
        assert bound[route] == "q.dlq"
        assert found[name]["x-dead-letter-strategy"] == "at-least-once"
        assert found[name]["x-overflow"] == "reject-publish"
    assert found["q.dlq"]["x-delivery-limit"] == -1
    assert found["q.dlq"]["x-overflow"] == "reject-publish"
    assert "x-message-ttl" not in found["q.dlq"]


def test_dead_letters_that_nobody_collects_are_told(tmp_path: Path) -> None:
    """Only monitored, they fill their queue, and then no queue gets rid of its own."""

    def elsewhere(app: Parsed) -> None:
        app["workloads"]["dlq-collector"]["consumes"] = ["q.sched"]

    edits: dict[str, Edit] = {"apps/dead_letters/app.yaml": elsewhere}
    told = refused(tmp_path, edits) or [
        finding.message for finding in generated(tmp_path, "prod").report.findings
    ]
    assert any("q.dlq" in each and "consume" in each for each in told)


def test_dead_letters_are_collected_into_the_database(shipped_prod: Generated) -> None:
    deployment = shipped_prod.manifests["Deployment/messaging/dlq-collector"]["spec"]
    assert deployment["replicas"] == 1
    (container,) = deployment["template"]["spec"]["containers"]
    assert container["resources"]["requests"] == {"cpu": "50m", "memory": "128Mi"}
    variables = {each["name"]: each.get("value") for each in container["env"]}
    assert variables["POSTGRES_USER"] == "dlq"
    assert variables["RABBITMQ_USER"] == "dlq-collector"


def test_a_star_in_a_binding_is_exactly_one_word(follow: Follow) -> None:
    def one_word(platform: Parsed) -> None:
        platform["messaging"]["queues"]["q.api"]["binding"] = "api.*"

    messages = errors(follow({"platform.yaml": one_word}).report, "messaging/routing-keys")
    assert len(messages) == 2
    assert any("api.map.search" in message and "exactly one word" in message for message in messages)


def test_every_task_reaches_its_queue(shipped_prod: Generated) -> None:
    assert errors(shipped_prod.report, "messaging/routing-keys") == []
    definitions = json.loads(shipped_prod.manifests[BROKER]["data"]["definitions.json"])
    topics = {each["routing_key"] for each in definitions["bindings"] if each["source"] == "tasks"}
    assert topics == {"ai.#", "batch.#", "api.#", "sched.#"}


def test_lengths_and_alerts_beyond_what_drains_are_noted(shipped_prod: Generated) -> None:
    told = notes(shipped_prod.report, "messaging/length-against-drain")
    # Three workers of four tasks, eight seconds each, for five minutes; at most ten, three seconds each.
    (length,) = (each for each in told if "length of q.ai" in each)
    assert "5000" in length
    assert "never" in length
    assert "at most 4000" in length
    assert "450 at rest" in length
    (alert,) = (each for each in told if "QueueLongQAi" in each)
    assert "above 1000" in alert
    assert "not reached at rest: 450" in alert
    assert not any("q.api" in each for each in told)
    assert queues(shipped_prod)["q.ai"]["x-max-length"] == 5000


@pytest.mark.parametrize(
    ("queue", "ttl", "length"),
    [("q.ai", 300, 5000), ("q.batch", 3600, 1000), ("q.api", 300, 2000), ("q.sched", 3600, 500)],
)
def test_queues_have_the_owners_figures(shipped_prod: Generated, queue: str, ttl: int, length: int) -> None:
    found = queues(shipped_prod)[queue]
    assert (found["x-message-ttl"], found["x-max-length"]) == (ttl * 1000, length)


def test_the_metric_that_scales_workers_needs_its_adapter(follow: Follow) -> None:
    edits: dict[str, Edit] = {
        "platform.yaml": lambda platform: platform["environments"]["prod"]["components"].remove(
            "prometheus-adapter"
        )
    }
    (message, *_) = errors(follow(edits).report, "autoscaling/external-metric")
    assert "rabbitmq_queue_messages" in message


@pytest.mark.parametrize(
    ("key", "old", "new"),
    [
        ("enabled_plugins", ",rabbitmq_prometheus", ""),
        ("rabbitmq.conf", "return_per_object_metrics = true", "return_per_object_metrics = false"),
    ],
)
def test_the_metric_that_scales_workers_needs_the_broker_to_export_it(
    tamper: Tamper, key: str, old: str, new: str
) -> None:
    def edit(manifest: Parsed) -> None:
        assert old in manifest["data"][key]
        manifest["data"][key] = manifest["data"][key].replace(old, new)

    assert errors(tamper(BROKER, edit), "autoscaling/external-metric")


def test_the_metric_that_scales_workers_is_served_from_end_to_end(shipped_prod: Generated) -> None:
    (metric,) = shipped_prod.manifests["HorizontalPodAutoscaler/waste/ai-worker"]["spec"]["metrics"]
    assert metric["external"] == {
        "metric": {"name": "rabbitmq_queue_messages", "selector": {"matchLabels": {"queue": "q.ai"}}},
        "target": {"type": "AverageValue", "averageValue": "10"},
    }
    adapter = shipped_prod.manifests["Application/argocd/prometheus-adapter"]["spec"]["source"]["helm"]
    (served,) = adapter["valuesObject"]["rules"]["external"]
    assert served["name"]["as"] == "rabbitmq_queue_messages"
    assert served["resources"]["namespaced"] is False
    monitor = shipped_prod.manifests["PodMonitor/messaging/rabbitmq"]["spec"]
    assert monitor["selector"]["matchLabels"] == {"app": "rabbitmq"}
    assert [each["port"] for each in monitor["podMetricsEndpoints"]] == ["prometheus"]


def test_a_note_about_a_queue_leads_to_the_queues_in_the_description(shipped_prod: Generated) -> None:
    (source,) = {
        finding.source
        for finding in shipped_prod.report.findings
        if finding.rule == "messaging/length-against-drain" and finding.message.startswith("the length")
    }
    assert source is not None
    lines = (Path(__file__).parents[3] / source.file).read_text().splitlines()
    assert "messaging:" in lines[source.line - 2 : source.line]


def worker_option(option: str, value: str) -> Edit:
    """Sets an option of the worker's command."""

    def edit(manifest: Parsed) -> None:
        command = manifest["spec"]["template"]["spec"]["containers"][0]["command"]
        command[command.index(option) + 1] = value

    return edit


def without_option(option: str) -> Edit:
    def edit(manifest: Parsed) -> None:
        command = manifest["spec"]["template"]["spec"]["containers"][0]["command"]
        del command[command.index(option) : command.index(option) + 2]

    return edit


def configuration(old: str, new: str) -> Edit:
    def edit(manifest: Parsed) -> None:
        assert old in manifest["data"]["rabbitmq.conf"]
        manifest["data"]["rabbitmq.conf"] = manifest["data"]["rabbitmq.conf"].replace(old, new)

    return edit


AI_WORKER = "Deployment/waste/ai-worker"
SERVER = "StatefulSet/messaging/rabbitmq"


@pytest.mark.parametrize(
    ("name", "edit", "rule", "told"),
    [
        (AI_WORKER, worker_option("--queues", "q.aii"), "messaging/undeclared-queue", "did you mean 'q.ai'?"),
        (AI_WORKER, worker_option("--queues", "q.batch"), "messaging/unconsumed-queue", "q.ai"),
        (AI_WORKER, worker_option("--queues", "q.batch"), "messaging/account", "may not read q.batch"),
        (AI_WORKER, without_option("--concurrency"), "messaging/concurrency", "processor"),
        (AI_WORKER, worker_option("--prefetch-multiplier", "0"), "messaging/prefetch", "every message"),
        (
            AI_WORKER,
            lambda each: each["spec"]["template"]["spec"].update(terminationGracePeriodSeconds=30),
            "messaging/grace-period",
            "may run 300 s",
        ),
        (
            BROKER,
            configuration("consumer_timeout = 1800000", "consumer_timeout = 300000"),
            "messaging/consumer-timeout",
            "300 s",
        ),
        (BROKER, configuration("614MiB", "1GiB"), "messaging/broker-memory", "1024 MiB"),
        (BROKER, configuration("2048MiB", "20GiB"), "messaging/broker-disk", "20 GiB"),
        (BROKER, configuration("size_hint = 3", "size_hint = 5"), "messaging/cluster-formation", "5 members"),
        (
            BROKER,
            arguments("q.ai", lambda each: each.update({"x-message-ttl": 5000})),
            "messaging/message-ttl",
            "q.ai",
        ),
        (
            BROKER,
            arguments("q.ai", lambda each: each.pop("x-max-length")),
            "messaging/unbounded-queue",
            "q.ai",
        ),
        (
            BROKER,
            arguments("q.ai", lambda each: each.pop("x-dead-letter-exchange")),
            "messaging/missing-dead-letter",
            "q.ai",
        ),
        (
            SERVER,
            lambda each: each["spec"].update(serviceName="rabbitmq"),
            "messaging/cluster-formation",
            "serviceName",
        ),
    ],
)
def test_a_slip_between_queues_and_workers_is_told(
    tamper: Tamper, name: str, edit: Edit, rule: str, told: str
) -> None:
    messages = errors(tamper(name, edit), rule)
    assert any(told in message for message in messages), messages


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        (lambda each: each["bindings"][0].update(destination="q.aii"), "messaging/dangling-binding"),
        (lambda each: each["bindings"][0].update(vhost="other"), "messaging/dangling-binding"),
        (lambda each: each["queues"][0].update(vhost="other"), "messaging/unknown-vhost"),
        (
            lambda each: each["exchanges"].append({"name": "news", "type": "topic"}),
            "messaging/unbound-exchange",
        ),
        (lambda each: each["permissions"][1].update(configure=".*"), "messaging/wide-permissions"),
        (lambda each: each["permissions"][1].update(read="^$"), "messaging/account"),
        (lambda each: each["permissions"][1].update(user="ai-wroker"), "messaging/account"),
    ],
)
def test_a_slip_in_the_definitions_is_told(
    tamper: Tamper, change: Callable[[Parsed], object], rule: str
) -> None:
    def edit(manifest: Parsed) -> None:
        definitions = json.loads(manifest["data"]["definitions.json"])
        change(definitions)
        manifest["data"]["definitions.json"] = json.dumps(definitions, indent=2)

    assert errors(tamper(BROKER, edit), rule)


@pytest.mark.parametrize(
    ("expression", "rule"),
    [
        ('max by (queue) (rabbitmq_queue_messages{queue="q.dlqq"}) > 100', "messaging/undeclared-queue"),
        ('max by (queue) (rabbitmq_queue_messages{queue="q.dlq"}) > 10001', "messaging/alert-threshold"),
        ('max by (queue) (rabbitmq_queue_mesages{queue="q.dlq"}) > 100', "observability/unknown-metric"),
        ('max by (queue) (rabbitmq_queue_messages{queue="q.dlq"} > 100', "observability/expression"),
    ],
)
def test_an_alert_that_cannot_fire_is_told(tamper: Tamper, expression: str, rule: str) -> None:
    def edit(manifest: Parsed) -> None:
        manifest["spec"]["groups"][0]["rules"][2]["expr"] = expression

    assert errors(tamper("PrometheusRule/messaging/queues", edit), rule)

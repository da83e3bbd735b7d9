"""Alerts and recording rules."""

from __future__ import annotations

import pytest

from tiered.chart import Chart
from tiered.errors import TieredError
from tiered.observability.alerts import Alert, Recording, Rules


def alert(*, lasting: str = "5m", action: str = "") -> Alert:
    return Alert(
        name="QueueTooLong",
        expression='rabbitmq_queue_messages{queue="q.dlq"} > 100',
        lasting=lasting,
        severity="critical",
        summary="{{ $labels.queue }} holds {{ $value }} messages.",
        action=action,
        labels={"tier": "storage"},
    )


def test_groups_hold_alerts_and_recordings_in_their_order(chart: Chart) -> None:
    # GIVEN
    plain = Recording(metric="node_cpu_usage", expression="1 - avg(rate(node_cpu_seconds_total[5m]))")
    labelled = Recording(metric="pod_cpu_usage", expression="vector(1)", labels={"tier": "storage"})

    # WHEN
    Rules(
        chart,
        "rules",
        name="queues",
        groups={"queues": [alert(action="Replay it."), alert()], "names": [plain, labelled]},
    )

    # THEN
    (rule,) = chart.manifests
    told = {
        "alert": "QueueTooLong",
        "expr": 'rabbitmq_queue_messages{queue="q.dlq"} > 100',
        "for": "5m",
        "labels": {"severity": "critical", "tier": "storage"},
        "annotations": {"summary": "{{ $labels.queue }} holds {{ $value }} messages."},
    }
    assert rule.identity == ("monitoring.coreos.com", "PrometheusRule", "waste", "queues")
    assert rule.body["spec"] == {
        "groups": [
            {
                "name": "queues",
                "rules": [
                    {
                        **told,
                        "annotations": {
                            "summary": "{{ $labels.queue }} holds {{ $value }} messages.",
                            "description": "Replay it.",
                        },
                    },
                    told,
                ],
            },
            {
                "name": "names",
                "rules": [
                    {"record": "node_cpu_usage", "expr": "1 - avg(rate(node_cpu_seconds_total[5m]))"},
                    {"record": "pod_cpu_usage", "expr": "vector(1)", "labels": {"tier": "storage"}},
                ],
            },
        ]
    }


@pytest.mark.parametrize("lasting", ["", "5 minutes", "m5", "5"])
def test_what_is_no_duration_is_refused(lasting: str) -> None:
    with pytest.raises(TieredError, match="write for example '5m'"):
        alert(lasting=lasting)


@pytest.mark.parametrize("lasting", ["30s", "1h30m", "1d"])
def test_durations_are_taken(lasting: str) -> None:
    assert alert(lasting=lasting).body()["for"] == lasting


def test_labels_do_not_belong_in_a_metrics_name() -> None:
    with pytest.raises(TieredError, match="its labels in labels="):
        Recording(metric='pod_cpu_usage{tier="storage"}', expression="1")


def test_an_empty_group_is_refused(chart: Chart) -> None:
    with pytest.raises(TieredError, match="group 'queues' has no rules"):
        Rules(chart, "rules", name="queues", groups={"queues": []})

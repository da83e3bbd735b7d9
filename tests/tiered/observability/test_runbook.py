"""The pages of alerts."""

from __future__ import annotations

from tiered.observability.alerts import Alert, Rules
from tiered.observability.runbook import runbook_page

QUEUE = Alert(
    name="QueueTooLong",
    expression="rabbitmq_queue_messages > 100",
    lasting="5m",
    severity="critical",
    summary="{{ $labels.queue }} holds {{ $value | humanize }} messages.",
    action="Replay them.",
    meaning="Users wait.",
    look=["rabbitmqctl list_queues"],
    mend=["Start a worker.", "Replay them."],
)


def test_a_page_says_what_is_wrong_what_to_look_at_and_what_to_try() -> None:
    assert runbook_page(QUEUE) == (
        "# QueueTooLong\n"
        "\n"
        "<queue> holds N messages. (critical)\n"
        "\n"
        "Users wait.\n"
        "\n"
        "## Look\n"
        "\n"
        "```bash\n"
        "rabbitmqctl list_queues\n"
        "```\n"
        "\n"
        "## Mend\n"
        "\n"
        "1. Start a worker.\n"
        "2. Replay them.\n"
        "\n"
        "## When it fires\n"
        "\n"
        "After 5m of\n"
        "\n"
        "```promql\n"
        "rabbitmq_queue_messages > 100\n"
        "```\n"
    )


def test_an_alert_without_steps_has_its_action_as_the_only_one() -> None:
    page = runbook_page(
        Alert(
            name="A",
            expression="up == 0",
            lasting="5m",
            severity="warning",
            summary="It is gone.",
            action="Go.",
        )
    )
    assert "## Mend\n\n1. Go.\n" in page
    assert "## Look" not in page


def test_an_alert_leads_to_its_page(chart) -> None:
    Rules(chart, "rules", name="queues", groups={"queues": [QUEUE]}, runbooks="https://example.org/runbooks")

    (rule,) = chart.manifests
    assert '"runbook_url": "https://example.org/runbooks/QueueTooLong.md"' in str(rule.body).replace("'", '"')

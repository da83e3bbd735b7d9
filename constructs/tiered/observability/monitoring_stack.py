"""What the Helm chart kube-prometheus-stack is told: labels to export, and whom Alertmanager tells."""

from __future__ import annotations

from tiered.manifest import Body

_SECRETS = "/etc/alertmanager/secrets"
_NOBODY, _SLACK = "nobody", "slack"
_TITLE = "{{ .Status | toUpper }} {{ .CommonLabels.alertname }} ({{ .CommonLabels.severity }})"
_TEXT = (
    "{{ range .Alerts }}{{ .Annotations.summary }} {{ .Annotations.description }}"
    "{{ with .Annotations.runbook_url }} <{{ . }}|What to do>{{ end }}\n{{ end }}"
)


def namespace_labels(*labels: str) -> Body:
    """Let kube-state-metrics export labels of Namespaces, by which rules tell tiers apart."""
    return {"kube-state-metrics": {"metricLabelsAllowlist": [f"namespaces=[{','.join(labels)}]"]}}


def slack_receiver(*, channel: str, secret: str, key: str) -> Body:
    """Alertmanager's configuration: warnings and worse go to a Slack channel, the rest to nobody.

    Args:
        channel: without #.
        secret: Secret in Alertmanager's namespace with the webhook's address under `key`: it is mounted, and
            stands in no file.
    """
    return {
        "alertmanager": {
            "alertmanagerSpec": {"secrets": [secret]},
            "config": {
                "route": {
                    "receiver": _SLACK,
                    "group_by": ["alertname", "namespace"],
                    "group_wait": "30s",
                    "group_interval": "5m",
                    "repeat_interval": "12h",
                    "routes": [
                        # Always firing, to show that alerts arrive at all; and what nobody need act on.
                        {"matchers": ['alertname =~ "Watchdog|InfoInhibitor"'], "receiver": _NOBODY},
                        {"matchers": ['severity = "info"'], "receiver": _NOBODY},
                        {"matchers": ['severity = "critical"'], "receiver": _SLACK, "repeat_interval": "1h"},
                    ],
                },
                "inhibit_rules": [
                    {
                        "source_matchers": ['severity = "critical"'],
                        "target_matchers": ['severity =~ "warning|info"'],
                        "equal": ["namespace", "alertname"],
                    },
                    # What follows from a lost majority is not worth a message of its own.
                    {
                        "source_matchers": ['alertname = "BrokerQuorumLost"'],
                        "target_matchers": [
                            'alertname =~ "BrokerNodeDown|QueueUnconsumed|Queue(Long|Old).*"'
                        ],
                    },
                ],
                "receivers": [
                    {"name": _NOBODY},
                    {
                        "name": _SLACK,
                        "slack_configs": [
                            {
                                "api_url_file": f"{_SECRETS}/{secret}/{key}",
                                "channel": f"#{channel}",
                                "send_resolved": True,
                                "title": _TITLE,
                                "text": _TEXT,
                            }
                        ],
                    },
                ],
            },
        }
    }

"""Alerts and recording rules for the Prometheus operator."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from constructs import Construct

from tiered.component import Component
from tiered.errors import TieredError
from tiered.manifest import Body, Wave

_DURATION = re.compile(r"(?=\d)(\d+y)?(\d+w)?(\d+d)?(\d+h)?(\d+m)?(\d+s)?(\d+ms)?")
_METRIC = re.compile(r"[a-zA-Z_:][a-zA-Z0-9_:]*")


@dataclass(frozen=True, kw_only=True)
class Alert:
    """Somebody must look when `expression` has had a result for some time.

    Args:
        expression: PromQL, the threshold included.
        lasting: a Prometheus duration, how long before it fires.
        summary: what is wrong, in a sentence; may use {{ $labels.… }} and {{ $value }}.
        action: what to do about it, in a sentence.
        meaning: what it does to users and why, for its page (see :mod:`tiered.observability.runbook`).
        look: commands that show more.
        mend: what to try, the likeliest first.

    Raises:
        TieredError: `lasting` is no duration.
    """

    name: str
    expression: str
    lasting: str
    severity: Literal["critical", "warning", "info"]
    summary: str
    action: str = ""
    meaning: str = ""
    look: Sequence[str] = ()
    mend: Sequence[str] = ()
    labels: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not _DURATION.fullmatch(self.lasting):
            raise TieredError(
                f"alert {self.name!r}: {self.lasting!r} is no duration; write for example '5m' or '1h30m'"
            )

    def body(self, runbooks: str = "") -> Body:
        """The rule; `runbooks` is the address of the folder with the alerts' pages."""
        annotations = {"summary": self.summary}
        if self.action:
            annotations["description"] = self.action
        if runbooks:
            annotations["runbook_url"] = f"{runbooks}/{self.name}.md"
        return {
            "alert": self.name,
            "expr": self.expression,
            "for": self.lasting,
            "labels": {"severity": self.severity, **self.labels},
            "annotations": annotations,
        }


@dataclass(frozen=True, kw_only=True)
class Recording:
    """The result of `expression` kept as a metric of its own.

    Raises:
        TieredError: `metric` is no metric's name; what follows in braces belongs to `labels`.
    """

    metric: str
    expression: str
    labels: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not _METRIC.fullmatch(self.metric):
            raise TieredError(
                f"recording rule {self.metric!r}: write the bare metric's name, and its labels in labels=…"
            )

    def body(self) -> Body:
        body: Body = {"record": self.metric, "expr": self.expression}
        if self.labels:
            body["labels"] = dict(self.labels)
        return body


class Rules(Component):
    """A PrometheusRule with named groups of alerts and recordings, each evaluated in order.

    Args:
        name: of the PrometheusRule.
        groups: rules by the group's name.
        runbooks: address of the folder with the alerts' pages.

    Raises:
        TieredError: a group is empty.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,  # noqa: A002 - the name that constructs give it
        *,
        name: str,
        groups: Mapping[str, Sequence[Alert | Recording]],
        runbooks: str = "",
    ) -> None:
        super().__init__(scope, id)
        for group, rules in groups.items():
            if not rules:
                raise TieredError(f"PrometheusRule {name!r}: group {group!r} has no rules: leave it out")
        bodies = [
            {
                "name": group,
                "rules": [rule.body(runbooks) if isinstance(rule, Alert) else rule.body() for rule in rules],
            }
            for group, rules in groups.items()
        ]
        self.add(
            "monitoring.coreos.com/v1", "PrometheusRule", name, wave=Wave.TRAFFIC, spec={"groups": bodies}
        )

"""Panels of a dashboard, as Grafana's JSON model has them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from string import ascii_uppercase
from typing import Literal

from tiered.manifest import Body

_PROMETHEUS = {"type": "prometheus", "uid": "prometheus"}
"""The data source that the chart kube-prometheus-stack sets up."""
_BEYOND = 1.5
_GREEN, _ORANGE, _RED = "green", "orange", "red"


@dataclass(frozen=True, kw_only=True)
class Query:
    """A PromQL expression, and what its series are called, such as `{{queue}}`."""

    expression: str
    legend: str = ""


@dataclass(frozen=True, kw_only=True)
class Panel:
    """One picture.

    Args:
        kind: a course over time, the newest value in figures, or the newest values as bars.
        unit: as Grafana names units: short, percentunit, bytes, s, reqps.
        warning: from here on the value is orange.
        critical: from here on it is red. Where this is below `warning`, less is worse.
        maximum: the upper end of the scale; without one it reaches at least beyond the limits above.
        words: what is shown instead of a value.
        width: columns of 24.
    """

    title: str
    queries: Sequence[Query]
    kind: Literal["timeseries", "stat", "bargauge"] = "timeseries"
    unit: str = "short"
    warning: float | None = None
    critical: float | None = None
    maximum: float | None = None
    words: Mapping[int, str] = field(default_factory=dict)
    width: int = 8
    height: int = 7
    description: str = ""

    def body(self) -> Body:
        """The panel without its number and place."""
        defaults: Body = {"unit": self.unit, "min": 0, "thresholds": self._thresholds()}
        if self.maximum is not None:
            defaults["max"] = self.maximum
        if self.words:
            shown = {str(value): {"text": word} for value, word in self.words.items()}
            defaults["mappings"] = [{"type": "value", "options": shown}]
        if self.kind == "timeseries":
            limits = [limit for limit in (self.warning, self.critical) if limit is not None]
            defaults["custom"] = {
                "fillOpacity": 8,
                "showPoints": "never",
                "thresholdsStyle": {"mode": "dashed" if limits else "off"},
                **({"axisSoftMax": _BEYOND * max(limits)} if limits else {}),
            }
        targets = [
            {
                "refId": letter,
                "datasource": _PROMETHEUS,
                "expr": query.expression,
                "legendFormat": query.legend or "__auto",
                "instant": self.kind != "timeseries",
                "range": self.kind == "timeseries",
            }
            for letter, query in zip(ascii_uppercase, self.queries, strict=False)
        ]
        return {
            "title": self.title,
            "type": self.kind,
            "description": self.description,
            "datasource": _PROMETHEUS,
            "fieldConfig": {"defaults": defaults, "overrides": []},
            "options": self._options(),
            "targets": targets,
        }

    def _thresholds(self) -> Body:
        steps: list[Body]
        if self.critical is not None and self.warning is not None and self.critical < self.warning:
            steps = [_step(_RED, None), _step(_ORANGE, self.critical), _step(_GREEN, self.warning)]
        else:
            steps = [_step(_GREEN, None)]
            steps += [_step(_ORANGE, self.warning)] if self.warning is not None else []
            steps += [_step(_RED, self.critical)] if self.critical is not None else []
        return {"mode": "absolute", "steps": steps}

    def _options(self) -> Body:
        newest: Body = {"reduceOptions": {"calcs": ["lastNotNull"], "fields": "", "values": False}}
        if self.kind == "timeseries":
            return {
                "legend": {"displayMode": "list", "placement": "bottom", "showLegend": True},
                "tooltip": {"mode": "multi", "sort": "desc"},
            }
        if self.kind == "stat":
            return {**newest, "colorMode": "value", "graphMode": "none", "textMode": "auto"}
        return {**newest, "orientation": "horizontal", "displayMode": "basic", "showUnfilled": True}


@dataclass(frozen=True, kw_only=True)
class Row:
    """Panels below a heading, side by side as far as they fit."""

    title: str
    panels: Sequence[Panel]


def _step(color: str, value: float | None) -> Body:
    return {"color": color, "value": value}

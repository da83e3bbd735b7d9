"""Dashboards for Grafana, in the ConfigMaps that its sidecar looks for."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from string import ascii_uppercase
from typing import Literal

from constructs import Construct

from tiered.component import Component
from tiered.errors import TieredError
from tiered.manifest import Body, Wave

LABEL = "grafana_dashboard"
"""By which the sidecar of the chart kube-prometheus-stack finds them, in Grafana's own namespace."""
_SCHEMA = 39
"""Of the JSON model; newer Grafanas read older ones."""
_ACROSS = 24
"""Columns of Grafana's grid."""
_PROMETHEUS = {"type": "prometheus", "uid": "prometheus"}
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
        maximum: the upper end of the scale.
        width: columns of 24.
    """

    title: str
    queries: Sequence[Query]
    kind: Literal["timeseries", "stat", "bargauge"] = "timeseries"
    unit: str = "short"
    warning: float | None = None
    critical: float | None = None
    maximum: float | None = None
    width: int = 8
    height: int = 7
    description: str = ""

    def body(self) -> Body:
        """The panel without its number and place."""
        defaults: Body = {"unit": self.unit, "min": 0, "thresholds": self._thresholds()}
        if self.maximum is not None:
            defaults["max"] = self.maximum
        if self.kind == "timeseries":
            marked = {"mode": "dashed" if self.warning is not None or self.critical is not None else "off"}
            defaults["custom"] = {"fillOpacity": 8, "showPoints": "never", "thresholdsStyle": marked}
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


class Dashboard(Component):
    """A ConfigMap with one dashboard.

    Args:
        name: of the dashboard's file; the ConfigMap is `dashboard-<name>`.
        title: what people choose it by.
        tag: of all dashboards of a platform, by which they lead to each other.

    Raises:
        TieredError: a panel has no query or does not fit the grid, or two have one title.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,  # noqa: A002 - the name that constructs give it
        *,
        name: str,
        title: str,
        tag: str,
        rows: Sequence[Row],
    ) -> None:
        super().__init__(scope, id)
        _check(name, rows)
        model = {
            "uid": f"{tag}-{name}"[:40],
            "title": title,
            "tags": [tag],
            "schemaVersion": _SCHEMA,
            "editable": False,
            "refresh": "30s",
            "time": {"from": "now-6h", "to": "now"},
            "timezone": "browser",
            "templating": {"list": []},
            "annotations": {"list": []},
            "links": [{"type": "dashboards", "tags": [tag], "title": tag, "asDropdown": True}],
            "panels": list(_laid_out(rows)),
        }
        text = json.dumps(model, indent=1, ensure_ascii=False) + "\n"
        self.add(
            "v1",
            "ConfigMap",
            f"dashboard-{name}",
            wave=Wave.CONFIGURATION,
            labels={LABEL: "1"},
            data={f"{name}.json": text},
        )


def _check(name: str, rows: Sequence[Row]) -> None:
    titles = [(row.title, panel.title) for row in rows for panel in row.panels]
    for row in rows:
        for panel in row.panels:
            if not panel.queries or not 0 < panel.width <= _ACROSS:
                raise TieredError(
                    f"dashboard {name!r}: panel {panel.title!r} needs a query and 1 to 24 columns"
                )
            if titles.count((row.title, panel.title)) > 1:
                raise TieredError(
                    f"dashboard {name!r}: two panels of {row.title!r} are called {panel.title!r}"
                )


def _laid_out(rows: Sequence[Row]) -> Iterator[Body]:
    """The panels with their numbers and places, row by row from the left."""
    number, y = 0, 0
    for row in rows:
        number += 1
        place = {"x": 0, "y": y, "w": _ACROSS, "h": 1}
        yield {
            "id": number,
            "type": "row",
            "title": row.title,
            "collapsed": False,
            "gridPos": place,
            "panels": [],
        }
        y += 1
        x = height = 0
        for panel in row.panels:
            if x + panel.width > _ACROSS:
                x, y, height = 0, y + height, 0
            number += 1
            yield {
                "id": number,
                **panel.body(),
                "gridPos": {"x": x, "y": y, "w": panel.width, "h": panel.height},
            }
            x, height = x + panel.width, max(height, panel.height)
        y += height


def _step(color: str, value: float | None) -> Body:
    return {"color": color, "value": value}

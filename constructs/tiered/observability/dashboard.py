"""Dashboards for Grafana, in the ConfigMaps that its sidecar looks for."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence

from constructs import Construct

from tiered.component import Component
from tiered.errors import TieredError
from tiered.manifest import Body, Wave
from tiered.observability.panel import Row

LABEL = "grafana_dashboard"
"""By which the sidecar of the chart kube-prometheus-stack finds them, in Grafana's own namespace."""
_SCHEMA = 39
"""Of the JSON model; newer Grafanas read older ones."""
_ACROSS = 24
"""Columns of Grafana's grid."""


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

"""Grafana's dashboards in ConfigMaps, as its sidecar finds them by their label."""

import json
from collections.abc import Iterator
from typing import NamedTuple
from weakref import WeakKeyDictionary

from tierpolicies.documents.json_text import offset_of
from tierpolicies.documents.manifest import Manifest
from tierpolicies.documents.view import View
from tierpolicies.engine.finding import Fault
from tierpolicies.engine.index import Index

LABEL = "grafana_dashboard"


class Dashboard(NamedTuple):
    """A dashboard's text and what it says; `problem` tells why it cannot be read."""

    manifest: Manifest
    written: View
    view: View
    problem: str = ""

    def fault(self, message: str, view: View, *, detail: str) -> Fault:
        """A fault of a value within the dashboard."""
        offset = offset_of(self.written.text, view.path)
        return Fault(message, self.manifest, self.written, offset=offset, detail=detail)

    @property
    def panels(self) -> Iterator[View]:
        """All panels, those within rows as well."""
        waiting = [self.view]
        while waiting:
            holder = waiting.pop()
            waiting += holder["rows"]
            for panel in holder["panels"]:
                yield panel
                waiting.append(panel)


_MADE: WeakKeyDictionary[Index, tuple[Dashboard, ...]] = WeakKeyDictionary()


def dashboards(index: Index) -> tuple[Dashboard, ...]:
    """Every dashboard of the tree; read once for all rules."""
    if index not in _MADE:
        _MADE[index] = tuple(
            _read(manifest, text)
            for manifest in index.of_kind("ConfigMap")
            if LABEL in manifest.labels
            for key, text in manifest.view["data"].items()
            if key.endswith(".json")
        )
    return _MADE[index]


def _read(manifest: Manifest, text: View) -> Dashboard:
    try:
        value = json.loads(text.text)
    except (ValueError, RecursionError) as error:
        return Dashboard(manifest, text, View(None), str(error) or type(error).__name__)
    problem = "" if isinstance(value, dict) else "it is no object"
    return Dashboard(manifest, text, View(value if isinstance(value, dict) else None), problem)

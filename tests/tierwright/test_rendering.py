"""What the inventory tells of a file: its object, and the line behind every value."""

from __future__ import annotations

import hashlib
import json

import cdk8s

from tiered.chart import Chart
from tiered.manifest import Manifest
from tiered.origin import Origin, Text, Whole
from tierwright.rendering import render


def test_every_value_that_knows_its_line_is_listed_however_deep_it_lies() -> None:
    def text(value: str, line: int) -> Text:
        return Text(value, Origin("apps/shop/app.yaml", line))

    body: dict[str, object] = {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": "basket", "namespace": "shop", "labels": {"a/b~c": text("x", 3)}},
        "spec": {
            "plain": ["a", 1],
            "containers": [
                {"name": "first"},
                {"args": [text("--fast", 5)], "ports": ({"port": Whole(80, Origin("platform.yaml", 7))},)},
            ],
        },
    }
    chart = Chart(cdk8s.Testing.app(), "shop")
    chart.add(Manifest(body, Origin("apps/shop/app.yaml", 1)))
    rendered = render({"tier-1-web/shop": chart})

    path = "tier-1-web/shop/Pod-basket.yaml"
    assert json.loads(rendered.entries[path]) == {
        "sha256": hashlib.sha256(rendered.files[path]).hexdigest(),
        "object": "v1/Pod/shop/basket",
        "source": {"file": "apps/shop/app.yaml", "line": 1, "column": 1},
        "values": {
            "/metadata/labels/a~1b~0c": {"file": "apps/shop/app.yaml", "line": 3, "column": 1},
            "/spec/containers/1/args/0": {"file": "apps/shop/app.yaml", "line": 5, "column": 1},
            "/spec/containers/1/ports/0/port": {"file": "platform.yaml", "line": 7, "column": 1},
        },
    }

"""Dashboards: what Grafana reads, and where its panels stand."""

from __future__ import annotations

import json
from typing import Any

import cdk8s
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tiered.chart import Chart
from tiered.errors import TieredError
from tiered.observability.dashboard import Dashboard
from tiered.observability.panel import Panel, Query, Row

UP = Query(expression="sum(up)", legend="{{job}}")


def panel(title: str, *, width: int = 8, height: int = 7) -> Panel:
    return Panel(title=title, queries=[UP], width=width, height=height)


def config_map(chart: Chart) -> Any:
    (config,) = chart.manifests
    return config.body


def read(chart: Chart) -> dict[str, Any]:
    (text,) = config_map(chart)["data"].values()
    return dict(json.loads(text))


def test_a_dashboard_is_a_config_map_that_the_sidecar_finds(chart: Chart) -> None:
    rows = [Row(title="Now", panels=[panel("Up")])]
    Dashboard(chart, "dashboard", name="overview", title="Overview", tag="shop", rows=rows)
    config = config_map(chart)
    assert config["metadata"]["name"] == "dashboard-overview"
    assert config["metadata"]["labels"]["grafana_dashboard"] == "1"
    assert list(config["data"]) == ["overview.json"]
    model = read(chart)
    assert (model["uid"], model["title"], model["tags"]) == ("shop-overview", "Overview", ["shop"])
    heading, shown = model["panels"]
    assert (heading["type"], heading["title"]) == ("row", "Now")
    (target,) = shown["targets"]
    assert (target["expr"], target["legendFormat"], target["range"]) == ("sum(up)", "{{job}}", True)


sizes = st.lists(st.tuples(st.integers(1, 24), st.integers(1, 12)), min_size=1, max_size=8)


@settings(max_examples=30)
@given(st.lists(sizes, min_size=1, max_size=4))
def test_panels_stand_within_the_grid_and_never_on_each_other(rows: list[list[tuple[int, int]]]) -> None:
    chart = Chart(cdk8s.Testing.app(), "chart", namespace="monitoring")
    described = [
        Row(
            title=f"row {number}",
            panels=[
                panel(f"panel {each}", width=width, height=height) for each, (width, height) in enumerate(row)
            ],
        )
        for number, row in enumerate(rows)
    ]
    Dashboard(chart, "dashboard", name="any", title="Any", tag="shop", rows=described)
    panels = read(chart)["panels"]
    assert [each["id"] for each in panels] == list(range(1, len(panels) + 1))
    taken: set[tuple[int, int]] = set()
    for each in panels:
        place = each["gridPos"]
        assert place["x"] + place["w"] <= 24
        cells = {
            (x, y)
            for x in range(place["x"], place["x"] + place["w"])
            for y in range(place["y"], place["y"] + place["h"])
        }
        assert not cells & taken
        taken |= cells


@pytest.mark.parametrize(
    ("warning", "critical", "colors"),
    [
        (None, None, ["green"]),
        (0.8, None, ["green", "orange"]),
        (0.8, 0.9, ["green", "orange", "red"]),
        (1, 0.5, ["red", "orange", "green"]),
        (None, 0.1, ["green", "red"]),
    ],
)
def test_what_is_worse_is_red(warning: float | None, critical: float | None, colors: list[str]) -> None:
    made: Any = Panel(title="Up", queries=[UP], warning=warning, critical=critical).body()
    steps = made["fieldConfig"]["defaults"]["thresholds"]["steps"]
    assert [each["color"] for each in steps] == colors
    values = [each["value"] for each in steps]
    assert values[0] is None
    assert values[1:] == sorted(values[1:])


def test_a_limit_can_be_seen_however_low_the_values_are() -> None:
    made: Any = Panel(title="Failed", queries=[UP], warning=0.001, critical=0.01).body()
    assert made["fieldConfig"]["defaults"]["custom"]["axisSoftMax"] == 0.015


def test_words_stand_for_values_that_are_no_amounts() -> None:
    made: Any = Panel(title="All are there", queries=[UP], kind="stat", words={0: "no", 1: "yes"}).body()
    assert made["fieldConfig"]["defaults"]["mappings"] == [
        {"type": "value", "options": {"0": {"text": "no"}, "1": {"text": "yes"}}}
    ]


@pytest.mark.parametrize(
    ("panels", "told"),
    [
        ([Panel(title="None", queries=[])], "panel 'None' needs a query"),
        ([panel("Wide", width=25)], "and 1 to 24 columns"),
        ([panel("Twice"), panel("Twice")], "two panels of 'Now' are called 'Twice'"),
    ],
)
def test_what_shows_nothing_is_refused(chart: Chart, panels: list[Panel], told: str) -> None:
    with pytest.raises(TieredError, match=told):
        Dashboard(chart, "d", name="d", title="D", tag="shop", rows=[Row(title="Now", panels=panels)])

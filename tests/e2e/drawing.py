"""A dashboard drawn from what Prometheus holds, as Grafana lays it out: to be looked at without a Grafana.

With TIERWRIGHT_PICTURES=FOLDER the tests leave their drawings there.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from html import escape
from pathlib import Path
from typing import Any

from tests.servers.prometheus import Prometheus

_COLUMN, _LINE, _GAP = 50, 36, 8
_POINTS = 90
_SHORTEST_STEP = 2
_COLORS = ("#0f766e", "#b45309", "#4338ca", "#be123c", "#4d7c0f", "#0369a1", "#a21caf", "#57534e")
_NAMED = {"green": "#15803d", "orange": "#c2410c", "red": "#b91c1c"}
Series = tuple[str, list[tuple[float, float]]]


def wanted_folder() -> Path | None:
    """Where whoever runs the tests wants the drawings."""
    told = os.environ.get("TIERWRIGHT_PICTURES")
    if not told:
        return None
    folder = Path(told)
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def drawn(model: Mapping[str, Any], prometheus: Prometheus, *, seconds: int) -> str:
    """An SVG of the last seconds."""
    width = 24 * _COLUMN
    height = max((each["gridPos"]["y"] + each["gridPos"]["h"]) * _LINE for each in model["panels"]) + 48
    font = 'font-family="system-ui, sans-serif" font-size="13"'
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" {font}>',
        f'<rect width="{width}" height="{height}" fill="#f4f4f5"/>',
        _text(_GAP, 30, model["title"], size=20, weight=600),
    ]
    for panel in model["panels"]:
        place = panel["gridPos"]
        x, y = place["x"] * _COLUMN, place["y"] * _LINE + 44
        if panel["type"] == "row":
            parts.append(_text(x + _GAP, y + 24, panel["title"], size=15, weight=600))
            continue
        w, h = place["w"] * _COLUMN - _GAP, place["h"] * _LINE - _GAP
        parts.append(f'<g transform="translate({x + _GAP / 2} {y})">')
        parts.append(f'<rect width="{w}" height="{h}" rx="4" fill="#ffffff" stroke="#d4d4d8"/>')
        parts.append(_text(10, 20, panel["title"], weight=600))
        parts += _panel(panel, list(_series(panel, prometheus, seconds)), w, h)
        parts.append("</g>")
    return "\n".join([*parts, "</svg>", ""])


def _series(panel: Mapping[str, Any], prometheus: Prometheus, seconds: int) -> Iterator[Series]:
    step = max(_SHORTEST_STEP, seconds // _POINTS)
    for target in panel["targets"]:
        for labels, points in prometheus.course(target["expr"], seconds=seconds, step=step):
            name = target["legendFormat"]
            if name == "__auto":
                name = ", ".join(
                    f"{key}={value}" for key, value in sorted(labels.items()) if key != "__name__"
                )
            for key, value in labels.items():
                name = name.replace(f"{{{{{key}}}}}", value)
            yield name, [(at, value) for at, value in points if value == value]  # noqa: PLR0124 - not NaN


def _panel(panel: Mapping[str, Any], series: Sequence[Series], w: float, h: float) -> Iterator[str]:
    defaults = panel["fieldConfig"]["defaults"]
    shown = [(name, points) for name, points in series if points]
    if not shown:
        yield _text(w / 2, h / 2, "No data", anchor="middle", color="#71717a")
    elif panel["type"] == "stat":
        value = shown[0][1][-1][1]
        words = defaults["mappings"][0]["options"] if "mappings" in defaults else {}
        told = words[f"{value:g}"]["text"] if f"{value:g}" in words else _told(value, defaults["unit"])
        yield _text(w / 2, h / 2 + 22, told, size=34, anchor="middle", color=_color(value, defaults))
    elif panel["type"] == "bargauge":
        yield from _bars(shown, defaults, w, h)
    else:
        yield from _course(shown, defaults, w, h)


def _bars(shown: Sequence[Series], defaults: Mapping[str, Any], w: float, h: float) -> Iterator[str]:
    most = max(points[-1][1] for _, points in shown) or 1
    high = min((h - 40) / len(shown), 28)
    for number, (name, points) in enumerate(sorted(shown)):
        value, y = points[-1][1], 34 + number * high
        length = (w - 220) * value / most
        yield _text(150, y + high / 2 + 4, name, anchor="end")
        size = f'width="{length:.1f}" height="{high - 6:.1f}"'
        yield f'<rect x="160" y="{y + 3:.1f}" {size} fill="{_color(value, defaults)}"/>'
        yield _text(166 + length, y + high / 2 + 4, _told(value, defaults["unit"]))


def _course(shown: Sequence[Series], defaults: Mapping[str, Any], w: float, h: float) -> Iterator[str]:
    left, right, top, bottom = 64, w - 12, 32, h - 34
    values = [value for _, points in shown for _, value in points]
    least = defaults["custom"].get("axisSoftMax", 0)
    most = defaults.get("max") or max(max(*values, 0) * 1.1, least) or 1
    begin, end = min(p[0][0] for _, p in shown), max(p[-1][0] for _, p in shown)
    for part in (0, 0.5, 1):
        y = bottom - (bottom - top) * part
        yield f'<path d="M{left} {y:.1f}H{right}" stroke="#e4e4e7"/>'
        yield _text(
            left - 6, y + 4, _told(most * part, defaults["unit"]), anchor="end", color="#71717a", size=11
        )
    for step in defaults["thresholds"]["steps"]:
        if step["value"] is not None and step["value"] <= most:
            y = bottom - (bottom - top) * step["value"] / most
            color = _NAMED[step["color"]]
            yield f'<path d="M{left} {y:.1f}H{right}" stroke="{color}" stroke-dasharray="5 4"/>'
    x_at: float = left
    for number, (name, points) in enumerate(sorted(shown)):
        color = _COLORS[number % len(_COLORS)]
        line = " ".join(
            f"{left + (right - left) * (at - begin) / max(end - begin, 1):.1f},"
            f"{bottom - (bottom - top) * min(value, most) / most:.1f}"
            for at, value in points
        )
        yield f'<polyline points="{line}" fill="none" stroke="{color}" stroke-width="1.6"/>'
        if x_at < w - 90:
            yield f'<rect x="{x_at}" y="{h - 20}" width="10" height="4" fill="{color}"/>'
            yield _text(x_at + 14, h - 13, name, size=11)
            x_at += 24 + 6.4 * len(name)


def _color(value: float, defaults: Mapping[str, Any]) -> str:
    steps = defaults["thresholds"]["steps"]
    chosen = [each["color"] for each in steps if each["value"] is None or value >= each["value"]]
    return _NAMED[chosen[-1]]


def _told(value: float, unit: str) -> str:
    if unit == "percentunit":
        return f"{value * 100:.3g} %"
    if unit == "s":
        return f"{value * 1000:.3g} ms" if value < 1 else f"{value:.3g} s"
    if unit == "bytes":
        for word in ("B", "KiB", "MiB"):
            if value < 1024:
                return f"{value:.3g} {word}"
            value /= 1024
        return f"{value:.3g} GiB"
    return f"{value:.3g}" + (" req/s" if unit == "reqps" else "")


def _text(
    x: float,
    y: float,
    text: str,
    *,
    size: int = 13,
    weight: int = 400,
    anchor: str = "start",
    color: str = "#18181b",
) -> str:
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size}" font-weight="{weight}" text-anchor="{anchor}" '
        f'fill="{color}">{escape(text)}</text>'
    )

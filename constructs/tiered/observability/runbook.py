"""The page of an alert: what whoever is woken by it reads."""

from __future__ import annotations

import re
from collections.abc import Sequence

from tiered.observability.alerts import Alert

_VALUE = re.compile(r"\{\{ \$value[^}]*\}\}")
_LABEL = re.compile(r"\{\{ \$labels\.(\w+) \}\}")


def runbook_page(alert: Alert) -> str:
    """Markdown: what is wrong, what it means, what shows more, what mends it, and when it fires."""
    parts = [
        f"# {alert.name}\n",
        f"{_plain(alert.summary)} ({alert.severity})\n",
        f"{alert.meaning}\n" if alert.meaning else "",
        _commands(alert.look),
        _steps(alert.mend or [line for line in [alert.action] if line]),
        f"## When it fires\n\nAfter {alert.lasting} of\n\n```promql\n{alert.expression}\n```\n",
    ]
    return "\n".join(part for part in parts if part)


def _plain(summary: str) -> str:
    """The summary without Prometheus' templates: a page is about no single case."""
    return _LABEL.sub(r"<\1>", _VALUE.sub("N", summary))


def _commands(lines: Sequence[str]) -> str:
    text = "\n".join(lines)
    return f"## Look\n\n```bash\n{text}\n```\n" if lines else ""


def _steps(lines: Sequence[str]) -> str:
    text = "\n".join(f"{number}. {line}" for number, line in enumerate(lines, 1))
    return f"## Mend\n\n{text}\n" if lines else ""

"""What synth made, for the person who ran it: the tree, the tiers, the verdict."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from tierpolicies.engine.finding import Severity
from tierpolicies.quantity import bytes_text, cpu_text
from tierpolicies.report import text
from tierpolicies.report.model import Report
from tierwright.rendering import REPORT
from tierwright.synthesis import Synthesized


def of(result: Synthesized, output: Path) -> str:
    """The folders with their numbers of manifests, a line a tier, then what fails and the verdict."""
    folders = Counter(path.rpartition("/")[0] for path in result.files if "/" in path)
    width = max(map(len, folders), default=0)
    pages = {path.rpartition("/")[0] for path in result.files if path.endswith(".md") and "/" in path}
    entries = [
        f"{folder:{width}}  {count:3} {'pages' if folder in pages else 'manifests'}"
        for folder, count in sorted(folders.items())
    ]
    entries += sorted(path for path in result.files if "/" not in path)
    branches = ["├──"] * (len(entries) - 1) + ["└──"]
    tree = [f"{branch} {entry}" for branch, entry in zip(branches, entries, strict=True)]
    blocks = [
        "\n".join([f"{output / result.environment}", *tree]),
        *([_table(_rows(result.report))] if result.report.tiers else []),
        verdict(result, output),
    ]
    return "\n\n".join(blocks)


def verdict(result: Synthesized, output: Path) -> str:
    """What fails, by its path from here, the verdict, and where to read what was accepted or only noted."""
    report, folder = result.report, output / result.environment
    failing = [
        replace(each, file=(folder / each.file).as_posix() if each.file else "")
        for each in report.findings
        if each.fails
    ]
    lines = text.render(replace(report, findings=tuple(failing))).splitlines()[:-1]
    notes = len(report.failing(Severity.NOTE))
    more = f" {notes} note{'s' * (notes != 1)}: see {folder / REPORT}" if notes else ""
    return "\n".join([*lines, f"{result.environment}: {report.sentence}{more}"])


def _rows(report: Report) -> list[Sequence[str]]:
    rows: list[Sequence[str]] = [
        ("tier", "nodes", "cpu asked", "free", "memory asked", "free", "pods", "$/month")
    ]
    for tier in report.tiers:
        free = tier.free
        rows.append(
            (
                f"{tier.number} {tier.name}",
                str(tier.nodes),
                cpu_text(tier.requested.cpu_milli),
                "?" if free is None else cpu_text(free.cpu_milli),
                bytes_text(tier.requested.memory_bytes),
                "?" if free is None else bytes_text(free.memory_bytes),
                str(tier.pods),
                "?" if tier.usd_month is None else f"{tier.usd_month:.0f}",
            )
        )
    return rows


def _table(rows: Sequence[Sequence[str]]) -> str:
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    return "\n".join(
        "  ".join(
            cell.ljust(width) if column == 0 else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        for row in rows
    )

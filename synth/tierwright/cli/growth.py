"""`tierwright new` and `tierwright remove`: an app more, an app less, each judged before it is written."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

from tiered import quantity
from tiered.errors import TieredError
from tierwright.cli import terminal
from tierwright.cli.failures import CLEAN, FINDINGS, UsageError
from tierwright.description.loading import Description, load
from tierwright.description.problems import DescriptionError, suggestion
from tierwright.output.lock import locked
from tierwright.scaffold.addition import addition, route_of
from tierwright.scaffold.application import Kind, NewApp, fault_of
from tierwright.scaffold.changes import REMOVED, Changes
from tierwright.scaffold.refusal import RefusalError
from tierwright.scaffold.removal import removal
from tierwright.scaffold.trial import Verdict, tried

if TYPE_CHECKING:
    from tierpolicies.engine.finding import Finding

_CPU_HEADROOM, _MEMORY_HEADROOM = 4, 2


def new(
    root: Path,
    kind: Kind,
    name: str,
    *,
    tier: str,
    namespace: str | None,
    route: str | None,
    cpu: str,
    memory: str,
    dry_run: bool,
) -> int:
    """Add an app with one workload to a tier; returns the exit code: 1 where the tier cannot have it."""
    description = load(root)
    if tier not in description.platform.tiers:
        raise UsageError(f"unknown tier {tier!r}; {suggestion(tier, description.platform.tiers)}")
    if (fault := fault_of(name)) is not None:
        raise UsageError(f"{name!r} is not the name of an app; {fault}")
    amounts = _amount("--cpu", cpu), _amount("--memory", memory)
    app = NewApp(
        kind=kind,
        name=name,
        namespace=namespace or name,
        route=route or route_of(description, name),
        cpu=quantity.cpu(amounts[0]),
        memory=quantity.memory(amounts[1]),
        cpu_limit=quantity.cpu(amounts[0] * _CPU_HEADROOM),
        memory_limit=quantity.memory(amounts[1] * _MEMORY_HEADROOM),
    )
    try:
        _place(description, app, tier)
        changes = addition(description, app, tier=tier)
        with terminal.progress() as progress:
            verdict = tried(root, changes, progress=progress)
            if verdict.failing:
                before = tried(root, progress=progress)
                raise RefusalError(*_lacking(before, verdict, app, tier))
    except (RefusalError, DescriptionError) as error:
        return _refused(f"{kind} {name}", error)
    _write(root, changes, dry_run=dry_run)
    nextly = f"next: write what it does in apps/{app.module}/main.py, then `tierwright synth`"
    terminal.show(nextly if not dry_run else "nothing was written")
    return CLEAN


def remove(root: Path, name: str, *, dry_run: bool) -> int:
    """Remove an app and every line that was there for it alone; returns the exit code."""
    description = load(root)
    app = description.apps.get(name)
    if app is None:
        raise UsageError(f"unknown app {name!r}; {suggestion(name, description.apps)}")
    try:
        plan = removal(description, app)
        with terminal.progress() as progress:
            verdict = tried(root, plan.changes, progress=progress)
            if verdict.failing:
                known = {each.fingerprint for each in tried(root, progress=progress).failing}
                found = [each for each in verdict.failing if each.fingerprint not in known]
                if found:
                    raise RefusalError("\n".join(_told(found)), "mend these first, and remove it then")
    except (RefusalError, DescriptionError) as error:
        return _refused(f"removing {name}", error)
    _write(root, plan.changes, dry_run=dry_run)
    if plan.left:
        terminal.show("\n".join(["left for you:", *(f"  {each}" for each in plan.left)]))
    nextly = f"next: `tierwright synth`; what was deleted lies in {REMOVED} until the next time"
    terminal.show(nextly if not dry_run else "nothing was written")
    return CLEAN


def _amount(option: str, text: str) -> Fraction:
    try:
        amount = quantity.parse(text)
    except TieredError:
        amount = Fraction(0)
    if amount <= 0:
        raise UsageError(f"{option} {text!r} is not an amount; write for example --cpu 50m --memory 128Mi")
    return amount


def _place(description: Description, app: NewApp, tier: str) -> None:
    """Refuse a namespace that is another tier's, or the cluster's own."""
    for name, each in description.platform.tiers.items():
        held = each.namespaces.get(app.namespace)
        if held is None:
            continue
        if name != tier:
            raise RefusalError(
                f"namespace {app.namespace} belongs to tier {name}, not {tier}",
                "choose another with --namespace",
            )
        if not held.managed:
            raise RefusalError(
                f"namespace {app.namespace} is the cluster's own", "choose another with --namespace"
            )


def _lacking(before: Verdict, after: Verdict, app: NewApp, tier: str) -> tuple[str, str]:
    """What the tier lacks, with its figures, and what would help."""
    known = {each.fingerprint for each in before.failing}
    lines = _told(after.failing)
    if all(each.fingerprint in known for each in after.failing):
        return "\n".join(["the repository does not check clean as it is:", *lines]), "mend that first"
    room = [
        f"{report.environment or 'it'}: tier {row.name} has {row.free} free on {row.nodes} x {row.pool};"
        f" {app.name} asks for {app.cpu} CPU and {app.memory} memory"
        for report in before.reports
        for row in report.tiers
        if row.name == tier and row.free is not None
    ]
    return "\n".join([*lines, *room]), "ask for less with --cpu and --memory, or mend what the findings name"


def _told(findings: Iterable[Finding]) -> list[str]:
    return list(dict.fromkeys(line for each in findings for line in _lines(each)))


def _lines(finding: Finding) -> Iterator[str]:
    yield f"{finding.environment}: {finding.rule}: {finding.message}"
    yield f"  {finding.remediation}"


def _refused(what: str, error: Exception) -> int:
    lines = "\n".join(f"  {line}" for line in str(error).splitlines())
    print(f"tierwright: {what} is refused, and nothing was written:\n{lines}", file=sys.stderr)
    return FINDINGS


def _write(root: Path, changes: Changes, *, dry_run: bool) -> None:
    told = changes.told(root)
    if not dry_run:
        with locked(root, waiting=lambda message: print(f"tierwright: {message}", file=sys.stderr)):
            changes.apply(root)
    terminal.show("\n".join(told))

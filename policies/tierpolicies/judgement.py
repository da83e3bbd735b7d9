"""The judge's one entry: reads a folder, runs every rule, and reports."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

from tierpolicies.documents.reader import read
from tierpolicies.engine.context import Context
from tierpolicies.engine.finding import Finding
from tierpolicies.engine.registry import active, every_rule
from tierpolicies.engine.run import run
from tierpolicies.engine.settings import Settings
from tierpolicies.platform import Platform
from tierpolicies.report.model import Report


class UnknownVersionError(ValueError):
    """A version of Kubernetes that no bundled schema knows; the message names those known."""


def judge(
    folder: Path,
    *,
    platform: Platform | None,
    today: date,
    kubernetes: str | None = None,
    root: Path | None = None,
    settings: Settings | None = None,
) -> Report:
    """Checks every manifest below a folder.

    Files are told relative to `root`, by default the folder. Objects must be valid on the version
    of `kubernetes`, else of the platform, and each later one known; with neither on the newest
    alone. `today` decides expiries; `settings` are the platform's own where none are given. Raises
    UnknownVersionError and SettingsError; what the files hold never raises.
    """
    if settings is None:
        settings = platform.settings if platform is not None else Settings()
    versions = _versions(kubernetes or (platform.kubernetes if platform is not None else None))
    rules = active(settings)
    names = tuple(rule.name for rule in every_rule(settings.folder))
    root = root or (folder if folder.is_dir() else folder.parent)
    with _uncollected():
        context = Context(read(folder, root=root), platform, today, versions, settings, names)
        return _report(context, run(context, rules, root=root))


def _report(context: Context, findings: tuple[Finding, ...]) -> Report:
    platform, objects = context.platform, len(context.index.manifests)
    if platform is None:
        return Report(findings, objects, context.versions)
    from tierpolicies.capacity.bill import bill, owner_cost  # noqa: PLC0415 (only with a platform)
    from tierpolicies.capacity.tiers import tier_rows  # noqa: PLC0415 (only with a platform)

    return Report(
        findings,
        objects,
        context.versions,
        tiers=tuple(tier_rows(context.index, platform)),
        budget=platform.budget,
        owner_usd_month=owner_cost(platform),
        bill=bill(context.index, platform) if platform.region else None,
    )


@contextmanager
def _uncollected() -> Iterator[None]:
    """Pauses the collector: what is read lives to the end, and scanning it costs a third more."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def _versions(oldest: str | None) -> tuple[str, ...]:
    from tierpolicies.schemas.bundle import bundle  # noqa: PLC0415 (5 ms)

    known = bundle().versions
    if oldest is None:
        return known[-1:]
    minor = ".".join(oldest.removeprefix("v").split(".")[:2])
    if minor not in known:
        raise UnknownVersionError(f"Kubernetes {oldest} is not known; known are {known[0]} to {known[-1]}")
    return known[known.index(minor) :]

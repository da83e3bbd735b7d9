"""The judge's one entry: reads a folder, runs every rule, and reports."""

import gc
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from tierpolicies.documents.cache import Cache
from tierpolicies.documents.contents import Contents, in_memory, on_disk
from tierpolicies.documents.manifest import Subject
from tierpolicies.documents.reader import Tree, read, read_files
from tierpolicies.engine.context import Context
from tierpolicies.engine.finding import Fault, Finding, fingerprint
from tierpolicies.engine.registry import load_rule, rule_names
from tierpolicies.engine.run import run
from tierpolicies.engine.settings import Settings
from tierpolicies.engine.work import Worker
from tierpolicies.platform import Platform
from tierpolicies.report.capacity_change import differences
from tierpolicies.report.comparison import Described, compared, described
from tierpolicies.report.model import Report

UNREADABLE_BASE = "input/unreadable-base"
MOST_TOLD = 300
"""Workloads whose pairs a report tells: nobody reads a million of them."""


class UnknownVersionError(ValueError):
    """A version of Kubernetes that no bundled schema knows; the message names those known."""


@dataclass(frozen=True, slots=True)
class Base:
    """What the files were before a change: a revision as people call it, its files and its platform.

    The files are told by the names that the head's have. None at all is a base in which the folder did
    not exist yet: everything in the head is new.
    """

    name: str
    files: Mapping[str, bytes]
    platform: Platform | None


def judge(
    folder: Path | Mapping[str, bytes],
    *,
    platform: Platform | None,
    today: date,
    kubernetes: str | None = None,
    root: Path | None = None,
    settings: Settings | None = None,
    base: Base | None = None,
    cache: Cache | None = None,
    worker: Worker | None = None,
) -> Report:
    """Checks every manifest below a folder, or in files that are held in memory.

    Files are told relative to `root`, by default the folder. Objects must be valid on the version
    of `kubernetes`, else of the platform, and each later one known; with neither on the newest
    alone. `today` decides expiries; `settings` are the platform's own where none are given. With a
    `base` the report tells what changed, and rules see what there was. A `cache` keeps what files held
    and what rules found in one object alone; a `worker` does only a part of the work, or none again.
    Raises UnknownVersionError and SettingsError; what the files hold never raises.
    """
    if settings is None:
        settings = platform.settings if platform is not None else Settings()
    with _uncollected():
        before = None
        if base is not None:
            before = _before(
                base, kubernetes=kubernetes, today=today, settings=settings, cache=cache, worker=worker
            )
        tree, contents = _opened(folder, root, cache)
        context = replace(_context(tree, platform, today, kubernetes, settings), contents=contents)
        if before is not None:
            context = replace(context, base=before[0].tree)
        report = _report(context, run(context, contents=contents, cache=cache, worker=worker))
        if base is None or before is None:
            return report
        report = replace(report, objects_described=_described(context))
        change = compared(report, before[1], name=base.name)
        capacity_now = tuple(differences(before[1], report))
        flows = _flows(before[0], context) if change.changes_objects else ()
        return replace(report, comparison=replace(change, capacity=capacity_now, flows=flows))


def _flows(before: Context, now: Context) -> tuple[str, ...]:
    """What a change opens and closes between pods, in words, where policies are."""
    indexes = before.index, now.index
    if max(len(index.workloads) for index in indexes) > MOST_TOLD:
        return ("of so many workloads flows are told by `tierwright connectivity --base` alone",)
    if not any(True for index in indexes for _ in index.of_kind("NetworkPolicy", "AdminNetworkPolicy")):
        return ()
    from tierpolicies.network.analysis.difference import changes  # noqa: PLC0415 (as above)
    from tierpolicies.network.analysis.network import Network  # noqa: PLC0415 (only with a base)
    from tierpolicies.network.notation.differences import words  # noqa: PLC0415 (as above)

    networks = (Network(index, hosts_are_nodes=True) for index in indexes)
    return tuple(words(each) for each in changes(*networks))


def judge_base(
    base: Base,
    *,
    kubernetes: str | None,
    today: date,
    settings: Settings,
    cache: Cache | None = None,
    worker: Worker | None = None,
) -> Report:
    """The findings and the objects of a base alone, by the settings of the head.

    Head and base are measured by the same rules, figures and severities, on the same day: what differs
    is what was changed in the files and in what the platform is.
    """
    with _uncollected():
        return _before(
            base, kubernetes=kubernetes, today=today, settings=settings, cache=cache, worker=worker
        )[1]


def without_base(report: Report, name: str, reason: str) -> Report:
    """A report whose base could not be read: what changed is unknown, so that it must not look clean."""
    unreadable = load_rule(UNREADABLE_BASE)
    subject = Subject("", "Base", "", name)
    fault = Fault(f"the base {name} cannot be read: {reason}", subject=subject)
    finding = Finding(
        rule=unreadable.name,
        severity=unreadable.severity,
        message=fault.message,
        remediation=unreadable.remediation,
        subject=subject,
        file="",
        line=1,
        column=1,
        pointer="",
        source=None,
        fingerprint=fingerprint(unreadable.name, fault, subject, ""),
    )
    return replace(report, findings=(finding, *report.findings))


def _before(
    base: Base,
    *,
    kubernetes: str | None,
    today: date,
    settings: Settings,
    cache: Cache | None,
    worker: Worker | None,
) -> tuple[Context, Report]:
    contents = in_memory(base.files)
    tree = read_files(base.files, cache=cache)
    context = replace(_context(tree, base.platform, today, kubernetes, settings), contents=contents)
    if not base.files:
        return context, Report((), 0, context.versions)
    report = _report(context, run(context, contents=contents, cache=cache, worker=worker))
    return context, replace(report, objects_described=_described(context))


def _opened(
    folder: Path | Mapping[str, bytes], root: Path | None, cache: Cache | None
) -> tuple[Tree, Contents]:
    if not isinstance(folder, Path):
        return read_files(folder, cache=cache), in_memory(folder)
    root = root or (folder if folder.is_dir() else folder.parent)
    return read(folder, root=root, cache=cache), on_disk(root)


def _context(
    tree: Tree, platform: Platform | None, today: date, kubernetes: str | None, settings: Settings
) -> Context:
    accepting = versions(kubernetes or (platform.kubernetes if platform is not None else None))
    return Context(tree, platform, today, accepting, settings, rule_names(settings.folder))


def _described(context: Context) -> tuple[Described, ...]:
    environment = context.platform.environment if context.platform is not None else ""
    return described(context.tree.manifests, environment)


def _report(context: Context, findings: tuple[Finding, ...]) -> Report:
    platform, objects = context.platform, len(context.index.manifests)
    if platform is None:
        return Report(findings, objects, context.versions, rules=context.settings.folder)
    from tierpolicies.capacity.judged import capacity  # noqa: PLC0415 (only with a platform)
    from tierpolicies.capacity.money.bill import bill, owner_cost  # noqa: PLC0415 (only with a platform)
    from tierpolicies.capacity.tiers import tier_rows  # noqa: PLC0415 (only with a platform)
    from tierpolicies.network.intent.intent import network_of  # noqa: PLC0415 (only with a platform)
    from tierpolicies.network.notation.picture import picture  # noqa: PLC0415 (only with a platform)

    return Report(
        findings,
        objects,
        context.versions,
        tiers=tuple(tier_rows(context.index, platform)),
        budget=platform.budget,
        owner_usd_month=owner_cost(platform),
        bill=bill(context.index, platform) if platform.region else None,
        capacity=context.once(capacity),
        network=picture(network_of(context)) if len(context.index.workloads) <= MOST_TOLD else None,
        rules=context.settings.folder,
        environment=platform.environment,
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


def versions(oldest: str | None) -> tuple[str, ...]:
    """The version of Kubernetes and each later one known; the newest alone where none is named.

    Raises UnknownVersionError.
    """
    from tierpolicies.schemas.bundle import bundle  # noqa: PLC0415 (5 ms)

    known = bundle().versions
    if oldest is None:
        return known[-1:]
    minor = ".".join(oldest.removeprefix("v").split(".")[:2])
    if minor not in known:
        raise UnknownVersionError(f"Kubernetes {oldest} is not known; known are {known[0]} to {known[-1]}")
    return known[known.index(minor) :]

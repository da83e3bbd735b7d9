"""An app less: its folders go, and the lines that the description and the image lock had for it alone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath

from tierwright.compose.plan import consumes
from tierwright.description.files import LOCK_FILE, PLATFORM_FILE
from tierwright.description.loading import Description
from tierwright.description.workloads import App, Workload
from tierwright.fixing.entries import EntryError, without_entry, without_item
from tierwright.scaffold.addition import collectors, text_of
from tierwright.scaffold.changes import Changes
from tierwright.scaffold.refusal import RefusalError


@dataclass(frozen=True)
class Removal:
    """The changes, and what was used by the app alone and stays: data, and what others may be told of."""

    changes: Changes
    left: tuple[str, ...]


def removal(description: Description, app: App) -> Removal:
    """Everything that changes when an app goes.

    Raises:
        RefusalError: others publish to its queues, or a file cannot be edited by machine.
        OutputError: a file cannot be read.
    """
    queues = _own_queues(description, app)
    _refuse_publishers(description, app, queues)
    try:
        texts = {
            PLATFORM_FILE: _platform(description, app, queues),
            LOCK_FILE: _lock(description, app),
            **_collected(description, app, queues),
        }
    except EntryError as error:
        raise RefusalError(f"it cannot be removed by machine: {error}", "remove the entry by hand") from error
    root, folder = description.root, PurePosixPath(app.origin.file).parent
    gone = [str(each) for each in (folder, PurePosixPath("tests") / folder) if (root / each).is_dir()]
    changed = {name: text for name, text in texts.items() if text != text_of(root, name)}
    return Removal(Changes(changed, frozenset(gone)), tuple(_left(description, app)))


def _others(description: Description, app: App) -> Iterator[tuple[str, Workload]]:
    for each in description.apps.values():
        if each.app != app.app:
            yield from each.workloads.items()


def _own_queues(description: Description, app: App) -> list[str]:
    """The queues that only this app reads; the dead letters are the platform's."""
    messaging = description.platform.messaging
    if messaging is None:
        return []
    others = {queue for _, each in _others(description, app) for queue in consumes(each)}
    own = {queue for each in app.workloads.values() for queue in consumes(each)}
    return sorted(own - others - {messaging.dead_letter_queue})


def _refuse_publishers(description: Description, app: App, queues: list[str]) -> None:
    replaying = {name for _, name, _ in collectors(description)}
    for name, each in _others(description, app):
        sent = sorted({*each.publishes} & {*queues})
        if sent and name not in replaying:
            raise RefusalError(
                f"{name} publishes to {', '.join(sent)} ({each.origin}), which only {app.app} reads",
                f"take {', '.join(sent)} out of what {name} `publishes`, or let another worker consume it",
            )


def _platform(description: Description, app: App, queues: list[str]) -> str:
    text = text_of(description.root, PLATFORM_FILE)
    for queue in queues:
        text = without_entry(text, ["messaging", "queues"], queue)
    if app.namespace in _inhabited(description, app):
        return text
    tier = next(name for name, each in description.platform.tiers.items() if app.namespace in each.namespaces)
    if len(description.platform.tiers[tier].namespaces) == 1:
        return text  # a tier without a namespace would be none
    return without_entry(text, ["tiers", tier, "namespaces"], app.namespace)


def _inhabited(description: Description, app: App) -> set[str]:
    """The namespaces that something else lives in, or that something else names."""
    platform = description.platform
    ingresses = [each.ingress for each in platform.environments.values()]
    return {
        *(each.namespace for each in description.apps.values() if each.app != app.app),
        *(each.namespace for each in platform.stores.values()),
        *(each.namespace for each in platform.components.values()),
        *(
            each.default_route.namespace
            for each in ingresses
            if each is not None and each.type == "alb" and each.default_route is not None
        ),
    }


def _lock(description: Description, app: App) -> str:
    text = text_of(description.root, LOCK_FILE)
    for environment, images in description.images.images.items():
        if app.app in images:
            text = without_entry(text, ["images", environment], app.app)
    return text


def _collected(description: Description, app: App, queues: list[str]) -> dict[str, str]:
    """Files of those who replay dead letters, without the queues that go."""
    texts: dict[str, str] = {}
    for file, name, collector in collectors(description):
        if file == app.origin.file:
            continue
        text = texts.get(file) or text_of(description.root, file)
        for queue in queues:
            if queue in collector.publishes:
                text = without_item(text, ["workloads", name, "publishes"], queue)
        texts[file] = text
    return texts


def _left(description: Description, app: App) -> Iterator[str]:
    """What the app alone called: its data and its keys outlive it, until a person says otherwise."""
    own = {call for each in (*app.workloads.values(), app.migration) if each for call in each.calls}
    others = {
        call
        for each in description.apps.values()
        if each.app != app.app
        for runnable in (*each.workloads.values(), each.migration)
        if runnable is not None
        for call in runnable.calls
    }
    for call in sorted(own - others):
        target, _, role = call.partition("/")
        if role:
            yield f"role {role} of store {target}, with its data, which nobody calls any more"
        elif target in description.platform.externals or target in description.platform.stores:
            yield f"{target}, which no app calls any more"

"""One more app: which files are written, and which lines the description and the image lock take up."""

from __future__ import annotations

import posixpath
from collections.abc import Mapping
from pathlib import Path

from tierpolicies.documents.nodes import Value
from tierwright.compose.wiring import variable_prefix
from tierwright.description.files import LOCK_FILE, PLATFORM_FILE
from tierwright.description.loading import Description
from tierwright.description.messaging import Messaging
from tierwright.description.workloads import Api, Consumer
from tierwright.fixing.entries import EntryError, with_entry, with_item
from tierwright.output.errors import naming
from tierwright.scaffold.application import NewApp
from tierwright.scaffold.changes import Changes
from tierwright.scaffold.refusal import RefusalError
from tierwright.scaffold.templates import rendered

_NOT_BUILT: Mapping[str, Value] = {"tag": "sha-0000000", "digest": None}
"""Git's own way to write that there is no commit; the first release puts its image here."""


def addition(description: Description, app: NewApp, *, tier: str) -> Changes:
    """Everything that changes with a new app.

    Raises:
        RefusalError: its place is taken, the tier cannot have it, or a file cannot be edited by machine.
        TemplateError: the template asks for what is not known.
        OutputError: a file cannot be read.
    """
    root = description.root
    files = rendered(app.kind, {**app.words, "broker": _broker(description)}, project=root)
    taken = next((name for name in files if (root / name).exists()), None)
    if taken is not None:
        raise RefusalError(f"{taken} is there already", "choose another name, or remove what is there")
    try:
        edited = {
            PLATFORM_FILE: _platform(description, app, tier),
            LOCK_FILE: _lock(description, app),
            **(_replaying(description, app.queue) if app.kind == "worker" else {}),
        }
    except EntryError as error:
        raise RefusalError(f"it cannot be written by machine: {error}", "write the entry by hand") from error
    return Changes({**files, **{name: text for name, text in edited.items() if text is not None}})


def _broker(description: Description) -> str:
    """How the variables begin that tell a worker of the broker."""
    messaging = description.platform.messaging
    return variable_prefix(messaging.store) if messaging is not None else ""


def route_of(description: Description, name: str) -> str:
    """The path of a new service: beside the others, where they have one folder in common."""
    routes = [
        str(each.route)
        for app in description.apps.values()
        for each in app.workloads.values()
        if isinstance(each, Api) and each.route is not None
    ]
    parents = {posixpath.dirname(route) for route in routes}
    return posixpath.join(parents.pop() if len(parents) == 1 else "/", name)


def text_of(root: Path, name: str) -> str:
    """A file of the description, to the byte."""
    with naming(root / name):
        return (root / name).read_bytes().decode("utf-8")


def _platform(description: Description, app: NewApp, tier: str) -> str | None:
    """The description with the app's namespace and queue, where it needs them."""
    root, platform = description.root, description.platform
    text = text_of(root, PLATFORM_FILE)
    before = text
    if app.namespace not in platform.tiers[tier].namespaces:
        text = with_entry(text, ["tiers", tier, "namespaces"], app.namespace, {})
    if app.kind == "worker":
        messaging = _messaging(platform.messaging, app)
        if app.queue not in messaging.queues:
            text = with_entry(text, ["messaging", "queues"], app.queue, app.queue_entry)
    return text if text != before else None


def _messaging(messaging: Messaging | None, app: NewApp) -> Messaging:
    if messaging is None:
        raise RefusalError(
            "a worker takes its tasks from a queue, and the platform has no broker",
            "add a store of type rabbitmq and `messaging:` with a dead-letter queue to platform.yaml first",
        )
    for name, queue in messaging.queues.items():
        word = (queue.binding or "").partition(".")[0]
        if word in {app.name, "#", "*"}:
            raise RefusalError(
                f"the keys of queue {name} begin with {word!r} too: its tasks would come to both queues",
                "choose another name",
            )
    return messaging


def _lock(description: Description, app: NewApp) -> str:
    """The image lock with the app in each environment; nothing of it is built yet."""
    root, images = description.root, description.images.images
    text = text_of(root, LOCK_FILE) if (root / LOCK_FILE).exists() else "version: 1\nimages: {}\n"
    for environment in description.platform.environments:
        if environment in images:
            text = with_entry(text, ["images", environment], app.name, dict(_NOT_BUILT))
        else:
            text = with_entry(text, ["images"], environment, {app.name: dict(_NOT_BUILT)})
    return text


def _replaying(description: Description, queue: str) -> dict[str, str]:
    """Who reads the dead letters and may send them back to every queue may do so to the new one."""
    messaging = description.platform.messaging
    if messaging is None:
        return {}
    every = {name for name in messaging.queues if name != messaging.dead_letter_queue}
    texts: dict[str, str] = {}
    for file, name, collector in collectors(description):
        if every and every <= set(collector.publishes):
            text = texts.get(file) or text_of(description.root, file)
            texts[file] = with_item(text, ["workloads", name, "publishes"], queue)
    return texts


def collectors(description: Description) -> list[tuple[str, str, Consumer]]:
    """Every workload that reads the dead letters, after its file and its name."""
    messaging = description.platform.messaging
    return [
        (app.origin.file, name, each)
        for app in description.apps.values()
        for name, each in app.workloads.items()
        if isinstance(each, Consumer) and messaging and messaging.dead_letter_queue in each.consumes
    ]

"""RabbitMQ's topology, read from the definitions that a ConfigMap or a Secret brings it.

The format is RabbitMQ's own export: `queues`, `exchanges`, `bindings` and `policies`. They stand in a key
such as `definitions.json`. Any ConfigMap's key `messaging.json` may say which task is sent with which
routing key, how long it takes and how long it may take at most:
`{"queues": {QUEUE: {"time_limit_seconds": N, "tasks": {TASK: {"routing_key": KEY, "seconds": N}}}}}`.
"""

import json
import re
from collections import ChainMap
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from weakref import WeakKeyDictionary

from tierpolicies.documents.json_text import offset_of
from tierpolicies.documents.manifest import Manifest
from tierpolicies.documents.nodes import Value
from tierpolicies.documents.view import View
from tierpolicies.engine.finding import Fault
from tierpolicies.engine.index import Index

MESSAGING = "messaging.json"
DEFAULT_VHOST = "/"
_HOLDERS = (("ConfigMap", "data"), ("Secret", "stringData"))


@dataclass(frozen=True, slots=True)
class Queue:
    """A queue with its own arguments and those that a policy gives it, named `x-…` alike."""

    name: str
    vhost: str
    view: View
    arguments: Mapping[str, Value]
    durable: bool
    auto_delete: bool

    @property
    def is_quorum(self) -> bool:
        """Whether the queue is a quorum queue."""
        return self.arguments.get("x-queue-type") == "quorum"

    def text(self, argument: str) -> str:
        """An argument that is a string, or an empty one."""
        value = self.arguments.get(argument)
        return value if isinstance(value, str) else ""

    def number(self, argument: str) -> int | None:
        """An argument that is an integer."""
        value = self.arguments.get(argument)
        return value if isinstance(value, int) and not isinstance(value, bool) else None


@dataclass(frozen=True, slots=True)
class Binding:
    """A queue bound to an exchange by a key."""

    exchange: str
    queue: str
    key: str
    kind: str

    def matches(self, key: str) -> bool:
        """Whether a message with a routing key comes to the queue by this binding."""
        if self.kind == "topic":
            return topic_matches(self.key, key)
        return self.kind == "fanout" or self.key == key


@dataclass(frozen=True, slots=True)
class Task:
    """A task that is sent to a queue by a routing key and takes some seconds."""

    name: str
    queue: str
    routing_key: str
    seconds: float | None


@dataclass(frozen=True, slots=True)
class Broker:
    """The topology of one broker, and the object it is written in.

    `written` is the JSON text, `definitions` what it says; `limits` are the seconds that a task of a queue
    may take at most.
    """

    manifest: Manifest
    written: View
    definitions: View
    queues: tuple[Queue, ...]
    exchanges: Mapping[str, str]
    bindings: tuple[Binding, ...]
    tasks: tuple[Task, ...]
    limits: Mapping[str, float]

    def fault(self, message: str, *, queue: str) -> Fault:
        """A fault of a queue, on the line of the definitions that names it."""
        found = self.queue(queue)
        return self.fault_at(message, found.view["name"] if found else self.definitions, detail=queue)

    def fault_at(self, message: str, view: View, *, detail: str) -> Fault:
        """A fault of a value of the definitions; `detail` tells it from others."""
        offset = offset_of(self.written.text, view.path)
        return Fault(message, self.manifest, self.written, offset=offset, detail=detail)

    def queue(self, name: str) -> Queue | None:
        """The queue of a name."""
        return next((queue for queue in self.queues if queue.name == name), None)

    def bound(self, exchange: str, key: str) -> list[str]:
        """The queues that a message sent to an exchange with a key comes to."""
        if not exchange:
            return [key] if self.queue(key) else []
        return [
            binding.queue
            for binding in self.bindings
            if binding.exchange == exchange and binding.matches(key)
        ]

    def dead_letter_queues(self) -> frozenset[str]:
        """The queues where failed messages of others end, as far as the route is whole."""
        found: set[str] = set()
        for queue in self.queues:
            if "x-dead-letter-exchange" in queue.arguments:
                exchange, key = queue.text("x-dead-letter-exchange"), queue.text("x-dead-letter-routing-key")
                keys = [key] if key else [task.routing_key for task in self.tasks if task.queue == queue.name]
                found.update(each for one in keys or [""] for each in self.bound(exchange, one))
        return frozenset(found)


def topic_matches(pattern: str, key: str) -> bool:
    """AMQP's topic match: `*` is exactly one word, `#` is any number of words, also none."""
    words = pattern.split(".")
    reachable = {0}
    for word in key.split("."):
        reachable = _skipped(words, reachable)
        reachable = {
            index if words[index] == "#" else index + 1
            for index in reachable
            if index < len(words) and words[index] in ("#", "*", word)
        }
    return len(words) in _skipped(words, reachable)


def _skipped(words: list[str], reachable: set[int]) -> set[int]:
    """The positions reached when `#` stands for no word."""
    result = set(reachable)
    for index in range(len(words)):
        if index in result and words[index] == "#":
            result.add(index + 1)
    return result


_MADE: WeakKeyDictionary[Index, tuple[Broker, ...]] = WeakKeyDictionary()


def brokers(index: Index) -> tuple[Broker, ...]:
    """Every broker whose definitions can be read; those that cannot are another rule's.

    Apps bring the tasks, each its own copy; with several brokers a task is of the one that has its queue.
    They are read once for all rules.
    """
    if index not in _MADE:
        _MADE[index] = _read(index)
    return _MADE[index]


def definition_texts(index: Index) -> Iterator[tuple[Manifest, View]]:
    """The texts that may define the topology of a broker, each with the object that holds it."""
    for kind, field in _HOLDERS:
        for manifest in index.of_kind(kind):
            for key, text in manifest.view[field].items():
                if key.endswith(".json") and "definition" in key:
                    yield manifest, text


def json_value(text: View) -> View:
    """The value that a JSON text stands for, or an empty view."""
    try:
        return View(json.loads(text.text) if text.text else None)
    except (ValueError, RecursionError):
        return View(None)


def _read(index: Index) -> tuple[Broker, ...]:
    described = [json_value(each.view.at("data", MESSAGING)) for each in index.of_kind("ConfigMap")]
    tasks = dict.fromkeys(task for each in described for task in _tasks(each))
    limits = dict(ChainMap(*(_limits(each) for each in described)))
    found = [
        _broker(manifest, text, definitions, tuple(tasks), limits)
        for manifest, text in definition_texts(index)
        if (definitions := json_value(text)).mapping
    ]
    if len(found) == 1:
        return tuple(found)
    return tuple(replace(each, tasks=tuple(t for t in tasks if each.queue(t.queue))) for each in found)


def _broker(
    manifest: Manifest, text: View, definitions: View, tasks: tuple[Task, ...], limits: Mapping[str, float]
) -> Broker:
    exchanges = {each["name"].text: each["type"].text for each in definitions["exchanges"]}
    return Broker(
        manifest,
        text,
        definitions,
        tuple(_queue(each, definitions["policies"]) for each in definitions["queues"]),
        exchanges,
        tuple(
            Binding(
                each["source"].text,
                each["destination"].text,
                each["routing_key"].text,
                exchanges.get(each["source"].text, ""),
            )
            for each in definitions["bindings"]
            if each["destination_type"].text in ("", "queue")
        ),
        tasks,
        limits,
    )


def _queue(queue: View, policies: View) -> Queue:
    name = queue["name"].text
    applied = [policy for policy in policies if applies(policy, name)]
    applied.sort(key=lambda policy: policy["priority"].integer or 0)
    given = applied[-1]["definition"].mapping if applied else {}
    return Queue(
        name=name,
        vhost=queue["vhost"].text or DEFAULT_VHOST,
        view=queue,
        arguments={f"x-{key}": value for key, value in given.items()} | queue["arguments"].mapping,
        durable=queue["durable"].value is not False,
        auto_delete=queue["auto_delete"].value is True,
    )


def applies(policy: View, queue: str) -> bool:
    """Whether a policy is one for queues, with a pattern that a queue's name matches."""
    if policy["apply-to"].text not in ("", "all", "queues", "quorum_queues", "classic_queues"):
        return False
    try:
        return re.search(policy["pattern"].text, queue) is not None
    except re.error:
        return False


def _tasks(messaging: View) -> Iterator[Task]:
    for queue, declared in messaging["queues"].items():
        for name, task in declared["tasks"].items():
            yield Task(name, queue, task["routing_key"].text, _seconds(task["seconds"]))


def _limits(messaging: View) -> dict[str, float]:
    found = ((name, _seconds(each["time_limit_seconds"])) for name, each in messaging["queues"].items())
    return {name: seconds for name, seconds in found if seconds}


def _seconds(view: View) -> float | None:
    value = view.value
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None

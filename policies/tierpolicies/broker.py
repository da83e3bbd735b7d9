"""RabbitMQ's topology, read from the definitions that a ConfigMap brings it.

The format is RabbitMQ's own export: `queues`, `exchanges`, `bindings` and `policies`. Any ConfigMap's key
`messaging.json` may say which task is sent with which routing key and how long it takes:
`{"queues": {QUEUE: {"tasks": {TASK: {"routing_key": KEY, "seconds": N}}}}}`.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from tierpolicies.documents.manifest import Manifest
from tierpolicies.documents.nodes import Value
from tierpolicies.documents.view import View
from tierpolicies.engine.finding import Fault
from tierpolicies.engine.index import Index

DEFINITIONS = "definitions.json"
MESSAGING = "messaging.json"


@dataclass(frozen=True, slots=True)
class Queue:
    """A queue with its own arguments and those that a policy gives it, named `x-…` alike."""

    name: str
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
    """The topology of one broker, and the ConfigMap it is written in."""

    manifest: Manifest
    queues: tuple[Queue, ...]
    exchanges: Mapping[str, str]
    bindings: tuple[Binding, ...]
    tasks: tuple[Task, ...]

    def fault(self, message: str, *, queue: str) -> Fault:
        """A fault of a queue, on the line of the definitions that names it."""
        definitions = self.manifest.view.at("data", DEFINITIONS)
        named = re.search(rf'"name"\s*:\s*{re.escape(json.dumps(queue))}', definitions.text)
        offset = named.start() if named else 0
        return Fault(message, self.manifest, definitions, offset=offset, detail=queue)

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


def brokers(index: Index) -> list[Broker]:
    """Every broker whose definitions can be read; those that cannot are another rule's.

    Apps bring the tasks, each its own copy; with several brokers a task is of the one that has its queue.
    """
    maps = list(index.of_kind("ConfigMap"))
    tasks = dict.fromkeys(task for each in maps for task in _tasks(json_entry(each, MESSAGING)))
    found = [
        _broker(each, definitions, tuple(tasks))
        for each in maps
        if (definitions := json_entry(each, DEFINITIONS))
    ]
    if len(found) == 1:
        return found
    return [replace(each, tasks=tuple(t for t in tasks if each.queue(t.queue))) for each in found]


def json_entry(manifest: Manifest, key: str) -> View:
    """The JSON value of a ConfigMap's key, or an empty view."""
    text = manifest.view.at("data", key).text
    try:
        return View(json.loads(text) if text else None)
    except (ValueError, RecursionError):
        return View(None)


def _broker(manifest: Manifest, definitions: View, tasks: tuple[Task, ...]) -> Broker:
    exchanges = {each["name"].text: each["type"].text for each in definitions["exchanges"]}
    return Broker(
        manifest,
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
    )


def _queue(queue: View, policies: View) -> Queue:
    name = queue["name"].text
    applied = [policy for policy in policies if _applies(policy, name)]
    applied.sort(key=lambda policy: policy["priority"].integer or 0)
    given = applied[-1]["definition"].mapping if applied else {}
    return Queue(
        name=name,
        arguments={f"x-{key}": value for key, value in given.items()} | queue["arguments"].mapping,
        durable=queue["durable"].value is not False,
        auto_delete=queue["auto_delete"].value is True,
    )


def _applies(policy: View, queue: str) -> bool:
    if policy["apply-to"].text not in ("", "all", "queues", "quorum_queues"):
        return False
    try:
        return re.search(policy["pattern"].text, queue) is not None
    except re.error:
        return False


def _tasks(messaging: View) -> Iterator[Task]:
    for queue, declared in messaging["queues"].items():
        for name, task in declared["tasks"].items():
            seconds = task["seconds"].value
            duration = float(seconds) if isinstance(seconds, int | float) else None
            yield Task(name, queue, task["routing_key"].text, duration)

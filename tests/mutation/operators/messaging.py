"""Queues, bindings, dead letters and the workers of queues."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

from tests.mutation.operator import Object, found_by
from tests.mutation.places import containers, of_kind


def _definitions(value: Object, change: Callable[[Any], bool]) -> Iterator[Object]:

    for copy in of_kind(value, "ConfigMap"):
        text = copy.get("data", {}).get("definitions.json")
        if text:
            definitions = json.loads(text)
            if change(definitions):
                copy["data"]["definitions.json"] = json.dumps(definitions, indent=2)
                yield copy


@found_by("messaging/quorum-arguments")
def priority_on_a_quorum_queue(value: Object) -> Iterator[Object]:
    def change(definitions: Any) -> bool:
        definitions["queues"][0].setdefault("arguments", {})["x-max-priority"] = 10
        return True

    return _definitions(value, change)


@found_by("messaging/routing-keys")
def binding_of_one_word(value: Object) -> Iterator[Object]:
    def change(definitions: Any) -> bool:
        for binding in definitions["bindings"]:
            if binding["routing_key"].endswith(".#"):
                binding["routing_key"] = binding["routing_key"].replace("#", "*")
                return True
        return False

    return _definitions(value, change)


@found_by("messaging/dead-letter")
def dead_letters_at_most_once(value: Object) -> Iterator[Object]:
    def change(definitions: Any) -> bool:
        touched = False
        for queue in definitions["queues"]:
            touched = bool(queue["arguments"].pop("x-dead-letter-strategy", None)) or touched
        for policy in definitions.get("policies", ()):
            touched = bool(policy["definition"].pop("dead-letter-strategy", None)) or touched
        return touched

    return _definitions(value, change)


@found_by("messaging/undeclared-queue")
def worker_of_another_queue(value: Object) -> Iterator[Object]:
    for copy, container in containers(value):
        command = container.get("command", [])
        for index, word in enumerate(command[:-1]):
            if word in ("-Q", "--queues"):
                command[index + 1] += "x"
                yield copy

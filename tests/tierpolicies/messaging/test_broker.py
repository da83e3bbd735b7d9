"""RabbitMQ's topology as a ConfigMap brings it."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tierpolicies.documents.reader import read
from tierpolicies.engine.index import Index
from tierpolicies.messaging.broker import brokers, topic_matches

WORDS = st.lists(st.sampled_from(["a", "b", ""]), min_size=1, max_size=4)
PATTERNS = st.lists(st.sampled_from(["a", "b", "*", "#"]), min_size=1, max_size=5)


def by_definition(pattern: list[str], words: list[str]) -> bool:
    """AMQP's words for it: `*` one word, `#` zero or more."""
    if not pattern:
        return not words
    first, rest = pattern[0], pattern[1:]
    if first == "#":
        return any(by_definition(rest, words[count:]) for count in range(len(words) + 1))
    return bool(words) and first in ("*", words[0]) and by_definition(rest, words[1:])


@given(PATTERNS, WORDS)
def test_a_topic_matches_by_the_definition(pattern: list[str], words: list[str]) -> None:
    assert topic_matches(".".join(pattern), ".".join(words)) == by_definition(pattern, words)


@pytest.mark.parametrize(("pattern", "matches"), [("api.*", False), ("api.#", True), ("#", True)])
def test_a_star_is_exactly_one_word(pattern: str, matches: bool) -> None:
    assert topic_matches(pattern, "api.map.search") is matches


def config_map(name: str, **data: object) -> dict[str, object]:
    texts = {f"{key}.json": json.dumps(value) for key, value in data.items()}
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name}, "data": texts}


def test_tasks_come_from_every_app_once_and_arguments_from_policies_too(tmp_path: Path) -> None:
    tasks = {"queues": {"q.a": {"tasks": {"t": {"routing_key": "a.t", "seconds": 2}}}}}
    definitions = {
        "queues": [{"name": "q.a", "arguments": {"x-max-length": 5}}],
        "policies": [
            {"pattern": "^q", "priority": 1, "definition": {"max-length": 9, "overflow": "drop-head"}},
            {"pattern": "^q", "priority": 0, "definition": {"message-ttl": 1}},
            {"pattern": "(", "priority": 7, "definition": {"message-ttl": 1}},
        ],
    }
    objects = [
        config_map("one", messaging=tasks),
        config_map("two", messaging=tasks),
        config_map("broker", definitions=definitions),
    ]
    for each in objects:
        (tmp_path / f"{id(each)}.json").write_text(json.dumps(each))
    (broker,) = brokers(Index(read(tmp_path).manifests))
    assert [task.name for task in broker.tasks] == ["t"]
    assert dict(broker.queues[0].arguments) == {"x-max-length": 5, "x-overflow": "drop-head"}

"""The delivered messaging.json is what the apps read."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from apps.common.messaging import Messaging, MessagingError

DELIVERED = Path(__file__).parents[3] / "dist/prod/tier-3-async-workers/waste/ConfigMap-messaging.yaml"


@pytest.fixture
def delivered(tmp_path: Path) -> Path:
    path = tmp_path / "messaging.json"
    path.write_text(yaml.safe_load(DELIVERED.read_text())["data"]["messaging.json"])
    return path


def test_a_task_travels_as_its_queue_says(delivered: Path) -> None:
    route = Messaging.read(delivered).task("image.analyze")
    assert (route.queue, route.exchange, route.routing_key) == ("q.ai", "tasks", "ai.image.analyze")
    assert (route.priority, route.retries, route.time_limit_seconds, route.ttl_seconds) == (10, 3, 300, 300)


def test_an_unknown_task_is_told_with_those_that_there_are(delivered: Path) -> None:
    with pytest.raises(MessagingError, match=r"'image\.analyse'.*image\.analyze"):
        Messaging.read(delivered).task("image.analyse")


@pytest.mark.parametrize("text", [None, "", "{", "[]", '{"queues": {}}'])
def test_a_file_that_cannot_be_used_is_told_with_its_path(tmp_path: Path, text: str | None) -> None:
    path = tmp_path / "messaging.json"
    if text is not None:
        path.write_text(text)
    with pytest.raises(MessagingError, match=r"messaging\.json"):
        Messaging.read(path)

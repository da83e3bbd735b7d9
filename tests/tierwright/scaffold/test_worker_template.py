"""A new worker as it is shipped with tierwright, on a real broker: it takes a task, and tells of it."""

from __future__ import annotations

import sys
import uuid

import httpx2
import pytest

from tests.apps.worker_api.conftest import publisher  # noqa: F401 - a fixture
from tests.servers.ports import free_port
from tests.servers.process import Process
from tests.servers.waiting import eventually
from tierwright.scaffold.application import NewApp
from tierwright.scaffold.templates import rendered

TASK, QUEUE = "map.search", "q.api"


@pytest.fixture(scope="module")
def worker(rabbitmq, tmp_path_factory):
    """Where it tells what it did; it stands in for the worker of a queue that the broker has."""
    folder = tmp_path_factory.mktemp("repository")
    app = NewApp(
        kind="worker",
        name="lookalike",
        namespace="lookalike",
        route="",
        cpu="50m",
        memory="64Mi",
        cpu_limit="100m",
        memory_limit="128Mi",
    )
    words = {**app.words, "queue": QUEUE, "task": TASK, "broker": "RABBITMQ"}
    for name, text in {**rendered("worker", words), "apps/__init__.py": ""}.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    port = free_port()
    process = Process(
        [
            *(sys.executable, "-m", "celery", "-A", "apps.lookalike.main", "worker"),
            *("--pool", "threads", "--concurrency", "4", "--queues", QUEUE),
            *("--hostname", f"lookalike@{uuid.uuid4().hex}", "--prefetch-multiplier", "1"),
            *("--without-gossip", "--without-mingle", "--without-heartbeat"),
        ],
        rabbitmq.environment("api-worker") | {"METRICS_PORT": str(port), "PYTHONPATH": str(folder)},
        log=folder / "worker.log",
        directory=folder,
        name="lookalike",
    ).start()
    process.wait_ready(f"http://127.0.0.1:{port}/readyz", seconds=60)
    yield f"http://127.0.0.1:{port}", process
    process.terminate()
    rabbitmq.purge_all()


def test_a_task_is_done_and_told(worker, publisher):  # noqa: F811 - the fixture
    url, process = worker
    publisher.publish(TASK, {"subject": "one"})
    eventually(lambda: "done: one" in process.log.read_text(), "the task has run")
    told = f'celery_task_runs_total{{state="success",task="{TASK}"}} 1.0'
    eventually(lambda: told in httpx2.get(f"{url}/metrics").text, "the run is counted")
    assert httpx2.get(f"{url}/healthz").status_code == 200


def test_what_nobody_understands_is_a_dead_letter(worker, publisher, rabbitmq):  # noqa: F811 - the fixture
    publisher.publish(TASK, {"no": "subject"})
    eventually(lambda: rabbitmq.queue_length("q.dlq") == 1, "the message waits for a person")
